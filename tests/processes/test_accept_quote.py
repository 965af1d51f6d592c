"""The customer says yes: one act, all that follows, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.approvals.queries import find_request
from kanjo.domains.billing import queries as billing
from kanjo.domains.contracts.queries import find_contract_of_quote, get_contract
from kanjo.domains.licenses.queries import list_grants
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.domains.orders import queries as orders
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.queries import get_quote
from kanjo.domains.revenue.queries import list_obligations
from kanjo.foundation.ids import QuoteId
from kanjo.foundation.periods import add_months
from kanjo.foundation.refusals import Refusal
from kanjo.platform.acts import NotYourRole
from kanjo.processes.accept_quote import SignedPaper, accept_quote
from kanjo.processes.ask_approval import QUOTE
from kanjo.processes.preview_offer import planned_charges
from tests.builders import A_YEAR, a_customer
from tests.harness.office import APRIL, TERMS, Office, an_office, morning
from tests.processes.end_state import end_state, rows

pytestmark = pytest.mark.django_db

TEN_USERS_MINOR = 9_000
"""A month for ten users, with ten percent off."""
TOTAL_MINOR = 12 * TEN_USERS_MINOR + 2 * 50_000


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def quote_id(office: Office) -> QuoteId:
    """Ten users for a year with a discount, and two boxes: approved by the CxO."""
    quote_id = office.quote(a_customer(), [office.users(10, TEN_USERS_MINOR), office.boxes(2)])
    office.approve(office.submit(quote_id))
    return quote_id


@pytest.fixture
def signed(office: Office, quote_id: QuoteId) -> SignedPaper:
    """The quotation, sent and signed."""
    return office.send(quote_id)


class TestAccept:
    @pytest.mark.row("BIL-1")
    def test_a_yes_is_contract_order_plans_obligations_and_licenses(
        self, office: Office, quote_id: QuoteId, signed: SignedPaper
    ) -> None:
        """In one act, each from the version that the customer signed."""
        deal = office.accept(quote_id, signed)
        quote = get_quote(office.rep, quote_id)
        contract = get_contract(office.rep, deal.contract_id)
        order = orders.get_order(office.rep, deal.order_id)
        assert quote.row.state is QuoteState.ACCEPTED
        assert (contract.number, contract.total_minor, contract.payment_terms) == ("C-2026-000001", TOTAL_MINOR, TERMS)
        assert (contract.starts_on, contract.until, contract.owner_id) == (APRIL, A_YEAR.until, office.rep.id)
        assert (contract.quote_version_id, contract.signed_digest) == (quote.row.version_id, signed.digest)
        assert (order.number, order.total_minor, order.ordered_on) == ("O-2026-000001", TOTAL_MINOR, APRIL)
        assert [(line.terms.code, line.quantity, line.net_minor, line.total_minor) for line in deal.lines] == [
            ("kanjo-jp-CLOUD", 10, 9_000, 108_000),
            ("kanjo-jp-BOX", 2, 100_000, 100_000),
        ]
        assert [(row.price_minor, row.recognised_minor) for row in list_obligations(office.rev_rec)] == [
            (100_000, 0),
            (108_000, 0),
        ]
        assert [(row.metric, row.quantity, row.until) for row in list_grants(office.rep)] == [
            ("user", 10, A_YEAR.until)
        ]
        assert len(billing.charges_of_order(deal.order_id)) == 13

    @pytest.mark.row("SFA-3")
    def test_the_deal_is_won_by_its_order(self, office: Office, quote_id: QuoteId, signed: SignedPaper) -> None:
        """Nobody closes it by hand: it is won on the day of the yes, at the value of the contract."""
        opportunity_id = get_quote(office.rep, quote_id).row.opportunity_id
        office.accept(quote_id, signed, on=date(2026, 4, 10))
        won = get_opportunity(opportunity_id, office.rep)
        assert (won.stage, won.closed_on, won.value_minor) == ("won", date(2026, 4, 10), TOTAL_MINOR)

    def test_the_contract_leads_to_the_approval_of_exactly_this_version(
        self, office: Office, quote_id: QuoteId, signed: SignedPaper
    ) -> None:
        """What was approved is what was signed, by digest."""
        deal = office.accept(quote_id, signed)
        contract = get_contract(office.rep, deal.contract_id)
        request = find_request(subject=(QUOTE, quote_id), version_id=contract.quote_version_id)
        assert request is not None
        assert (request.id, request.state) == (contract.approval_request_id, RequestState.APPROVED)
        assert request.digest == get_quote(office.rep, quote_id).versions[0].digest

    @pytest.mark.row("BIL-2", "BIL-3")
    def test_one_amount_flows_from_quote_to_contract_order_and_invoices(
        self, office: Office, quote_id: QuoteId, signed: SignedPaper
    ) -> None:
        """Nothing is keyed in or computed again on the way; every invoice line traces to its order line."""
        planned = planned_charges(get_quote(office.rep, quote_id).offer.lines, on=APRIL)
        deal = office.accept(quote_id, signed)
        office.deliver(deal.lines[1].order_line_id, on=APRIL)
        for month in range(12):
            office.bill(add_months(APRIL, month))
        invoices = [
            billing.get_invoice(row.id, office.receivables) for row in billing.list_invoices(office.receivables)
        ]
        lines = [line for invoice in invoices for line in invoice.lines]
        billed = {
            line.order_line_id: sum(one.net.minor for one in lines if one.order_line_id == line.order_line_id)
            for line in deal.lines
        }
        assert billed == {line.order_line_id: line.total_minor for line in deal.lines}
        assert {
            "quoted": get_quote(office.rep, quote_id).row.total_minor,
            "planned": sum(charge.amount_minor for charge in planned),
            "contracted": get_contract(office.rep, deal.contract_id).total_minor,
            "booked": orders.get_order(office.rep, deal.order_id).total_minor,
            "invoiced": sum(billed.values()),
            "promised": sum(row.price_minor for row in list_obligations(office.rev_rec)),
        } == dict.fromkeys(("quoted", "planned", "contracted", "booked", "invoiced", "promised"), TOTAL_MINOR)


class TestRefused:
    def refused(self, act: Callable[[], Any], refusal: type[Refusal] = Refusal) -> Refusal:
        """The act is refused, and nothing at all has changed."""
        before, issued = end_state(), rows("SELECT kind, next_number FROM numbering_series ORDER BY 1")
        with pytest.raises(refusal) as told:
            act()
        assert end_state() == before
        assert rows("SELECT kind, next_number FROM numbering_series ORDER BY 1") == issued
        return told.value

    def test_a_quote_that_was_not_sent(self, office: Office, quote_id: QuoteId) -> None:
        """An approved offer that the customer never saw binds nobody."""
        other = office.quote(a_customer("株式会社若葉", name_kana=""), [office.users(1)])
        office.approve(office.submit(other))
        paper = office.send(other)
        assert self.refused(lambda: office.accept(quote_id, paper)).rule == "quotes.wrong-state"

    def test_a_second_yes(self, office: Office, quote_id: QuoteId, signed: SignedPaper) -> None:
        """A quote is accepted once; the contract that is there stays the only one."""
        office.accept(quote_id, signed)
        self.refused(lambda: office.accept(quote_id, signed))
        assert rows("SELECT count(*) FROM contracts_contract") == [(1,)]

    def test_after_its_validity(self, office: Office, quote_id: QuoteId, signed: SignedPaper) -> None:
        """From the day after its last the offer no longer stands."""
        self.refused(lambda: office.accept(quote_id, signed, on=A_YEAR.until))

    def test_another_file_than_the_one_signed(self, office: Office, quote_id: QuoteId, signed: SignedPaper) -> None:
        """The digest of what was signed must be that of the file: found out after quote and deal were moved."""
        forged = SignedPaper(signed.file_id, "0" * 64)
        assert self.refused(lambda: office.accept(quote_id, forged)).rule == "contracts.signed-file-changed"

    def test_by_the_seller(self, office: Office, quote_id: QuoteId, signed: SignedPaper) -> None:
        """A seller may take the yes but not conclude: all of it is Deal Management's act."""

        def by_seller() -> None:
            with transaction.atomic():
                accept_quote(
                    quote_id=quote_id,
                    company_id=office.company_id,
                    signed=signed,
                    owner_id=office.rep.id,
                    on=APRIL,
                    by=office.rep,
                    at=morning(APRIL),
                )

        self.refused(by_seller, NotYourRole)


class TestFailure:
    def test_a_failure_at_any_statement_leaves_neither_contract_nor_order(
        self, office: Office, quote_id: QuoteId, signed: SignedPaper
    ) -> None:
        """The database is lost before the first statement, the second, ... the last: nothing of the yes is there."""
        before, tried = end_state(), 0
        while True:
            tried += 1
            try:
                with lost_after(tried):
                    office.accept(quote_id, signed)
            except psycopg.OperationalError:
                assert end_state() == before
            else:
                break
        assert tried > 30
        contract = find_contract_of_quote(office.rep, quote_id)
        assert contract is not None
        assert contract.number == "C-2026-000001"


def lost_after(statements: int) -> AbstractContextManager[None]:
    """Let the database be gone from so many statements on."""
    left = statements

    def count(execute: Callable[..., Any], *call: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0 and "SAVEPOINT" not in call[0]:
            raise psycopg.OperationalError("the connection is lost")
        return execute(*call)

    return connection.execute_wrapper(count)
