"""The scenes of a deal: opened, quoted, approved, sent, won or lost, accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from kanjo.domains.approvals.facts import ConditionDraft, ConditionKind, Decision, ItemState, RequestState
from kanjo.domains.approvals.queries import ItemView, RequestDetail, get_request, list_requests
from kanjo.domains.catalog.facts import ChargeKind
from kanjo.domains.catalog.queries import list_price_on, terms_of
from kanjo.domains.opportunities import operations as opportunities
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.quotes.queries import get_quote
from kanjo.domains.renewals import operations as renewals
from kanjo.foundation.actors import Role
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period, add_months
from kanjo.platform.files.operations import digest_of
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.accept_quote import SignedPaper, accept_quote
from kanjo.processes.ask_approval import QUOTE, decide_item, meet_condition, submit_quote
from kanjo.processes.draft_offer import LineWanted, draft_offer, price
from kanjo.processes.history.days import Calendar
from kanjo.processes.history.script import DealInPlay, LineInPlay
from kanjo.processes.history.stage import YEN, Scene, Stage

OPEN, QUOTED, DECIDED, MET, CLOSED, ACCEPTED = 3, 4, 5, 6, 7, 8
"""The order of the scenes of one day."""
VALID_DAYS = 60
EXPECTED_DAYS = 45
CONDITION_DAYS = 30
PROOF = "承諾書を受領済み"
CONDITIONS = {kind.value for kind in ConditionKind}
SENT = {"sent", "won", "lost", "expired", "withdrawn"}
"""How far deals get whose quote goes to the customer."""


def scenes_of(deal: DealInPlay, calendar: Calendar) -> Iterator[Scene]:
    """Return what happens to a deal up to today."""
    opened = calendar.happened(deal.opened)
    if deal.outcome == "lapsed":
        assert deal.closed is not None, "a renewal lapses on a day"
        yield Scene(calendar.happened(deal.closed), CLOSED, partial(let_lapse, deal))
        return
    yield Scene(opened, OPEN, partial(open_deal, deal))
    last = opened
    if deal.quoted is not None:
        last = max(calendar.happened(deal.quoted), opened)
        yield Scene(last, QUOTED, partial(quote, deal))
        if deal.decision:
            last = calendar.after(last)
            yield Scene(last, DECIDED, partial(decide, deal))
    if deal.decision in CONDITIONS and deal.outcome in SENT:
        last = calendar.after(last, 2)
        yield Scene(last, MET, partial(meet, deal))
    yield from _ending(deal, calendar, last)


def _ending(deal: DealInPlay, calendar: Calendar, last: date) -> Iterator[Scene]:
    if deal.outcome == "withdrawn":
        yield Scene(calendar.after(last, 3), CLOSED, partial(withdraw, deal))
    if deal.closed is None or deal.outcome not in {"won", "lost"}:
        return
    closed = max(calendar.happened(deal.closed), last)
    if deal.outcome == "lost":
        yield Scene(closed, CLOSED, partial(lose, deal))
        return
    yield Scene(closed, CLOSED, partial(win, deal))
    for number, line in enumerate(deal.lines):
        if line.accepted is not None:
            yield Scene(max(calendar.happened(line.accepted), closed), ACCEPTED, partial(accept, deal, number))


def open_deal(deal: DealInPlay, stage: Stage) -> None:
    """Open the deal as its owner, with what is expected of it; a prospect expects nothing yet."""
    owner, engaged = stage.person(deal.owner), deal.outcome != "prospecting"
    opportunity_id = opportunities.open_opportunity(
        company_id=stage.company_id,
        customer_id=stage.founded.customers[deal.customer],
        product_id=stage.founded.products[deal.lines[0].product],
        owner_id=owner.id,
        name=deal.name,
        external_key=deal.key,
        engaged_on=stage.on if engaged else None,
        currency=YEN,
        on=stage.on,
        by=owner,
        at=stage.at,
    )
    if engaged:
        lines = price(_wanted(deal, stage), currency=YEN, on=stage.on)
        opportunities.expect_close(
            opportunity_id=opportunity_id,
            close_on=max(_expected_on(deal, stage), stage.on),
            value=Money(sum(line.total_minor for line in lines), YEN),
            by=owner,
            at=stage.at,
        )


def quote(deal: DealInPlay, stage: Stage) -> None:
    """Draft the quote, tie it to the renewal it is for, and hand it in unless it stays a draft."""
    owner = stage.person(deal.owner)
    quote_id = draft_offer(
        company_id=stage.company_id,
        opportunity_id=stage.opportunity_id(deal),
        customer_id=stage.founded.customers[deal.customer],
        currency=YEN,
        wanted=_wanted(deal, stage),
        payment_terms=deal.payment_terms,
        starts_on=_starts_on(deal, stage),
        until=_until(deal, stage),
        valid_until=stage.on + timedelta(days=VALID_DAYS),
        on=stage.on,
        by=owner,
        at=stage.at,
    )
    if deal.renews:
        renewals.quote_renewal(renewal_id=stage.renewal(deal).id, quote_id=quote_id, on=stage.on, by=owner, at=stage.at)
    if deal.outcome != "drafted":
        submit_quote(quote_id=quote_id, on=stage.on, by=owner, at=stage.at)


def decide(deal: DealInPlay, stage: Stage) -> None:
    """Let the approvers answer stage by stage as far as the deal gets, and send what they approve."""
    asked = _request(deal, stage)
    while (item := _next_to_decide(deal, asked)) is not None:
        decision = _decision(deal, item)
        decide_item(
            item_id=item.id,
            decision=decision,
            conditions=[_condition(deal, stage)] if decision is Decision.CONDITION else [],
            comment=deal.comment,
            on=stage.on,
            by=stage.the(item.role),
            at=stage.at,
        )
        asked = _request(deal, stage)
    _send_approved(deal, asked.row.state, stage)


def meet(deal: DealInPlay, stage: Stage) -> None:
    """Let Deal Management note that the conditions of the approvers are met, where they set any, and send the quote."""
    state = RequestState.OPEN
    for item in _request(deal, stage).items:
        for condition in item.conditions:
            state = meet_condition(
                condition_id=condition.id, proof=PROOF, on=stage.on, by=stage.the(Role.DEAL_MANAGEMENT), at=stage.at
            )
    _send_approved(deal, state, stage)


def win(deal: DealInPlay, stage: Stage) -> None:
    """Let the customer say yes: contract, order and all that follows, now and by itself."""
    desk, quote_id = stage.the(Role.DEAL_MANAGEMENT), stage.quote_id(deal)
    file_id = get_quote(desk, quote_id).versions[0].sent_file_id
    assert file_id is not None, "the quote was sent"
    accept_quote(
        quote_id=quote_id,
        company_id=stage.company_id,
        signed=SignedPaper(file_id, digest_of(file_id, by=desk)),
        owner_id=stage.person(deal.owner).id,
        po_number=deal.po_number,
        on=stage.on,
        by=desk,
        at=stage.at,
    )
    stage.follow()


def lose(deal: DealInPlay, stage: Stage) -> None:
    """Lose the deal, and take back the quote where there is one."""
    if deal.quoted is not None:
        withdraw(deal, stage)
    opportunities.lose_opportunity(
        opportunity_id=stage.opportunity_id(deal),
        on=stage.on,
        because=deal.because.ja,
        by=stage.person(deal.owner),
        at=stage.at,
    )


def withdraw(deal: DealInPlay, stage: Stage) -> None:
    """Take the quote back."""
    quotes.withdraw_quote(
        quote_id=stage.quote_id(deal),
        because=deal.because.ja,
        on=stage.on,
        by=stage.person(deal.owner),
        at=stage.at,
    )


def accept(deal: DealInPlay, number: int, stage: Stage) -> None:
    """Note what the customer accepted (検収), or that a license was handed over."""
    line = stage.lines(deal)[number]
    accept_delivery(
        order_line_id=line.order_line_id,
        accepted_on=stage.on,
        evidence="納品確認" if line.terms.license_metric else "検収書受領",
        by=stage.the(Role.SALES_OPERATIONS),
        at=stage.at,
    )


def let_lapse(deal: DealInPlay, stage: Stage) -> None:
    """Note that the customer does not go on."""
    renewals.let_lapse(
        renewal_id=stage.renewal(deal).id,
        because=deal.because.ja,
        on=stage.on,
        by=stage.person(deal.owner),
        at=stage.at,
    )
    stage.follow()


def _request(deal: DealInPlay, stage: Stage) -> RequestDetail:
    (request,) = list_requests(stage.the(Role.AUDITOR), subject=(QUOTE, stage.quote_id(deal)))
    return get_request(stage.the(Role.AUDITOR), request.id)


def _next_to_decide(deal: DealInPlay, asked: RequestDetail) -> ItemView | None:
    reached = {"first": 0, "second": 1}.get(deal.decision, 2)
    return next((item for item in asked.items if item.state is ItemState.OPEN and item.stage <= reached), None)


def _decision(deal: DealInPlay, item: ItemView) -> Decision:
    """Return the answer; only the CxO rejects or asks for something."""
    if item.role is not Role.CXO or deal.decision in {"approve", "second"}:
        return Decision.APPROVE
    return Decision.REJECT if deal.decision == "reject" else Decision.CONDITION


def _condition(deal: DealInPlay, stage: Stage) -> ConditionDraft:
    return ConditionDraft(ConditionKind(deal.decision), deal.because, stage.on + timedelta(days=CONDITION_DAYS))


def _send_approved(deal: DealInPlay, state: RequestState, stage: Stage) -> None:
    if deal.outcome in SENT and state is RequestState.APPROVED:
        quotes.send_quote(quote_id=stage.quote_id(deal), on=stage.on, by=stage.person(deal.owner), at=stage.at)


def _wanted(deal: DealInPlay, stage: Stage) -> list[LineWanted]:
    return [_line(line, deal, stage) for line in deal.lines]


def _line(line: LineInPlay, deal: DealInPlay, stage: Stage) -> LineWanted:
    product_id = stage.founded.products[line.product]
    terms = terms_of([product_id])[product_id]
    until = _until(deal, stage)
    served = terms.charge is ChargeKind.RECURRING or terms.license_metric
    listed = list_price_on(product_id, YEN, stage.on) * line.quantity
    return LineWanted(
        product_id=product_id,
        quantity=line.quantity,
        net_minor=_rounded(listed * (100 - line.discount), of=listed),
        service=Period(_starts_on(deal, stage), until) if served and until else None,
    )


def _rounded(hundredths: int, *, of: int) -> int:
    """Return what is asked for in full hundreds of yen, at most the list price: a discount is never above its rate."""
    return min(-(-hundredths // 10_000) * 100, of)


def _starts_on(deal: DealInPlay, stage: Stage) -> date:
    assert deal.starts is not None, "what is quoted begins on a day"
    return stage.calendar.written(deal.starts)


def _until(deal: DealInPlay, stage: Stage) -> date | None:
    return add_months(_starts_on(deal, stage), deal.months) if deal.months else None


def _expected_on(deal: DealInPlay, stage: Stage) -> date:
    if deal.closed is None:
        return stage.on + timedelta(days=EXPECTED_DAYS)
    return stage.calendar.written(deal.closed)
