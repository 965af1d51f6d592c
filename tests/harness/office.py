"""A Japanese selling company at work: its people, two products, and the days of its stream through the real processes.

Every act is one transaction, as at the doors; each happens at nine in the morning of its business day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.domains.approvals import operations as approvals
from kanjo.domains.approvals.facts import Decision, ItemState
from kanjo.domains.approvals.queries import STANDARD_ROWS, get_request
from kanjo.domains.catalog.operations import set_tax_rate
from kanjo.domains.opportunities.operations import open_opportunity
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.receivables import operations as receivables
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    ApprovalItemId,
    ApprovalRequestId,
    CompanyId,
    CustomerId,
    InvoiceId,
    OpportunityId,
    ProductId,
    QuoteId,
)
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.platform.files.operations import digest_of
from kanjo.platform.identity.queries import house
from kanjo.processes import bill
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.accept_quote import ConcludedDeal, SignedPaper, accept_quote
from kanjo.processes.ask_approval import decide_item, submit_quote
from kanjo.processes.demonstration import TAX_RATES
from kanjo.processes.draft_offer import LineWanted, draft_offer
from kanjo.processes.recognise import recognise
from kanjo.processes.take_bank_file import TakenFile, take_bank_file
from tests.builders import A_YEAR, NOW, a_box, a_company, a_product, an_actor, lock_books

TERMS = "close:31:1:31:none"
FEE = 660
"""What the payers' banks deduct from a transfer, in yen."""
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)

_numbers = count(1)


def morning(on: date) -> datetime:
    """Return nine o'clock of that day in Tokyo."""
    return datetime.combine(on, time(9), ZoneInfo("Asia/Tokyo"))


@dataclass(frozen=True)
class Office:
    """The company, its products (monthly per user; a box, on acceptance) and the people of the stream."""

    company_id: CompanyId
    cloud: ProductId
    box: ProductId
    rep: Actor
    cxo: Actor
    cfo: Actor
    deal_management: Actor
    receivables: Actor
    rev_rec: Actor
    deputy: Actor
    """Another CxO, with the same rights."""
    founder: Actor
    """A person of a small company who sells and approves, but never the same deal."""
    stranger: Actor
    """A CxO of another company."""

    @transaction.atomic
    def opportunity(self, customer_id: CustomerId, *, on: date = APRIL) -> OpportunityId:
        """Open a deal."""
        return open_opportunity(
            company_id=self.company_id,
            customer_id=customer_id,
            product_id=self.cloud,
            owner_id=self.rep.id,
            name="クラウド導入",
            external_key="",
            engaged_on=on,
            currency="JPY",
            on=on,
            by=self.rep,
            at=morning(on),
        )

    @transaction.atomic
    def quote(
        self,
        customer_id: CustomerId,
        wanted: Sequence[LineWanted],
        *,
        on: date = APRIL,
        until: date = A_YEAR.until,
        by: Actor | None = None,
    ) -> QuoteId:
        """Draft a quote over a year, or until another day; it is valid as long."""
        return draft_offer(
            company_id=self.company_id,
            opportunity_id=self.opportunity(customer_id, on=on),
            customer_id=customer_id,
            currency="JPY",
            wanted=wanted,
            payment_terms=TERMS,
            starts_on=on,
            until=until,
            valid_until=until,
            by=by or self.rep,
            at=morning(on),
            on=on,
        )

    def users(self, number: int, net_minor: int | None = None, *, service: Period | None = A_YEAR) -> LineWanted:
        """Return so many users of the cloud, for *net_minor* a month where it is not the list price."""
        return LineWanted(self.cloud, number, net_minor, service)

    def boxes(self, number: int, net_minor: int | None = None) -> LineWanted:
        """Return so many boxes."""
        return LineWanted(self.box, number, net_minor)

    @transaction.atomic
    def submit(self, quote_id: QuoteId, *, on: date = APRIL, by: Actor | None = None) -> ApprovalRequestId:
        """Hand the quote in."""
        return submit_quote(quote_id=quote_id, on=on, by=by or self.rep, at=morning(on))

    def open_items(self, request_id: ApprovalRequestId) -> list[ApprovalItemId]:
        """Return the items that wait for an answer."""
        return [item.id for item in get_request(self.cxo, request_id).items if item.state is ItemState.OPEN]

    @transaction.atomic
    def approve(self, request_id: ApprovalRequestId, *, on: date = APRIL) -> None:
        """Let the CxO agree to all that waits."""
        for item_id in self.open_items(request_id):
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=on, by=self.cxo, at=morning(on))

    @transaction.atomic
    def send(self, quote_id: QuoteId, *, on: date = APRIL) -> SignedPaper:
        """Send the quotation, and get it back signed."""
        file_id = quotes.send_quote(quote_id=quote_id, on=on, by=self.rep, at=morning(on))
        return SignedPaper(file_id, digest_of(file_id, by=self.rep))

    @transaction.atomic
    def accept(self, quote_id: QuoteId, signed: SignedPaper, *, on: date = APRIL) -> ConcludedDeal:
        """Conclude and book what the customer accepted."""
        return accept_quote(
            quote_id=quote_id,
            company_id=self.company_id,
            signed=signed,
            owner_id=self.rep.id,
            on=on,
            by=self.deal_management,
            at=morning(on),
        )

    def sell(
        self, customer_id: CustomerId, wanted: Sequence[LineWanted], *, on: date = APRIL, until: date = A_YEAR.until
    ) -> ConcludedDeal:
        """Quote, approve, send and book."""
        quote_id = self.quote(customer_id, wanted, on=on, until=until)
        self.approve(self.submit(quote_id, on=on), on=on)
        return self.accept(quote_id, self.send(quote_id, on=on), on=on)

    @transaction.atomic
    def deliver(self, order_line_id: Any, *, on: date) -> None:
        """Note the customer's acceptance (検収)."""
        accept_delivery(order_line_id=order_line_id, accepted_on=on, by=self.deal_management, at=morning(on))

    def bill(self, on: date) -> dict[str, Any]:
        """Bill a day, approved by a second person."""
        return bill.bill_day(
            company_id=self.company_id,
            on=on,
            because="月次請求",
            by=self.receivables,
            approved_by=self.rev_rec,
            at=morning(on),
        )

    @transaction.atomic
    def credit(self, invoice_id: InvoiceId, *, on: date) -> InvoiceId:
        """Give an invoice back."""
        return bill.credit_invoice(
            company_id=self.company_id,
            invoice_id=invoice_id,
            on=on,
            because="誤請求",
            by=self.receivables,
            at=morning(on),
        )

    def line(self, amount: int, *, on: date, payer: str = "", text: str = "", cancels: bool = False) -> BankLine:
        """Return a line of a bank statement with a reference of its own: money that arrives, or goes again (組戻し)."""
        return BankLine(
            line=1,
            bank_reference=f"T{next(_numbers):06d}",
            booked_on=on,
            value_on=on,
            amount=Money(amount, "JPY"),
            payer_name=payer,
            text=text,
            cancels=cancels,
        )

    def bank(self, lines: Sequence[BankLine], *, on: date) -> TakenFile:
        """Take in a bank file of these lines, and match it."""
        return self.bank_again(write_statement(self.statement(lines, on=on)), on=on)

    def statement(self, lines: Sequence[BankLine], *, on: date) -> BankStatement:
        """Return a bank statement of these lines."""
        return BankStatement(
            account="0001-123-1-1234567",
            holder="Kanjo K.K.",
            currency="JPY",
            from_on=min(line.value_on for line in lines),
            to_on=on,
            lines=tuple(lines),
        )

    @transaction.atomic
    def bank_again(self, content: bytes, *, on: date) -> TakenFile:
        """Take in these bytes."""
        return take_bank_file(
            company_id=self.company_id, content=content, name="nyukin.csv", on=on, by=self.receivables, at=morning(on)
        )

    def recognise(self, until: date) -> int:
        """Post what is earned before that day."""
        return recognise(
            company_id=self.company_id, until=until, by=self.rev_rec, approved_by=self.receivables, at=morning(until)
        )

    @transaction.atomic
    def lock(self, month: date) -> None:
        """Let the CFO lock the books of a month, and those before it first, on the morning after."""
        lock_books(self.company_id, through=month, by=self.cfo)


@transaction.atomic
def an_office(code: str = "kanjo-jp") -> Office:
    """Found the company, with its tax rates, its matrix in force, its known bank fee and one person per function."""
    company_id = a_company(code)
    for tax_class, rate, day in TAX_RATES:
        set_tax_rate(tax_class=tax_class, rate=rate, effective_on=day, by=house(), at=NOW)
    people = {role: an_actor(role, companies=[company_id], name=role.value) for role in _ROLES}
    matrix_id = approvals.draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=people[Role.CXO], at=NOW)
    approvals.activate_matrix(matrix_id=matrix_id, effective_from=APRIL, on=APRIL, by=people[Role.CFO], at=NOW)
    receivables.note_fee(company_id=company_id, currency="JPY", amount_minor=FEE, by=people[Role.RECEIVABLES], at=NOW)
    return Office(
        company_id=company_id,
        cloud=a_product(company_id, f"{code}-CLOUD"),
        box=a_box(company_id, f"{code}-BOX"),
        rep=people[Role.SALES_REP],
        cxo=people[Role.CXO],
        cfo=people[Role.CFO],
        deal_management=people[Role.DEAL_MANAGEMENT],
        receivables=people[Role.RECEIVABLES],
        rev_rec=people[Role.REV_REC],
        deputy=an_actor(Role.CXO, companies=[company_id], name="deputy"),
        founder=an_actor(Role.SALES_REP, Role.CXO, companies=[company_id], name="founder"),
        stranger=an_actor(Role.CXO, name="stranger"),
    )


_ROLES = (Role.SALES_REP, Role.CXO, Role.CFO, Role.DEAL_MANAGEMENT, Role.RECEIVABLES, Role.REV_REC)
