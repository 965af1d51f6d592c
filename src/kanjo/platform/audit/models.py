"""Changes and the chain over them. Only the database writes here; the application may read."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import append_only, recorded_at


class Change(models.Model):
    """One change of one row: what it was before and after (changed columns only), by whom, by which act, why.

    `for_id` and `for_name` are of the absent person whose deputy the actor was.
    """

    recorded_at = recorded_at()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    verb = models.CharField(max_length=80)
    because = models.TextField()
    subject = models.CharField(max_length=63)
    subject_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    for_id = models.BigIntegerField(null=True)
    for_name = models.CharField(max_length=120, null=True)  # noqa: DJ001 - rows of before deputies have none

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id", "id"], name="change_of_subject"),
            models.Index(fields=["actor_id", "id"], name="change_by_actor"),
        ]
        triggers = append_only()


class Link(models.Model):
    """A change's place in the chain: positions follow the order of commit; each digest covers the one before."""

    position = models.BigIntegerField(primary_key=True)
    change = models.OneToOneField(Change, on_delete=models.PROTECT, related_name="link")
    digest = models.BinaryField(max_length=32)

    class Meta:
        triggers = append_only()


class Head(models.Model):
    """The end of the chain; its one row is locked at commit, so that the chain never forks."""

    position = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
