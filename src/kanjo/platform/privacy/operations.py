"""What is written of looks, and when they are forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kanjo.foundation.actors import Actor
from kanjo.foundation.personal import REVEALED_TO
from kanjo.platform.acts import verb
from kanjo.platform.privacy.models import Look
from kanjo.platform.privacy.ways import SHORTEST_DAYS, Way

FEW = 10
"""Up to so many people an answer names each of them; more are counted."""

AT_ONCE = 10_000
"""Looks forgotten in one statement."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one answer showed of one person or thing: (table, id) and how many pieces."""

    of: tuple[str, int]
    pieces: int


def note_looks(seen: Iterable[Seen], *, kinds: str, way: Way, page: str, key: int | None, query: str, by: Actor) -> int:
    """Write down that *by* was shown personal data, for each company it worked in; return how many rows that took."""
    every = list(seen)
    rows: list[tuple[str, int | None, int]] = [(one.of[0], one.of[1], one.pieces) for one in every]
    if len(every) > FEW:
        tables = sorted({one.of[0] for one in every})
        rows = [(table, None, sum(one.of[0] == table for one in every)) for table in tables]
    looks = [
        Look(
            company_id=company_id,
            person_id=by.id,
            way=way,
            page=page[:200],
            key=key,
            subject=subject,
            subject_id=subject_id,
            kinds=kinds,
            count=count,
            query=query[:500],
        )
        for company_id in sorted(by.companies)
        for subject, subject_id, count in rows
    ]
    Look.objects.bulk_create(looks)
    return len(looks)


@verb("privacy.reveal", *REVEALED_TO)
def reveal(*, page: str, key: int, table: str, because: str, by: Actor, at: datetime) -> None:
    """Let *by* see what the page of a thing masks, for a while; *table* is where the thing stands.

    The reason is written down before anything is shown.
    """
    for company_id in sorted(by.companies):
        Look.objects.create(
            company_id=company_id,
            person_id=by.id,
            way=Way.REVEAL,
            page=page,
            key=key,
            subject=table,
            subject_id=key,
            count=0,
            because=because,
        )


def forget_looks(*, kept_days: int, at: datetime) -> int:
    """Forget looks that are older than *kept_days*, never before a year has passed; return how many.

    The database keeps a younger one whatever is asked.
    """
    before = at - timedelta(days=max(kept_days, SHORTEST_DAYS) + 1)
    forgotten = 0
    while True:
        old = list(Look.objects.filter(recorded_at__lt=before).order_by("id").values_list("id", flat=True)[:AT_ONCE])
        if not old:
            return forgotten
        forgotten += Look.objects.filter(pk__in=old).delete()[0]
