"""Notices, how a person is told, and the letters that tell it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from kanjo.platform.tables import frozen, kept, recorded_at

_TOLD = ("person_id", "company_id", "kind", "subject", "subject_id", "key", "says_en", "says_ja", "recorded_at")


class Notice(models.Model):
    """Something that one person is told once: `key` is what makes it the same. It is marked as read, never changed."""

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    company = models.ForeignKey(
        "companies.SellingCompany", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=63)
    subject_id = models.BigIntegerField()
    says_en = models.TextField()
    says_ja = models.TextField()
    key = models.CharField(max_length=120)
    recorded_at = recorded_at()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "notice"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="told_once")]
        indexes = [
            models.Index(fields=["person", "recorded_at"], name="notices_of_person"),
            models.Index(fields=["person"], name="notices_unread", condition=models.Q(read_at=None)),
        ]
        triggers = [
            kept(),
            frozen(_TOLD, once="TRUE"),
        ]


class Reader(models.Model):
    """How a person is told, and how far it was told.

    What waits on a queue has one row, however many people it waits for. That a person read it is known from
    `read_through`: all that came before. What was read singly since is a `Seen`. `marks` says per kind through which
    moment it was told by mail, at once or in a digest: whatever a person chooses, each thing is told once.
    """

    person = models.OneToOneField("identity.Person", primary_key=True, on_delete=models.PROTECT, related_name="+")
    ways = models.JSONField(default=dict)
    digest_hour = models.PositiveSmallIntegerField(default=8)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    closed_days_quiet = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, blank=True)
    read_through = models.DateTimeField(null=True)
    marks = models.JSONField(default=dict)
    digested_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="digest_hour_of_day", condition=models.Q(digest_hour__lt=24)),
            models.CheckConstraint(
                name="quiet_hours_whole",
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]


class Seen(models.Model):
    """A work item that a person read singly; gone once everything before it is read."""

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey("worklist.WorkItem", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "item"], name="seen_once")]


class Letter(models.Model):
    """A mail to one person, written down in the transaction that says it is told, and sent afterwards."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"

    person = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="written_once")]
        indexes: ClassVar = [models.Index(fields=["due_at"], name="letters_waiting", condition=~models.Q(state="sent"))]
        triggers = [kept(), frozen(["person_id", "key", "subject", "body"], once="TRUE")]
