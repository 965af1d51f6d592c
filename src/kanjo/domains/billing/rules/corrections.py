"""What stands in the place of an invoice that was given back in whole or in part and charged anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class NothingCorrected(Refusal):
    """An invoice of which nothing was given back and charged anew."""

    rule = "billing.nothing-corrected"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Nothing of invoice {number} was given back and charged anew, so it has no corrected invoice.",
        ja="請求書 {number} には返還して再請求した内容がないため、修正請求書はありません。",
    )
    remedy = Text(
        en="Send the invoice, or the credit note where it was only given back; what is due again is billed first.",
        ja="請求書（返還のみの場合は返還請求書）を送付してください。再請求する場合は、先に請求処理を行ってください。",
    )


@dataclass(frozen=True, slots=True)
class PostedDays:
    """Days of a plan as posted, charged or, of *credited_line_id*, given back."""

    plan_id: int
    start: date
    until: date
    line_id: int
    credited_line_id: int | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A charged line and what was given back of it: days, and by which lines."""

    line_id: int
    days: Period
    back: list[Period] = field(default_factory=list)
    by: list[int] = field(default_factory=list)

    @property
    def left(self) -> Period:
        """The days that are left where they are in one piece, else all that were charged."""
        start, until = self.days.start, self.days.until
        for gone in sorted(self.back, key=lambda one: one.start):
            start = gone.until if gone.start <= start else start
        for gone in sorted(self.back, key=lambda one: one.until, reverse=True):
            until = gone.start if gone.until >= until > gone.start else until
        whole = start < until and not any(one.start < until and start < one.until for one in self.back)
        return Period(start, until) if whole else self.days


def standing(line_ids: Iterable[int], posted: Iterable[PostedDays]) -> tuple[list[Standing], bool]:
    """Return the charged lines that belong to the days of *line_ids*, and whether any of them was charged anew.

    A line is charged anew where it meets days of its plan that were given back before or with it. *posted* is all
    that was ever posted of the plans, in any order.
    """
    first = set(line_ids)
    found: dict[int, Standing] = {}
    gone: dict[int, list[Period]] = defaultdict(list)
    for one in sorted(posted, key=lambda one: (one.recorded_at, one.credited_line_id is None, one.line_id, one.start)):
        days = Period(one.start, one.until)
        if one.credited_line_id is not None:
            if one.credited_line_id in found:
                found[one.credited_line_id].back.append(days)
                found[one.credited_line_id].by.append(one.line_id)
                gone[one.plan_id].append(days)
        elif one.line_id in first or any(days.intersect(back) for back in gone[one.plan_id]):
            found[one.line_id] = Standing(one.line_id, days)
    return list(found.values()), any(line_id not in first for line_id in found)
