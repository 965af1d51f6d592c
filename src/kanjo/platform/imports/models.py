"""Imports and the rows they had to leave behind."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import CompanyRow, append_only, audited, kept, recorded_at, steps


class Import(CompanyRow):
    """One export taken in: its source, the digest of all that was read, and what became of its rows."""

    source = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    counts = models.JSONField()
    effective_on = models.DateField()
    made_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "import"
        constraints = [models.UniqueConstraint(fields=["company", "source", "digest"], name="imported_once")]
        triggers = append_only()


class QuarantinedRow(CompanyRow):
    """A row that could not be taken: its cells as they stood and what is wrong with them.

    `key` names the row inside its source and entity: its own key, or `file:line` where it has none of its own.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        MENDED = "mended"

    source = models.CharField(max_length=32)
    entity = models.CharField(max_length=32)
    key = models.CharField(max_length=400)
    file = models.CharField(max_length=200)
    line = models.PositiveIntegerField()
    cells = models.JSONField()
    faults = models.JSONField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    found_in = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="quarantined")
    mended_in = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="mended")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "quarantined row"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "source", "entity", "key"],
                condition=models.Q(state="waiting"),
                name="quarantined_once",
            ),
            models.CheckConstraint(
                name="mended_by_an_import",
                condition=models.Q(state="mended", mended_in__isnull=False)
                | models.Q(state="waiting", mended_in__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "file", "line"], name="quarantine_shown")]
        triggers = [*audited(), kept(), steps("state", [("waiting", "mended")])]
