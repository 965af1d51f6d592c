"""Cells of a decision table: what they accept, read strictly from what was written.

An interval lies between two cuts. A cut is a place just before or just after a value, so that "from 5", "above 5",
"until 5" and "up to 5" are all half-open alike and gaps and overlaps are found exactly, also between fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from kanjo.foundation.money import Rate
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

Value = int | Fraction | date | str
Cut = tuple[int, Any, int]
"""(-1 before everything, 0 at a value, 1 after everything; the value; 0 just before it, 1 just after it)."""

LOWEST: Cut = (-1, 0, 0)
HIGHEST: Cut = (1, 0, 0)


class CellUnreadable(Refusal):
    """A cell that does not say what it accepts."""

    rule = "approvals.cell-unreadable"
    says = Text(en="The condition {cell} cannot be read.", ja="条件 {cell} を読み取れません。")
    remedy = Text(
        en="Write one lower bound (from or above) and one upper bound (until or up_to), or a list (in or not_in).",
        ja="下限（from・above）と上限（until・up_to）を1つずつ、または一覧（in・not_in）で指定してください。",
    )


class ValueOfWrongKind(Refusal):
    """A value that is not of the kind its input has."""

    rule = "approvals.wrong-kind"
    says = Text(en="{value} is not {kind}.", ja="{value}は{kind}ではありません。")
    remedy = Text(en="Give {kind}.", ja="{kind}を指定してください。")


class Kind(StrEnum):
    """What an input is made of."""

    INTEGER = "integer"
    SHARE = "share"
    DATE = "date"
    CHOICE = "choice"

    @property
    def shown(self) -> Text:
        """The kind as people read it."""
        return _KINDS[self]


_KINDS = {
    Kind.INTEGER: Text(en="a whole number", ja="整数"),
    Kind.SHARE: Text(en="a share such as 10% or 0.1", ja="割合（10% や 0.1 など）"),
    Kind.DATE: Text(en="a date such as 2026-04-01", ja="日付（「2026-04-01」など）"),
    Kind.CHOICE: Text(en="a text", ja="文字列"),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """Everything between two cuts."""

    low: Cut = LOWEST
    high: Cut = HIGHEST

    def accepts(self, value: Value) -> bool:
        """Return whether the value lies between the cuts."""
        return self.low <= (0, value, 0) < self.high

    def covers(self, other: Interval) -> bool:
        """Return whether all of *other* lies inside."""
        return self.low <= other.low and other.high <= self.high


@dataclass(frozen=True, slots=True)
class Choice:
    """The texts of a list, or all that are not on it."""

    values: frozenset[str]
    listed: bool = True

    def accepts(self, value: Value) -> bool:
        """Return whether the text is meant."""
        return (value in self.values) == self.listed

    def covers(self, other: Choice) -> bool:
        """Return whether every text of *other* is meant too."""
        if other.listed:
            return all(self.accepts(value) for value in other.values)
        return not self.listed and self.values <= other.values


Cell = Interval | Choice


def read_cell(written: Mapping[str, object], kind: Kind, *, at: str) -> Cell:
    """Return the cell that was written; refuses unknown words, two bounds of one side, and values of another kind."""
    words = set(written)
    if kind is Kind.CHOICE:
        if words not in ({"in"}, {"not_in"}):
            raise CellUnreadable(cell=dict(written), at=at)
        return Choice(_texts(next(iter(written.values())), at=at), listed="in" in words)
    lower, upper = words & {"from", "above"}, words & {"until", "up_to"}
    if not words or words - lower - upper or len(lower) > 1 or len(upper) > 1:
        raise CellUnreadable(cell=dict(written), at=at)
    return Interval(
        low=_cut(written, lower.pop(), kind, at=at) if lower else LOWEST,
        high=_cut(written, upper.pop(), kind, at=at) if upper else HIGHEST,
    )


def cut(value: Value, *, after: bool) -> Cut:
    """Return the place just before or after a value; of whole numbers and dates, after 5 is before 6."""
    if after and isinstance(value, int):
        return (0, value + 1, 0)
    if after and isinstance(value, date):
        return (0, value + timedelta(days=1), 0)
    return (0, value, int(after))


def checked(value: object, kind: Kind, *, at: str) -> Value:
    """Return the value if it is exactly of its kind; None, floats, booleans and texts of numbers are refused."""
    wanted = {Kind.INTEGER: int, Kind.SHARE: Fraction, Kind.DATE: date, Kind.CHOICE: str}[kind]
    if type(value) is not wanted:
        raise ValueOfWrongKind(value=repr(value), kind=kind.shown, at=at)
    assert isinstance(value, (int, Fraction, date, str))
    return value


def _cut(written: Mapping[str, object], word: str, kind: Kind, *, at: str) -> Cut:
    return cut(_bound(written[word], kind, at=f"{at}.{word}"), after=word in {"above", "up_to"})


def _bound(written: object, kind: Kind, *, at: str) -> Value:
    if kind is Kind.INTEGER:
        return checked(written, kind, at=at)
    if not isinstance(written, str):
        raise ValueOfWrongKind(value=repr(written), kind=kind.shown, at=at)
    if kind is Kind.SHARE:
        return Rate.parse(written, at=at).fraction
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueOfWrongKind(value=repr(written), kind=kind.shown, at=at) from None


def _texts(written: object, *, at: str) -> frozenset[str]:
    if not isinstance(written, (list, tuple)) or not written or not all(isinstance(one, str) for one in written):
        raise CellUnreadable(cell=written, at=at)
    return frozenset(written)
