"""Amounts with their currency."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.money import (
    CURRENCIES,
    MINOR_MAX,
    AmountOutOfRange,
    CurrenciesMixed,
    Money,
    NotAnAmount,
    TooManyDecimals,
    UnknownCurrency,
    currency,
)
from kanjo.foundation.texts import Language

_MINOR = st.integers(-MINOR_MAX, MINOR_MAX)
_MONEY = st.builds(Money, _MINOR, st.sampled_from(sorted(CURRENCIES)))


def yen(minor: int) -> Money:
    return Money(minor, "JPY")


class TestCurrency:
    @pytest.mark.parametrize(
        ("codes", "decimals"),
        [("JPY KRW VND", 0), ("USD EUR GBP CNY SGD AUD HKD TWD INR", 2), ("KWD BHD TND", 3)],
    )
    def test_decimals_follow_the_standard(self, codes: str, decimals: int) -> None:
        """Yen has no minor unit below it, the dollar has cents, the dinar has fils."""
        assert {currency(code).decimals for code in codes.split()} == {decimals}

    @pytest.mark.parametrize("code", ["jpy", "XXX", "", "¥", "JP\nY", "A" * 10_000])
    def test_an_unknown_code_is_refused(self, code: str) -> None:
        """A code outside the standard is refused with its place and in one short line."""
        with pytest.raises(UnknownCurrency) as refused:
            currency(code, at="deals.csv:7")
        sentence = refused.value.said_in(Language.ENGLISH)
        assert sentence.startswith("deals.csv:7: “")
        assert len(sentence) < 200
        assert "\n" not in sentence


class TestMoney:
    def test_it_adds_subtracts_and_compares(self) -> None:
        """Amounts of one currency do sums."""
        assert yen(700) + yen(300) == yen(1000)
        assert yen(700) - yen(1000) == -yen(300) == yen(-300)
        assert yen(3) * 4 == yen(12)
        assert abs(yen(-5)) == yen(5)
        assert yen(1) < yen(2) <= yen(2) < yen(3)
        assert yen(3) > yen(2) >= yen(2)
        assert not yen(2) < yen(2)
        assert not yen(2) > yen(2)
        assert not Money.zero("JPY")
        assert Money.total([yen(1), yen(2)], "JPY") == yen(3)
        assert Money.total([], "USD") == Money(0, "USD")

    def test_two_currencies_never_meet(self) -> None:
        """Yen and dollars are not added, compared or summed; the refusal names both."""
        dollar = Money(100, "USD")
        meetings: list[Callable[[], object]] = [
            lambda: yen(1) + dollar,
            lambda: yen(1) - dollar,
            lambda: yen(1) < dollar,
            lambda: yen(1) <= dollar,
            lambda: yen(1) > dollar,
            lambda: yen(1) >= dollar,
            lambda: Money.total([yen(1), dollar], "JPY"),
        ]
        for meet in meetings:
            with pytest.raises(CurrenciesMixed, match="JPY met an amount in USD"):
                meet()
        assert yen(100) != dollar

    @given(_MINOR, _MINOR)
    def test_undoing_is_identity(self, a: int, b: int) -> None:
        """What is added and taken away again leaves the amount as it was."""
        if abs(a + b) <= MINOR_MAX:
            assert yen(a) + yen(b) - yen(b) == yen(a)

    @pytest.mark.parametrize("minor", [2**63, -(2**63), 2**64, 10**30])
    @pytest.mark.row("M8")
    def test_an_amount_past_64_bits_is_refused(self, minor: int) -> None:
        """No amount is kept that a column would wrap."""
        with pytest.raises(AmountOutOfRange):
            yen(minor)
        with pytest.raises(AmountOutOfRange):
            Money.parse(str(minor), "JPY")
        with pytest.raises(AmountOutOfRange):
            Money.of_decimal(Decimal(minor), "JPY")

    @pytest.mark.parametrize("minor", [2**53 + 1, 2**62, MINOR_MAX, -MINOR_MAX])
    @pytest.mark.row("M8")
    def test_large_amounts_are_kept_to_the_unit(self, minor: int) -> None:
        """Around 2^53, 2^62 and 2^63 no unit is lost."""
        assert Money.parse(str(minor), "JPY").minor == minor

    @pytest.mark.row("M8")
    def test_sums_past_64_bits_are_refused(self) -> None:
        """Adding and multiplying never wrap."""
        with pytest.raises(AmountOutOfRange):
            yen(MINOR_MAX) + yen(1)
        with pytest.raises(AmountOutOfRange):
            yen(-MINOR_MAX) - yen(1)
        with pytest.raises(AmountOutOfRange):
            yen(2**62) * 4

    @pytest.mark.row("M8")
    def test_a_float_is_no_amount(self) -> None:
        """Half a minor unit cannot be smuggled in by multiplying."""
        with pytest.raises(TypeError, match="whole numbers, not float"):
            yen(3) * 0.5  # type: ignore[operator]  # what the type checker forbids is refused at run time too
        with pytest.raises(TypeError, match="whole numbers, not bool"):
            Money(True, "JPY")


class TestShown:
    @pytest.mark.parametrize(
        ("money", "japanese", "english"),
        [
            (Money(1234567, "JPY"), "¥1,234,567", "JPY 1,234,567"),
            (Money(-1234567, "JPY"), "−¥1,234,567", "−JPY 1,234,567"),
            (Money(123450, "USD"), "USD 1,234.50", "USD 1,234.50"),
            (Money(-5, "USD"), "−USD 0.05", "−USD 0.05"),
            (Money(1500, "KWD"), "KWD 1.500", "KWD 1.500"),
            (Money(0, "JPY"), "¥0", "JPY 0"),
        ],
    )
    def test_amounts_read_as_people_write_them(self, money: Money, japanese: str, english: str) -> None:
        """Grouped by thousands, with the decimals of the currency, the sign in front."""
        assert (money.shown(Language.JAPANESE), money.shown("en")) == (japanese, english)

    @given(_MONEY, st.sampled_from(Language))
    def test_what_is_shown_reads_back(self, money: Money, language: Language) -> None:
        """Showing an amount and reading it again is identity, in both languages."""
        assert Money.parse(money.shown(language), money.currency) == money

    @given(_MONEY)
    def test_decimals_are_exact_both_ways(self, money: Money) -> None:
        """Into a decimal and back is identity, whatever precision the caller works with."""
        with localcontext(prec=3):
            decimal = money.as_decimal()
        assert Money.of_decimal(decimal, money.currency) == money


class TestParse:
    @pytest.mark.parametrize(
        ("text", "code", "minor"),
        [
            ("1234", "JPY", 1234),
            ("1,234,567", "JPY", 1234567),
            ("¥1,234,567-", "JPY", 1234567),
            ("1,234円", "JPY", 1234),
            ("１，２３４", "JPY", 1234),
            ("−5", "JPY", -5),
            ("▲500", "JPY", -500),
            ("△¥500", "JPY", -500),
            ("-0", "JPY", 0),
            ("0007", "JPY", 7),
            ("1234.5", "USD", 123450),
            ("+1,234.50", "USD", 123450),
            ("0.001", "KWD", 1),
        ],
    )
    def test_it_reads_what_people_write(self, text: str, code: str, minor: int) -> None:
        """Half or full width, grouped or plain, with a keyboard's or a ledger's minus."""
        assert Money.parse(text, code) == Money(minor, code)

    @pytest.mark.parametrize("text", ["1.5", "1.00", "0.1"])
    def test_more_decimals_than_the_currency_are_refused(self, text: str) -> None:
        """A yen amount with decimals is refused, never rounded."""
        with pytest.raises(TooManyDecimals, match=f"“{text}” has more decimals than JPY, which has 0"):
            Money.parse(text, "JPY")

    @pytest.mark.parametrize(
        "text",
        ["", " ", "abc", "1,23", "12,34,567", "1.", ".5", "1e3", "0x10", "--5", "1 2", "500-", "nan", "٣", "=1+1"],
    )
    def test_what_is_no_amount_is_refused(self, text: str) -> None:
        """Anything that could be read two ways is refused with its place."""
        with pytest.raises(NotAnAmount, match=r"^deals\.csv:3: "):
            Money.parse(text, "USD", at="deals.csv:3")

    @pytest.mark.parametrize("text", ["9" * 10_000, "1" * 5_000])
    def test_ten_thousand_digits_are_refused(self, text: str) -> None:
        """A field full of digits gets a short refusal."""
        with pytest.raises(AmountOutOfRange) as refused:
            Money.parse(text, "JPY")
        assert len(str(refused.value)) < 250

    @pytest.mark.parametrize(
        ("decimal", "refusal"),
        [
            ("NaN", NotAnAmount),
            ("Infinity", NotAnAmount),
            ("1E+999999", AmountOutOfRange),
            ("1E-999999", TooManyDecimals),
            ("0.005", TooManyDecimals),
        ],
    )
    def test_decimals_of_any_size_are_refused_in_time(self, decimal: str, refusal: type[Exception]) -> None:
        """An exponent out of all proportion is refused before it is written out."""
        with pytest.raises(refusal):
            Money.of_decimal(Decimal(decimal), "USD")

    def test_a_decimal_from_the_database_may_carry_zeros(self) -> None:
        """1000.0000 from a wider column is 1,000 yen."""
        assert Money.of_decimal(Decimal("1000.0000"), "JPY") == yen(1000)
