"""Rounding by name, and the one exact division of the house."""

from __future__ import annotations

from enum import StrEnum

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class Rounding(StrEnum):
    """How a fraction of a minor unit becomes a whole one; the sign never changes the size of the result.

    Invoices in Japan may use any of the first three, once per document and tax rate (Consumption Tax Act
    Enforcement Order, article 70-10).
    """

    FLOOR = "floor"
    CEILING = "ceiling"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"

    @property
    def shown(self) -> Text:
        """The name people know the rounding by."""
        return _NAMES[self]


_NAMES = {
    Rounding.FLOOR: Text(en="Round down", ja="切捨て"),
    Rounding.CEILING: Text(en="Round up", ja="切上げ"),
    Rounding.HALF_UP: Text(en="Round half up", ja="四捨五入"),
    Rounding.HALF_EVEN: Text(en="Round half to even", ja="偶数丸め（銀行型丸め）"),
}


class DivisionByZero(Refusal):
    """A division by zero."""

    rule = "money.division-by-zero"
    says = Text(en="{numerator} cannot be divided by zero.", ja="{numerator}を0で割ることはできません。")
    remedy = Text(en="Give a divisor other than zero.", ja="0以外の数で割ってください。")


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return numerator / denominator, exact, rounded by name on the absolute value.

    FLOOR goes toward zero, CEILING away from it, HALF_UP takes a half away from zero, HALF_EVEN to the even
    neighbour; so `divide(-n, d)` is always `-divide(n, d)`. Refuses a zero denominator.
    """
    if denominator == 0:
        raise DivisionByZero(numerator=numerator)
    whole, rest = divmod(abs(numerator), abs(denominator))
    size = whole + _goes_up(whole, rest, abs(denominator), rounding)
    return size if (numerator < 0) == (denominator < 0) else -size


def _goes_up(whole: int, rest: int, denominator: int, rounding: Rounding) -> bool:
    match rounding:
        case Rounding.FLOOR:
            return False
        case Rounding.CEILING:
            return rest > 0
        case Rounding.HALF_UP:
            return 2 * rest >= denominator
        case Rounding.HALF_EVEN:
            return 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
