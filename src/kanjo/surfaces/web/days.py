"""Days on the surface: ends are shown inclusive, kept exclusive."""

from __future__ import annotations

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def last_day(until: date | None) -> date | None:
    """Return the last day before an exclusive end."""
    return until - ONE_DAY if until else None


def day_after(last: date | None) -> date | None:
    """Return the exclusive end of what runs through *last*."""
    return last + ONE_DAY if last else None
