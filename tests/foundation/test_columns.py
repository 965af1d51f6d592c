"""Columns compute what the scalar functions compute."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.columns import (
    ColumnHasZero,
    ColumnIncomplete,
    ColumnNotWhole,
    ColumnOutOfBounds,
    GroupsUnsplittable,
    divided,
    guard,
    product,
    proportion,
    split_columns,
    totals,
)
from kanjo.foundation.money import MINOR_MAX, NegativeWeight, NothingToSplitBy, Rounding, divide, split

from .tables import worked_rows

_AMOUNTS = st.integers(-(10**15), 10**15)
_ROUNDINGS = st.sampled_from(Rounding)
_EDGES = st.sampled_from([0, 1, -1, 2**53, 2**53 + 1, 2**62, -(2**62), MINOR_MAX, -MINOR_MAX])
_GROUPS = st.lists(
    st.tuples(_AMOUNTS, st.lists(st.integers(0, 3) | st.integers(0, 10**15), min_size=1, max_size=8).filter(any)),
    min_size=1,
    max_size=12,
)


def whole(**columns: list[int]) -> pl.DataFrame:
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))


class TestDivided:
    @given(
        st.lists(st.tuples(_AMOUNTS | _EDGES, (_AMOUNTS | _EDGES).filter(bool)), min_size=1, max_size=30), _ROUNDINGS
    )
    def test_it_rounds_as_one_by_one(self, pairs: list[tuple[int, int]], rounding: Rounding) -> None:
        """Every row is what `divide` gives, up to the edge of 64 bits."""
        frame = whole(n=[n for n, _ in pairs], d=[d for _, d in pairs])
        expected = [divide(n, d, rounding) for n, d in pairs]
        assert frame.select(divided("n", "d", rounding)).to_series().to_list() == expected
        assert frame.select(divided(product("n", "d"), "d", rounding)).to_series().to_list() == frame["n"].to_list()

    @pytest.mark.parametrize("rounding", Rounding)
    def test_halves_round_as_one_by_one(self, rounding: Rounding) -> None:
        """Every small quotient, halves of both signs among them, is what `divide` gives."""
        pairs = [(n, d) for n in range(-15, 16) for d in (-6, -4, -3, -2, -1, 1, 2, 3, 4, 6)]
        frame = whole(n=[n for n, _ in pairs], d=[d for _, d in pairs])
        expected = [divide(n, d, rounding) for n, d in pairs]
        assert frame.select(divided("n", "d", rounding)).to_series().to_list() == expected

    @given(st.lists(st.tuples(_AMOUNTS | _EDGES, _AMOUNTS | _EDGES), min_size=1, max_size=30))
    @pytest.mark.row("M8")
    def test_a_product_never_wraps(self, pairs: list[tuple[int, int]]) -> None:
        """2^62 x 4 is 2^64, not 0."""
        frame = whole(a=[a for a, _ in pairs], b=[b for _, b in pairs])
        assert frame.select(product("a", "b")).to_series().to_list() == [a * b for a, b in pairs]
        assert whole(a=[2**62], b=[4]).select(product("a", pl.col("b"))).item() == 2**64


class TestGuard:
    @pytest.mark.parametrize("value", [2**53, -(2**53), 2**62, MINOR_MAX, -(2**63)])
    @pytest.mark.row("M8")
    def test_a_value_beyond_its_bound_is_named(self, value: int) -> None:
        """A price of 2^53 where 10^15 is the most is refused with the name of its column."""
        with pytest.raises(ColumnOutOfBounds, match=f"^run 12: A value in price_minor reaches {abs(value)}, beyond"):
            guard(whole(price_minor=[5, value]), {"price_minor": 10**15}, at="run 12")

    def test_a_sound_frame_passes_as_it_is(self) -> None:
        """What holds is given back unchanged; a frame without rows always holds."""
        frame = whole(price_minor=[-(10**15), 10**15], days=[1, 31])
        assert guard(frame, {"price_minor": 10**15, "days": 366}, nonzero=["days"]) is frame
        empty = frame.clear()
        assert guard(empty, {"price_minor": 0}, nonzero=["days"]) is empty

    def test_gaps_zeros_and_fractions_are_named(self) -> None:
        """A row without a price, a period of no days and a float are refused by the name of their column."""
        with pytest.raises(ColumnIncomplete, match="1 rows have no price_minor"):
            guard(pl.DataFrame({"price_minor": [1, None]}), {"price_minor": 10})
        with pytest.raises(ColumnHasZero, match="2 rows would be divided by a days of zero"):
            guard(whole(days=[0, 1, 0]), {"days": 366}, nonzero=["days"])
        with pytest.raises(ColumnNotWhole, match="price holds Float64, not whole numbers"):
            guard(pl.DataFrame({"price": [1.5]}), {"price": 10})


class TestProportion:
    @given(
        st.lists(
            st.tuples(_AMOUNTS, st.integers(-(10**6), 10**6), st.integers(0, 366), st.integers(1, 366)), min_size=1
        ),
        _ROUNDINGS,
    )
    def test_a_price_by_quantity_and_days(self, rows: list[tuple[int, int, int, int]], rounding: Rounding) -> None:
        """Price x quantity x days over days and thousandths is rounded once, as one by one; past 2^63 it refuses."""
        frame = pl.DataFrame(
            rows, schema=dict.fromkeys(["price", "quantity", "days", "of_days"], pl.Int64), orient="row"
        )
        frame = frame.with_columns(thousand=pl.lit(1000, dtype=pl.Int64))
        expected = [
            divide(price * quantity * days, of_days * 1000, rounding) for price, quantity, days, of_days in rows
        ]

        def run() -> pl.DataFrame:
            factors, over = ["price", "quantity", "days"], ["of_days", "thousand"]
            return proportion(frame, into="amount", factors=factors, over=over, rounding=rounding)

        if max(map(abs, expected)) > MINOR_MAX:
            with pytest.raises(ColumnOutOfBounds, match="A value in amount reaches"):
                run()
        else:
            result = run()
            assert result["amount"].to_list() == expected
            assert result["amount"].dtype == pl.Int64
            assert result.drop("amount").equals(frame)

    @pytest.mark.row("M8")
    def test_a_product_past_128_bits_is_refused(self) -> None:
        """What even 128 bits cannot hold is refused with the name of the result, never wrapped."""
        frame = whole(a=[2**62], b=[2**62], c=[2**62], d=[1])
        with pytest.raises(ColumnOutOfBounds, match="A value in amount reaches"):
            proportion(frame, into="amount", factors=["a", "b", "c"], over=["d"])

    @pytest.mark.parametrize("value", [2**53 + 1, 2**62, MINOR_MAX])
    @pytest.mark.row("M8")
    def test_large_values_are_exact(self, value: int) -> None:
        """Around 2^53, 2^62 and 2^63 a third of three times the value is the value."""
        frame = whole(price=[value, -value], three=[3, 3])
        for rounding in Rounding:
            result = proportion(frame, into="x", factors=["price", "three"], over=["three"], rounding=rounding)
            assert result["x"].to_list() == [value, -value]

    @pytest.mark.row("M8")
    def test_a_result_past_64_bits_is_refused(self) -> None:
        """Twice the largest amount is refused, not stored as −2."""
        with pytest.raises(ColumnOutOfBounds, match=f"A value in x reaches {2 * MINOR_MAX}"):
            proportion(whole(price=[MINOR_MAX], two=[2]), into="x", factors=["price", "two"])

    def test_a_zero_divisor_is_refused(self) -> None:
        """A period of no days gives no silent gap."""
        with pytest.raises(ColumnHasZero, match="of_days"):
            proportion(whole(price=[1], of_days=[0]), into="x", factors=["price"], over=["of_days"])

    def test_small_whole_numbers_of_any_width_do(self) -> None:
        """Days kept in eight bits do not wrap either."""
        frame = pl.DataFrame({"price": [1000], "days": [100]}, schema={"price": pl.Int16, "days": pl.Int8})
        assert proportion(frame, into="x", factors=["price", "days"])["x"].to_list() == [100_000]

    def test_no_lines_no_amounts(self) -> None:
        """A run without lines has a column without rows."""
        result = proportion(whole(price=[], days=[]), into="x", factors=["price"], over=["days"])
        assert result.is_empty()
        assert result.schema["x"] == pl.Int64


class TestTotals:
    @given(st.lists(st.tuples(st.integers(0, 4), _AMOUNTS), min_size=1, max_size=40))
    def test_groups_sum_exactly(self, rows: list[tuple[int, int]]) -> None:
        """Each group has the sum of its rows, in order of first appearance."""
        frame = pl.DataFrame(rows, schema={"account": pl.Int64, "minor": pl.Int64}, orient="row")
        sums: dict[int, int] = {}
        for account, minor in rows:
            sums[account] = sums.get(account, 0) + minor
        assert totals(frame, by=["account"], columns=["minor"]).rows() == list(sums.items())

    @pytest.mark.row("M8")
    def test_a_sum_past_64_bits_is_refused(self) -> None:
        """Polars would say −2 for twice the largest amount."""
        frame = whole(account=[1, 1], minor=[MINOR_MAX, MINOR_MAX])
        with pytest.raises(ColumnOutOfBounds, match="A value in minor reaches"):
            totals(frame, by=["account"], columns=["minor"])


class TestSplitColumns:
    @given(_GROUPS)
    @pytest.mark.row("M6")
    def test_every_group_is_split_as_one_by_one(self, groups: list[tuple[int, list[int]]]) -> None:
        """Each group's parts are those of `split`, also when the groups lie between each other."""
        rows = [
            (group, amount, weight, part)
            for group, (amount, weights) in enumerate(groups)
            for weight, part in zip(weights, split(amount, weights), strict=True)
        ]
        schema = dict.fromkeys(["group", "amount", "weight", "expected"], pl.Int64)
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        woven = frame.with_columns(place=pl.int_range(pl.len()).over("group")).sort("place", "group")
        for each in (frame, woven):
            result = split_columns(each, amount="amount", weight="weight", by=["group"], into="part")
            assert result["part"].to_list() == each["expected"].to_list()
            assert result.drop("part").equals(each)

    def test_the_worked_table_holds(self) -> None:
        """The rows of docs/algorithms/splitting.md come out as printed, all at once."""
        rows = [
            (row["what"], int(row["amount"]), int(weight), int(part))
            for row in worked_rows("splitting.md")
            for weight, part in zip(row["weights"].split(","), row["parts"].split(","), strict=True)
        ]
        frame = pl.DataFrame(rows, schema=["what", "amount", "weight", "expected"], orient="row")
        result = split_columns(frame, amount="amount", weight="weight", by=["what"], into="part")
        assert result["part"].to_list() == frame["expected"].to_list()

    @pytest.mark.row("M6")
    def test_ten_thousand_parts_of_ten_to_the_fifteenth(self) -> None:
        """10,000 parts of 10^15 equal those of `split` and add up."""
        weights = [(n * 7919) % 10_007 for n in range(10_000)]
        frame = whole(invoice=[1] * 10_000, amount=[-(10**15)] * 10_000, weight=weights)
        result = split_columns(frame, amount="amount", weight="weight", by=["invoice"], into="part")
        assert result["part"].to_list() == split(-(10**15), weights)
        assert totals(result, by=["invoice"], columns=["part"]).rows() == [(1, -(10**15))]

    def test_large_amounts_and_weights_are_exact(self) -> None:
        """The largest amount by the largest weights is split to the unit."""
        frame = whole(g=[1, 1, 1], amount=[MINOR_MAX] * 3, weight=[MINOR_MAX, MINOR_MAX - 1, 1])
        result = split_columns(frame, amount="amount", weight="weight", by=["g"], into="part")
        assert result["part"].to_list() == split(MINOR_MAX, frame["weight"].to_list())
        assert Fraction(sum(result["part"].to_list())) == MINOR_MAX

    @pytest.mark.parametrize("weights", [[0, 0], [3, -1]])
    def test_what_split_refuses_is_refused_in_columns(self, weights: list[int]) -> None:
        """Weights below or all zero are refused one by one and at once."""
        frame = whole(g=[1, 1, 2], amount=[5, 5, 7], weight=[*weights, 1])
        with pytest.raises((NegativeWeight, NothingToSplitBy)):
            split(5, weights)
        with pytest.raises(GroupsUnsplittable, match="1 groups cannot be split by weight"):
            split_columns(frame, amount="amount", weight="weight", by=["g"], into="part")

    def test_one_group_has_one_amount(self) -> None:
        """A group whose rows disagree about its amount is refused."""
        with pytest.raises(GroupsUnsplittable, match="amount differs by row"):
            split_columns(
                whole(g=[1, 1], amount=[5, 6], weight=[1, 1]), amount="amount", weight="weight", by=["g"], into="p"
            )
