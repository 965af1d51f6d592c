"""Rates: exact shares, read from decimals and percents, never from floats."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.rounding import Rounding, divide
from kanjo.foundation.texts import Text

if TYPE_CHECKING:
    from kanjo.foundation.money import Money


class NotARate(Refusal):
    """Text that is no rate."""

    rule = "money.rate-unreadable"
    says = Text(en="“{text}” is not a rate.", ja="「{text}」は率として読めません。")
    remedy = Text(en="Write it as 7.8% or 0.078.", ja="7.8%または0.078のように入力してください。")


_RATE = re.compile(r"(?P<minus>[-−])?(?P<number>\d{1,18}(?:\.\d{1,18})?)\s*(?P<percent>%)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """An exact share: 10 % is 1/10. Shares above one and below zero are allowed; the domain says which it takes."""

    fraction: Fraction

    @classmethod
    def parse(cls, text: str, *, at: str = "") -> Rate:
        """Return the rate written as a percent (7.8%) or as a decimal share (0.078); refuses anything else."""
        written = _RATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
        if written is None:
            raise NotARate(at=at, text=quoted(text))
        share = Fraction(written["number"]) / (100 if written["percent"] else 1)
        return cls(-share if written["minus"] else share)

    @classmethod
    def percent(cls, text: str, *, at: str = "") -> Rate:
        """Return the rate of a bare percent number: "7.8" is 7.8 %."""
        return cls.parse(f"{text}%", at=at)

    @classmethod
    def of_decimal(cls, share: Decimal) -> Rate:
        """Return the rate of a decimal share, exact."""
        return cls(Fraction(share))

    def of(self, money: Money, rounding: Rounding) -> Money:
        """Return this share of *money*, rounded once by name."""
        return replace(money, minor=self.of_minor(money.minor, rounding))

    def of_minor(self, amount_minor: int, rounding: Rounding) -> int:
        """Return this share of an amount in minor units, rounded once by name."""
        return divide(amount_minor * self.fraction.numerator, self.fraction.denominator, rounding)

    def contained_in(self, gross: Money, rounding: Rounding) -> Money:
        """Return the part of *gross* that was added at this rate: gross x r / (1 + r), rounded once by name."""
        return Rate(self.fraction / (1 + self.fraction)).of(gross, rounding)

    def shown(self) -> str:
        """Return the rate in percent, 7.8%; as a plain fraction (1/3) where no decimal is exact."""
        percent = self.fraction * 100
        decimals = next((n for n in range(19) if (percent * 10**n).denominator == 1), None)
        if decimals is None:
            return str(self.fraction)
        digits = f"{abs(int(percent * 10**decimals)):0{decimals + 1}d}"
        number = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
        return f"{'−' if percent < 0 else ''}{number}%"
