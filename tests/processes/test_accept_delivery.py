"""The customer accepts what was delivered (検収): billing and revenue follow in the same act."""

from __future__ import annotations

from datetime import date

import pytest

from kanjo.domains.billing.queries import list_invoices
from kanjo.domains.orders.queries import list_awaiting_acceptance
from kanjo.domains.revenue.queries import list_obligations
from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.refusals import Refusal
from kanjo.processes.accept_delivery import accept_delivery
from tests.builders import a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.processes.end_state import end_state

pytestmark = pytest.mark.django_db

MID_APRIL = date(2026, 4, 15)


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def boxes(office: Office) -> OrderLineId:
    """Two boxes, ordered on the first of April and not yet accepted."""
    return office.sell(a_customer(), [office.boxes(2)]).lines[0].order_line_id


class TestAccept:
    def test_nothing_is_billed_or_earned_before(self, office: Office, boxes: OrderLineId) -> None:
        """What waits for acceptance waits in billing and in revenue, and is on the list of what is to be delivered."""
        office.bill(MID_APRIL)
        assert (list_invoices(office.receivables), office.recognise(MAY)) == ([], 0)
        assert [row.line.order_line_id for row in list_awaiting_acceptance(office.rep)] == [boxes]

    def test_it_is_billed_and_earned_from_that_day(self, office: Office, boxes: OrderLineId) -> None:
        """One act: the whole price is on the invoice of the day and in the revenue of the month."""
        office.deliver(boxes, on=MID_APRIL)
        office.bill(MID_APRIL)
        assert [row.net.minor for row in list_invoices(office.receivables)] == [100_000]
        assert office.recognise(MAY) == 1
        assert [row.recognised_minor for row in list_obligations(office.rev_rec)] == [100_000]
        assert list_awaiting_acceptance(office.rep) == []

    def test_the_same_day_again_changes_nothing(self, office: Office, boxes: OrderLineId) -> None:
        """A second click on the button is no second delivery."""
        office.deliver(boxes, on=MID_APRIL)
        before = end_state()
        office.deliver(boxes, on=MID_APRIL)
        assert end_state() == before


class TestRefused:
    @pytest.mark.parametrize(
        ("on", "rule"),
        [(date(2026, 3, 31), "orders.accepted-before-order"), (date(2026, 4, 16), "orders.otherwise-accepted")],
    )
    def test_another_day_or_one_before_the_order(self, office: Office, boxes: OrderLineId, on: date, rule: str) -> None:
        """Acceptance is noted once, on a day on which there was something to accept."""
        office.deliver(boxes, on=MID_APRIL)
        before = end_state()
        with pytest.raises(Refusal) as told:
            office.deliver(boxes, on=on)
        assert told.value.rule == rule
        assert end_state() == before

    def test_a_day_that_has_not_come(self, office: Office, boxes: OrderLineId) -> None:
        """Nobody accepts tomorrow: neither order, nor billing, nor revenue knows of it."""
        before = end_state()
        with pytest.raises(Refusal):
            accept_delivery(order_line_id=boxes, accepted_on=MAY, by=office.deal_management, at=morning(APRIL))
        assert end_state() == before

    def test_by_somebody_whose_work_it_is_not(self, office: Office, boxes: OrderLineId) -> None:
        """Accounts Receivable does not decide what was delivered."""
        before = end_state()
        with pytest.raises(Refusal):
            accept_delivery(order_line_id=boxes, accepted_on=APRIL, by=office.receivables, at=morning(APRIL))
        assert end_state() == before
