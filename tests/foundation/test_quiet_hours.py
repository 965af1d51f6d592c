"""Quiet hours by the clock on the wall: over midnight, over closed days, over the hour that is lost or comes twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.calendars import JAPAN
from kanjo.foundation.quiet_hours import QuietHours

MINUTE = timedelta(minutes=1)
ZONES = ("Asia/Tokyo", "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns")
# Around the days on which clocks are moved, and around the Japanese new year and golden week.
DAYS = (
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 5, 1),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 12, 30),
)
clocks = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
moments = st.builds(
    lambda day, minutes: datetime.combine(day, time.min, UTC) + minutes * MINUTE,
    st.sampled_from(DAYS),
    st.integers(-1_440, 2 * 1_440),
)


def face_of(hours: QuietHours) -> set[int]:
    """Walk the window on the clock face, and return the minutes passed."""
    minute, end = hours.begins.hour * 60 + hours.begins.minute, hours.ends.hour * 60 + hours.ends.minute
    face = set()
    while minute != end:
        face.add(minute)
        minute = (minute + 1) % 1_440
    return face


def naively_quiet(hours: QuietHours, face: set[int], moment: datetime) -> bool:
    """Look whether the wall clock stands on one of the minutes, or the day is closed."""
    here = moment.astimezone(hours.zone)
    shut = hours.closed is not None and not hours.closed.is_business_day(here.date())
    return shut or here.hour * 60 + here.minute in face


def naively_over(hours: QuietHours, moment: datetime) -> datetime:
    """Wait minute by minute."""
    face = face_of(hours)
    while naively_quiet(hours, face, moment):
        moment += MINUTE
    return moment


class TestAgainstTheClockFace:
    @given(zone=st.sampled_from(ZONES), begins=clocks, ends=clocks, moment=moments, closed=st.booleans())
    def test_quiet_is_what_the_wall_clock_says(
        self, zone: str, begins: time, ends: time, moment: datetime, closed: bool
    ) -> None:
        """It is quiet exactly in the minutes of the window, in any zone, and on closed days."""
        hours = QuietHours(ZoneInfo(zone), begins, ends, JAPAN if closed else None)
        assert hours.at(moment) is naively_quiet(hours, face_of(hours), moment)

    @given(zone=st.sampled_from(ZONES), begins=clocks, ends=clocks, moment=moments, closed=st.booleans())
    def test_over_at_is_the_first_minute_that_is_not_quiet(
        self, zone: str, begins: time, ends: time, moment: datetime, closed: bool
    ) -> None:
        """Who waits minute by minute mails at the same moment, also where the clock is moved meanwhile."""
        hours = QuietHours(ZoneInfo(zone), begins, ends, JAPAN if closed else None)
        assert hours.over_at(moment) == naively_over(hours, moment)


class TestExamples:
    @pytest.mark.parametrize(
        ("zone", "moment", "over"),
        [
            ("Asia/Tokyo", "2026-04-01T22:00+09:00", "2026-04-02T07:00+09:00"),
            ("Asia/Tokyo", "2026-04-02T06:59+09:00", "2026-04-02T07:00+09:00"),
            ("Asia/Tokyo", "2026-04-02T07:00+09:00", "2026-04-02T07:00+09:00"),
            ("Asia/Tokyo", "2026-04-03T23:00+09:00", "2026-04-06T07:00+09:00"),
            ("Asia/Tokyo", "2026-12-30T21:59+09:00", "2026-12-30T21:59+09:00"),
            ("Asia/Tokyo", "2026-12-30T22:00+09:00", "2027-01-04T07:00+09:00"),
        ],
    )
    def test_over_night_and_over_closed_days(self, zone: str, moment: str, over: str) -> None:
        """From ten to seven: the next morning; from Friday night to Monday; from the end of the year to 4 January."""
        hours = QuietHours(ZoneInfo(zone), time(22), time(7), JAPAN)
        assert hours.over_at(datetime.fromisoformat(moment)) == datetime.fromisoformat(over)

    def test_a_morning_that_the_clock_jumps_over(self) -> None:
        """Quiet until half past two, on the night without that time: it is over when the clock jumps to three."""
        hours = QuietHours(ZoneInfo("America/New_York"), time(22), time(2, 30))
        over = hours.over_at(datetime(2026, 3, 8, 6, 0, tzinfo=UTC))
        assert over == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)

    def test_no_window(self) -> None:
        """From and until the same clock: never quiet."""
        hours = QuietHours(ZoneInfo("Asia/Tokyo"), time(9), time(9))
        assert not any(hours.at(datetime(2026, 4, 1, hour, tzinfo=UTC)) for hour in range(24))
