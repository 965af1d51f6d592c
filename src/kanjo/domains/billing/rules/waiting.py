"""Why something of a line is not billed today, in words: a reason for each state it is in, the strongest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kanjo.domains.billing.facts import HoldCondition
from kanjo.foundation.ids import AmendmentId, HoldId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


class Why(StrEnum):
    """A state in which something of a line is not billed."""

    FAILED = "failed"
    HELD = "held"
    ACCEPTANCE = "acceptance"
    MOVED = "moved"
    SUSPENDED = "suspended"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    DUE = "due"
    NOT_DUE = "not_due"
    BILLED = "billed"
    NOTHING = "nothing"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _STATES[self]


_STATES = {
    Why.FAILED: Text(en="Could not be invoiced", ja="請求不可"),
    Why.HELD: Text(en="On hold", ja="請求保留"),
    Why.ACCEPTANCE: Text(en="Waits for acceptance", ja="検収待ち"),
    Why.MOVED: Text(en="Billing day moved", ja="請求日変更"),
    Why.SUSPENDED: Text(en="Suspended", ja="休止"),
    Why.ENDED: Text(en="Ended", ja="終了"),
    Why.WITHDRAWN: Text(en="Amendment withdrawn", ja="変更の取消"),
    Why.DUE: Text(en="Due", ja="請求対象"),
    Why.NOT_DUE: Text(en="Not due yet", ja="請求日前"),
    Why.BILLED: Text(en="Billed already", ja="請求済み"),
    Why.NOTHING: Text(en="Nothing to bill", ja="請求対象なし"),
}


@dataclass(frozen=True, slots=True)
class OnHoldBy:
    """A hold that stands: who answers for it, why, since when and until when, if it ends by itself."""

    hold_id: HoldId
    condition: HoldCondition
    because: str
    owner: str
    since: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A billing day that was put on another day."""

    bill_on: date
    moved_to: date
    because: str


@dataclass(frozen=True, slots=True)
class DaysAway:
    """Days without service, or the end for good."""

    start: date
    until: date | None
    for_good: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An amendment of the line that was taken back."""

    amendment_id: AmendmentId
    number: str
    by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands on a day.

    *to_come* is the next that will be billed, *next_on* its day; *due* is what may be billed by today, *waiting* what
    will be once the line is accepted. *failed* is why the last run could not invoice it.
    """

    on: date
    service: Period | None
    awaits_acceptance: bool
    billed_until: date | None
    next_on: date | None
    to_come: Money
    due: Money
    waiting: Money
    holds: tuple[OnHoldBy, ...] = ()
    moved: tuple[Moved, ...] = ()
    away: tuple[DaysAway, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    failed: Text | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not billed, in a sentence; *amount* is how much waits for that, where it is known."""

    why: Why
    says: Text
    amount: Money | None = None
    hold_id: HoldId | None = None


_FAILED = Text(en="The last run could not invoice it: {cause}", ja="前回の請求処理で請求できませんでした: {cause}")
_HELD = Text(
    en="{condition} ({because}). Since {since}, {until}. {owner} answers for it.",
    ja="{condition}（{because}）。{since} から、{until}。担当 {owner}。",
)
_UNTIL = Text(en="through {last}", ja="{last} まで")
_OPEN = Text(en="until released", ja="解除されるまで")
_ACCEPTANCE = Text(en="Billed once the customer has accepted it.", ja="顧客の検収後に請求します。")
_MOVED = Text(
    en="What was to be billed on {bill_on} is billed on {moved_to}: {because}",
    ja="{bill_on} の請求を {moved_to} に変更: {because}",
)
_PAUSED = Text(en="No service from {start} through {last}.", ja="{start} から {last} まで休止。")
_PAUSED_OPEN = Text(en="No service from {start} until it is resumed.", ja="{start} から再開まで休止。")
_ENDS = Text(en="Ended for good: its last day is {last}.", ja="{last} をもって終了。")
_OVER = Text(en="The service is over: its last day was {last}.", ja="利用期間は {last} に終了。")
_WITHDRAWN = Text(
    en="Amendment {number} was taken back by {by}: nothing of it is billed.",
    ja="変更 {number} は {by} で取消済みのため、請求に反映されません。",
)
_DUE = Text(en="Billed by the next run.", ja="次の請求処理で請求します。")
_NOT_DUE = Text(en="Next on {day}.", ja="次回の請求日は {day}。")
_BILLED = Text(en="Through {last}.", ja="{last} まで請求済み。")
_NOTHING = Text(en="Nothing of it is to be billed.", ja="請求するものはありません。")
_ONE_DAY = timedelta(days=1)


def reasons(line: Standing) -> tuple[Reason, ...]:
    """Return why not more of a line is billed on its day, one reason for each state it is in; at least one."""
    return tuple(_reasons(line)) or (Reason(Why.NOTHING, _NOTHING),)


def _reasons(line: Standing) -> Iterator[Reason]:
    if line.failed is not None:
        yield Reason(Why.FAILED, _FAILED.filled(cause=line.failed), _some(line.due))
    for hold in line.holds:
        yield Reason(Why.HELD, _held(hold), _some(line.due), hold.hold_id)
    if line.awaits_acceptance and line.waiting.minor:
        yield Reason(Why.ACCEPTANCE, _ACCEPTANCE, line.waiting)
    for moved in line.moved:
        if moved.moved_to > line.on:
            yield Reason(
                Why.MOVED,
                _MOVED.filled(bill_on=moved.bill_on, moved_to=moved.moved_to, because=moved.because),
            )
    yield from _without_service(line)
    for one in line.withdrawn:
        yield Reason(Why.WITHDRAWN, _WITHDRAWN.filled(number=one.number, by=one.by))
    if line.next_on is not None and line.next_on > line.on:
        yield Reason(Why.NOT_DUE, _NOT_DUE.filled(day=line.next_on), line.to_come)
    elif line.next_on is not None and not line.holds and line.failed is None:
        yield Reason(Why.DUE, _DUE, line.due)
    if line.billed_until is not None:
        yield Reason(Why.BILLED, _BILLED.filled(last=line.billed_until - _ONE_DAY))


def _held(hold: OnHoldBy) -> Text:
    until = _UNTIL.filled(last=hold.expires_on - _ONE_DAY) if hold.expires_on else _OPEN
    facts = {"condition": hold.condition.shown, "because": hold.because, "since": hold.since, "owner": hold.owner}
    return _HELD.filled(until=until, **facts)


def _without_service(line: Standing) -> Iterator[Reason]:
    """Yield pauses that are not over, and the end: for good, or because the service is over."""
    ends = [one.start for one in line.away if one.for_good]
    for one in line.away:
        if not one.for_good and (one.until is None or one.until > max(line.on, one.start)):
            last = one.until - _ONE_DAY if one.until else None
            says = _PAUSED.filled(start=one.start, last=last) if last else _PAUSED_OPEN.filled(start=one.start)
            yield Reason(Why.SUSPENDED, says)
    if ends:
        yield Reason(Why.ENDED, _ENDS.filled(last=min(ends) - _ONE_DAY))
    elif line.service is not None and line.service.until <= line.on:
        yield Reason(Why.ENDED, _OVER.filled(last=line.service.last_on))


def _some(money: Money) -> Money | None:
    return money if money.minor else None
