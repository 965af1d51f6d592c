"""Money splits and its parts add up."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjo.foundation.money import Money, NegativeWeight, NothingToSplitBy, split

from .tables import worked_rows

_AMOUNTS = st.integers(-(10**15), 10**15)
_WEIGHTS = st.lists(st.integers(0, 5) | st.integers(0, 10**15), min_size=1, max_size=30).filter(any)


def _one_unit_at_a_time(amount: int, weights: list[int]) -> list[int]:
    """Give whole shares, then unit after unit to whoever is furthest behind: slow and plain."""
    size, total = abs(amount), sum(weights)
    exact = [Fraction(size * weight, total) for weight in weights]
    parts = [int(share) for share in exact]
    while sum(parts) < size:
        behind = [share - part for share, part in zip(exact, parts, strict=True)]
        parts[behind.index(max(behind))] += 1
    return parts if amount >= 0 else [-part for part in parts]


@pytest.mark.parametrize("row", worked_rows("splitting.md"), ids=lambda row: row["what"])
def test_the_worked_table_holds(row: dict[str, str]) -> None:
    """Each row of docs/algorithms/splitting.md comes out as printed."""
    weights = [int(weight) for weight in row["weights"].split(",")]
    assert split(int(row["amount"]), weights) == [int(part) for part in row["parts"].split(",")]


@pytest.mark.row("M6")
class TestSplit:
    @given(_AMOUNTS, _WEIGHTS)
    def test_parts_add_up(self, amount: int, weights: list[int]) -> None:
        """The parts of an amount add up to it."""
        assert sum(split(amount, weights)) == amount

    @settings(max_examples=10)
    @given(_AMOUNTS, st.integers(1, 10_000))
    def test_ten_thousand_parts_add_up(self, amount: int, count: int) -> None:
        """Also 10,000 parts of 10^15 add up, to the unit."""
        weights = [(position * 7919 + amount) % 1_000_003 + 1 for position in range(count)]
        parts = split(amount, weights)
        assert (len(parts), sum(parts)) == (count, amount)

    @given(_AMOUNTS, _WEIGHTS)
    def test_it_gives_to_whoever_is_furthest_behind(self, amount: int, weights: list[int]) -> None:
        """The parts are those of giving the rest out unit by unit, the earlier first."""
        assert split(amount, weights) == _one_unit_at_a_time(amount, weights)

    @given(_AMOUNTS, _WEIGHTS)
    def test_each_part_is_fair(self, amount: int, weights: list[int]) -> None:
        """No part is a whole unit away from its exact share, and no weight means no money."""
        for part, weight in zip(split(amount, weights), weights, strict=True):
            assert abs(part - Fraction(amount * weight, sum(weights))) < 1
            assert weight or part == 0

    @given(_AMOUNTS, _WEIGHTS)
    def test_a_reversal_takes_back_what_was_given(self, amount: int, weights: list[int]) -> None:
        """A credit splits into the negated parts of its charge."""
        assert split(-amount, weights) == [-part for part in split(amount, weights)]

    @given(_AMOUNTS, _WEIGHTS, st.integers(1, 1000))
    def test_only_the_proportion_counts(self, amount: int, weights: list[int], times: int) -> None:
        """Weights in days or in thousandths of days give the same parts."""
        assert split(amount, [weight * times for weight in weights]) == split(amount, weights)

    @pytest.mark.parametrize("weights", [[], [0], [0, 0, 0]])
    def test_without_a_weight_nothing_is_given_away(self, weights: list[int]) -> None:
        """An amount that no part may take is refused, never lost."""
        with pytest.raises(NothingToSplitBy, match="100 cannot be split"):
            split(100, weights)

    def test_a_weight_below_zero_is_named(self) -> None:
        """The refusal tells which part has the negative weight."""
        with pytest.raises(NegativeWeight, match="Part 2 has the weight -1"):
            split(100, [3, -1])


def test_money_keeps_its_currency_in_parts() -> None:
    """A split amount is money of the same currency."""
    assert Money(100, "USD").split([1, 2]) == [Money(33, "USD"), Money(67, "USD")]
