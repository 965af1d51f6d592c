"""When it is true and when we knew."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kanjo.foundation.times import AsKnown, MomentWithoutZone

_QUARTER_END = date(2026, 3, 31)
_FIFTH_OF_APRIL = datetime(2026, 4, 5, 18, 0, tzinfo=timezone(timedelta(hours=9)))


class TestAsKnown:
    @pytest.mark.parametrize(
        ("effective_on", "recorded_at", "counts"),
        [
            (date(2026, 3, 31), datetime(2026, 4, 5, 9, 0, tzinfo=UTC), True),
            (date(2026, 3, 31), datetime(2026, 4, 5, 9, 0, 1, tzinfo=UTC), False),
            (date(2026, 4, 1), datetime(2026, 3, 1, 9, 0, tzinfo=UTC), False),
            (date(2020, 1, 1), datetime(2020, 1, 1, 9, 0, tzinfo=UTC), True),
        ],
    )
    def test_a_report_can_be_made_again(self, effective_on: date, recorded_at: datetime, counts: bool) -> None:
        """At 31 March as known on 5 April: what was true by then and recorded by then, and nothing later."""
        view = AsKnown(_QUARTER_END, _FIFTH_OF_APRIL)
        assert view.includes(effective_on=effective_on, recorded_at=recorded_at) is counts

    def test_without_a_moment_everything_recorded_counts(self) -> None:
        """A late entry for March is part of March as known today."""
        late = datetime(2027, 1, 1, tzinfo=UTC)
        assert AsKnown(_QUARTER_END).includes(effective_on=_QUARTER_END, recorded_at=late)

    def test_it_says_what_it_is(self) -> None:
        """The view stands above the report in both languages."""
        shown = AsKnown(_QUARTER_END, _FIFTH_OF_APRIL).shown
        assert shown.en == "as of 2026-03-31, as known at 2026-04-05 18:00+09:00"
        assert shown.ja == "2026-03-31時点（2026-04-05 18:00+09:00までの記録による）"
        assert AsKnown(_QUARTER_END).shown.ja == "2026-03-31時点"

    def test_a_moment_without_zone_is_refused(self) -> None:
        """18:00 of nowhere in particular is refused."""
        naive = _FIFTH_OF_APRIL.replace(tzinfo=None)
        with pytest.raises(MomentWithoutZone, match="has no time zone"):
            AsKnown(_QUARTER_END, naive)
        with pytest.raises(MomentWithoutZone):
            AsKnown(_QUARTER_END).includes(effective_on=_QUARTER_END, recorded_at=naive)
