"""Booking what an amendment changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kanjo.domains.orders.facts import BookedOrder, LineToBook, LineToChange
from kanjo.domains.orders.models import Order, OrderLine
from kanjo.domains.orders.operations import book_amendment
from kanjo.domains.orders.queries import (
    get_order,
    lines_of_amendment,
    lines_of_contract,
    lines_of_contracts,
    list_awaiting_acceptance,
)
from kanjo.domains.orders.rules.amending import AmendmentBooked, LessThanNothing, NoLineToChange, NothingChanged
from kanjo.domains.orders.rules.booking import QuantityNotPositive
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import AmendmentId, CompanyId, OrderLineId
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from tests.builders import A_YEAR, NOW, TODAY, a_box, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import PAYMENT_TERMS, AmendmentKind, Deal, a_deal, an_amendment

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)
REST = Period(JULY, A_YEAR.until)


@pytest.fixture
def company_id() -> CompanyId:
    return a_company()


@pytest.fixture
def deal(company_id: CompanyId) -> Deal:
    lines = [a_line(a_product(company_id)), a_line(a_box(company_id), quantity=1, unit_minor=50_000)]
    return a_deal(company_id, a_customer(), lines)


@pytest.fixture
def cloud(deal: Deal) -> OrderLineId:
    return deal.order.lines[0].order_line_id


def more(line_id: OrderLineId, quantity: int = 5, total_minor: int = 45_000) -> LineToChange:
    return LineToChange(line_id, REST, total_minor, quantity, quantity * 1_000)


def booked(
    deal: Deal, amendment_id: AmendmentId, *changes: LineToChange, lines: Sequence[LineToBook] = (), **other: object
) -> BookedOrder:
    company_id = get_order(house(), deal.order.order_id).company_id
    everyday: dict[str, Any] = {
        "company_id": company_id,
        "contract_id": deal.contract_id,
        "amendment_id": amendment_id,
        "customer_id": deal.customer_id,
        "payer_id": deal.customer_id,
        "currency": "JPY",
        "payment_terms": PAYMENT_TERMS,
        "ordered_on": TODAY,
        "by": house(),
        "at": NOW,
    }
    return book_amendment(lines=lines, changes=changes, **everyday | other)


class TestBookAmendment:
    @pytest.mark.row("BIL-7")
    def test_the_difference_is_an_order_of_its_own(self, deal: Deal, cloud: OrderLineId) -> None:
        """Five users more from July: an order with one line that names the line it changes, and the order stays."""
        before = lines_of_contract(house(), deal.contract_id)
        amendment_id = an_amendment(deal.contract_id, effective_on=JULY)
        order = booked(deal, amendment_id, more(cloud))
        row, (line,) = get_order(house(), order.order_id), order.lines
        assert (row.amendment_id, row.amendment_number) == (amendment_id, "A-2026-000001")
        assert (row.quote_version_id, row.total_minor) == (None, 45_000)
        assert (line.changes, line.quantity, line.net_minor, line.total_minor) == (cloud, 5, 5_000, 45_000)
        assert (line.service, line.terms) == (REST, before[0].terms)
        assert lines_of_contract(house(), deal.contract_id) == [*before, line]
        assert lines_of_amendment(house(), amendment_id) == [line]

    def test_the_others_are_told(self, deal: Deal, cloud: OrderLineId) -> None:
        """The booking is told as that of any order, with the amendment in the place of the quote."""
        amendment_id = an_amendment(deal.contract_id)
        booked(deal, amendment_id, more(cloud))
        payload = FactRow.objects.filter(kind="orders.booked").order_by("-id")[0].payload
        assert (payload["amendment_id"], payload["quote_version_id"]) == (amendment_id, None)

    def test_what_is_added_stands_beside(self, deal: Deal, company_id: CompanyId) -> None:
        """A new line is booked as it was agreed, even where it joins the others in the middle of an interval."""
        line = a_line(
            a_product(company_id, "CLOUD-Q", interval_months=3), service=Period(date(2026, 5, 10), REST.until)
        )
        order = booked(deal, an_amendment(deal.contract_id, AmendmentKind.ADD_ON), lines=[line])
        assert [one.as_agreed for one in order.lines] == [line]

    @pytest.mark.row("BIL-7")
    def test_a_withdrawal_brings_back_what_was(self, deal: Deal, cloud: OrderLineId) -> None:
        """Withdrawn, the five users go as they came: the line reads as it was first ordered."""
        before = lines_of_contracts([deal.contract_id])
        first = an_amendment(deal.contract_id)
        booked(deal, first, more(cloud))
        assert lines_of_contracts([deal.contract_id])[deal.contract_id][0].quantity == 15
        second = an_amendment(deal.contract_id, AmendmentKind.WITHDRAWAL, withdraws=first)
        (line,) = booked(deal, second, LineToChange(cloud, REST, -45_000)).lines
        assert (line.service, line.quantity, line.net_minor, line.total_minor) == (REST, -5, -5_000, -45_000)
        assert lines_of_contracts([deal.contract_id]) == before

    def test_a_line_that_ended_is_no_longer_read(self, deal: Deal, cloud: OrderLineId) -> None:
        """What is left of the contract for its renewal is the box; its change awaits no acceptance of its own."""
        ends = LineToChange(cloud, REST, -90_000, ends=True)
        booked(deal, an_amendment(deal.contract_id, AmendmentKind.END_OF_LINES), ends)
        (left,) = lines_of_contracts([deal.contract_id])[deal.contract_id]
        assert left.terms.code == "BOX"
        box = LineToChange(deal.order.lines[1].order_line_id, REST, -10_000, net_minor=-10_000)
        booked(deal, an_amendment(deal.contract_id), box)
        assert [row.line.changes for row in list_awaiting_acceptance(house())] == [None]

    def test_once(self, deal: Deal, cloud: OrderLineId) -> None:
        """An amendment has one order."""
        amendment_id = an_amendment(deal.contract_id)
        booked(deal, amendment_id, more(cloud))
        with pytest.raises(AmendmentBooked, match="O-2026-000002"):
            booked(deal, amendment_id, more(cloud))
        assert Order.objects.count() == 2

    def test_only_lines_of_the_contract_as_ordered(self, deal: Deal, cloud: OrderLineId, company_id: CompanyId) -> None:
        """A line of another contract, and one that is itself a change, cannot be changed."""
        change = booked(deal, an_amendment(deal.contract_id), more(cloud)).lines[0].order_line_id
        other = a_deal(company_id, deal.customer_id, [a_line(a_product(company_id, "OTHER"))]).order.lines[0]
        for wrong in (change, other.order_line_id):
            with pytest.raises(NoLineToChange):
                booked(deal, an_amendment(deal.contract_id), more(wrong))
        assert OrderLine.objects.filter(changes__isnull=False).count() == 1

    def test_what_does_not_stand_is_refused(self, deal: Deal, cloud: OrderLineId, company_id: CompanyId) -> None:
        """Nothing, less than nothing and a new line of nothing: no order."""
        nothing = a_line(a_product(company_id, "NONE"), quantity=0)
        cases: list[tuple[type[Refusal], list[LineToChange], list[LineToBook]]] = [
            (NothingChanged, [], []),
            (LessThanNothing, [more(cloud, -11)], []),
            (QuantityNotPositive, [], [nothing]),
        ]
        for refused, changes, lines in cases:
            with pytest.raises(refused):
                booked(deal, an_amendment(deal.contract_id), *changes, lines=lines)
        assert Order.objects.count() == 1

    def test_only_deal_management(self, deal: Deal, cloud: OrderLineId, company_id: CompanyId) -> None:
        """A sales rep books no amendment."""
        with pytest.raises(NotYourRole):
            booked(
                deal,
                an_amendment(deal.contract_id),
                more(cloud),
                by=an_actor(Role.SALES_REP, companies=[company_id]),
            )


class TestTables:
    def test_agreed_by_a_quote_or_by_an_amendment(self, deal: Deal) -> None:
        """An order of neither, and one of both, are refused by the table."""
        amendment_id = an_amendment(deal.contract_id)
        for agreed in ({"quote_version_id": None}, {"amendment_id": amendment_id}):
            with pytest.raises(IntegrityError, match="order_agreed_once"), transaction.atomic():
                copied(Order.objects.get(pk=deal.order.order_id), **agreed)

    def test_the_amendment_is_of_the_same_contract(self, deal: Deal, company_id: CompanyId) -> None:
        """An order does not book the amendment of another contract."""
        other = a_deal(company_id, deal.customer_id, [a_line(a_product(company_id, "OTHER"))])
        order = Order.objects.get(pk=deal.order.order_id)
        with pytest.raises(IntegrityError, match="amendment_id_contract_id"), transaction.atomic():
            copied(order, quote_version_id=None, amendment_id=an_amendment(other.contract_id))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize(("column", "value"), [("quantity", 0), ("ends", True)])
    def test_only_a_change_may_take_away(self, deal: Deal, column: str, value: object) -> None:
        """A line as first ordered counts something, and ends no other."""
        line = OrderLine.objects.filter(order_id=deal.order.order_id)[0]
        with pytest.raises(IntegrityError), transaction.atomic():
            copied(line, position=9, **{column: value})


def copied(row: Order | OrderLine, **changed: object) -> None:
    row.pk = None
    if isinstance(row, Order):
        row.number = "O-2026-000099"
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)
