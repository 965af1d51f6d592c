"""Persons, their roles, companies, invitations and sessions, and what is remembered of attempts to sign in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from kanjo.foundation.actors import Role
from kanjo.foundation.eras import Calendar
from kanjo.foundation.personal import Kind
from kanjo.platform.tables import audited, frozen, kept, recorded_at


class PersonManager(BaseUserManager["Person"]):
    """Finds persons by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person who signs in with *username*, whatever its case."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody who can sign in, or the house itself (`is_system`, which cannot).

    `factors_removed_at` says when its lost second factor was last taken away; it needs one ever since.
    """

    PERSONAL: ClassVar = {"email": Kind.EMAIL}

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="ja")
    calendar = models.CharField(max_length=8, default=Calendar.WESTERN)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    team = models.CharField(max_length=80, blank=True)
    factors_removed_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name = "person"
        triggers = audited("password", "last_login")

    def __str__(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A role that a person holds until it is taken away."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="one_grant_per_role")]
        triggers = audited()


class Assignment(models.Model):
    """A selling company whose records a person may see."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="assignments")
    company = models.ForeignKey("companies.SellingCompany", on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "company"], name="one_assignment_per_company")]
        triggers = audited()


class Session(AbstractBaseSession):
    """Where somebody is signed in, or on the way to it. `SessionStore` writes it: what its data say, as columns."""

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="sessions")
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "session"


class Attempt(models.Model):
    """Something that is remembered for a while, by all processes: attempts at a sign-in, codes that were used."""

    key = models.CharField(primary_key=True, max_length=250)
    value = models.JSONField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until"], name="attempt_until")]


class Invitation(models.Model):
    """The way in of a person who is not there yet: a link of which only the digest is kept, good once, until a moment.

    `ended_at` without `accepted_at` says that it was withdrawn or another one took its place.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    recorded_at = recorded_at()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at__isnull=True), name="one_open_invitation"
            )
        ]
        triggers = [
            *audited("digest"),
            kept(),
            frozen(["person_id", "digest", "until"], once="true"),
            frozen(["accepted_at", "ended_at"], once="OLD.ended_at IS NOT NULL", name="ended_for_good"),
        ]


class CompanyAccount(models.Model):
    """The account at the company's own sign-in that lets a person in: the issuer and its name for the person.

    Neither changes when the e-mail address does, and no two persons share one.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="company_accounts")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    active = models.BooleanField(default=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "company account"
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=models.Q(active=True), name="one_person_per_account"
            ),
            models.UniqueConstraint(
                fields=["person", "issuer"], condition=models.Q(active=True), name="one_account_per_person"
            ),
        ]
        triggers = [*audited(), kept(), frozen(["person_id", "issuer", "subject"], once="true")]
