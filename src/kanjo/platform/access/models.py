"""Tokens, of which only a digest is kept, and what was answered to each key."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kanjo.platform.access.scopes import Scope
from kanjo.platform.tables import append_only, audited, frozen, kept, recorded_at


class Token(models.Model):
    """A personal API token: lets a program in as its person until a moment, or until it is revoked."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=8, choices=[(scope.value, scope.value) for scope in Scope])
    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    recorded_at = recorded_at()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API token"
        triggers = [
            *audited("digest", "last_used_at"),
            kept(),
            frozen(["person_id", "scope", "digest", "until"], once="true"),
            frozen(["revoked_at"], once="OLD.revoked_at IS NOT NULL", name="revoked_for_good"),
        ]


class Answer(models.Model):
    """What was answered to an act under its `Idempotency-Key`, kept for good in the transaction of the act."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    act = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    recorded_at = recorded_at()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_answer_per_key")]
        triggers = append_only()
