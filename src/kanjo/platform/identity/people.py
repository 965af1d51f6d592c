"""Reads of people for the pages: who is in, who was invited, who is shut out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.personal import Kind, Personal, needs
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.factors import FACTORS
from kanjo.platform.identity.models import Assignment, Invitation, Person, RoleGrant
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound, personal
from kanjo.platform.tallies import Tally, counted


class Standing(StrEnum):
    """Whether a person comes in."""

    IN = "in"
    INVITED = "invited"
    UNINVITED = "uninvited"
    """It was invited, and the link is good no more."""
    OUT = "out"

    @property
    def shown(self) -> Text:
        """The standing as people read it."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.IN: Text(en="Active", ja="利用中"),
    Standing.INVITED: Text(en="Invited", ja="招待中"),
    Standing.UNINVITED: Text(en="Invitation over", ja="招待期限切れ"),
    Standing.OUT: Text(en="Dismissed", ja="利用停止"),
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as an administrator sees it."""

    id: PersonId
    email: Personal
    name: str
    language: Language
    roles: tuple[Role, ...]
    companies: tuple[tuple[int, str], ...]
    standing: Standing
    factor: bool
    signed_in_at: datetime | None
    invited_until: datetime | None


ORDERS = {"name": "name", "email": "email", "signed-in": "last_login"}


def list_people_rows(
    actor: Actor, now: datetime, *, search: str = "", order: str = "", limit: int = 50, at: str = ""
) -> Page[PersonRow]:
    """Return everybody that is on record, by name, as they stand *now*.

    Who does not need the addresses neither finds nor sorts by them: that would tell them letter by letter.
    """

    def read(people: QuerySet[Person]) -> list[PersonRow]:
        return [_row(person, now) for person in _with_all(people)]

    told = order if order.removeprefix("-") != "email" or needs(actor, Kind.EMAIL) else ""
    return paged(_found(actor, search), sorted_by(Person, told, ORDERS, "name", "id"), at, limit, read)


def count_people(actor: Actor, *, search: str = "") -> Tally:
    """Return how many people `list_people_rows` has."""
    return counted(_found(actor, search))


def get_person(key: int, at: datetime) -> PersonRow:
    """Return a person; refuses `NotFound`."""
    person = _with_all(_people().filter(pk=key)).first()
    if person is None:
        raise NotFound(what=ROW_NAMES["identity_person"], key=key)
    return _row(person, at)


def _people() -> QuerySet[Person]:
    return Person.objects.filter(is_system=False)


def _found(actor: Actor, search: str) -> QuerySet[Person]:
    if not search:
        return _people()
    named = Q(name__icontains=search)
    return _people().filter(named | Q(email__icontains=search) if needs(actor, Kind.EMAIL) else named)


def _with_all(people: QuerySet[Person]) -> QuerySet[Person]:
    """Return the people with all that is told of them, in one question."""
    of = {"person_id": OuterRef("pk")}
    invited = Invitation.objects.filter(**of)
    seats = Assignment.objects.filter(**of, active=True).order_by("company__code")
    return people.annotate(
        factor=Exists(Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)),
        roles=ArraySubquery(RoleGrant.objects.filter(**of, active=True).values("role")),
        seats=ArraySubquery(seats.values(seat=JSONObject(id="company_id", code=F("company__code")))),
        waiting=Exists(invited) & ~Exists(invited.filter(accepted_at__isnull=False)),
        invited_until=Subquery(invited.filter(ended_at=None).values("until")[:1]),
    )


def _row(person: Any, at: datetime) -> PersonRow:
    return PersonRow(
        id=PersonId(person.pk),
        email=personal(person, "email"),
        name=person.name,
        language=Language(person.language),
        roles=tuple(role for role in Role if role in person.roles),
        companies=tuple((one["id"], one["code"]) for one in person.seats),
        standing=_standing(person, at),
        factor=person.factor,
        signed_in_at=person.last_login,
        invited_until=person.invited_until,
    )


def _standing(person: Any, at: datetime) -> Standing:
    if person.is_active:
        return Standing.IN
    if not person.waiting:
        return Standing.OUT
    return Standing.INVITED if person.invited_until and person.invited_until > at else Standing.UNINVITED
