"""The two times of every fact: when it is true, and when we knew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class MomentWithoutZone(Refusal):
    """A moment that could be any of several."""

    rule = "times.zone-missing"
    says = Text(en="The moment {moment} has no time zone.", ja="日時{moment}にタイムゾーンがありません。")
    remedy = Text(en="Give it one, such as +09:00.", ja="+09:00のようにタイムゾーンを付けてください。")


@dataclass(frozen=True, slots=True)
class AsKnown:
    """The facts true on or before `effective_on`, as they had been recorded by `known_at`.

    Without `known_at` everything recorded so far counts. Refuses a moment without time zone.
    """

    effective_on: date
    known_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.known_at is not None:
            _refuse_naive(self.known_at)

    def includes(self, *, effective_on: date, recorded_at: datetime) -> bool:
        """Return whether a fact true from that day and recorded at that moment counts."""
        _refuse_naive(recorded_at)
        return effective_on <= self.effective_on and (self.known_at is None or recorded_at <= self.known_at)

    @property
    def shown(self) -> Text:
        """The view as it stands above a report, the moment in its own zone."""
        if self.known_at is None:
            return Text(en="as of {day}", ja="{day}時点").filled(day=self.effective_on)
        return Text(en="as of {day}, as known at {moment}", ja="{day}時点（{moment}までの記録による）").filled(
            day=self.effective_on, moment=self.known_at.isoformat(sep=" ", timespec="minutes")
        )


def _refuse_naive(moment: datetime) -> None:
    if moment.utcoffset() is None:
        raise MomentWithoutZone(moment=moment)
