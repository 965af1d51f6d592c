"""Days on the surface: ends are shown inclusive, kept exclusive; Japanese pages write them as their reader chose."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import date, timedelta

from kanjo.foundation.eras import Calendar, days_in_eras

ONE_DAY = timedelta(days=1)
_CALENDAR: ContextVar[Calendar] = ContextVar("calendar", default=Calendar.WESTERN)


def last_day(until: date | None) -> date | None:
    """Return the last day before an exclusive end."""
    return until - ONE_DAY if until else None


def day_after(last: date | None) -> date | None:
    """Return the exclusive end of what runs through *last*."""
    return last + ONE_DAY if last else None


def read_by(calendar: Calendar) -> None:
    """Say how the reader of the page being made reads days."""
    _CALENDAR.set(calendar)


def calendar() -> Calendar:
    """Return how the reader reads days."""
    return _CALENDAR.get()


def as_read(japanese: str) -> str:
    """Return a Japanese sentence of the house, or a day as 2026-11-30, with its days as the reader reads them."""
    return days_in_eras(japanese) if calendar() is Calendar.ERAS else japanese
