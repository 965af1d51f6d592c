"""Reads of looks, and the columns that hold personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.apps import apps
from django.db.models import QuerySet

from kanjo.foundation.actors import Actor
from kanjo.foundation.personal import Kind
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.privacy.models import Look
from kanjo.platform.privacy.ways import Way
from kanjo.platform.tallies import Tally, counted

OPEN_FOR = timedelta(minutes=15)
"""How long a page stays open after a reason was given."""

ORDERS: Orders = {"at": "recorded_at", "person": "person__name", "page": "page", "count": "count"}


@dataclass(frozen=True, slots=True)
class LookRow:
    """A look as it is shown."""

    id: int
    at: datetime
    person: str
    way: Way
    page: str
    key: int | None
    subject: str
    subject_id: int | None
    kinds: tuple[Kind, ...]
    count: int
    query: str
    because: str


@cache
def personal_columns() -> Mapping[tuple[str, str], Kind]:
    """Return the columns of personal data, (table, column), as the models declare them."""
    return {
        (model._meta.db_table, column): kind
        for model in apps.get_models()
        for column, kind in getattr(model, "PERSONAL", {}).items()
    }


def is_open(actor: Actor, page: str, key: int, at: datetime) -> bool:
    """Return whether the actor gave a reason for a page a short while ago."""
    lately = Look.objects.visible_to(actor).filter(way=Way.REVEAL, person_id=actor.id, page=page, key=key)
    return lately.filter(recorded_at__gt=at - OPEN_FOR).exists()


def list_looks(
    actor: Actor,
    *,
    text: str = "",
    table: str = "",
    subject: tuple[str, int] | None = None,
    way: Way | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[LookRow]:
    """Return looks, the latest first; *text* is a piece of a person's name, *table* what they looked at."""
    keys = sorted_by(Look, order, ORDERS, "-id")

    def read(page: QuerySet[Look]) -> list[LookRow]:
        return [_row(one) for one in page.select_related("person")]

    return paged(_looks(actor, text, table, subject, way), keys, at, limit, read)


def count_looks(
    actor: Actor,
    *,
    text: str = "",
    table: str = "",
    subject: tuple[str, int] | None = None,
    way: Way | None = None,
) -> Tally:
    """Return how many looks `list_looks` has, as far as they are counted."""
    return counted(_looks(actor, text, table, subject, way))


def _looks(actor: Actor, text: str, table: str, subject: tuple[str, int] | None, way: Way | None) -> QuerySet[Look]:
    rows = Look.objects.visible_to(actor)
    if text.strip():
        words = text.strip()[:100]
        rows = rows.filter(person__name__icontains=words)
    if table:
        rows = rows.filter(subject=table)
    if subject is not None:
        rows = rows.filter(subject=subject[0], subject_id=subject[1])
    return rows.filter(way=way) if way is not None else rows


def _row(look: Look) -> LookRow:
    return LookRow(
        id=look.pk,
        at=look.recorded_at,
        person=look.person.name,
        way=Way(look.way),
        page=look.page,
        key=look.key,
        subject=look.subject,
        subject_id=look.subject_id,
        kinds=tuple(Kind(one) for one in look.kinds.split(" ") if one),
        count=look.count,
        query=look.query,
        because=look.because,
    )
