"""Rates are exact shares."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from kanjo.foundation.money import Money, NotARate, Rate, Rounding


def yen(minor: int) -> Money:
    return Money(minor, "JPY")


class TestRate:
    @pytest.mark.parametrize(
        ("text", "share", "shown"),
        [
            ("10%", Fraction(1, 10), "10%"),
            ("7.8%", Fraction(78, 1000), "7.8%"),
            ("0.1", Fraction(1, 10), "10%"),
            ("１０％", Fraction(1, 10), "10%"),
            ("-2.5 %", Fraction(-1, 40), "−2.5%"),
            ("0.0005%", Fraction(5, 1_000_000), "0.0005%"),
            ("0%", Fraction(0), "0%"),
        ],
    )
    def test_a_rate_is_exact(self, text: str, share: Fraction, shown: str) -> None:
        """A percent is read to a fraction and shown as it was written."""
        assert Rate.parse(text).fraction == share
        assert Rate.parse(text).shown() == shown

    @pytest.mark.parametrize("text", ["", "ten", "1,5%", "%", "1e-3", "10%%", "9" * 5_000])
    def test_what_is_no_rate_is_refused(self, text: str) -> None:
        """A rate that cannot be read is refused with its place."""
        with pytest.raises(NotARate, match=r"^line 4: "):
            Rate.parse(text, at="line 4")

    def test_tax_is_rounded_once_on_the_sum(self) -> None:
        """Three lines of 105 yen at 10 % bear 31 yen of tax, not three times 10 (rounded down)."""
        rate = Rate.percent("10")
        assert rate.of(yen(315), Rounding.FLOOR) == yen(31)
        assert rate.of(yen(-315), Rounding.FLOOR) == yen(-31)
        assert rate.of_minor(315, Rounding.HALF_UP) == 32

    def test_a_rate_that_is_no_round_share(self) -> None:
        """7.8 % of 1,234 yen is 96.252 yen: 96 rounded down, 97 rounded up."""
        rate = Rate.percent("7.8")
        assert rate.of(yen(1234), Rounding.FLOOR) == yen(96)
        assert rate.of(yen(1234), Rounding.CEILING) == yen(97)

    def test_tax_inside_a_price(self) -> None:
        """1,100 yen with tax hold 100 yen of it at 10 %; 1,000 yen hold 90 or 91 by rounding."""
        rate = Rate.percent("10")
        assert rate.contained_in(yen(1100), Rounding.FLOOR) == yen(100)
        assert rate.contained_in(yen(1000), Rounding.FLOOR) == yen(90)
        assert rate.contained_in(yen(1000), Rounding.CEILING) == yen(91)

    def test_a_third_is_shown_as_a_fraction(self) -> None:
        """Where no percent is exact the fraction itself is shown."""
        assert Rate(Fraction(1, 3)).shown() == "1/3"
        assert Rate.of_decimal(Decimal("0.1")) == Rate.percent("10")
