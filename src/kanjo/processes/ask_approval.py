"""A quote goes to its approvers, and their answer comes back to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.approvals import operations as approvals
from kanjo.domains.approvals.facts import ConditionDraft, DealFacts, Decision, RequestState
from kanjo.domains.approvals.queries import RequestRow, find_request, request_of
from kanjo.domains.customers.queries import get_customer
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.quotes.facts import QuoteSubmitted
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ApprovalItemId, ApprovalRequestId, QuoteId, QuoteVersionId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text

QUOTE = "quotes_quote"
ANSWERS = (RequestState.APPROVED, RequestState.CONDITIONAL, RequestState.REJECTED)


def submit_quote(*, quote_id: QuoteId, on: date, by: Actor, at: datetime) -> ApprovalRequestId:
    """Hand a quote in and ask along its path; where nobody needs to be asked, it is approved at once."""
    submitted = quotes.submit_quote(quote_id=quote_id, on=on, by=by, at=at)
    request_id = approvals.open_request(facts=_deal_of(submitted), makers=[(QUOTE, quote_id)], on=on, by=by, at=at)
    request = find_request(subject=(QUOTE, quote_id), version_id=submitted.version_id)
    if request is not None:
        _tell_quote(request, on=on, by=by, at=at)
    return request_id


def decide_item(
    *,
    item_id: ApprovalItemId,
    decision: Decision,
    conditions: Sequence[ConditionDraft] = (),
    comment: str = "",
    on: date,
    by: Actor,
    at: datetime,
) -> RequestState:
    """Answer one item; when that answers the whole request, the quote learns it in the same transaction."""
    state = approvals.decide_item(
        item_id=item_id, decision=decision, conditions=conditions, comment=comment, on=on, by=by, at=at
    )
    _tell_quote(request_of(item_id=item_id), on=on, by=by, at=at)
    return state


def meet_condition(*, condition_id: int, proof: str, on: date, by: Actor, at: datetime) -> RequestState:
    """Note that a condition is met; the last one makes the quote approved."""
    state = approvals.meet_condition(condition_id=condition_id, proof=proof, on=on, by=by, at=at)
    _tell_quote(request_of(condition_id=condition_id), on=on, by=by, at=at)
    return state


def _deal_of(submitted: QuoteSubmitted) -> DealFacts:
    """Return what a submitted quote asks approval for."""
    return DealFacts(
        subject=(QUOTE, submitted.quote_id),
        version_id=submitted.version_id,
        digest=submitted.digest,
        company_id=submitted.company_id,
        customer_id=submitted.customer_id,
        currency=submitted.currency,
        list_total_minor=submitted.list_total_minor,
        net_total_minor=submitted.total_minor,
        discount=submitted.discount,
        term_months=submitted.term_months,
        payment_days=submitted.payment_days,
        called=_called(submitted),
    )


def _called(submitted: QuoteSubmitted) -> Text:
    """Return the deal as an approver knows it: number, customer and amount."""
    customer = get_customer(submitted.customer_id)
    total = Money(submitted.total_minor, submitted.currency)
    return Text(
        en=f"{submitted.number}, {customer.name_en or customer.name}, {total.shown('en')}",
        ja=f"{submitted.number}　{customer.name}　{total.shown('ja')}",
    )


def _tell_quote(request: RequestRow, *, on: date, by: Actor, at: datetime) -> None:
    if request.subject[0] == QUOTE and request.state in ANSWERS:
        quotes.note_approval(
            quote_id=QuoteId(request.subject[1]),
            version_id=QuoteVersionId(request.version_id),
            outcome=request.state.value,
            by=by,
            at=at,
            on=on,
        )
