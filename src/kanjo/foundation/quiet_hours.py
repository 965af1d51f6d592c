"""Quiet hours: when somebody wants no mail, told by the clock on the wall where that person is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kanjo.foundation.calendars import BusinessCalendar

_MINUTE = timedelta(minutes=1)
_MOST_DAYS = 40
"""No calendar is closed for so long."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Quiet is from `begins` until `ends`, over midnight where it ends earlier, never where both are the same.

    With a `closed` calendar its closed days are quiet, too, from midnight to midnight. The clock alone decides: an hour
    that it shows twice is quiet twice, or not at all.
    """

    zone: ZoneInfo
    begins: time = time.min
    ends: time = time.min
    closed: BusinessCalendar | None = None

    def at(self, moment: datetime) -> bool:
        """Return whether it is quiet at a moment."""
        here = moment.astimezone(self.zone)
        return self._closed(here.date()) or self._in_window(here.time())

    def over_at(self, moment: datetime) -> datetime:
        """Return *moment* where it is not quiet then, else the first moment at which it no longer is."""
        if not self.at(moment):
            return moment
        first = moment.astimezone(self.zone).date()
        edges = {edge for day in range(_MOST_DAYS) for edge in self._edges(first + timedelta(days=day))}
        return next(edge for edge in sorted(edges) if edge > moment and not self.at(edge))

    def clock(self, clock: time) -> time:
        """Return *clock* where it is not quiet then on an open day, else the time at which that ends."""
        return self.ends if self._in_window(clock) else clock

    def _closed(self, day: date) -> bool:
        return self.closed is not None and not self.closed.is_business_day(day)

    def _in_window(self, clock: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def _edges(self, day: date) -> Iterator[datetime]:
        """Every moment of a day at which it may turn quiet or stop to be: by the clock, and when that is moved."""
        for clock in (time.min, self.begins, self.ends):
            for fold in (0, 1):
                yield datetime.combine(day, clock, self.zone).replace(fold=fold).astimezone(UTC)
        start = datetime.combine(day, time.min, self.zone).astimezone(UTC)
        for hour in range(-2, 27):
            before = start + timedelta(hours=hour)
            if self._offset(before) != self._offset(before + timedelta(hours=1)):
                yield self._moved(before)

    def _moved(self, before: datetime) -> datetime:
        """Return the minute within the hour after *before* from which the clock is moved."""
        return next(
            moment
            for moment in (before + number * _MINUTE for number in range(1, 61))
            if self._offset(moment) != self._offset(before)
        )

    def _offset(self, moment: datetime) -> timedelta | None:
        return moment.astimezone(self.zone).utcoffset()
