"""The verbs on orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kanjo.domains.orders.facts import BookedOrder, LineToBook
from kanjo.domains.orders.models import Acceptance, Order, OrderLine, PoNumber
from kanjo.domains.orders.operations import accept_delivery, book, note_po_number
from kanjo.domains.orders.queries import (
    count_orders,
    get_order,
    lines_of_contracts,
    list_awaiting_acceptance,
    list_lines,
    list_orders,
)
from kanjo.domains.orders.rules.booking import (
    AcceptedBeforeOrder,
    AcceptedInFuture,
    AnothersDeal,
    NoPoNumber,
    OtherwiseAccepted,
    OtherwiseBooked,
    QuantityNotPositive,
    SamePoNumber,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ContractId
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_box, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import Approved, Deal, a_contract, a_deal, an_approved_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved() -> Approved:
    return an_approved_version(a_company(), a_customer())


@pytest.fixture
def contract_id(approved: Approved) -> ContractId:
    return a_contract(approved)


@pytest.fixture
def lines(approved: Approved) -> list[LineToBook]:
    cloud, box = a_product(approved.company_id), a_box(approved.company_id)
    return [a_line(cloud), a_line(box, quantity=2, unit_minor=50_000)]


@pytest.fixture
def deal(approved: Approved, lines: list[LineToBook]) -> Deal:
    return a_deal(approved.company_id, approved.customer_id, lines)


def booked(
    approved: Approved, contract_id: ContractId, lines: list[LineToBook], by: Actor | None = None, **changed: object
) -> BookedOrder:
    """Book an everyday order."""
    given: dict[str, Any] = {
        "company_id": approved.company_id,
        "contract_id": contract_id,
        "customer_id": approved.customer_id,
        "payer_id": approved.customer_id,
        "quote_version_id": approved.version_id,
        "currency": "JPY",
        "payment_terms": "close:31:1:31:none",
        "lines": lines,
        "ordered_on": TODAY,
        "po_number": "PO-77",
        "at": NOW,
        **changed,
    }
    return book(**given, by=by or house())


class TestBook:
    def test_an_order_carries_every_line_as_agreed(
        self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]
    ) -> None:
        """Number, purchase order, and each line with the terms, prices and period of the quote, to the yen."""
        order = booked(approved, contract_id, lines)
        row = get_order(house(), order.order_id)
        assert (order.number, row.po_number, row.total_minor) == ("O-2026-000001", "PO-77", 220_000)
        assert [line.as_agreed for line in order.lines] == lines
        assert [shown.line.as_agreed for shown in list_lines(house(), order.order_id)] == lines
        assert lines_of_contracts([contract_id])[contract_id] == order.lines

    def test_twice_is_once(self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]) -> None:
        """The same version booked again with the same contents is the same order, with the same lines."""
        first = booked(approved, contract_id, lines)
        assert booked(approved, contract_id, lines) == first
        assert FactRow.objects.filter(kind="orders.booked").count() == 1

    def test_other_contents_are_refused(
        self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]
    ) -> None:
        """One line less, or another purchase order, is not the order that was booked."""
        booked(approved, contract_id, lines)
        with pytest.raises(OtherwiseBooked, match="O-2026-000001"):
            booked(approved, contract_id, lines[:1])
        with pytest.raises(OtherwiseBooked, match="O-2026-000001"):
            booked(approved, contract_id, lines, po_number="PO-78")
        assert (Order.objects.count(), OrderLine.objects.count()) == (1, 2)

    def test_a_bad_line_stores_nothing(
        self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]
    ) -> None:
        """When the second line is refused, the first is not kept either."""
        with pytest.raises(QuantityNotPositive):
            booked(approved, contract_id, [lines[0], replace(lines[1], quantity=0)])
        assert (Order.objects.count(), OrderLine.objects.count()) == (0, 0)

    def test_a_seller_does_not_book(self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]) -> None:
        """Booking belongs to Deal Management and Sales Operations."""
        seller = an_actor(Role.SALES_REP, companies=[approved.company_id])
        with pytest.raises(NotYourRole):
            booked(approved, contract_id, lines, by=seller)

    def test_another_company_is_out_of_sight(
        self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]
    ) -> None:
        """Who is not assigned to the company is told that there is none."""
        with pytest.raises(NotFound):
            booked(approved, contract_id, lines, by=an_actor(Role.DEAL_MANAGEMENT))

    def test_it_costs_few_queries_however_many_lines(
        self, approved: Approved, contract_id: ContractId, lines: list[LineToBook]
    ) -> None:
        """An order of a hundred lines is booked with ten queries or fewer."""
        a_deal(approved.company_id, approved.customer_id, lines)
        by = an_actor(Role.SALES_OPERATIONS, companies=[approved.company_id])
        with CaptureQueriesContext(connection) as queries:
            booked(approved, contract_id, lines * 50, by=by)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 10

    def test_a_booked_line_is_never_changed(self, deal: Deal) -> None:
        """The database itself refuses another price."""
        with pytest.raises(DatabaseError), transaction.atomic():
            OrderLine.objects.filter(order_id=deal.order.order_id).update(net_minor=1)

    def test_a_booked_order_is_frozen(self, deal: Deal) -> None:
        """The database itself refuses other terms of payment."""
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Order.objects.filter(pk=deal.order.order_id).update(payment_terms="net:30:none")


class TestNotePoNumber:
    def test_each_change_is_kept(self, deal: Deal) -> None:
        """The order carries the last word; each says what it was before, and others are told."""
        order_id = deal.order.order_id
        first = get_order(house(), order_id).po_number
        noted = [
            note_po_number(order_id=order_id, po_number=text, on=TODAY, by=house(), at=NOW) for text in (" A-1 ", "A-2")
        ]
        changes = [(first, "A-1"), ("A-1", "A-2")]
        assert [(one.before, one.po_number) for one in noted] == changes
        assert list(PoNumber.objects.order_by("id").values_list("before", "po_number")) == changes
        assert get_order(house(), order_id).po_number == "A-2"
        assert FactRow.objects.filter(kind="orders.po-number-noted").count() == 2

    def test_what_is_no_change_is_refused(self, deal: Deal) -> None:
        """Blanks, and the number that it has already."""
        order_id = deal.order.order_id
        note_po_number(order_id=order_id, po_number="A-1", on=TODAY, by=house(), at=NOW)
        for text, refusal in ((" ", NoPoNumber), ("A-1", SamePoNumber)):
            with pytest.raises(refusal):
                note_po_number(order_id=order_id, po_number=text, on=TODAY, by=house(), at=NOW)
        assert PoNumber.objects.count() == 1

    def test_a_note_is_never_changed(self, deal: Deal) -> None:
        """The database itself refuses another number in a note."""
        note_po_number(order_id=deal.order.order_id, po_number="A-1", on=TODAY, by=house(), at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            PoNumber.objects.update(po_number="A-3")

    def test_who_may(self, deal: Deal, approved: Approved) -> None:
        """The seller notes it for the own deal, Receivables for any; of another company there is none."""
        for role, companies, refusal in (
            (Role.LEGAL, [approved.company_id], NotYourRole),
            (Role.SALES_REP, [approved.company_id], AnothersDeal),
            (Role.SALES_REP, [], NotFound),
        ):
            with pytest.raises(refusal):
                by = an_actor(role, companies=companies)
                note_po_number(order_id=deal.order.order_id, po_number="A-1", on=TODAY, by=by, at=NOW)
        seller = an_actor(Role.SALES_REP, companies=[approved.company_id])
        other = an_actor(Role.SALES_REP, companies=[approved.company_id], name="別の 営業")
        with pytest.raises(AnothersDeal):
            note_po_number(
                order_id=deal.order.order_id, po_number="A-1", on=TODAY, owner_id=seller.id, by=other, at=NOW
            )
        note_po_number(order_id=deal.order.order_id, po_number="A-1", on=TODAY, owner_id=seller.id, by=seller, at=NOW)
        clerk = an_actor(Role.RECEIVABLES, companies=[approved.company_id])
        note_po_number(order_id=deal.order.order_id, po_number="A-2", on=TODAY, owner_id=seller.id, by=clerk, at=NOW)


class TestAcceptDelivery:
    def test_it_is_noted_with_its_evidence(self, deal: Deal) -> None:
        """The day and the certificate stand beside the line, and the others are told."""
        line = deal.order.lines[1]
        accepted_on = date(2026, 4, 20)
        fact = accept_delivery(
            order_line_id=line.order_line_id,
            accepted_on=accepted_on,
            evidence="検収書 2026-04-20",
            by=house(),
            at=NOW + timedelta(days=20),
        )
        shown = list_lines(house(), deal.order.order_id)[1]
        assert (shown.accepted_on, shown.evidence) == (accepted_on, "検収書 2026-04-20")
        assert (fact.order_id, fact.accepted_on) == (deal.order.order_id, accepted_on)
        assert FactRow.objects.get(kind="orders.delivery-accepted").effective_on == accepted_on

    def test_twice_is_once(self, deal: Deal) -> None:
        """The same day noted again changes nothing and tells nobody."""
        line = deal.order.lines[1]
        first = accept_delivery(order_line_id=line.order_line_id, accepted_on=TODAY, by=house(), at=NOW)
        assert accept_delivery(order_line_id=line.order_line_id, accepted_on=TODAY, by=house(), at=NOW) == first
        assert FactRow.objects.filter(kind="orders.delivery-accepted").count() == Acceptance.objects.count() == 1

    def test_another_day_is_refused(self, deal: Deal) -> None:
        """A delivery is accepted once; the first day stands."""
        line = deal.order.lines[1]
        accept_delivery(order_line_id=line.order_line_id, accepted_on=TODAY, by=house(), at=NOW)
        with pytest.raises(OtherwiseAccepted, match="already accepted on 2026-04-01"):
            accept_delivery(
                order_line_id=line.order_line_id,
                accepted_on=date(2026, 4, 2),
                by=house(),
                at=NOW + timedelta(days=5),
            )
        assert Acceptance.objects.get().effective_on == TODAY

    def test_it_does_not_come_before_the_order(self, deal: Deal) -> None:
        """Nobody accepts what was not ordered."""
        with pytest.raises(AcceptedBeforeOrder):
            accept_delivery(
                order_line_id=deal.order.lines[1].order_line_id, accepted_on=date(2026, 3, 31), by=house(), at=NOW
            )
        assert not Acceptance.objects.exists()

    def test_today_is_the_day_of_the_company(self, deal: Deal) -> None:
        """At 20:00 on 1 April in London it is 2 April in Tokyo: a Tokyo company may note the 2nd, not yet the 3rd."""
        evening = datetime(2026, 4, 1, 20, 0, tzinfo=timezone(timedelta(hours=1)))
        line_id = deal.order.lines[1].order_line_id
        with pytest.raises(AcceptedInFuture):
            accept_delivery(order_line_id=line_id, accepted_on=date(2026, 4, 3), by=house(), at=evening)
        accept_delivery(order_line_id=line_id, accepted_on=date(2026, 4, 2), by=house(), at=evening)
        assert Acceptance.objects.get().effective_on == date(2026, 4, 2)

    def test_who_sells_does_not_accept_for_the_customer(self, approved: Approved, deal: Deal) -> None:
        """A sales rep does not declare a delivery accepted."""
        seller = an_actor(Role.SALES_REP, companies=[approved.company_id])
        with pytest.raises(NotYourRole):
            accept_delivery(order_line_id=deal.order.lines[1].order_line_id, accepted_on=TODAY, by=seller, at=NOW)

    def test_it_leaves_the_queue_of_what_awaits_acceptance(self, deal: Deal) -> None:
        """Only what is billed on acceptance waits, until it is accepted."""
        box = deal.order.lines[1]
        assert [row.line for row in list_awaiting_acceptance(house())] == [box]
        accept_delivery(order_line_id=box.order_line_id, accepted_on=TODAY, by=house(), at=NOW)
        assert list_awaiting_acceptance(house()) == []


class TestListOrders:
    def test_a_page_costs_two_queries(self, approved: Approved, lines: list[LineToBook]) -> None:
        """A list of twelve orders costs as many queries as a list of two."""
        reader, counts = an_actor(Role.AUDITOR, companies=[approved.company_id]), []
        for more in (2, 10):
            for _ in range(more):
                a_deal(approved.company_id, approved.customer_id, lines)
            with CaptureQueriesContext(connection) as queries:
                list_orders(reader, customer_id=approved.customer_id)
            counts.append(len(queries))
        assert counts == [2, 2]
        assert len(list_orders(reader)) == count_orders(reader) == 12
