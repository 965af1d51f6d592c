"""Conditions for rows that hold what somebody typed, and how several of them are looked up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Self, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Model, Q, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler

from kanjo.foundation.currencies import CURRENCIES
from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.names import matching_key

M = TypeVar("M", bound=Model)

LONGEST = 100
"""Characters of a text that are looked for; the rest is left out."""

_AMOUNT = re.compile(r"[¥$€£]?(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,3})?円?", re.ASCII)


class Few(int):
    """How many of each kind are looked for, with the ids of the customers whom the text names: they are found once."""

    customers: Sequence[int]

    def __new__(cls, most: int, customers: Sequence[int]) -> Self:
        """Return the number."""
        few = super().__new__(cls, most)
        few.customers = customers
        return few


class Holds(Func):
    """Whether one of the columns, which must be those of `Searchable`, holds a text in any of its writings."""

    output_field = BooleanField()

    def __init__(self, text: str, *columns: str) -> None:
        self.text = text
        super().__init__(*columns)

    def as_sql(  # type: ignore[override]  # nobody gives this one a template
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        """Return the condition: the index finds the pieces, the comparison that they stand together."""
        words, _ = super().as_sql(compiler, connection, template="%(expressions)s", arg_joiner=" || '|' || ")
        pieces = f"search_grams({words}) @> search_keys(%s)"
        together = f"search_folded({words}) LIKE '%%' || search_folded(%s) || '%%'"
        return f"({pieces} AND {together})", (self.text, self.text)


def holds(text: str, *columns: str) -> Q:
    """Return the condition that one of the columns holds *text*, or its name without the legal form."""
    words = plain(text)
    condition = Q(Holds(words, *columns))
    bare = matching_key(words)
    return condition | Q(Holds(bare, *columns)) if bare and bare != words else condition


def is_numbered(text: str, column: str, *, within: bool = False) -> Q:
    """Return the condition that a number begins with *text*, or with *within* that it holds it anywhere."""
    words = plain(text)
    if within:
        return Q(**{f"{column}__icontains": words})
    return reduce(or_, (Q(**{f"{column}__startswith": one}) for one in dict.fromkeys((words, words.upper()))))


def has_number(text: str) -> Q:
    """Return the condition that `number` is *text*, as it is typed or in capitals."""
    words = plain(text)
    return Q(number__in={words, words.upper()})


def is_amount(text: str, column: str, currency: str) -> Q | None:
    """Return the condition that a column of minor units is the amount *text*, either sign, or None for no amount."""
    read = _AMOUNT.fullmatch(re.sub(r"\s", "", plain(text)))
    if read is None:
        return None
    amount = Decimal(read[1].replace(",", "") + (read[2] or ""))
    condition = Q(pk__in=())
    for decimals in {known.decimals for known in CURRENCIES.values()}:
        minor = amount.scaleb(decimals)
        if minor == int(minor) and minor <= MINOR_MAX:
            codes = [known.code for known in CURRENCIES.values() if known.decimals == decimals]
            condition |= Q(**{f"{column}__in": {int(minor), -int(minor)}, f"{currency}__in": codes})
    return condition


def is_one_of(column: str, ids: QuerySet[Any, Any]) -> Q:
    """Return the condition that a column is one of *ids*, which the database looks up once, before the rows."""
    return Q(Func(column, _Once(ids), template="%(expressions)s", arg_joiner=" = ", output_field=BooleanField()))


def any_of(rows: QuerySet[M], conditions: Iterable[Q | None], most: int | None = None) -> QuerySet[M]:
    """Keep the rows for which one of the conditions holds.

    Each is looked up on its own, so that each has its index. With *most* no more of each are looked for: whichever
    the database meets first.
    """
    found = (rows.filter(one).order_by().values("pk")[:most] for one in conditions if one is not None)
    return rows.filter(reduce(or_, (is_one_of("pk", ids) for ids in found)))


class _Once(Subquery):
    """The rows of a query as an array. A subquery after IN may be asked again for each row, an array is not."""

    template = "ANY(ARRAY(%(subquery)s))"


def plain(text: str) -> str:
    """Return what is looked for: signs in their common width, no longer than `LONGEST`."""
    return unicodedata.normalize("NFKC", text.strip()[:LONGEST]).replace("|", "").strip()
