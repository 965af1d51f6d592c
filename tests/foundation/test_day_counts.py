"""Which fraction of a period a part of it is."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.day_counts import DayCount, EmptyWhole, NoMonthDays, PartOutside, days_30_360, fraction
from kanjo.foundation.money import Rounding, divide, split
from kanjo.foundation.periods import Period

from .tables import worked_rows

_DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
_WHOLES = st.builds(lambda start, days: Period(start, start + timedelta(days=days)), _DAYS, st.integers(1, 800))
_ADDING_UP = (DayCount.ACTUAL, DayCount.THIRTY_360, DayCount.MONTHS_THEN_DAYS)


@st.composite
def _cut(draw: st.DrawFn) -> tuple[Period, list[Period]]:
    whole = draw(_WHOLES)
    return whole, whole.split_at(*draw(st.lists(st.dates(whole.start, whole.until), max_size=4)))


@pytest.mark.parametrize("row", worked_rows("day-counts.md"), ids=lambda row: row["what"])
def test_the_worked_table_holds(row: dict[str, str]) -> None:
    """Each row of docs/algorithms/day-counts.md comes out as printed."""
    part = Period(date.fromisoformat(row["part from"]), date.fromisoformat(row["part until"]))
    whole = Period(date.fromisoformat(row["whole from"]), date.fromisoformat(row["whole until"]))
    counted = {day_count: fraction(part, whole, day_count, month_days=31) for day_count in DayCount}
    assert counted == {day_count: Fraction(row[day_count]) for day_count in DayCount}


class TestFraction:
    @given(_cut(), st.sampled_from(_ADDING_UP))
    def test_pieces_add_up_to_the_whole(self, cut: tuple[Period, list[Period]], day_count: DayCount) -> None:
        """Wherever a period is cut, its pieces are together exactly one."""
        whole, pieces = cut
        assert sum(fraction(piece, whole, day_count) for piece in pieces) == 1

    @given(_cut(), st.sampled_from(DayCount), st.integers(1, 40))
    def test_a_part_is_between_nothing_and_all(
        self, cut: tuple[Period, list[Period]], day_count: DayCount, month_days: int
    ) -> None:
        """No part is less than nothing or more than the whole, and the whole is one."""
        whole, pieces = cut
        assert all(0 <= fraction(piece, whole, day_count, month_days=month_days) <= 1 for piece in pieces)
        assert fraction(whole, whole, day_count, month_days=month_days) == 1
        assert fraction(Period(whole.start, whole.start), whole, day_count, month_days=month_days) == 0

    @given(_cut(), st.sampled_from(DayCount))
    def test_longer_is_never_less(self, cut: tuple[Period, list[Period]], day_count: DayCount) -> None:
        """One more day of use never makes the fraction smaller."""
        whole, pieces = cut
        growing = [fraction(Period(whole.start, piece.until), whole, day_count) for piece in pieces]
        assert growing == sorted(growing)

    @given(_WHOLES, _DAYS, st.integers(0, 10**15))
    def test_used_and_unused_equal_the_price(self, whole: Period, stops_on: date, price: int) -> None:
        """What was used and what is refunded together equal what was paid, each nearest to its exact share."""
        left = whole.left_on(stops_on)
        used, unused = split(price, [whole.days - left, left])
        share = fraction(Period(whole.start, whole.until - timedelta(days=left)), whole, DayCount.ACTUAL)
        assert used + unused == price
        assert abs(used - divide(price * share.numerator, share.denominator, Rounding.HALF_EVEN)) <= 1

    def test_a_part_outside_the_period_is_refused(self) -> None:
        """Days that belong to no part of the period are refused, both periods named."""
        june = Period(date(2026, 6, 1), date(2026, 7, 1))
        with pytest.raises(PartOutside, match="2026-06-20 to 2026-07-02 is not inside the period 2026-06-01 to 2026"):
            fraction(Period(date(2026, 6, 20), date(2026, 7, 2)), june, DayCount.ACTUAL)

    def test_a_period_without_days_has_no_parts(self) -> None:
        """An empty period is refused as a measure."""
        empty = Period(date(2026, 6, 1), date(2026, 6, 1))
        for day_count in DayCount:
            with pytest.raises(EmptyWhole):
                fraction(empty, empty, day_count)

    def test_a_month_of_no_days_is_refused(self) -> None:
        """A fixed month has one day or more."""
        june = Period(date(2026, 6, 1), date(2026, 7, 1))
        with pytest.raises(NoMonthDays, match="A month of 0 days"):
            fraction(june, june, DayCount.FIXED_MONTH, month_days=0)


class TestThirty360:
    @pytest.mark.parametrize(
        ("start", "until", "days"),
        [
            ("2026-01-01", "2027-01-01", 360),
            ("2026-01-31", "2026-02-28", 30),
            ("2026-02-28", "2026-03-31", 30),
            ("2026-01-30", "2026-01-31", 0),
            ("2028-02-28", "2028-02-29", 2),
            ("2028-02-29", "2028-03-01", 1),
            ("2026-03-15", "2026-05-20", 65),
        ],
    )
    def test_every_month_has_thirty_days(self, start: str, until: str, days: int) -> None:
        """The 31st and the last day of February count as the 30th."""
        assert days_30_360(date.fromisoformat(start), date.fromisoformat(until)) == days
