"""Work items."""

from __future__ import annotations

from django.db import models

from kanjo.foundation.actors import Role
from kanjo.platform.tables import CompanyRow, audited, kept, recorded_at


class WorkItem(CompanyRow):
    """One thing that waits for a role or for one person. One open item per kind and subject."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=63)
    subject_id = models.BigIntegerField()
    owner_role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    owner = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    why_en = models.TextField()
    why_ja = models.TextField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    opened_at = recorded_at()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "work item"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "subject_id"], condition=models.Q(state="open"), name="one_open_item"
            )
        ]
        indexes = [models.Index(fields=["owner_role", "due_on", "id"], name="queue", condition=models.Q(state="open"))]
        triggers = [*audited(), kept()]
