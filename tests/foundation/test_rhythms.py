"""A schedule falls on the days it names, at the end of short months too, and misses none."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.rhythms import DAY, InForce, NoDays, NotSuchADay, Rhythm, Timetable, days_due

pytestmark = pytest.mark.row("SCL-3")

SIX = time(6, 0)
FIRST = date(2027, 1, 1)
TABLES = st.one_of(
    st.just(Timetable(Rhythm.DAILY, (), SIX)),
    st.builds(Timetable, st.just(Rhythm.WEEKLY), st.lists(st.integers(1, 7), min_size=1).map(tuple), st.just(SIX)),
    st.builds(Timetable, st.just(Rhythm.MONTHLY), st.lists(st.integers(1, 31), min_size=1).map(tuple), st.just(SIX)),
)
VERSIONS = st.lists(
    st.builds(InForce, st.integers(0, 120).map(lambda days: FIRST + timedelta(days=days)), st.none() | TABLES),
    max_size=5,
).map(lambda versions: sorted(versions, key=lambda one: one.effective_on))


def named(table: Timetable, day: date) -> bool:
    """Say the slow way whether a day is one of a timetable: the day each wish of its month comes to."""
    if table.rhythm is Rhythm.DAILY:
        return True
    if table.rhythm is Rhythm.WEEKLY:
        return day.weekday() + 1 in table.days
    length = monthrange(day.year, day.month)[1]
    return day in {day.replace(day=min(wish, length)) for wish in table.days}


class TestTimetable:
    @given(TABLES, st.dates(date(2024, 1, 1), date(2032, 12, 31)))
    def test_equals_the_oracle(self, table: Timetable, day: date) -> None:
        """Whatever the rhythm, a day is one of its own or is not."""
        assert table.falls_on(day) == named(table, day)

    def test_the_end_of_february(self) -> None:
        """31 is the last day of every month, 29 too where there is none; and only once."""
        table = Timetable(Rhythm.MONTHLY, (10, 29, 31), SIX)
        days = days_due([InForce(date(2027, 2, 1), table)], after=None, until=date(2027, 4, 1))
        assert [day.isoformat() for day in days] == [
            "2027-02-10", "2027-02-28", "2027-03-10", "2027-03-29", "2027-03-31",
        ]  # fmt: skip

    def test_the_moment_is_that_of_the_place(self) -> None:
        """Six in Tokyo is nine in the evening before in Greenwich; an hour that clocks leave out comes after."""
        table = Timetable(Rhythm.DAILY, (), SIX)
        assert table.moment(FIRST, ZoneInfo("Asia/Tokyo")) == datetime(2026, 12, 31, 21, tzinfo=UTC)
        left_out = Timetable(Rhythm.DAILY, (), time(2, 30))
        assert left_out.moment(date(2027, 3, 14), ZoneInfo("America/New_York")) == datetime(
            2027, 3, 14, 7, 30, tzinfo=UTC
        )

    @pytest.mark.parametrize(
        ("rhythm", "days", "refused"),
        [
            (Rhythm.WEEKLY, (), NoDays),
            (Rhythm.MONTHLY, (), NoDays),
            (Rhythm.WEEKLY, (8,), NotSuchADay),
            (Rhythm.MONTHLY, (0,), NotSuchADay),
            (Rhythm.MONTHLY, (32,), NotSuchADay),
        ],
    )
    def test_days_that_are_not(self, rhythm: Rhythm, days: tuple[int, ...], refused: type[Refusal]) -> None:
        """A week has seven days, a month at most 31, and a schedule at least one."""
        with pytest.raises(refused):
            Timetable(rhythm, days, SIX)


class TestDaysDue:
    @given(VERSIONS, st.integers(0, 150), st.integers(0, 150))
    def test_none_is_missed_and_none_comes_twice(self, versions: list[InForce], after: int, more: int) -> None:
        """However long nobody looked, each day is due once, in order, by what was in force on it."""
        first = FIRST + timedelta(days=after)
        until = first + timedelta(days=more)
        expected = []
        for number in range(1, more):
            day = first + timedelta(days=number)
            begun = [one for one in versions if one.effective_on <= day]
            if begun and (table := begun[-1].timetable) is not None and named(table, day):
                expected.append(day)
        assert list(days_due(versions, after=first, until=until)) == expected

    @given(VERSIONS, st.integers(0, 150), st.integers(1, 150))
    def test_looked_at_in_parts_it_is_the_same(self, versions: list[InForce], middle: int, more: int) -> None:
        """A look in between changes nothing."""
        cut, until = FIRST + timedelta(days=middle), FIRST + timedelta(days=middle + more)
        whole = list(days_due(versions, after=None, until=until))
        before = list(days_due(versions, after=None, until=cut))
        assert before + list(days_due(versions, after=cut - DAY, until=until)) == whole
