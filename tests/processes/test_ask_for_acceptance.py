"""A booked order asks Sales Operations for its acceptances (検収): for those that wait, and for no others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from kanjo.domains.orders.facts import OrderBooked
from kanjo.foundation.ids import QuoteVersionId
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.operations import close
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.ask_for_acceptance import KIND, ORDER, ask_for_acceptance
from tests.builders import a_customer
from tests.harness.office import APRIL, Office, an_office, morning
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state
from tests.races import until_somebody_waits

MID_APRIL, SOON = date(2026, 4, 15), morning(date(2027, 1, 1))


def sold(office: Office) -> ConcludedDeal:
    """Ten users, and boxes twice."""
    return office.sell(a_customer(), [office.users(10), office.boxes(2), office.boxes(3)])


def asked() -> list[Text]:
    """Return what the open items say."""
    items = WorkItem.objects.filter(kind=KIND, state="open").order_by("id")
    return [Text(en=item.why_en, ja=item.why_ja) for item in items]


@pytest.mark.django_db
class TestPartly:
    def test_what_was_accepted_is_named_no_more(self) -> None:
        """Of two lines one is accepted: the order is asked for anew, for the other alone; then for nothing."""
        office = an_office()
        first, second = sold(office).lines[1:]
        deliver(by=house(), at=SOON)
        (both,) = asked()
        name = first.terms.name
        assert (both.en.count(name.en), both.ja.count(name.ja)) == (2, 2)
        office.deliver(first.order_line_id, on=MID_APRIL)
        (one,) = asked()
        assert (one.en.count(name.en), one.ja.count(name.ja)) == (1, 1)
        before = end_state()
        office.deliver(first.order_line_id, on=MID_APRIL)
        assert end_state() == before, "accepted again, it is asked for as before"
        office.deliver(second.order_line_id, on=MID_APRIL)
        assert asked() == []

    def test_what_nobody_asked_for_is_not_asked_for(self) -> None:
        """An acceptance puts nothing on the queue by itself: not before the order did, nor after somebody closed it."""
        office = an_office()
        booked = sold(office)
        first, second = booked.lines[1:]
        office.deliver(first.order_line_id, on=MID_APRIL)
        assert asked() == []
        deliver(by=house(), at=SOON)
        assert len(asked()) == 1
        close(kind=KIND, subject=(ORDER, booked.order_id), by=house(), at=SOON, dropped=True)
        office.deliver(second.order_line_id, on=MID_APRIL)
        assert asked() == []


class TestAtOnce:
    def test_who_asks_waits_for_who_accepts(self, fresh_database: FreshDatabase) -> None:
        """The reaction comes while an acceptance is not yet written for good: it waits, and then asks for nothing."""
        office = an_office()
        booked = office.sell(buyer := a_customer(), [office.boxes(2)])
        fact = OrderBooked(
            company_id=office.company_id,
            effective_on=APRIL,
            order_id=booked.order_id,
            number=booked.order_number,
            contract_id=booked.contract_id,
            customer_id=buyer,
            payer_id=buyer,
            quote_version_id=QuoteVersionId(0),
            currency="JPY",
            total_minor=100_000,
        )

        def ask() -> None:
            with transaction.atomic():
                ask_for_acceptance(fact, house(), SOON)
            connection.close()

        with ThreadPoolExecutor(1) as threads:
            with transaction.atomic():
                accept_delivery(
                    order_line_id=booked.lines[0].order_line_id,
                    accepted_on=MID_APRIL,
                    by=office.deal_management,
                    at=morning(MID_APRIL),
                )
                asking = threads.submit(ask)
                until_somebody_waits()
            asking.result(timeout=30)
        assert asked() == []
