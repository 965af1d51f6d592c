"""Looks at personal data."""

from __future__ import annotations

import pgtrigger
from django.db import models

from kanjo.platform.privacy.ways import SHORTEST_DAYS, Way
from kanjo.platform.tables import CompanyRow, no_truncate, recorded_at


class Look(CompanyRow):
    """One answer that showed personal data: to whom, on which page, of whom, how much.

    `subject`, `subject_id` are whose it is; a list of many has one row with their number and what the list was asked
    for (`query`). A reveal has its reason (`because`) and names the page and key it opens.
    """

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    way = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Way])
    page = models.CharField(max_length=200)
    key = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=63)
    subject_id = models.BigIntegerField(null=True)
    kinds = models.CharField(max_length=80)
    count = models.PositiveIntegerField()
    query = models.CharField(max_length=500, blank=True)
    because = models.TextField(blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "look"
        constraints = [
            models.CheckConstraint(
                name="look_reveal_has_reason", condition=~models.Q(way=Way.REVEAL.value) | ~models.Q(because="")
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-id"], name="looks_by_time"),
            models.Index(fields=["subject", "subject_id", "-id"], name="looks_by_subject"),
            models.Index(fields=["person", "page", "key", "-id"], name="looks_by_person"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="kept_for_long",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                IF TG_OP = 'DELETE' AND OLD.recorded_at < now() - interval '{SHORTEST_DAYS} days' THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION '% is append-only: who looked stays written', TG_TABLE_NAME USING ERRCODE = 'KJ001';
                """,
            ),
            no_truncate(),
        ]
