"""Reads of deputations: who stands in for whom, now and before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.deputies.models import Deputation
from kanjo.platform.deputies.rules import in_place_of
from kanjo.platform.identity.queries import actor_of
from kanjo.platform.names import called
from kanjo.platform.tables import NotFound


@dataclass(frozen=True, slots=True)
class DeputationRow:
    """A deputation as it is shown; without roles it is for all of them, without a company for all of both."""

    id: int
    absent_id: int
    absent: str
    deputy_id: int
    deputy: str
    company: str
    roles: tuple[Role, ...]
    starts_at: datetime
    until: datetime
    because: str
    named_by: str
    ended_at: datetime | None

    def lives(self, at: datetime) -> bool:
        """Return whether it lasts, or is to come, at a moment."""
        return self.ended_at is None and at < self.until


@dataclass(frozen=True, slots=True)
class Stand:
    """What a person may do for somebody absent: `actor` is the person at work for them."""

    deputation_id: int
    name: str
    until: datetime
    actor: Actor


def list_deputations(actor: Actor, *, limit: int = 200) -> list[DeputationRow]:
    """Return the deputations that concern the actor, an administrator all, the newest first."""
    return [_row(one) for one in _seen(actor).select_related(*_NAMED).order_by("-id")[:limit]]


def get_deputation(actor: Actor, deputation_id: int) -> DeputationRow:
    """Return a deputation that concerns the actor; refuses `NotFound`."""
    found = _seen(actor).select_related(*_NAMED).filter(pk=deputation_id).first()
    if found is None:
        raise NotFound(what=called(Deputation), key=deputation_id)
    return _row(found)


def list_stands(own: Actor, at: datetime) -> list[Stand]:
    """Return for whom the person may act at a moment, by name; what gives nothing, or of who left, is not there."""
    lasting = Deputation.objects.filter(
        deputy_id=own.id, ended_at=None, starts_at__lte=at, until__gt=at, absent__is_active=True
    )
    stands = []
    for one in lasting.select_related("absent").order_by("absent__name", "id"):
        actor = in_place_of(
            own,
            actor_of(one.absent),
            roles=frozenset(Role(role) for role in one.roles),
            companies=frozenset() if one.company_id is None else frozenset({one.company_id}),
        )
        if actor is not None:
            stands.append(Stand(one.pk, one.absent.name, one.until, actor))
    return stands


def _seen(actor: Actor) -> QuerySet[Deputation]:
    if actor.holds(Role.ADMINISTRATOR, Role.AUDITOR):
        return Deputation.objects.all()
    return Deputation.objects.filter(Q(absent_id=actor.id) | Q(deputy_id=actor.id))


_NAMED = ("absent", "deputy", "company", "named_by")


def _row(one: Deputation) -> DeputationRow:
    return DeputationRow(
        id=one.pk,
        absent_id=one.absent_id,
        absent=one.absent.name,
        deputy_id=one.deputy_id,
        deputy=one.deputy.name,
        company=one.company.code if one.company else "",
        roles=tuple(Role(role) for role in one.roles),
        starts_at=one.starts_at,
        until=one.until,
        because=one.because,
        named_by=one.named_by.name,
        ended_at=one.ended_at,
    )
