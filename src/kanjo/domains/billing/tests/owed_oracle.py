"""What is owed of a plan, one day at a time, with the calendar of the foundation: what the columns must equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from kanjo.domains.billing.facts import Billed, BillingPolicy, ChangeDay, Decrease, Restart, Stub
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.day_counts import fraction
from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period, add_months

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A plan costs *net* more from a day on and has *quantity* more units; periods are counted from *anchor_on*.

    What is *parted* went to another plan, or came from one.
    """

    effective_on: date
    net: int
    quantity: int = 0
    anchor_on: date | None = None
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Away:
    """Days without service; without *until* for ever."""

    start: date
    until: date | None = None


@dataclass(slots=True)
class Life:
    """A recurring plan, its policy and what became of it; its periods are so many months, or else days."""

    service: Period
    months: int
    anchor_on: date
    net: int
    timing: BillingTiming = BillingTiming.IN_ADVANCE
    quantity: int = 1
    due_from: date = date.min
    policy: BillingPolicy = field(default_factory=BillingPolicy)
    changes: list[Change] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    every_days: int = 0
    swapped: bool = False
    """Whether it took the place of another line, so that its first part is billed with what that one gives back."""
    above: int = 0
    """Of a plan that was parted from another: from which price of both on it costs."""

    def later(self, day: date, periods: int) -> date:
        """Return the day so many periods later."""
        if self.every_days:
            return day + DAY * (periods * self.every_days)
        return add_months(day, periods * self.months)


@dataclass(frozen=True, slots=True)
class Owed:
    """Days at a price that are billed together: a part of a whole period."""

    days: Period
    whole: Period
    price: int
    quantity: int
    bill_on: date
    above: int = 0

    def cost(self, policy: BillingPolicy) -> int:
        """Return what the days cost: the price through their end less the price through their start."""
        return self._at(self.above + self.price, policy) - self._at(self.above, policy)

    def _at(self, price: int, policy: BillingPolicy) -> int:
        return self._through(price, self.days.until, policy) - self._through(price, self.days.start, policy)

    def _through(self, price: int, day: date, policy: BillingPolicy) -> int:
        share = (
            fraction(Period(self.whole.start, day), self.whole, policy.day_count, month_days=policy.month_days)
            if day > self.whole.start
            else 0
        )
        return divide(price * share.numerator, share.denominator, Rounding.HALF_UP)


@dataclass(frozen=True, slots=True)
class _Day:
    on: date
    net: int
    quantity: int
    whole: Period
    gone: tuple[int, int]
    """Price and units that went to other plans."""


def owed(life: Life) -> list[Owed]:
    """Return the whole schedule of a plan, day by day, joined where nothing differs."""
    days = _lowered([_day(life, on) for on in each(life.service) if not _is_away(life, on)], life.policy.decrease)
    runs = groupby(
        enumerate(days), key=lambda one: (one[1].on - DAY * one[0], one[1].net, one[1].quantity, one[1].whole)
    )
    return [_owed(life, [day for _, day in run]) for _, run in runs]


def each(days: Period) -> list[date]:
    """Return every day."""
    return [days.start + DAY * place for place in range(days.days)]


def _is_away(life: Life, on: date) -> bool:
    return any(away.start <= on and (away.until is None or on < away.until) for away in life.away)


def _true_from(change: Change, life: Life) -> date:
    late = DAY if life.policy.change_day is ChangeDay.OLD else timedelta()
    return max(change.effective_on + late, life.service.start)


def _day(life: Life, on: date) -> _Day:
    true = [change for change in life.changes if _true_from(change, life) <= on]
    moved = [(_true_from(change, life), anchor) for change in true if (anchor := _anchor(change, life)) is not None]
    last = max((since for since, _ in moved), default=None)
    anchor_on = max((anchor for since, anchor in moved if since == last), default=life.anchor_on)
    return _Day(
        on,
        life.net + sum(change.net for change in true),
        life.quantity + sum(change.quantity for change in true),
        _whole(anchor_on, life, on),
        (-sum(one.net for one in true if one.parted), -sum(one.quantity for one in true if one.parted)),
    )


def _anchor(change: Change, life: Life) -> date | None:
    since = _true_from(change, life)
    anew = life.policy.restart is Restart.ANEW and change.net != 0 and not change.parted and since > life.service.start
    return change.anchor_on or (since if anew else None)


def _whole(anchor_on: date, life: Life, on: date) -> Period:
    step = 0
    while life.later(anchor_on, step) > on:
        step -= 1
    while life.later(anchor_on, step + 1) <= on:
        step += 1
    return Period(life.later(anchor_on, step), life.later(anchor_on, step + 1))


def _lowered(days: list[_Day], decrease: Decrease) -> list[_Day]:
    """Let no day cost less than one before it in its period, or in the term, where the policy says so.

    What went to another plan is counted as if it were still here.
    """
    if decrease is Decrease.NOW:
        return days
    highest: dict[date | None, tuple[int, int]] = {}
    kept = []
    for day in days:
        within = day.whole.start if decrease is Decrease.NEXT_PERIOD else None
        whole_net, whole_quantity = day.net + day.gone[0], day.quantity + day.gone[1]
        net, quantity = highest.get(within, (whole_net, whole_quantity))
        highest[within] = max(net, whole_net), max(quantity, whole_quantity)
        net, quantity = highest[within]
        kept.append(_Day(day.on, net - day.gone[0], quantity - day.gone[1], day.whole, day.gone))
    return kept


def _owed(life: Life, run: list[_Day]) -> Owed:
    days, whole = Period(run[0].on, run[-1].on + DAY), run[0].whole
    return Owed(days, _measure(life, whole), run[0].net, run[0].quantity, _bill_on(life, days, whole), life.above)


def _measure(life: Life, whole: Period) -> Period:
    service, policy = life.service, life.policy
    begins, ends = whole.start < service.start, whole.until > service.until
    if policy.first_stub is Stub.OWN and begins and whole.until < service.until:
        return Period(service.start, life.later(service.start, 1))
    if policy.last_stub is Stub.OWN and ends and whole.start > service.start:
        return Period(life.later(service.until, -1), service.until)
    return whole


def _bill_on(life: Life, days: Period, whole: Period) -> date:
    policy, together = life.policy, life.policy.changes_billed is Billed.WITH_NEXT
    if life.timing is BillingTiming.IN_ARREARS:
        last = min(whole.until, life.service.until) if together else days.until
        return max(last - DAY, life.due_from)
    first = days.start == life.service.start
    waits = policy.first_billed is Billed.WITH_NEXT if first and not life.swapped else together
    if waits and days.start > whole.start and whole.until < life.service.until:
        return max(whole.until, life.due_from)
    return max(days.start, life.due_from)
