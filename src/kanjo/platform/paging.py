"""Pages of a sorted list by the keys of their first and last row: the thousandth is found as quickly as the second.

What is added or taken away meanwhile moves no row onto a second page and none out of sight.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, DateTimeField, F, Func, Model, Q, QuerySet, Value

from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.ordering import Key

M = TypeVar("M", bound=Model)
R = TypeVar("R")
S = TypeVar("S")

LONGEST = 2_000
"""Characters of a cursor: a name in the longest of columns still fits."""

LAST = "last"
AT_ONCE = 1_000
"""Rows that are read in one question, however many a page has."""

_ON, _BACK = ">", "<"
_LAST = re.compile(rf"{LAST}(?:\.(\d{{1,15}}))?", re.ASCII)
_UNREADABLE = (ValueError, TypeError, OverflowError, RecursionError, ValidationError, binascii.Error)


class NotAPlace(Refusal):
    """A place that this list did not give, or gave for another order."""

    rule = "lists.not-a-place"
    says = Text(
        en="The address names no place of this list in this order.",
        ja="アドレスが示す位置は、この一覧・並び順のものではありません。",
    )
    remedy = Text(en="Begin at the first page.", ja="最初のページから開き直してください。")


class Page(list[R], Generic[R]):
    """The rows of one page.

    `before` and `after` are the cursors of the pages beside it, "" where there is none; `number` is how many rows stood
    up to its first one, itself included, when the reader came here, 0 where nobody counted.
    """

    def __init__(self, rows: Iterable[R] = (), *, before: str = "", after: str = "", number: int = 1) -> None:
        """Hold the rows."""
        super().__init__(rows)
        self.before, self.after, self.number = before, after, number

    def of(self, make: Callable[[R], S]) -> Page[S]:
        """Return the page of what is made of each row."""
        return Page(map(make, self), before=self.before, after=self.after, number=self.number)


def last_page(rows: int = 0) -> str:
    """Return the cursor of the last page of a list of so many rows, 0 where nobody counted them."""
    return f"{LAST}.{rows}" if rows else LAST


def paged(
    found: QuerySet[M], keys: Sequence[Key], at: str, limit: int, read: Callable[[QuerySet[M]], list[R]]
) -> Page[R]:
    """Return one page of what was found, from the place *at* on or back, "" for the first.

    *read* makes the rows of those that stand on the page; it may join and count what the keys do not need. Before the
    first row stands the first page, after the last row the last one. Refuses `NotAPlace`.
    """
    asked = _read(keys, at) if at else _FIRST
    places = _places(found, keys, asked, limit)
    if asked.values and not places:
        asked = _FIRST if asked.backwards else replace(_END, number=asked.number)
        places = _places(found, keys, asked, limit)
    more, places = len(places) > limit, places[:limit]
    number = asked.number
    if asked.backwards:
        places.reverse()
        number = 1 if not more else max(number - len(places), 1) if number else 0
    before = more if asked.backwards else bool(asked.values)
    after = bool(asked.values) if asked.backwards else more
    return Page(
        _rows(found, keys, [place[-1] for place in places], read),
        before=_written(keys, _BACK, number, places[0]) if before else "",
        after=_written(keys, _ON, number + len(places) if number else 0, places[-1]) if after else "",
        number=number,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins and which way it lies; without values at an end of the list."""

    backwards: bool
    number: int
    values: tuple[Any, ...] = ()


_FIRST, _END = _Place(backwards=False, number=1), _Place(backwards=True, number=0)


def _places(found: QuerySet[Any], keys: Sequence[Key], asked: _Place, limit: int) -> list[Any]:
    """Return the keys and the id of the rows of a page and of one more, in the order of the way."""
    rows = found.filter(_beyond(keys, asked.values, backwards=asked.backwards)) if asked.values else found
    in_order = rows.order_by(*(key.sorting(backwards=asked.backwards) for key in keys))
    return list(in_order.values_list(*(key.column for key in keys), "pk")[: limit + 1])


def _rows(found: QuerySet[M], keys: Sequence[Key], ids: list[int], read: Callable[[QuerySet[M]], list[R]]) -> list[R]:
    sorting = [key.sorting(backwards=False) for key in keys]
    parts = (ids[begin : begin + AT_ONCE] for begin in range(0, len(ids), AT_ONCE))
    every = found.model._default_manager
    return [row for part in parts for row in read(every.filter(pk__in=part).order_by(*sorting))]


class _Row(Func):
    """Keys of a row compared with those of a place as one, which an index over them answers."""

    template = "(%(expressions)s)"
    output_field = BooleanField()

    def __init__(self, keys: Sequence[Key], values: Sequence[Any], *, greater: bool) -> None:
        left = Func(*(F(key.column) for key in keys), template="(%(expressions)s)", output_field=BooleanField())
        given = (Value(value, output_field=key.field) for key, value in zip(keys, values, strict=True))
        right = Func(*given, template="(%(expressions)s)", output_field=BooleanField())
        super().__init__(left, right, arg_joiner=" > " if greater else " < ")


def _beyond(keys: Sequence[Key], values: Sequence[Any], *, backwards: bool) -> Q:
    """Return the condition of the rows after a place, or with *backwards* before it."""
    if len({key.turned for key in keys}) == 1 and not any(key.may_be_blank for key in keys):
        return Q(_Row(keys, values, greater=keys[0].turned == backwards))
    condition = Q(pk__in=())
    for key, value in reversed(list(zip(keys, values, strict=True))):
        condition = _strictly(key, value, backwards=backwards) | (Q(**_equal(key, value)) & condition)
    return condition


def _equal(key: Key, value: Any) -> dict[str, Any]:
    return {f"{key.column}__isnull": True} if value is None else {key.column: value}


def _strictly(key: Key, value: Any, *, backwards: bool) -> Q:
    """Return the condition that a column alone stands beyond a value; blanks stand behind all values."""
    if value is None:
        return Q(**{f"{key.column}__isnull": False}) if backwards else Q(pk__in=())
    beyond = Q(**{f"{key.column}__{'gt' if key.turned == backwards else 'lt'}": value})
    return beyond if backwards or not key.may_be_blank else beyond | Q(**{f"{key.column}__isnull": True})


def _written(keys: Sequence[Key], way: str, number: int, place: Sequence[Any]) -> str:
    values = [value if value is None or isinstance(value, int | str) else str(value) for value in place[: len(keys)]]
    text = json.dumps([_seal(keys), way, number, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(keys: Sequence[Key], at: str) -> _Place:
    """Return the place that a cursor names."""
    end = _LAST.fullmatch(at)
    if end:
        return replace(_END, number=int(end[1]) + 1 if end[1] else 0)
    try:
        if len(at) > LONGEST:
            raise NotAPlace
        seal, way, number, *values = json.loads(base64.b64decode(at + "=" * (-len(at) % 4), b"-_", validate=True))
        whole = type(number) is int and 0 <= number <= MINOR_MAX
        if seal != _seal(keys) or way not in {_ON, _BACK} or not whole or len(values) != len(keys):
            raise NotAPlace
        return _Place(way == _BACK, number, tuple(map(_value, keys, values)))
    except _UNREADABLE:
        raise NotAPlace from None


def _value(key: Key, value: Any) -> Any:
    """Return a value of a cursor as its column has it; refuses what the column cannot hold."""
    if value is None and key.may_be_blank:
        return None
    if type(value) not in {str, int} or (isinstance(value, str) and "\0" in value):
        raise NotAPlace
    read = key.field.to_python(str(value).encode().decode())
    if isinstance(read, int) and abs(read) > MINOR_MAX:
        raise NotAPlace
    if isinstance(key.field, DateTimeField):
        assert isinstance(read, datetime), "the field read it"
        if read.tzinfo is None:
            raise NotAPlace
        return read.astimezone(UTC)
    return read


def _seal(keys: Sequence[Key]) -> int:
    return crc32(repr([(key.field.model._meta.db_table, key.column, key.turned) for key in keys]).encode())
