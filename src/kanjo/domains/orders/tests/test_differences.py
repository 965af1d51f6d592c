"""What an amendment changes in the lines booked before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.orders.facts import BookedLine, LineToBook, LineToChange
from kanjo.domains.orders.rules.amending import (
    Change,
    ChangedOutsideService,
    LessThanNothing,
    Standing,
    as_amended,
    differences,
)
from kanjo.domains.orders.tests.test_rules import MONTHLY, ONCE, YEAR
from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.periods import Period

LINE = BookedLine(MONTHLY, 10, 1_000, 10_000, 120_000, YEAR, order_line_id=OrderLineId(7), position=1)
BOX = BookedLine(ONCE, 2, 50_000, 100_000, 100_000, None, order_line_id=OrderLineId(7), position=2)
JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)
UNTOUCHED = Standing(LINE, (), ())


def from_day(
    day: date, quantity: int = 0, net_minor: int = 0, *, total_minor: int = 0, ends: bool = False
) -> LineToChange:
    return LineToChange(OrderLineId(7), Period(day, YEAR.until), total_minor, quantity, net_minor, ends)


def booked(standing: Standing, change: LineToChange) -> Standing:
    """Return the line with the change in force and its difference booked."""
    return replace(standing.changed_by(change), booked=(*standing.booked, *to_book(standing, change)))


def to_book(standing: Standing, change: LineToChange) -> list[LineToBook]:
    return differences(standing, standing, change)


def days_of(lines: list[LineToBook]) -> list[tuple[Period | None, int, int]]:
    return [(line.service, line.quantity, line.net_minor) for line in lines]


class TestDifferences:
    def test_more_from_a_day_on(self) -> None:
        """Five users more from July: one line, from July to the end of the line, with the whole total."""
        (line,) = to_book(UNTOUCHED, from_day(JULY, 5, 5_000, total_minor=45_000))
        assert (line.service, line.quantity, line.net_minor) == (Period(JULY, YEAR.until), 5, 5_000)
        assert (line.total_minor, line.changes, line.ends) == (45_000, 7, False)

    def test_an_end_takes_all_that_is_there(self) -> None:
        """A line that ends in October after it grew in July loses what it had grown to."""
        grown = booked(UNTOUCHED, from_day(JULY, 5, 5_000))
        assert days_of(to_book(grown, from_day(OCTOBER, ends=True))) == [(Period(OCTOBER, YEAR.until), -15, -15_000)]

    def test_an_end_before_a_later_change(self) -> None:
        """A line that ends in July, and was to grow in October, ends in two differences; the total is shared."""
        to_grow = booked(UNTOUCHED, from_day(OCTOBER, 10, 10_000))
        first, second = to_book(to_grow, from_day(JULY, ends=True, total_minor=-150_000))
        assert days_of([first, second]) == [
            (Period(JULY, OCTOBER), -10, -10_000),
            (Period(OCTOBER, YEAR.until), -20, -20_000),
        ]
        assert first.total_minor + second.total_minor == -150_000
        assert first.total_minor == -30_263  # 92 days of 10,000 against 182 days of 20,000

    def test_a_suspension_moves_only_the_total(self) -> None:
        """Quantity and price stay; what is not served is taken from the days without service."""
        days = Period(JULY, OCTOBER)
        change = LineToChange(OrderLineId(7), days, -30_000, away=days)
        assert days_of(to_book(UNTOUCHED, change)) == [(Period(JULY, OCTOBER), 0, 0)]

    def test_what_is_suspended_is_not_owed(self) -> None:
        """Five more that are withdrawn while the line is suspended from October give back July to September only."""
        suspended = replace(booked(UNTOUCHED, from_day(JULY, 5, 5_000)), away=(Period(OCTOBER, YEAR.until),))
        lines = differences(suspended, replace(suspended, in_force=()), from_day(JULY, total_minor=-15_000))
        assert [(line.service, line.quantity, line.total_minor) for line in lines] == [
            (Period(JULY, OCTOBER), -5, -15_000),
            (Period(OCTOBER, YEAR.until), -5, 0),
        ]

    def test_where_nothing_moved_nothing_is_cut(self) -> None:
        """A line that was suspended from July to September ends in May by one difference."""
        nothing = LineToBook(MONTHLY, 0, 1_000, 0, -30_000, Period(JULY, OCTOBER), changes=OrderLineId(7))
        ends = to_book(replace(UNTOUCHED, booked=(nothing,)), from_day(date(2026, 5, 1), ends=True))
        assert days_of(ends) == [(Period(date(2026, 5, 1), YEAR.until), -10, -10_000)]

    def test_what_has_no_days(self) -> None:
        """A box that is taken back is taken back whole, whatever the day."""
        (line,) = to_book(Standing(BOX, (), ()), from_day(JULY, ends=True, total_minor=-100_000))
        assert (line.service, line.quantity, line.net_minor, line.total_minor) == (None, -2, -100_000, -100_000)

    def test_an_add_on_that_is_withdrawn(self) -> None:
        """What an amendment brought goes with it, from its first day."""
        gone = Standing(LINE, (), (), withdrawn=True)
        assert days_of(differences(UNTOUCHED, gone, from_day(JULY, total_minor=-120_000))) == [(YEAR, -10, -10_000)]

    @pytest.mark.parametrize("day", [date(2026, 3, 31), YEAR.until])
    def test_no_change_outside_the_service(self, day: date) -> None:
        """A line is not changed on a day on which it is not provided."""
        with pytest.raises(ChangedOutsideService, match="CLOUD-M"):
            to_book(UNTOUCHED, LineToChange(OrderLineId(7), Period(day, day), 0, 5, 5_000))

    def test_nor_after_its_end(self) -> None:
        """A line that has ended in July does not grow in October, nor end again."""
        over = booked(UNTOUCHED, from_day(JULY, ends=True))
        for change in (from_day(OCTOBER, 5, 5_000), from_day(OCTOBER, ends=True)):
            with pytest.raises(ChangedOutsideService):
                to_book(over, change)

    @pytest.mark.parametrize(("quantity", "net_minor"), [(-11, 0), (0, -10_001)])
    def test_no_less_than_nothing(self, quantity: int, net_minor: int) -> None:
        """Nobody takes away more users, or a higher price, than there is on any day; all of it may go."""
        with pytest.raises(LessThanNothing):
            to_book(UNTOUCHED, from_day(JULY, quantity, net_minor))
        assert to_book(UNTOUCHED, from_day(JULY, -10, -10_000))

    def test_nor_by_a_withdrawal(self) -> None:
        """Five more that were partly taken away again cannot be withdrawn whole."""
        shrunk = booked(booked(UNTOUCHED, from_day(JULY, 5)), from_day(OCTOBER, -12))
        with pytest.raises(LessThanNothing):
            without(shrunk, shrunk.in_force[0])

    def test_nor_less_than_nothing_later(self) -> None:
        """What a later change takes away is taken into account."""
        to_shrink = booked(UNTOUCHED, from_day(OCTOBER, -8))
        with pytest.raises(LessThanNothing, match="2026-10-01"):
            to_book(to_shrink, from_day(JULY, -3))


DAYS = st.integers(0, 364).map(lambda days: YEAR.start + timedelta(days=days))
CHANGES = (
    st.builds(from_day, DAYS, st.integers(-12, 9))
    | st.builds(from_day, DAYS, st.just(0), st.integers(-12_000, 9_000))
    | st.builds(from_day, DAYS, ends=st.just(True))
)


def everyday(standing: Standing) -> list[tuple[int, int]]:
    return [standing.stands(YEAR.start + timedelta(days=day)) for day in range(YEAR.days)]


class TestAnyOrder:
    @pytest.mark.row("BIL-7")
    @given(changes=st.lists(CHANGES, max_size=6), data=st.data())
    def test_the_line_always_stands_as_it_should(self, changes: list[LineToChange], data: st.DataObject) -> None:
        """After every change and withdrawal each day stands as the changes in force say; all withdrawn, as ordered."""
        standing = UNTOUCHED
        for change in changes:
            try:
                standing = booked(standing, change)
            except (ChangedOutsideService, LessThanNothing):
                continue
            assert everyday(standing) == [standing.should(YEAR.start + timedelta(days=day)) for day in range(YEAR.days)]
        while standing.in_force:
            try:
                standing = without(standing, data.draw(st.sampled_from(standing.in_force)))
            except LessThanNothing:
                standing = without(standing, next(one for one in standing.in_force if is_less(one)))
            assert everyday(standing) == [standing.should(YEAR.start + timedelta(days=day)) for day in range(YEAR.days)]
        assert everyday(standing) == everyday(UNTOUCHED)

    @given(changes=st.lists(CHANGES, max_size=4), total=st.integers(-(10**9), 10**9))
    def test_totals_are_booked_whole(self, changes: list[LineToChange], total: int) -> None:
        """Into however many differences a change is cut, they add up to what billing computed."""
        standing = UNTOUCHED
        for change in changes:
            try:
                lines = to_book(standing, replace(change, total_minor=total))
                standing = booked(standing, change)
            except (ChangedOutsideService, LessThanNothing):
                continue
            assert sum(line.total_minor for line in lines) == total


def is_less(change: Change) -> bool:
    return not change.ends and (change.quantity < 0 or change.net_minor < 0)


def without(standing: Standing, withdrawn: Change) -> Standing:
    left = list(standing.in_force)
    left.remove(withdrawn)
    fewer = replace(standing, in_force=tuple(left))
    return replace(fewer, booked=(*fewer.booked, *differences(standing, fewer, from_day(withdrawn.start))))


class TestAsAmended:
    def test_a_line_is_read_with_all_its_changes(self) -> None:
        """Ten users and five more are fifteen; what has ended is no longer there."""
        more = BookedLine(
            MONTHLY, 5, 1_000, 5_000, 45_000, None, changes=OrderLineId(7), order_line_id=OrderLineId(8), position=1
        )
        (line,) = as_amended([LINE, more])
        assert (line.quantity, line.net_minor, line.total_minor) == (15, 15_000, 165_000)
        assert as_amended([LINE, replace(more, quantity=-10)]) == ()
