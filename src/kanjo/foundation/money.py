"""Money: whole minor units and a currency. The one door for amounts, rates, rounding and splitting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kanjo.foundation.currencies import CURRENCIES, Currency, UnknownCurrency, currency
from kanjo.foundation.quoting import quoted
from kanjo.foundation.rates import NotARate, Rate
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.rounding import DivisionByZero, Rounding, divide
from kanjo.foundation.splitting import NegativeWeight, NothingToSplitBy, split
from kanjo.foundation.texts import Language, Text

__all__ = [
    "CURRENCIES",
    "MINOR_MAX",
    "AmountOutOfRange",
    "CurrenciesMixed",
    "Currency",
    "DivisionByZero",
    "Money",
    "NegativeWeight",
    "NotARate",
    "NotAnAmount",
    "NothingToSplitBy",
    "Rate",
    "Rounding",
    "TooManyDecimals",
    "UnknownCurrency",
    "currency",
    "divide",
    "split",
]

MINOR_MAX = 2**63 - 1
"""The largest amount either way, in minor units: what a 64-bit column holds on both sides of zero."""


class CurrenciesMixed(Refusal):
    """Amounts of two currencies in one sum or comparison."""

    rule = "money.currencies-mixed"
    says = Text(en="An amount in {one} met an amount in {other}.", ja="{one}と{other}の金額が混在しています。")
    remedy = Text(
        en="Keep to one currency, or convert at a stated rate first.",
        ja="通貨をそろえるか、レートを指定して換算してください。",
    )


class AmountOutOfRange(Refusal):
    """An amount beyond what a 64-bit column holds."""

    rule = "money.out-of-range"
    says = Text(en="{amount} is larger than any amount kept here.", ja="{amount}は、扱える金額の範囲を超えています。")
    remedy = Text(
        en="Keep amounts within ±9,223,372,036,854,775,807 minor units.",
        ja="最小通貨単位で±9,223,372,036,854,775,807以内にしてください。",
    )


class NotAnAmount(Refusal):
    """Text that is no amount."""

    rule = "money.not-a-number"
    says = Text(en="“{text}” is not an amount.", ja="「{text}」は金額として読めません。")
    remedy = Text(
        en="Write digits with a point before the decimals, such as 1,234.50.",
        ja="1,234.50のように、数字と小数点で入力してください。",
    )


class TooManyDecimals(Refusal):
    """An amount finer than the minor unit of its currency; it is never rounded in silence."""

    rule = "money.too-many-decimals"
    says = Text(
        en="“{text}” has more decimals than {currency}, which has {decimals}.",
        ja="「{text}」の小数が{currency}の桁数（{decimals}桁）を超えています。",
    )
    remedy = Text(en="Round it to the currency first.", ja="通貨の桁数に丸めてから入力してください。")


# Digits plain or grouped in threes; the sign may be the minus of a keyboard, of typography, or of a Japanese ledger.
_AMOUNT = re.compile(r"(?P<minus>[-−▲△])?\+?(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` whole minor units (yen, cents) of the ISO 4217 `currency`.

    Refuses an unknown currency and an amount beyond `MINOR_MAX`. Amounts of two currencies never meet.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
        currency(self.currency)
        if abs(self.minor) > MINOR_MAX:
            raise AmountOutOfRange(amount=f"{self.minor:,}")

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return no money of a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Return the sum of *amounts*, all in *currency*; of none it is zero."""
        sum_ = 0
        for amount in amounts:
            sum_ += cls.zero(currency)._minor_of(amount)
        return cls(sum_, currency)

    @classmethod
    def parse(cls, text: str, currency_code: str, *, at: str = "") -> Money:
        """Return the amount a person or a file wrote, such as 1234, 1,234.50, ¥1,234 or ▲５００.

        Nothing is rounded: refuses more decimals than the currency has, and text that is no amount.
        """
        decimals = currency(currency_code, at=at).decimals
        written = _AMOUNT.fullmatch(_bare(text, currency_code))
        if written is None:
            raise NotAnAmount(at=at, text=quoted(text))
        fraction = written["decimals"] or ""
        if len(fraction) > decimals:
            raise TooManyDecimals(at=at, text=quoted(text), currency=currency_code, decimals=decimals)
        digits = (written["whole"].replace(",", "") + fraction.ljust(decimals, "0")).lstrip("0")
        if len(digits) > len(str(MINOR_MAX)) or int(digits or 0) > MINOR_MAX:
            raise AmountOutOfRange(at=at, amount=quoted(text))
        return cls(-int(digits or 0) if written["minus"] else int(digits or 0), currency_code)

    @classmethod
    def of_decimal(cls, amount: Decimal, currency_code: str, *, at: str = "") -> Money:
        """Return a decimal amount of major units exactly; zeros behind the currency's decimals are let go."""
        decimals = currency(currency_code, at=at).decimals
        if not amount.is_finite():
            raise NotAnAmount(at=at, text=quoted(str(amount)))
        if amount.adjusted() >= len(str(MINOR_MAX)):
            raise AmountOutOfRange(at=at, amount=quoted(str(amount)))
        if amount and amount.adjusted() < -decimals:
            raise TooManyDecimals(at=at, text=quoted(str(amount)), currency=currency_code, decimals=decimals)
        minor = Fraction(amount) * 10**decimals
        if minor.denominator != 1:
            raise TooManyDecimals(at=at, text=quoted(str(amount)), currency=currency_code, decimals=decimals)
        if abs(minor) > MINOR_MAX:
            raise AmountOutOfRange(at=at, amount=quoted(str(amount)))
        return cls(int(minor), currency_code)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._minor_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._minor_of(other)

    def as_decimal(self) -> Decimal:
        """Return the amount in major units, with all the decimals of its currency."""
        return Decimal(f"{self.minor}E-{currency(self.currency).decimals}")

    def shown(self, language: Language | str = Language.JAPANESE) -> str:
        """Return the amount as people write it: ¥1,234 or JPY 1,234, USD 1,234.50, −¥1,234."""
        japanese_yen = self.currency == "JPY" and str(language).startswith(Language.JAPANESE)
        unit = "¥" if japanese_yen else f"{self.currency} "
        return f"{'−' if self.minor < 0 else ''}{unit}{abs(self).as_decimal():,f}"

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Return the parts of the amount in proportion to *weights*; they add up to it (see `split`)."""
        return [Money(part, self.currency) for part in split(self.minor, weights)]

    def _minor_of(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrenciesMixed(one=self.currency, other=other.currency)
        return other.minor


def _bare(text: str, currency_code: str) -> str:
    """Return the amount without the unit people write around it, full-width folded to half-width."""
    folded = unicodedata.normalize("NFKC", text).strip()
    sign, unsigned = (folded[0], folded[1:]) if folded[:1] in ("-", "−", "▲", "△") else ("", folded)
    if currency_code == "JPY":
        # ¥1,234- ends a Japanese headline total, so that no digit can be added; a bare 1,234- could be a minus.
        unsigned = unsigned[1:].removesuffix("-") if unsigned.startswith("¥") else unsigned.removesuffix("円")
    return sign + unsigned.removeprefix(currency_code).strip()
