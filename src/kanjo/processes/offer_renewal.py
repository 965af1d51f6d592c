"""A renewal is offered by a quote; where that was withdrawn, another takes its place."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.queries import get_quote
from kanjo.domains.renewals import operations as renewals
from kanjo.domains.renewals.facts import RenewalQuoted
from kanjo.domains.renewals.queries import RenewalRow, get_renewal
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import QuoteId, RenewalId


def offer_renewal(*, renewal_id: RenewalId, quote_id: QuoteId, on: date, by: Actor, at: datetime) -> RenewalQuoted:
    """Note the quote that offers the next term, in the place of one that was withdrawn."""
    before = withdrawn(get_renewal(by, renewal_id), by=by)
    return renewals.quote_renewal(renewal_id=renewal_id, quote_id=quote_id, instead_of=before, on=on, by=by, at=at)


def withdrawn(row: RenewalRow, *, by: Actor) -> QuoteId | None:
    """Return the quote of a renewal that nobody can accept any more, None where it has none or it still stands."""
    if row.quote_id is None or get_quote(by, row.quote_id).row.state is not QuoteState.WITHDRAWN:
        return None
    return row.quote_id
