"""Runs, their shards and what failed in them."""

from __future__ import annotations

from django.db import models

from kanjo.foundation.rhythms import Rhythm
from kanjo.platform.runs.states import RunState
from kanjo.platform.tables import CompanyRow, append_only, audited, kept, no_truncate, recorded_at, steps


class Run(CompanyRow):
    """One run of one kind over one scope, up to a target day, on the facts known at `known_at`."""

    State = RunState

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    scope = models.JSONField(default=dict)
    target_on = models.DateField()
    known_at = models.DateTimeField()
    preview = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    staged = models.BooleanField(default=False)
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value.title()) for one in RunState], default=RunState.PREVIEWED.value
    )
    made_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)
    recorded_at = recorded_at()
    started_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    started_for = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    stopped_rule = models.CharField(max_length=120, blank=True, db_default="")
    stopped_en = models.TextField(blank=True, db_default="")
    stopped_ja = models.TextField(blank=True, db_default="")

    class Meta:
        verbose_name = "run"
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "key"], name="one_run_per_key"),
            models.CheckConstraint(
                condition=models.Q(started_by=None, started_at=None, started_for=None, stopped_rule="")
                | models.Q(started_by__isnull=False, started_at__isnull=False),
                name="stopped_once_started",
            ),
        ]
        triggers = [
            *audited(),
            kept(),
            steps(
                "state",
                [
                    ("previewed", "approved"),
                    ("previewed", "withdrawn"),
                    ("approved", "withdrawn"),
                    ("approved", "executed"),
                    ("executed", "reversed"),
                ],
            ),
        ]

    @property
    def under_way(self) -> bool:
        """Whether somebody started it, and it neither ended nor stopped since."""
        return self.state == RunState.APPROVED and self.started_at is not None and not self.stopped_rule


UNDER_WAY = models.Q(state=RunState.APPROVED, started_at__isnull=False, stopped_rule="")
"""`Run.under_way`, asked of the database."""


class Limit(CompanyRow):
    """The total in a currency above which a run of a kind is approved by the CFO; the latest word counts."""

    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "limit of runs"
        constraints = [models.CheckConstraint(name="limit_above_zero", condition=models.Q(amount_minor__gt=0))]
        triggers = append_only()


class Schedule(CompanyRow):
    """On which days runs of a kind are made by the house, from a day on; the latest word counts."""

    kind = models.CharField(max_length=40)
    rhythm = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Rhythm])
    days = models.JSONField(default=list)
    at_time = models.TimeField()
    paused = models.BooleanField()
    effective_on = models.DateField()
    because = models.TextField()
    set_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "schedule of runs"
        constraints = [
            models.CheckConstraint(
                name="schedule_has_days",
                condition=models.Q(rhythm=Rhythm.DAILY.value) | ~models.Q(days=[]),
            )
        ]
        indexes = [models.Index(fields=["company", "kind", "effective_on"], name="schedules_of_kind")]
        triggers = append_only()


class Turn(CompanyRow):
    """A day of a schedule and the run that was made for it: there is one, whoever is asked and how often."""

    kind = models.CharField(max_length=40)
    on = models.DateField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "turn of a schedule"
        constraints = [models.UniqueConstraint(fields=["company", "kind", "on"], name="one_turn_per_day")]
        triggers = append_only()


class Shard(models.Model):
    """A part of a run: done in one transaction, or not at all."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="shards")
    number = models.PositiveIntegerField()
    scope = models.JSONField()
    done = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_shard_per_number")]
        indexes = [models.Index(fields=["run", "number"], name="shards_waiting", condition=models.Q(done=False))]
        triggers = [kept(), no_truncate()]


class Failure(models.Model):
    """What could not be done for one subject of a run, by which rule, in both languages."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="failures")
    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="failures")
    subject = models.CharField(max_length=63)
    subject_id = models.BigIntegerField()
    rule = models.CharField(max_length=120)
    sentence_en = models.TextField()
    sentence_ja = models.TextField()
    recorded_at = recorded_at()

    class Meta:
        triggers = append_only()
