"""Verbs of deputations: name a deputy, end it. Both persons are told of either, whatever they chose to be told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Q, QuerySet

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.deputies.models import Deputation
from kanjo.platform.deputies.rules import (
    DeputyOfOneself,
    NobodyThere,
    NothingInCommon,
    in_place_of,
    refuse_days,
    refuse_stranger,
)
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import actor_of
from kanjo.platform.names import ROW_NAMES, called
from kanjo.platform.notices.kinds import Kind
from kanjo.platform.notices.operations import tell
from kanjo.platform.tables import NotFound, refuse_unseen

TABLE = "deputies_deputation"
_NAMED = Text(
    en="{deputy} stands in for {absent} from {first} to {last}. Named by {by}: {because}",
    ja="{first} から {last} まで、{deputy} さんが {absent} さんの代理になります。指定した人: {by}（理由: {because}）",
)
_HANDED_ON = Text(
    en="{deputy} stands in for {absent} in place of {before}, who leaves. Named by {by}.",
    ja="退職する {before} さんに代わり、{deputy} さんが {absent} さんの代理になります。指定した人: {by}",
)
_ENDED = Text(
    en="{deputy} no longer stands in for {absent}. Ended by {by}.",
    ja="{deputy} さんは {absent} さんの代理ではなくなりました。終了した人: {by}",
)


@verb("deputies.name", *Role)
def name_deputy(
    *,
    absent_id: PersonId,
    deputy_id: PersonId,
    starts_on: date,
    last_on: date,
    zone: tzinfo,
    because: str,
    by: Actor,
    at: datetime,
    company_id: CompanyId | None = None,
    roles: Collection[Role] = (),
) -> int:
    """Let *deputy_id* act for *absent_id* from the first to the last day, as days are in *zone*; return its id.

    A person names its own deputy, an administrator anybody's. Refuses `AsDeputy`, `NotYourAbsence`, `WrongDays`,
    `DeputyOfOneself`, `NobodyThere` and `NothingInCommon`.
    """
    refuse_stranger(frozenset({absent_id}), by)
    refuse_days(starts_on, last_on, at.astimezone(zone).date())
    absent, deputy = _person(absent_id), _person(deputy_id)
    if absent_id == deputy_id:
        raise DeputyOfOneself(at="deputy", name=deputy.name)
    for person, place in ((absent, "absent"), (deputy, "deputy")):
        if not person.is_active or person.is_system:
            raise NobodyThere(at=place, name=person.name)
    if company_id is not None and not by.holds(Role.ADMINISTRATOR):
        refuse_unseen(company_id, by)
    _refuse_empty(deputy, absent, frozenset(roles), company_id)
    named = Deputation.objects.create(
        absent=absent,
        deputy=deputy,
        company=SellingCompany.objects.get(pk=company_id) if company_id is not None else None,
        roles=sorted(roles),
        starts_at=datetime.combine(starts_on, time.min, zone),
        until=datetime.combine(last_on + timedelta(days=1), time.min, zone),
        because=because,
        named_by_id=by.id,
    )
    _tell_both(named, "named", _NAMED, first=starts_on, last=last_on, by=by.name, because=because)
    return int(named.pk)


@verb("deputies.end", *Role)
def end_deputation(*, deputation_id: int, by: Actor, at: datetime) -> None:
    """End a deputation before its time: by the absent person, its deputy or an administrator; an ended one stays so.

    Refuses `NotFound`, `AsDeputy` and `NotYourAbsence`.
    """
    one = Deputation.objects.select_for_update().filter(pk=deputation_id).first()
    if one is None:
        raise NotFound(what=called(Deputation), key=deputation_id)
    refuse_stranger(frozenset({PersonId(one.absent_id), PersonId(one.deputy_id)}), by)
    _end(one, by, at)


@verb("deputies.hand-on", Role.ADMINISTRATOR, Role.HR)
def hand_on_deputations(*, deputy_id: PersonId, to: PersonId, by: Actor, at: datetime) -> int:
    """Let *to* stand in, for what is left, for whom a person who leaves stands in; return for how many.

    Where *to* is the absent person, or could do nothing for it, nobody follows: the absent person is told that it has
    no deputy any more, and names another.
    """
    handed_on, follower = 0, _person(to)
    for one in _lasting(deputy_id, at).filter(deputy_id=deputy_id):
        _end(one, by, at)
        companies = frozenset() if one.company_id is None else frozenset({one.company_id})
        asked = frozenset(Role(role) for role in one.roles)
        can = in_place_of(actor_of(follower), actor_of(one.absent), roles=asked, companies=companies)
        if one.absent_id == to or can is None:
            continue
        kept = {name: getattr(one, name) for name in ("absent", "company", "roles", "until", "because")}
        starts_at = max(one.starts_at, at)
        named = Deputation.objects.create(**kept, deputy=follower, starts_at=starts_at, named_by_id=by.id)
        _tell_both(named, "named", _HANDED_ON, before=one.deputy.name, by=by.name)
        handed_on += 1
    return handed_on


def end_deputations_of(person_id: PersonId, *, by: Actor, at: datetime) -> None:
    """End what a person who is shut out was named for, as the absent one and as the deputy; the others are told."""
    for one in _lasting(person_id, at):
        _end(one, by, at)


def _lasting(person_id: PersonId, at: datetime) -> QuerySet[Deputation]:
    concerned = Q(absent_id=person_id) | Q(deputy_id=person_id)
    lasting = Deputation.objects.select_for_update(of=("self",)).select_related("absent", "deputy")
    return lasting.filter(concerned, ended_at=None, until__gt=at).order_by("id")


def _end(one: Deputation, by: Actor, at: datetime) -> None:
    if one.ended_at is None:
        one.ended_at, one.ended_by_id = at, by.id
        one.save(update_fields=["ended_at", "ended_by"])
        _tell_both(one, "ended", _ENDED, by=by.name)


def _person(person_id: PersonId) -> Person:
    found = Person.objects.filter(pk=person_id).first()
    if found is None:
        raise NotFound(what=ROW_NAMES["identity_person"], key=person_id)
    return found


def _refuse_empty(deputy: Person, absent: Person, roles: frozenset[Role], company_id: CompanyId | None) -> None:
    companies = frozenset() if company_id is None else frozenset({int(company_id)})
    if in_place_of(actor_of(deputy), actor_of(absent), roles=roles, companies=companies) is None:
        raise NothingInCommon(at="roles", deputy=deputy.name, absent=absent.name)


def _tell_both(one: Deputation, what: str, says: Text, **facts: object) -> None:
    tell(
        persons=[PersonId(one.absent_id), PersonId(one.deputy_id)],
        kind=Kind.DEPUTY,
        subject=(TABLE, one.pk),
        says=says.filled(deputy=one.deputy.name, absent=one.absent.name, **facts),
        key=f"deputies.{what}:{one.pk}",
    )
