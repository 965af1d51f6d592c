"""Where a deal stands: its eight stages in order, each with what is there, since when, and what it still misses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.reports.deals import REQUEST, Deal, Part, Phase


class Standing(StrEnum):
    """How far a stage is. `CURRENT` is the first that is not done; `BEGUN` one behind it that has something already."""

    DONE = "done"
    CURRENT = "current"
    BEGUN = "begun"
    AHEAD = "ahead"
    STOPPED = "stopped"

    @property
    def shown(self) -> Text:
        """The standing in a word."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.DONE: Text(en="done", ja="完了"),
    Standing.CURRENT: Text(en="now", ja="現在"),
    Standing.BEGUN: Text(en="begun", ja="進行中"),
    Standing.AHEAD: Text(en="to come", ja="これから"),
    Standing.STOPPED: Text(en="stopped", ja="停止"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: `part` is what to look at, `on` the day it got there, `misses` what it still waits for."""

    phase: Phase
    standing: Standing
    part: Part | None = None
    on: date | None = None
    misses: Text | None = None


TO_ENGAGE = Text(en="To be engaged and quoted", ja="商談の開始と見積が必要")
TO_QUOTE = Text(en="To be quoted", ja="見積の作成が必要")
TO_SUBMIT = Text(en="To be submitted for approval", ja="承認の申請が必要")
DECISIONS = Text(en="Approvals to come: {count}", ja="承認待ち {count}件")
CONDITIONS = Text(en="Conditions to be met: {count}", ja="条件の充足待ち {count}件")
TO_SEND = Text(en="To be sent to the customer", ja="顧客への提示が必要")
TO_ACCEPT = Text(en="Waits for the customer", ja="顧客の承諾待ち")
TO_DELIVER = Text(en="Acceptances to come: {count}", ja="検収待ち {count}明細")
TO_INVOICE = Text(en="Nothing invoiced yet", ja="未請求")
PART_OF = Text(en="{done} of {whole}", ja="{whole} のうち {done}")
OPEN = Text(en="{open} open, due on {day}", ja="未回収 {open}、期日 {day}")
LOST = Text(en="Lost", ja="失注")
REJECTED = Text(en="Rejected", ja="否認")
OVER = Text(en="Expired or withdrawn", ja="期限切れ・取下げ")

_OPEN = Standing.AHEAD


def steps_of(deal: Deal) -> tuple[Step, ...]:
    """Return the stages in order. Nothing is current behind a stage that stopped."""
    drawn = [judge(deal) for judge in _JUDGES]
    first = next((place for place, step in enumerate(drawn) if step.standing is not Standing.DONE), len(drawn))
    return tuple(_placed(step, place, first) for place, step in enumerate(drawn))


def _placed(step: Step, place: int, first: int) -> Step:
    if step.standing is not _OPEN:
        return step
    if place == first:
        return replace(step, standing=Standing.CURRENT)
    return replace(step, standing=Standing.BEGUN) if step.on else replace(step, misses=None)


def _opportunity(deal: Deal) -> Step:
    part = deal.of(Phase.OPPORTUNITY)[0]
    if part.state == "lost":
        return Step(Phase.OPPORTUNITY, Standing.STOPPED, part, part.on, LOST)
    if part.state == "won" or deal.of(Phase.QUOTE):
        return Step(Phase.OPPORTUNITY, Standing.DONE, part, part.on)
    return Step(Phase.OPPORTUNITY, _OPEN, part, part.on, TO_QUOTE if part.state == "engaging" else TO_ENGAGE)


def _quoted(deal: Deal) -> Part | None:
    """Return the quote that counts: the accepted one, else the last that was not withdrawn, else the last."""
    quotes = deal.of(Phase.QUOTE)
    accepted = [part for part in quotes if part.state == "accepted"]
    alive = [part for part in quotes if part.state not in {"withdrawn", "expired"}]
    found = accepted or alive or quotes
    return found[-1] if found else None


def _quote(deal: Deal) -> Step:
    part = _quoted(deal)
    if part is None:
        return Step(Phase.QUOTE, _OPEN, misses=TO_QUOTE)
    if part.state in {"withdrawn", "expired"}:
        return Step(Phase.QUOTE, Standing.STOPPED, part, part.on, OVER)
    drafted = part.state == "drafted"
    return Step(Phase.QUOTE, _OPEN if drafted else Standing.DONE, part, part.on, TO_SUBMIT if drafted else None)


def _approval(deal: Deal) -> Step:
    quote = _quoted(deal)
    asked = [part for part in deal.of(Phase.APPROVAL) if part.table == REQUEST and part.state != "recalled"]
    part = asked[-1] if asked else None
    if quote is None or quote.state == "drafted":
        return Step(Phase.APPROVAL, _OPEN)
    if part is None:
        return Step(Phase.APPROVAL, _OPEN if quote.state == "submitted" else Standing.DONE)
    if part.state == "rejected":
        return Step(Phase.APPROVAL, Standing.STOPPED, part, part.on, REJECTED)
    if part.state == "approved" or not part.waiting:
        return Step(Phase.APPROVAL, Standing.DONE, part, part.on)
    wanted = DECISIONS if part.state == "open" else CONDITIONS
    return Step(Phase.APPROVAL, _OPEN, part, part.on, wanted.filled(count=part.waiting))


def _contract(deal: Deal) -> Step:
    contracts, quote = deal.of(Phase.CONTRACT), _quoted(deal)
    if contracts:
        return Step(Phase.CONTRACT, Standing.DONE, contracts[-1], contracts[-1].on)
    sent = quote is not None and quote.state == "sent"
    return Step(Phase.CONTRACT, _OPEN, misses=TO_ACCEPT if sent else TO_SEND)


def _order(deal: Deal) -> Step:
    orders = deal.of(Phase.ORDER)
    if not orders:
        return Step(Phase.ORDER, _OPEN)
    waiting = sum(part.waiting for part in orders)
    misses = TO_DELIVER.filled(count=waiting) if waiting else None
    return Step(Phase.ORDER, _OPEN if waiting else Standing.DONE, orders[-1], orders[-1].on, misses)


def _invoice(deal: Deal) -> Step:
    invoices = deal.of(Phase.INVOICE)
    ordered = _sum([part.whole for part in deal.of(Phase.ORDER)])
    if not invoices or ordered is None:
        return Step(Phase.INVOICE, _OPEN, misses=TO_INVOICE)
    return _so_far(Phase.INVOICE, invoices[-1], _sum([part.done for part in invoices]), ordered)


def _payment(deal: Deal) -> Step:
    items = deal.of(Phase.PAYMENT)
    unpaid = [part for part in items if part.done != part.whole]
    if unpaid:
        due = min(unpaid, key=lambda part: part.on or date.max)
        owed, paid = _sum([part.whole for part in unpaid]), _sum([part.done for part in unpaid])
        assert owed is not None, "an open item has an amount"
        assert paid is not None, "an open item has an amount"
        misses = OPEN.filled(open=_told(Money(owed.minor - paid.minor, owed.currency)), day=due.on)
        return Step(Phase.PAYMENT, _OPEN, due, due.on, misses)
    billed = _invoice(deal).standing is Standing.DONE
    part = items[-1] if items else None
    return Step(Phase.PAYMENT, Standing.DONE if part and billed else _OPEN, part, part.on if part else None)


def _revenue(deal: Deal) -> Step:
    obligations = deal.of(Phase.REVENUE)
    if not obligations:
        return Step(Phase.REVENUE, _OPEN)
    done, whole = _sum([part.done for part in obligations]), _sum([part.whole for part in obligations])
    last = max(obligations, key=lambda part: (part.on or date.min, -part.id))
    assert whole is not None, "an obligation has a price"
    return _so_far(Phase.REVENUE, last, done, whole)


def _so_far(phase: Phase, part: Part, done: Money | None, whole: Money) -> Step:
    if done is not None and done.minor >= whole.minor:
        return Step(phase, Standing.DONE, part, part.on)
    misses = PART_OF.filled(done=_told(done or Money(0, whole.currency)), whole=_told(whole))
    return Step(phase, _OPEN, part, part.on, misses)


def _sum(amounts: Sequence[Money | None]) -> Money | None:
    known = [amount for amount in amounts if amount is not None]
    return Money(sum(amount.minor for amount in known), known[0].currency) if known else None


def _told(amount: Money) -> Text:
    return Text(en=amount.shown("en"), ja=amount.shown("ja"))


_JUDGES: tuple[Callable[[Deal], Step], ...] = (
    _opportunity,
    _quote,
    _approval,
    _contract,
    _order,
    _invoice,
    _payment,
    _revenue,
)
