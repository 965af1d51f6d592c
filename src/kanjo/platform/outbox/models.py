"""Facts and their deliveries."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from kanjo.platform.tables import CompanyRow, append_only, kept, no_truncate, recorded_at


class FactRow(CompanyRow):
    """A fact as written down. Partitioned by id, so that a run can load its own facts at once."""

    kind = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    payload = models.JSONField()
    effective_on = models.DateField()
    recorded_at = recorded_at()
    actor_id = models.BigIntegerField()

    class Meta:
        db_table = "outbox_fact"
        indexes = [models.Index(fields=["kind", "subject_id"], name="fact_of_subject")]
        triggers = append_only()


class Delivery(models.Model):
    """One reaction's answer to one fact."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DELIVERED = "delivered"
        DEAD = "dead"

    fact = models.ForeignKey(FactRow, on_delete=models.PROTECT, related_name="deliveries")
    reaction = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fact", "reaction"], name="delivered_once")]
        indexes = [
            models.Index(fields=["due_at", "id"], name="deliveries_waiting", condition=models.Q(state="waiting"))
        ]
        triggers = [
            # That something was given up, and that somebody took it up again: the rest is no news.
            pgtrigger.Trigger(
                name="audited",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="dead") | pgtrigger.Q(new__state="dead"),
                func="PERFORM audit_change_of(TG_TABLE_NAME::text, to_jsonb(OLD), to_jsonb(NEW)); RETURN NULL;",
            ),
            kept(),
            no_truncate(),
        ]
