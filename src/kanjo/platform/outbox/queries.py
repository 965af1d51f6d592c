"""Reads of deliveries: what should have followed by itself, and did not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import PersonId
from kanjo.platform.names import called
from kanjo.platform.ordering import sorted_by
from kanjo.platform.outbox.models import Delivery, FactRow
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as it is shown: which fact, the dotted name of the reaction, and the failure that came last."""

    id: int
    kind: str
    subject_id: int
    effective_on: date
    recorded_at: datetime
    reaction: str
    state: str
    attempts: int
    due_at: datetime
    error: str


def list_given_up(
    actor: Actor, *, among: Collection[int] | None = None, limit: int = 200, at: str = ""
) -> Page[DeliveryRow]:
    """Return the deliveries of the actor's companies that were given up, the latest first."""
    found = _given_up(actor) if among is None else _given_up(actor).filter(pk__in=among)
    return paged(found, sorted_by(Delivery, "", {}, "-id"), at, limit, _rows)


def count_given_up(actor: Actor) -> Tally:
    """Return how many deliveries `list_given_up` has."""
    return counted(_given_up(actor))


def get_delivery(actor: Actor, delivery_id: int) -> DeliveryRow:
    """Return the delivery. Refuses `NotFound`."""
    found = _rows(_seen(actor).filter(pk=delivery_id))
    if not found:
        raise NotFound(what=called(Delivery), key=delivery_id)
    return found[0]


def what_followed(kind: str, subject_id: int) -> list[tuple[dict[str, Any], str]]:
    """Return the facts of *kind* about a subject, each as recorded, with the state of a reaction to it."""
    found = Delivery.objects.filter(fact__kind=kind, fact__subject_id=subject_id)
    return list(found.values_list("fact__payload", "state"))


def who_recorded(kind: str, subject_id: int) -> PersonId | None:
    """Return who did what the last fact of *kind* about a subject tells, or None where there is none."""
    facts = FactRow.objects.filter(kind=kind, subject_id=subject_id)
    found = facts.order_by("-id").values_list("actor_id", flat=True).first()
    return None if found is None else PersonId(found)


def _seen(actor: Actor) -> QuerySet[Delivery]:
    return Delivery.objects.filter(fact__company_id__in=actor.companies)


def _given_up(actor: Actor) -> QuerySet[Delivery]:
    return _seen(actor).filter(state=Delivery.State.DEAD)


_OF_FACT = ("kind", "subject_id", "effective_on", "recorded_at")
_NAMES = [field.name for field in fields(DeliveryRow)]
_COLUMNS = [f"fact__{name}" if name in _OF_FACT else name for name in _NAMES]


def _rows(deliveries: QuerySet[Delivery]) -> list[DeliveryRow]:
    return [DeliveryRow(*values) for values in deliveries.values_list(*_COLUMNS)]
