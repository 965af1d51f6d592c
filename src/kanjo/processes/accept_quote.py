"""The customer says yes: one act turns the sent quote into contract, order, plans, obligations and licenses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kanjo.domains.approvals.queries import find_request
from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.catalog.facts import ChargeKind, UsageTerms
from kanjo.domains.contracts import operations as contracts
from kanjo.domains.licenses import operations as licenses
from kanjo.domains.licenses.facts import LineToGrant
from kanjo.domains.opportunities import operations as opportunities
from kanjo.domains.orders import operations as orders
from kanjo.domains.orders.facts import BookedLine, BookedOrder, LineToBook
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.quotes.facts import AcceptedOffer, OfferLine
from kanjo.domains.renewals import operations as renewals
from kanjo.domains.renewals.queries import find_quoted
from kanjo.domains.revenue import operations as revenue
from kanjo.domains.revenue.facts import LineToRecognise
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ApprovalRequestId, CompanyId, ContractId, FileId, OrderId, PersonId, PolicyId, QuoteId
from kanjo.foundation.money import Money
from kanjo.processes.ask_approval import QUOTE


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """The file the customer signed, and the digest of its bytes."""

    file_id: FileId
    digest: str


@dataclass(frozen=True, slots=True)
class ConcludedDeal:
    """What an accepted quote became."""

    contract_id: ContractId
    order_id: OrderId
    order_number: str
    lines: tuple[BookedLine, ...]


def accept_quote(
    *,
    quote_id: QuoteId,
    company_id: CompanyId,
    signed: SignedPaper,
    owner_id: PersonId,
    po_number: str = "",
    on: date,
    by: Actor,
    at: datetime,
) -> ConcludedDeal:
    """Turn the accepted quote into a contract, an order and all that follows from it, in one transaction.

    A renewal that the quote offered is renewed by the contract.
    """
    offer = quotes.accept_quote(quote_id=quote_id, on=on, by=by, at=at)
    opportunities.win_opportunity(
        opportunity_id=offer.opportunity_id, on=on, value=Money(offer.total_minor, offer.currency), by=by, at=at
    )
    contract_id = contracts.conclude(
        company_id=company_id,
        customer_id=offer.customer_id,
        quote_id=quote_id,
        version_id=offer.version_id,
        approval_request_id=_approval_of(offer),
        currency=offer.currency,
        total_minor=offer.total_minor,
        payment_terms=offer.payment_terms,
        starts_on=offer.starts_on,
        until=offer.until,
        signed_file_id=signed.file_id,
        signed_digest=signed.digest,
        owner_id=owner_id,
        by=by,
        at=at,
        on=on,
    )
    order = orders.book(
        company_id=company_id,
        contract_id=contract_id,
        customer_id=offer.customer_id,
        payer_id=offer.customer_id,
        quote_version_id=offer.version_id,
        currency=offer.currency,
        payment_terms=offer.payment_terms,
        lines=[_to_book(line) for line in offer.lines],
        ordered_on=on,
        po_number=po_number,
        prorated=offer.billing.anchor_on is not None,
        by=by,
        at=at,
    )
    _plan_what_follows(offer, order, company_id=company_id, contract_id=contract_id, on=on, by=by, at=at)
    renewal_id = find_quoted(by, quote_id)
    if renewal_id is not None:
        renewals.renew(renewal_id=renewal_id, contract_id=contract_id, on=on, by=by, at=at)
    return ConcludedDeal(contract_id, order.order_id, order.number, order.lines)


def _approval_of(offer: AcceptedOffer) -> ApprovalRequestId:
    """Return the request that approved exactly this version; a sent version has one."""
    request = find_request(subject=(QUOTE, offer.quote_id), version_id=offer.version_id)
    assert request is not None, "a quote is only sent when it was approved"
    return request.id


def _plan_what_follows(
    offer: AcceptedOffer,
    order: BookedOrder,
    *,
    company_id: CompanyId,
    contract_id: ContractId,
    on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Plan the billing, open the obligations and grant the licenses of a booked order."""
    billing.plan(
        company_id=company_id,
        customer_id=offer.customer_id,
        payer_id=offer.customer_id,
        order_id=order.order_id,
        contract_id=contract_id,
        currency=offer.currency,
        payment_terms=offer.payment_terms,
        lines=[
            _to_bill(line, on, offer.billing.anchor_on, offered.usage)
            for line, offered in zip(order.lines, offer.lines, strict=True)
        ],
        policy=PolicyId(offer.billing.policy),
        by=by,
        at=at,
        on=on,
    )
    revenue.open_obligations(
        company_id=company_id,
        contract_id=contract_id,
        order_id=order.order_id,
        customer_id=offer.customer_id,
        currency=offer.currency,
        lines=[_to_recognise(line) for line in order.lines],
        on=on,
        by=by,
        at=at,
    )
    licenses.write_grants(
        company_id=company_id,
        customer_id=offer.customer_id,
        contract_id=contract_id,
        order_id=order.order_id,
        lines=[_to_grant(line) for line in order.lines],
        on=on,
        by=by,
        at=at,
    )


def _to_book(line: OfferLine) -> LineToBook:
    return LineToBook(line.terms, line.quantity, line.list_minor, line.net_minor, line.total_minor, line.service)


def _to_bill(line: BookedLine, on: date, anchor_on: date | None, usage: UsageTerms | None) -> LineToBill:
    return LineToBill(
        order_line_id=line.order_line_id,
        description=line.terms.name,
        charge=line.terms.charge,
        timing=line.terms.timing,
        interval_months=line.terms.interval_months,
        interval_days=line.terms.interval_days,
        net_minor=line.net_minor,
        tax_class=line.terms.tax_class,
        service=line.service,
        quantity=line.quantity,
        due_from=line.service.start if line.service else on,
        anchor_on=anchor_on if line.terms.charge is ChargeKind.RECURRING else None,
        usage=usage,
    )


def _to_recognise(line: BookedLine) -> LineToRecognise:
    return LineToRecognise(
        order_line_id=line.order_line_id,
        recognition=line.terms.recognition,
        total_minor=line.total_minor,
        service=line.service,
    )


def _to_grant(line: BookedLine) -> LineToGrant:
    return LineToGrant(
        order_line_id=line.order_line_id,
        product_id=line.terms.product_id,
        metric=line.terms.license_metric,
        quantity=line.quantity,
        valid=line.service,
    )
