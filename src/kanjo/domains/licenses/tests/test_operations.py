"""What a customer may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kanjo.domains.licenses.facts import LineToGrant
from kanjo.domains.licenses.models import Grant
from kanjo.domains.licenses.operations import write_grants
from kanjo.domains.licenses.queries import (
    PositionRow,
    count_grants,
    get_grant,
    list_grants,
    position,
)
from kanjo.domains.licenses.rules import EmptyValidity, OtherwiseGranted, QuantityNotPositive
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, GrantId
from kanjo.foundation.periods import Period
from kanjo.foundation.times import AsKnown
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from tests.builders import A_YEAR, NOW, TODAY, a_box, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import BookedLine, Deal, a_deal

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)
REST = Period(JULY, A_YEAR.until)


@pytest.fixture
def company_id() -> CompanyId:
    return a_company()


@pytest.fixture
def customer_id() -> CustomerId:
    return a_customer()


@pytest.fixture
def deal(company_id: CompanyId, customer_id: CustomerId) -> Deal:
    return a_deal(company_id, customer_id, [a_line(a_product(company_id)), a_line(a_box(company_id))])


def granted(line: BookedLine) -> LineToGrant:
    return LineToGrant(
        line.order_line_id, line.terms.product_id, line.terms.license_metric, line.quantity, line.service
    )


def write(
    company_id: CompanyId, customer_id: CustomerId, deal: Deal, lines: Sequence[LineToGrant], by: Actor | None = None
) -> tuple[GrantId, ...]:
    return write_grants(
        company_id=company_id,
        customer_id=customer_id,
        contract_id=deal.contract_id,
        order_id=deal.order.order_id,
        lines=lines,
        on=TODAY,
        by=by or house(),
        at=NOW,
    )


class TestWriteGrants:
    def test_a_line_with_a_metric_grants_what_was_ordered(
        self, company_id: CompanyId, customer_id: CustomerId, deal: Deal
    ) -> None:
        """Ten users for a year become one grant; the box beside it grants nothing."""
        grants = write(company_id, customer_id, deal, [granted(line) for line in deal.order.lines])
        assert len(grants) == 1
        grant = get_grant(house(), grants[0])
        assert (grant.product_code, grant.metric, grant.quantity) == ("CLOUD-M", "user", 10)
        assert (grant.effective_on, grant.until) == (A_YEAR.start, A_YEAR.until)
        assert FactRow.objects.get(kind="licenses.granted").payload["grant_ids"] == list(grants)

    def test_without_a_period_the_right_is_perpetual(
        self, company_id: CompanyId, customer_id: CustomerId, deal: Deal
    ) -> None:
        """A license without an end begins on the day it is granted."""
        line = replace(granted(deal.order.lines[0]), valid=None)
        grant = get_grant(house(), write(company_id, customer_id, deal, [line])[0])
        assert (grant.effective_on, grant.until) == (TODAY, None)

    def test_twice_is_once(self, company_id: CompanyId, customer_id: CustomerId, deal: Deal) -> None:
        """The same order granted again keeps its grants and tells nobody."""
        lines = [granted(line) for line in deal.order.lines]
        first = write(company_id, customer_id, deal, lines)
        assert write(company_id, customer_id, deal, lines) == first
        assert (Grant.objects.count(), FactRow.objects.filter(kind="licenses.granted").count()) == (1, 1)

    def test_another_quantity_is_refused(self, company_id: CompanyId, customer_id: CustomerId, deal: Deal) -> None:
        """An order line grants once; more users need another order."""
        line = granted(deal.order.lines[0])
        write(company_id, customer_id, deal, [line])
        with pytest.raises(OtherwiseGranted, match="already granted 10 user"):
            write(company_id, customer_id, deal, [replace(line, quantity=20)])
        assert Grant.objects.get().quantity == 10

    @pytest.mark.parametrize(
        ("change", "refused"),
        [
            ({"quantity": 0}, QuantityNotPositive),
            ({"quantity": -5}, QuantityNotPositive),
            ({"valid": Period(TODAY, TODAY)}, EmptyValidity),
        ],
    )
    def test_a_right_to_nothing_is_refused(
        self,
        company_id: CompanyId,
        customer_id: CustomerId,
        deal: Deal,
        change: dict[str, object],
        refused: type[QuantityNotPositive | EmptyValidity],
    ) -> None:
        """Neither none of it nor no day of it can be granted; the refusal names the line, and nothing is stored."""
        with pytest.raises(refused) as refusal:
            write(company_id, customer_id, deal, [replace(granted(deal.order.lines[0]), **change)])  # type: ignore[arg-type]
        assert refusal.value.at == "lines[1]"
        assert not Grant.objects.exists()

    def test_a_seller_grants_nothing(self, company_id: CompanyId, customer_id: CustomerId, deal: Deal) -> None:
        """Rights come from orders, not from sales reps."""
        seller = an_actor(Role.SALES_REP, companies=[company_id])
        with pytest.raises(NotYourRole):
            write(company_id, customer_id, deal, [granted(deal.order.lines[0])], by=seller)

    def test_a_grant_is_never_changed(self, company_id: CompanyId, customer_id: CustomerId, deal: Deal) -> None:
        """The database itself refuses to make ten users twenty."""
        write(company_id, customer_id, deal, [granted(deal.order.lines[0])])
        with pytest.raises(DatabaseError), transaction.atomic():
            Grant.objects.update(quantity=20)

    def test_it_costs_few_queries_however_many_lines(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """Fifty lines are granted with five queries or fewer."""
        line = a_line(a_product(company_id))
        deal = a_deal(company_id, customer_id, [line] * 50)
        lines, by = [granted(line) for line in deal.order.lines], house()
        with CaptureQueriesContext(connection) as queries:
            write(company_id, customer_id, deal, lines, by=by)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 5


class TestPosition:
    def test_grants_of_a_product_are_summed_on_the_day(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """Two orders of ten and of five users make fifteen while both run, and five when the first has ended."""
        product_id = a_product(company_id)
        for quantity, term in ((10, A_YEAR), (5, Period(A_YEAR.start, date(2028, 4, 1)))):
            deal = a_deal(company_id, customer_id, [a_line(product_id, quantity=quantity, service=term)], term=term)
            write(company_id, customer_id, deal, [granted(line) for line in deal.order.lines])
        row = PositionRow(product_id, "CLOUD-M", "user", 15, 2, date(2027, 4, 1))
        assert position(house(), customer_id, AsKnown(TODAY)) == [row]
        later = replace(row, quantity=5, grants=1, next_end=date(2028, 4, 1))
        assert position(house(), customer_id, AsKnown(date(2027, 4, 1))) == [later]
        assert position(house(), customer_id, AsKnown(date(2026, 3, 31))) == []
        assert count_grants(house(), customer_id=customer_id, valid=AsKnown(date(2027, 4, 1))) == 1

    @pytest.mark.row("BIL-7")
    def test_it_follows_an_amendment_from_its_day(
        self, company_id: CompanyId, customer_id: CustomerId, deal: Deal
    ) -> None:
        """Four users fewer from July: ten through June, six from then on; what moves no user grants nothing."""
        line = granted(deal.order.lines[0])
        write(company_id, customer_id, deal, [line])
        for quantity in (-4, 0):
            amended = a_deal(company_id, customer_id, [a_line(line.product_id)]).order.lines[0].order_line_id
            less = replace(line, order_line_id=amended, quantity=quantity, valid=REST, changes=True)
            assert len(write(company_id, customer_id, deal, [less])) == (1 if quantity else 0)
        used = {day: position(house(), customer_id, AsKnown(day))[0].quantity for day in (date(2026, 6, 30), JULY)}
        assert used == {date(2026, 6, 30): 10, JULY: 6}

    def test_what_was_taken_away_whole_is_no_position(
        self, company_id: CompanyId, customer_id: CustomerId, deal: Deal
    ) -> None:
        """A line that ended leaves no position of zero users."""
        line, box = (granted(one) for one in deal.order.lines)
        gone = replace(line, order_line_id=box.order_line_id, quantity=-10, valid=REST, changes=True)
        write(company_id, customer_id, deal, [line, gone])
        assert position(house(), customer_id, AsKnown(JULY)) == []

    def test_it_can_be_asked_as_it_was_known(self, company_id: CompanyId, customer_id: CustomerId, deal: Deal) -> None:
        """Before the grant was recorded the position was empty, and asking so still answers so."""
        write(company_id, customer_id, deal, [granted(deal.order.lines[0])])
        before = AsKnown(TODAY, known_at=datetime(2020, 1, 1, tzinfo=UTC))
        assert position(house(), customer_id, before) == []

    def test_another_company_sees_nothing(self, company_id: CompanyId, customer_id: CustomerId, deal: Deal) -> None:
        """What one company granted does not show to those assigned to another."""
        grant_id = write(company_id, customer_id, deal, [granted(deal.order.lines[0])])[0]
        stranger = an_actor(Role.LICENSE_MANAGEMENT, companies=[a_company("kanjo-us", currency="USD")])
        assert position(stranger, customer_id, AsKnown(TODAY)) == []
        assert list_grants(stranger) == []
        with pytest.raises(NotFound):
            get_grant(stranger, grant_id)
