"""Verbs that end a quote without a yes: withdraw, expire."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F

from kanjo.domains.quotes.facts import QuoteClosed, QuoteState
from kanjo.domains.quotes.models import Quote, QuoteVersion
from kanjo.domains.quotes.operations.steps import (
    ANSWERED,
    MAKERS,
    current,
    locked_for,
    move,
    refuse_under_approval,
)
from kanjo.domains.quotes.queries import QUOTE
from kanjo.domains.quotes.rules.stages import ReasonMissing
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, QuoteId, QuoteVersionId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import apart
from kanjo.platform.worklist.operations import close, put

EXPIRE_FAILED = "quotes.expire.failed"
_NOT_EXPIRED = Text(
    en="Quote {number} could not be closed as expired: {error}",
    ja="見積{number}を期限切れにできませんでした: {error}",
)


@verb("quotes.withdraw", *MAKERS)
def withdraw_quote(*, quote_id: QuoteId, because: str, on: date, by: Actor, at: datetime) -> None:
    """Take the quote back for good, with the reason. Refuses while a request is open: recall it first."""
    if not because.strip():
        raise ReasonMissing(at="because")
    quote = locked_for(quote_id, QuoteState.WITHDRAWN, by)
    version = current(quote)
    refuse_under_approval(quote, version.pk)
    _close(quote, QuoteVersionId(version.pk), QuoteState.WITHDRAWN, on=on, by=by, at=at)


@verb("quotes.expire", Role.SALES_OPERATIONS)
def expire_quotes(*, company_id: CompanyId, on: date, by: Actor, at: datetime, most: int = 1_000) -> list[QuoteId]:
    """Close the approved and sent quotes whose validity has passed on a day, at most so many, and return them.

    A second run finds none. Quotes that somebody else holds are left for the next run. One that fails waits on the
    queue of Sales Operations, and the others are closed.
    """
    over = QuoteVersion.objects.visible_to(by).filter(
        company_id=company_id,
        number=F("quote__version"),
        quote__state__in=[QuoteState.APPROVED, QuoteState.SENT],
        valid_until__lte=on,
    )
    locked = over.select_related("quote").select_for_update(of=("quote",), skip_locked=True).order_by("quote_id")[:most]
    closed = list[QuoteId]()
    for version in locked:
        try:
            with apart():
                _close(version.quote, QuoteVersionId(version.pk), QuoteState.EXPIRED, on=on, by=by, at=at)
        except Exception as failure:  # noqa: BLE001 - whatever fails is told, and tried again the next day
            _tell(version.quote, failure)
        else:
            closed.append(QuoteId(version.quote_id))
    return closed


def _tell(quote: Quote, failure: Exception) -> None:
    put(
        kind=EXPIRE_FAILED,
        subject=(QUOTE, quote.pk),
        company_id=CompanyId(quote.company_id),
        role=Role.SALES_OPERATIONS,
        why=_NOT_EXPIRED.filled(number=quote.number, error=f"{type(failure).__name__}: {failure}"[:500]),
    )


def _close(quote: Quote, version_id: QuoteVersionId, to: QuoteState, *, on: date, by: Actor, at: datetime) -> None:
    move(quote, to, on=on)
    close(kind=ANSWERED, subject=(QUOTE, quote.pk), by=by, at=at, dropped=True)
    close(kind=EXPIRE_FAILED, subject=(QUOTE, quote.pk), by=by, at=at)
    closed = QuoteClosed(
        company_id=CompanyId(quote.company_id),
        effective_on=on,
        quote_id=QuoteId(quote.pk),
        version_id=version_id,
        customer_id=CustomerId(quote.customer_id),
        state=to,
    )
    record(closed, by=by, at=at)
