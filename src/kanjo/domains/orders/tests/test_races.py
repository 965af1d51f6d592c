"""Orders booked and deliveries accepted by several at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from kanjo.domains.orders.models import Acceptance, Order, OrderLine
from kanjo.domains.orders.operations import accept_delivery, book
from kanjo.domains.orders.rules.booking import OtherwiseAccepted
from kanjo.platform.identity.queries import house
from tests.builders import NOW, TODAY, a_box, a_company, a_customer, a_line
from tests.deals import a_contract, a_deal, an_approved_version
from tests.plumbing import FreshDatabase
from tests.races import at_once


class TestAtOnce:
    def test_one_version_is_booked_once(self, fresh_database: FreshDatabase) -> None:
        """Eight who book the same contract at the same moment get the same order, with its lines once."""
        approved = an_approved_version(a_company(), a_customer())
        contract_id, line, by = a_contract(approved), a_line(a_box(approved.company_id)), house()
        told = at_once(
            lambda: book(
                company_id=approved.company_id,
                contract_id=contract_id,
                customer_id=approved.customer_id,
                payer_id=approved.customer_id,
                quote_version_id=approved.version_id,
                currency="JPY",
                payment_terms="net:30:none",
                lines=[line],
                ordered_on=TODAY,
                by=by,
                at=NOW,
            )
        )
        assert [answer == told[0] for answer in told] == [True] * 8
        assert (Order.objects.count(), OrderLine.objects.count()) == (1, 1)

    def test_a_delivery_is_accepted_on_one_day(self, fresh_database: FreshDatabase) -> None:
        """Of eight different days noted at the same moment one stands, and seven are told which."""
        company_id = a_company()
        (line,) = a_deal(company_id, a_customer(), [a_line(a_box(company_id))]).order.lines
        days, by = count(), house()
        told = at_once(
            lambda: accept_delivery(
                order_line_id=line.order_line_id,
                accepted_on=TODAY + timedelta(days=next(days)),
                by=by,
                at=NOW + timedelta(days=30),
            )
        )
        assert Acceptance.objects.count() == 1
        assert [isinstance(answer, OtherwiseAccepted) for answer in told].count(True) == 7
