"""Persons, the roles they hold and the companies they are assigned to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from kanjo.foundation.actors import Role
from kanjo.platform.tables import audited


class PersonManager(BaseUserManager["Person"]):
    """Finds persons by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person who signs in with *username*, whatever its case."""
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody who can sign in, or the house itself (`is_system`, which cannot)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="ja")
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    team = models.CharField(max_length=80, blank=True)

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
