"""Reads of people for the pages: who is in, who was invited, who is shut out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from kanjo.foundation.actors import Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.factors import FACTORS
from kanjo.platform.identity.invitations import is_waiting
from kanjo.platform.identity.models import Assignment, Person, RoleGrant
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
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
    Standing.IN: Text(en="In", ja="利用中"),
    Standing.INVITED: Text(en="Invited", ja="招待中"),
    Standing.UNINVITED: Text(en="Invitation over", ja="招待期限切れ"),
    Standing.OUT: Text(en="Dismissed", ja="利用停止"),
}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as an administrator sees it."""

    id: PersonId
    email: str
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
    now: datetime, *, search: str = "", order: str = "", limit: int = 50, at: str = ""
) -> Page[PersonRow]:
    """Return everybody that is on record, by name, as they stand *now*."""

    def read(people: QuerySet[Person]) -> list[PersonRow]:
        return [_row(person, now) for person in _with_all(people)]

    return paged(_found(search), sorted_by(Person, order, ORDERS, "name", "id"), at, limit, read)


def count_people(*, search: str = "") -> Tally:
    """Return how many people `list_people_rows` has."""
    return counted(_found(search))


def get_person(key: int, at: datetime) -> PersonRow:
    """Return a person; refuses `NotFound`."""
    person = _with_all(_found("").filter(pk=key)).first()
    if person is None:
        raise NotFound(what=ROW_NAMES["identity_person"], key=key)
    return _row(person, at)


def _found(search: str) -> QuerySet[Person]:
    people = Person.objects.filter(is_system=False)
    return people.filter(Q(name__icontains=search) | Q(email__icontains=search)) if search else people


def _with_all(people: QuerySet[Person]) -> QuerySet[Person]:
    factors = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=FACTORS)
    return people.annotate(factor=Exists(factors)).prefetch_related(
        Prefetch("grants", RoleGrant.objects.filter(active=True), to_attr="held"),
        Prefetch("assignments", Assignment.objects.filter(active=True).select_related("company"), to_attr="assigned"),
        "invitations",
    )


def _row(person: Person, at: datetime) -> PersonRow:
    until = [one.until for one in person.invitations.all() if one.ended_at is None]
    held: Sequence[RoleGrant] = person.held  # type: ignore[attr-defined]  # prefetched above
    assigned: Sequence[Assignment] = person.assigned  # type: ignore[attr-defined]  # the same
    return PersonRow(
        id=PersonId(person.pk),
        email=person.email,
        name=person.name,
        language=Language(person.language),
        roles=tuple(role for role in Role if role in {one.role for one in held}),
        companies=tuple(sorted(((one.company_id, one.company.code) for one in assigned), key=lambda one: one[1])),
        standing=_standing(person, until, at),
        factor=person.factor,  # type: ignore[attr-defined]  # annotated above
        signed_in_at=person.last_login,
        invited_until=until[0] if until else None,
    )


def _standing(person: Person, until: Sequence[datetime], at: datetime) -> Standing:
    if person.is_active:
        return Standing.IN
    if not is_waiting(person):
        return Standing.OUT
    return Standing.INVITED if until and until[0] > at else Standing.UNINVITED
