"""How an identity is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text

SHOWN = 5
"""So many broken places are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Side:
    """The totals of both sides in one currency (empty for counts), and where they differ."""

    currency: str
    left: int
    right: int
    broken: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """An identity as found. It holds when no place is broken and the totals agree."""

    name: str
    says: Text
    sides: tuple[Side, ...]

    @property
    def holds(self) -> bool:
        """Whether both sides are equal everywhere."""
        return all(side.broken == 0 and side.left == side.right for side in self.sides)


@dataclass(frozen=True, slots=True)
class Identity:
    """Something that must be equal: a stable name, the sentence, and how both sides are read for a company."""

    name: str
    says: Text
    read: Callable[[CompanyId], Iterable[Side]]

    def check(self, company_id: CompanyId) -> Checked:
        """Return the identity as found for the company."""
        return Checked(self.name, self.says, tuple(self.read(company_id)))


def pairs(query: str) -> Callable[[CompanyId], list[Side]]:
    """Return a reader of a query that gives (place, currency, left, right) per place, for `%(company)s`."""
    statement = f"""
        WITH pairs (place, currency, lhs, rhs) AS ({query})
        SELECT currency, coalesce(sum(lhs), 0)::bigint, coalesce(sum(rhs), 0)::bigint,
               count(*) FILTER (WHERE lhs IS DISTINCT FROM rhs),
               (array_agg(place::text ORDER BY place) FILTER (WHERE lhs IS DISTINCT FROM rhs))[1:{SHOWN}]
        FROM pairs GROUP BY currency ORDER BY currency"""  # noqa: S608 - the queries are ours, no input is in them

    def read(company_id: CompanyId) -> list[Side]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"company": company_id})
            return [
                Side(currency, int(left), int(right), broken, tuple(places or ()))
                for currency, left, right, broken, places in cursor.fetchall()
            ]

    return read
