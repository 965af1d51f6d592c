"""How many rows match and what they add up to, in one question that never goes on for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from kanjo.foundation.money import Money
from kanjo.platform.ordering import Orders

COUNTED = 10_000
"""Rows that are counted one by one; beyond them a list says that there are more."""

SUMMED = 250_000
"""Rows that are added up, and so counted, where a list has amounts."""


class Tally(int):
    """How many rows match: exactly, or with `more` at least so many, as no more were looked at.

    `sums` holds what all of them add up to, currency by currency, by the name of the order of the column; nothing where
    there are more.
    """

    more: bool
    sums: Mapping[str, Sequence[Money]]

    def __new__(cls, rows: int, *, more: bool = False, sums: Mapping[str, Sequence[Money]] | None = None) -> Self:
        """Return the number."""
        tally = super().__new__(cls, rows)
        tally.more, tally.sums = more, MappingProxyType(dict(sums or {}))
        return tally


def counted(found: QuerySet[Any, Any], most: int = COUNTED) -> Tally:
    """Return how many rows were found, up to *most*."""
    rows = found.order_by().values("pk")[: most + 1].count()
    return Tally(min(rows, most), more=rows > most)


def added_up(
    found: QuerySet[Any, Any], orders: Orders, *names: str, currency: str = "currency", most: int = SUMMED
) -> Tally:
    """Return how many rows were found and the sums of the columns that the orders *names* stand for."""
    columns = [currency, *(orders[name] for name in names)]
    try:
        rows, given = found.order_by().values_list(*columns)[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return Tally(0)
    places = ", ".join(f"sum(a{place})" for place in range(len(names)))
    called = ", ".join(f"a{place}" for place in range(len(names)))
    totals = f"SELECT c, count(*), {places} FROM ({rows}) AS found(c, {called}) GROUP BY c ORDER BY c"  # noqa: S608  # made by Django
    with connections[found.db].cursor() as cursor:
        cursor.execute(totals, given)
        by_currency = cursor.fetchall()
    count = sum(row[1] for row in by_currency)
    if count > most:
        return Tally(most, more=True)
    sums = {name: [Money(int(row[2 + at] or 0), row[0]) for row in by_currency] for at, name in enumerate(names)}
    return Tally(count, sums=sums)
