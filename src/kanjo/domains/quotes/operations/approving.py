"""Verbs around approval: submit a version, note the approvers' answer."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.approvals.queries import RequestRow, find_request
from kanjo.domains.quotes.facts import QuoteAnswered, QuoteState, QuoteSubmitted
from kanjo.domains.quotes.models import Quote, QuoteVersion
from kanjo.domains.quotes.operations.steps import ANSWERED, MAKERS, agreed_offer, current, locked_for, move
from kanjo.domains.quotes.queries import QUOTE, facts_of
from kanjo.domains.quotes.rules.offering import refuse_past
from kanjo.domains.quotes.rules.stages import NotConcluded, refuse_unless_step
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, PersonId, QuoteId, QuoteVersionId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record
from kanjo.platform.worklist.operations import close, put

_ANSWERS = {
    RequestState.APPROVED: Text(
        en="Quote {number} is approved: send it to the customer.",
        ja="見積{number}が承認されました。顧客に提示してください。",
    ),
    RequestState.CONDITIONAL: Text(
        en="Quote {number} is approved with conditions: see that they are met.",
        ja="見積{number}が条件付きで承認されました。条件を満たしてください。",
    ),
    RequestState.REJECTED: Text(
        en="Quote {number} is rejected: revise or withdraw it.",
        ja="見積{number}が否認されました。改訂または取下げを行ってください。",
    ),
}


@verb("quotes.submit", Role.SALES_REP, Role.RENEWAL_REP, Role.SALES_MANAGER, Role.SALES_OPERATIONS)
def submit_quote(*, quote_id: QuoteId, on: date, by: Actor, at: datetime) -> QuoteSubmitted:
    """Hand the current version in for approval and return what approval looks at.

    Refuses a quote that is no draft, one whose validity has passed, and terms that differ from their digest.
    """
    quote = locked_for(quote_id, QuoteState.SUBMITTED, by)
    version = current(quote)
    offer = agreed_offer(version)
    refuse_past(offer.valid_until, on=on)
    move(quote, QuoteState.SUBMITTED, on=on)
    company_id, version_id = CompanyId(quote.company_id), QuoteVersionId(version.pk)
    facts = facts_of(offer, company_id=company_id, quote_id=quote_id, version_id=version_id)
    submitted = QuoteSubmitted(
        company_id=company_id,
        effective_on=on,
        quote_id=quote_id,
        number=quote.number,
        version_id=version_id,
        customer_id=facts.customer_id,
        digest=facts.digest,
        currency=facts.currency,
        list_total_minor=facts.list_total_minor,
        total_minor=facts.net_total_minor,
        discount=facts.discount,
        term_months=facts.term_months,
        payment_days=facts.payment_days,
    )
    return record(submitted, by=by, at=at)


@verb("quotes.note-approval", *MAKERS, Role.APPROVER, Role.CXO, Role.CFO, Role.CLO, Role.LEGAL, Role.REV_REC)
def note_approval(
    *, quote_id: QuoteId, version_id: QuoteVersionId, outcome: str, by: Actor, at: datetime, on: date
) -> QuoteState:
    """Take over the approvers' answer and return where the quote stands.

    The request itself is asked: an answer it does not hold for exactly these terms is refused, so nobody can note an
    approval that was not given. An answer that was noted before, or is about a version that is no longer current,
    changes nothing: it stays with its request. The drafter finds the answer in its queue.
    """
    quote = Quote.objects.locked(quote_id, by)
    version = current(quote)
    if version.pk != version_id:
        return QuoteState(quote.state)
    request = _answered(version, outcome)
    state, before = QuoteState(request.state), QuoteState(quote.state)
    if before in {state, QuoteState.SENT, QuoteState.ACCEPTED, QuoteState.EXPIRED, QuoteState.WITHDRAWN}:
        return before
    refuse_unless_step(quote.number, before, state)
    move(quote, state, on=on)
    _tell_drafter(quote, request, again=before is QuoteState.CONDITIONAL, by=by, at=at)
    answered = QuoteAnswered(
        company_id=CompanyId(quote.company_id),
        effective_on=on,
        quote_id=quote_id,
        version_id=version_id,
        customer_id=CustomerId(quote.customer_id),
        outcome=state,
    )
    record(answered, by=by, at=at)
    return state


def _answered(version: QuoteVersion, outcome: str) -> RequestRow:
    """Return the request that holds the answer; a conditional one may have become an approval since."""
    request = find_request(subject=(QUOTE, version.quote_id), version_id=version.pk)
    holds = {outcome, RequestState.APPROVED} if outcome == RequestState.CONDITIONAL else {outcome}
    if outcome not in _ANSWERS or request is None or request.state not in holds or request.digest != version.digest:
        raise NotConcluded(number=version.quote.number, outcome=outcome)
    return request


def _tell_drafter(quote: Quote, request: RequestRow, *, again: bool, by: Actor, at: datetime) -> None:
    if again:
        close(kind=ANSWERED, subject=(QUOTE, quote.pk), by=by, at=at)
    put(
        kind=ANSWERED,
        subject=(QUOTE, quote.pk),
        company_id=CompanyId(quote.company_id),
        role=Role.SALES_REP,
        why=_ANSWERS[request.state].filled(number=quote.number),
        owner_id=PersonId(quote.drafted_by_id),
    )
