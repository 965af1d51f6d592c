"""Deals that tests stand on: an agreed version of a quote, the contract it became, the order booked under it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db import transaction

from kanjo.domains.approvals.facts import MatrixState
from kanjo.domains.approvals.models import Matrix
from kanjo.domains.approvals.operations import activate_matrix, draft_matrix
from kanjo.domains.approvals.queries import STANDARD_ROWS
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.operations import amend_contract, conclude
from kanjo.domains.opportunities.operations import open_opportunity
from kanjo.domains.orders.facts import BookedLine, BookedOrder, LineToBook
from kanjo.domains.orders.operations import book
from kanjo.domains.quotes.facts import OfferLine
from kanjo.domains.quotes.models import QuoteVersion
from kanjo.domains.quotes.operations import draft_quote
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    AmendmentId,
    ApprovalRequestId,
    CompanyId,
    ContractId,
    CustomerId,
    FileId,
    QuoteId,
    QuoteVersionId,
)
from kanjo.foundation.periods import Period, add_months
from kanjo.platform.files.operations import store
from kanjo.platform.identity.queries import house
from kanjo.processes.ask_approval import submit_quote
from tests.builders import A_YEAR, NOW, TODAY, a_line, a_product, an_actor

__all__ = [
    "PAYMENT_TERMS",
    "AmendmentKind",
    "Approved",
    "BookedLine",
    "Deal",
    "LineToBook",
    "a_contract",
    "a_deal",
    "a_signed_paper",
    "an_amendment",
    "an_approved_version",
]
"""The rows of an order stand here too: what other stages are tested on comes from here, not from their neighbour."""

PAYMENT_TERMS = "close:31:1:31:none"

_numbers = count(1)


@dataclass(frozen=True)
class Approved:
    """A version of a quote that was approved, and by which request."""

    company_id: CompanyId
    customer_id: CustomerId
    quote_id: QuoteId
    version_id: QuoteVersionId
    request_id: ApprovalRequestId


@dataclass(frozen=True)
class Deal:
    """A concluded contract with its order."""

    customer_id: CustomerId
    contract_id: ContractId
    order: BookedOrder


@transaction.atomic
def an_approved_version(
    company_id: CompanyId, customer_id: CustomerId, lines: Sequence[LineToBook] = (), *, term: Period = A_YEAR
) -> Approved:
    """Draft a quote of *lines* at list price, by default a year for ten users, and bring it through its approval."""
    _put_matrix_in_force(company_id)
    agreed = lines or [a_line(a_product(company_id), service=term)]
    opportunity_id = open_opportunity(
        company_id=company_id,
        customer_id=customer_id,
        product_id=agreed[0].terms.product_id,
        owner_id=house().id,
        name="クラウド導入",
        external_key=f"deal-{next(_numbers)}",
        engaged_on=TODAY,
        currency="JPY",
        by=house(),
        at=NOW,
    )
    quote_id = draft_quote(
        company_id=company_id,
        opportunity_id=opportunity_id,
        customer_id=customer_id,
        currency="JPY",
        lines=[_offered(line) for line in agreed],
        payment_terms=PAYMENT_TERMS,
        starts_on=term.start,
        until=term.until,
        valid_until=add_months(TODAY, 1),
        by=house(),
        at=NOW,
        on=TODAY,
    )
    request_id = submit_quote(quote_id=quote_id, on=TODAY, by=house(), at=NOW)
    version_id = QuoteVersionId(QuoteVersion.objects.values_list("pk", flat=True).get(quote_id=quote_id))
    return Approved(company_id, customer_id, quote_id, version_id, request_id)


def _put_matrix_in_force(company_id: CompanyId) -> None:
    if Matrix.objects.filter(company_id=company_id, state=MatrixState.ACTIVE).exists():
        return
    maker, other = an_actor(Role.APPROVER, companies=[company_id]), an_actor(Role.CXO, companies=[company_id])
    matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
    activate_matrix(matrix_id=matrix_id, effective_from=TODAY, on=TODAY, by=other, at=NOW)


def _offered(line: LineToBook) -> OfferLine:
    return OfferLine(line.terms, line.quantity, line.list_minor, line.net_minor, line.total_minor, line.service)


def a_signed_paper(company_id: CompanyId, content: bytes = b"%PDF-1.7 signed by both sides") -> tuple[FileId, str]:
    """Store a signed contract and return it with its digest."""
    file_id = store(content=content, name="契約書.pdf", media_type="application/pdf", company_id=company_id, by=house())
    return file_id, hashlib.sha256(content).hexdigest()


@transaction.atomic
def a_contract(
    approved: Approved,
    *,
    total_minor: int = 120_000,
    term: Period = A_YEAR,
    runs_on: bool = False,
    notice_days: int = 90,
    owner: Actor | None = None,
    on: date = TODAY,
) -> ContractId:
    """Conclude what was approved for *term*; with *runs_on* it has no end."""
    file_id, digest = a_signed_paper(approved.company_id)
    return conclude(
        company_id=approved.company_id,
        customer_id=approved.customer_id,
        quote_id=approved.quote_id,
        version_id=approved.version_id,
        approval_request_id=approved.request_id,
        currency="JPY",
        total_minor=total_minor,
        payment_terms=PAYMENT_TERMS,
        starts_on=term.start,
        until=None if runs_on else term.until,
        notice_days=notice_days,
        signed_file_id=file_id,
        signed_digest=digest,
        owner_id=(owner or house()).id,
        by=house(),
        at=NOW,
        on=on,
    )


@transaction.atomic
def an_amendment(
    contract_id: ContractId,
    kind: AmendmentKind = AmendmentKind.CHANGE,
    *,
    effective_on: date = TODAY,
    total_minor: int = 0,
    withdraws: AmendmentId | None = None,
) -> AmendmentId:
    """Agree today to change the contract."""
    return amend_contract(
        contract_id=contract_id,
        kind=kind,
        effective_on=effective_on,
        concluded_on=TODAY,
        total_minor=total_minor,
        withdraws=withdraws,
        because="利用者の増加",
        by=house(),
        at=NOW,
    ).amendment_id


@transaction.atomic
def a_deal(
    company_id: CompanyId,
    customer_id: CustomerId,
    lines: Sequence[LineToBook],
    *,
    term: Period = A_YEAR,
    notice_days: int = 90,
    owner: Actor | None = None,
    on: date = TODAY,
    po_number: str = "",
) -> Deal:
    """Conclude a contract over *lines* and book its order on the same day."""
    approved = an_approved_version(company_id, customer_id, lines, term=term)
    total = sum(line.total_minor for line in lines)
    contract_id = a_contract(approved, total_minor=total, term=term, notice_days=notice_days, owner=owner, on=on)
    order = book(
        company_id=company_id,
        contract_id=contract_id,
        customer_id=customer_id,
        payer_id=customer_id,
        quote_version_id=approved.version_id,
        currency="JPY",
        payment_terms=PAYMENT_TERMS,
        po_number=po_number,
        lines=lines,
        ordered_on=on,
        by=house(),
        at=NOW,
    )
    return Deal(customer_id, contract_id, order)
