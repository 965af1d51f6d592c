"""What every verb on a quote does first and last: lock it where it may go on, and put it in its new state."""

from __future__ import annotations

from datetime import date

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.approvals.queries import find_request
from kanjo.domains.quotes.facts import Offer, QuoteState
from kanjo.domains.quotes.models import Quote, QuoteVersion
from kanjo.domains.quotes.queries import QUOTE, offer_of
from kanjo.domains.quotes.rules.stages import RequestOpen, TermsDiffer, digest_of, refuse_unless_step
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import QuoteId

MAKERS = (Role.SALES_REP, Role.RENEWAL_REP, Role.SALES_MANAGER, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)
ANSWERED = "quotes.answered"
"""The work that an approvers' answer is for whoever drafted the quote."""


def locked_for(quote_id: QuoteId, to: QuoteState, by: Actor) -> Quote:
    """Lock the quote; refuse `NotFound`, and `WrongState` when it cannot go to *to*."""
    quote = Quote.objects.locked(quote_id, by)
    refuse_unless_step(quote.number, QuoteState(quote.state), to)
    return quote


def move(quote: Quote, to: QuoteState, *, on: date) -> None:
    """Put the quote in its new state."""
    quote.state, quote.state_on = to, on
    quote.save(update_fields=["state", "state_on"])


def current(quote: Quote) -> QuoteVersion:
    """Return the current version of a quote that was locked."""
    version = QuoteVersion.objects.get(quote=quote, number=quote.version)
    version.quote = quote
    return version


def agreed_offer(version: QuoteVersion) -> Offer:
    """Return the offer of a version read from its rows; refuse `TermsDiffer` when it is not what its digest covers."""
    offer = offer_of(version)
    if digest_of(offer) != version.digest:
        raise TermsDiffer(number=version.quote.number, version=version.number)
    return offer


def refuse_under_approval(quote: Quote, version_id: int) -> None:
    """Refuse `RequestOpen` while approvers look at the version or wait for conditions."""
    if quote.state not in {QuoteState.SUBMITTED, QuoteState.CONDITIONAL}:
        return
    request = find_request(subject=(QUOTE, quote.pk), version_id=version_id)
    if request is not None and request.state in {RequestState.OPEN, RequestState.CONDITIONAL}:
        raise RequestOpen(number=quote.number, request=request.id)
