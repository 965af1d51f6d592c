"""Reads of people: the actor behind a person, and the house itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db.models import BigIntegerField, Exists, OuterRef, Value

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Language
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.models import Assignment, CompanyAccount, Person, RoleGrant

SYSTEM_EMAIL = "kanjo@localhost"


def actor_of(person: Person) -> Actor:
    """Return the person as an actor, with the rights held at this moment (never cached)."""
    roles, companies = _rights_of(person)
    return Actor(
        id=PersonId(person.pk),
        name=person.name,
        roles=roles,
        companies=companies,
        language=Language(person.language),
        system=person.is_system,
        lost_factor=person.factors_removed_at is not None,
    )


def get_actor(person_id: PersonId) -> Actor:
    """Return the actor with that id."""
    return actor_of(Person.objects.get(pk=person_id))


def find_active(person_id: PersonId) -> Actor | None:
    """Return the actor with that id, None for one who was dismissed."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    return actor_of(person) if person else None


def find_actor(email: str) -> Actor | None:
    """Return the actor who signs in with *email*, if there is one."""
    person = Person.objects.filter(email__iexact=email).first()
    return actor_of(person) if person else None


def list_actors(company_id: CompanyId, role: Role) -> list[Actor]:
    """Return who holds the role, is assigned to the company and was not dismissed, the longest known first."""
    found = Person.objects.filter(
        is_active=True,
        grants__role=role,
        grants__active=True,
        assignments__company_id=company_id,
        assignments__active=True,
    )
    return [actor_of(person) for person in found.order_by("id")]


def list_people() -> list[tuple[str, Actor]]:
    """Return everybody who can sign in, with the address, by address."""
    connected = CompanyAccount.objects.filter(person_id=OuterRef("pk"), active=True)
    people = Person.objects.filter(is_active=True, is_system=False).annotate(connected=Exists(connected))
    return [
        (person.email, actor_of(person))
        for person in people.order_by("email")
        if person.connected or person.has_usable_password()
    ]


def list_colleagues(companies: Collection[CompanyId] | None = None) -> list[tuple[PersonId, str]]:
    """Return who was not dismissed, by name: everybody, or whoever is assigned to one of *companies*."""
    people = Person.objects.filter(is_active=True, is_system=False)
    if companies is not None:
        assigned = Assignment.objects.filter(company_id__in=companies, active=True)
        people = people.filter(pk__in=assigned.values("person_id"))
    return [(PersonId(pk), name) for pk, name in people.order_by("name", "id").values_list("pk", "name")]


def signs_in_with(email: str, password: str) -> bool:
    """Return whether the password is that of the person who signs in with *email*."""
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    return person is not None and check_password(password, person.password)


def is_active(person_id: PersonId) -> bool:
    """Return whether the person may sign in."""
    return Person.objects.filter(pk=person_id, is_active=True, is_system=False).exists()


def house() -> Actor:
    """Return the house itself, which acts in scheduled runs and reactions and sees every company."""
    person, _ = Person.objects.get_or_create(
        email=SYSTEM_EMAIL, defaults={"name": "Kanjo", "is_system": True, "is_active": False}
    )
    return actor_of(person)


def find_with_rights(key: str | int) -> Person | None:
    """Return the person with the rights it holds at this moment beside it: whoever is signed in is asked for once.

    It is asked at every request, and as SQL costs a sixth of what building the question anew does.
    """
    asked = f"SELECT p.*, {RIGHTS_BESIDE} FROM identity_person p WHERE p.id = %s AND NOT p.is_system"  # noqa: S608 - our own words
    return next(iter(Person.objects.raw(asked, [int(key)])), None)


RIGHTS_BESIDE = """
    ARRAY(SELECT role FROM identity_rolegrant WHERE person_id = p.id AND active) AS its_roles,
    ARRAY(SELECT company_id FROM identity_assignment WHERE person_id = p.id AND active) AS its_companies"""
"""The columns that `actor_of` finds beside a person p."""


def _rights_of(person: Person) -> tuple[frozenset[Role], frozenset[CompanyId]]:
    """Return roles and companies, in one question where they were not read with the person."""
    read: Any = person
    if hasattr(read, "its_roles"):
        return frozenset(map(Role, read.its_roles)), frozenset(map(CompanyId, read.its_companies))
    granted = RoleGrant.objects.filter(person=person, active=True).values_list("role", Value(None, BigIntegerField()))
    assigned = Assignment.objects.filter(person=person, active=True)
    every = SellingCompany.objects.values_list(Value(""), "pk")
    assigned_or_all = every if person.is_system else assigned.values_list(Value(""), "company_id")
    rights = list(granted.union(assigned_or_all, all=True))
    return (
        frozenset(Role(role) for role, _ in rights if role),
        frozenset(CompanyId(company) for _, company in rights if company is not None),
    )
