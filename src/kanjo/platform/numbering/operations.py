"""Taking numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.db import connection

from kanjo.foundation.ids import CompanyId
from kanjo.platform.numbering.models import Issued


@dataclass(frozen=True, slots=True)
class Block:
    """A run of numbers of one series: `first` up to but not including `until`."""

    series_id: int
    prefix: str
    year: int
    first: int
    until: int

    def shown(self, number: int) -> str:
        """Return a number as printed, for instance `INV-2026-000001`."""
        return f"{self.prefix}-{self.year}-{number:06d}"


def take_block(*, company_id: CompanyId, kind: str, prefix: str, on: date, count: int) -> Block:
    """Take *count* numbers of the year of *on*.

    The counter stays locked until the transaction ends, and a rollback gives the numbers back: call it last. Whoever
    takes a block writes every number of it into `numbering_issued`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [company_id, kind, on.year, prefix, count + 1, count])
        series_id, given, until = cast("tuple[int, str, int]", cursor.fetchone())
    return Block(series_id=series_id, prefix=given, year=on.year, first=until - count, until=until)


_TAKE = """
INSERT INTO numbering_series AS s (company_id, kind, year, prefix, next_number) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (company_id, kind, year) DO UPDATE SET next_number = s.next_number + %s
RETURNING id, prefix, next_number
"""


def take_number(*, company_id: CompanyId, kind: str, prefix: str, on: date, subject_id: int) -> str:
    """Take one number for the document *subject_id* and return it as printed."""
    block = take_block(company_id=company_id, kind=kind, prefix=prefix, on=on, count=1)
    Issued.objects.create(series_id=block.series_id, number=block.first, subject_id=subject_id)
    return block.shown(block.first)
