"""Endpoints, and what is sent to them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from kanjo.platform.tables import CompanyRow, audited, kept, no_truncate, recorded_at, steps
from kanjo.platform.webhooks.states import EndpointState, SendingState

_STEPS = (
    ("hearing", "paused"),
    ("hearing", "failing"),
    ("paused", "hearing"),
    ("failing", "hearing"),
    ("hearing", "ended"),
    ("paused", "ended"),
    ("failing", "ended"),
)


class Endpoint(CompanyRow):
    """An address that hears the facts of one company. Its secret is kept nowhere: it is made from `salt` and our key.

    `failures` counts those in a row, at most one for all that were tried together; until `rests_until` nothing is sent.
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    kinds = models.JSONField()
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in EndpointState], default=EndpointState.HEARING
    )
    salt = models.CharField(max_length=64)
    salt_before = models.CharField(max_length=64, blank=True)
    both_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    sent_again_at = models.DateTimeField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "webhook"
        triggers = [
            *audited("salt", "salt_before", "failures", "failed_at", "rests_until"),
            kept(),
            steps("state", _STEPS),
        ]


class Sending(models.Model):
    """A fact (or a ping, without one) on its way to an endpoint; `last_...` is the attempt that came last.

    No foreign key to the fact: attaching the facts of a run would have to wait for those who send.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="sendings")
    fact_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=80)
    message = models.CharField(max_length=40, unique=True)
    state = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in SendingState], db_default=SendingState.WAITING.value
    )
    attempts = models.PositiveSmallIntegerField(db_default=0)
    due_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(null=True)
    last_ms = models.PositiveIntegerField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_failure = models.CharField(max_length=16, db_default="")
    last_answer = models.CharField(max_length=200, db_default="")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "webhook delivery"
        constraints = [models.UniqueConstraint(fields=["endpoint", "fact_id"], name="sent_under_one_id")]
        indexes = [
            models.Index(fields=["endpoint", "id"], name="sendings_of_endpoint"),
            models.Index(
                fields=["endpoint", "due_at", "id"], name="sendings_waiting", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["endpoint"], name="pings_waiting", condition=models.Q(state="waiting", kind="webhooks.ping")
            ),
        ]
        triggers = [
            # That something was given up, and that somebody took it up again: the rest is no news.
            pgtrigger.Trigger(
                name="audited",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="given_up") | pgtrigger.Q(new__state="given_up"),
                func="PERFORM audit_change_of(TG_TABLE_NAME::text, to_jsonb(OLD), to_jsonb(NEW)); RETURN NULL;",
            ),
            kept(),
            no_truncate(),
        ]


class TakenUp(models.Model):
    """How far the facts of a settled run were taken up; `next_id` is the first that was not, None when all were."""

    run = models.OneToOneField("runs.Run", on_delete=models.PROTECT, related_name="+")
    next_id = models.BigIntegerField(null=True)

    class Meta:
        triggers = [kept(), no_truncate()]
