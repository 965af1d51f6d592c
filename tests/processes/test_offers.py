"""An offer is priced by the very schedule that billing follows, and shows it before anybody decides."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.billing.queries import get_invoice, list_invoices
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.domains.catalog.rules.offering import PriceMissing
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.ids import ProductId
from kanjo.foundation.periods import Period, add_months
from kanjo.processes.draft_offer import LineWanted, price
from kanjo.processes.preview_offer import approval_path, planned_charges
from tests.builders import TODAY, a_company, a_customer, a_product
from tests.harness.office import APRIL, Office, an_office
from tests.processes.end_state import end_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    return an_office()


class TestDraft:
    def test_an_offer_has_list_price_net_price_and_the_total_of_its_term(self, office: Office) -> None:
        """Ten users at 900 instead of 1,000 a month for a year, two boxes at list: 108,000 + 100,000 yen."""
        quote_id = office.quote(a_customer(), [office.users(10, 9_000), office.boxes(2)])
        quote = get_quote(office.rep, quote_id)
        assert [(line.list_minor, line.net_minor, line.total_minor) for line in quote.offer.lines] == [
            (1_000, 9_000, 108_000),
            (50_000, 100_000, 100_000),
        ]
        assert (quote.row.list_total_minor, quote.row.total_minor) == (220_000, 208_000)

    def test_a_term_that_breaks_off_is_charged_by_the_day(self, office: Office) -> None:
        """Two months and ten days of May: 10,000 + 10,000 + 10,000 x 10/30, rounded once."""
        service = Period(date(2026, 4, 1), date(2026, 6, 11))
        [line] = price([office.users(10, service=service)], currency="JPY", on=APRIL)
        assert line.total_minor == 10_000 + 10_000 + 3_333

    def test_what_has_no_price_is_refused(self, office: Office) -> None:
        """A product without a list price in the currency cannot be offered; no quote and no number is left behind."""
        before = end_state()
        with pytest.raises(PriceMissing):
            price([office.users(1)], currency="USD", on=APRIL)
        assert end_state() == before


class TestPreview:
    @pytest.mark.row("BIL-13", "BIL-11")
    def test_the_invoices_on_the_quote_are_those_that_billing_makes(self, office: Office) -> None:
        """Day by day and yen by yen: a prorated month, twelve whole ones, a box on its acceptance."""
        service = Period(date(2026, 4, 1), date(2027, 3, 16))
        wanted = [office.users(7, 6_543, service=service), office.boxes(1)]
        planned = planned_charges(price(wanted, currency="JPY", on=APRIL), on=APRIL)
        deal = office.sell(a_customer(), wanted)
        office.deliver(deal.lines[1].order_line_id, on=APRIL)
        for month in range(13):
            office.bill(add_months(APRIL, month))
        views = [get_invoice(row.id, office.receivables) for row in list_invoices(office.receivables)]
        billed = sorted((view.row.issued_on, line.net.minor) for view in views for line in view.lines)
        assert sorted((charge.billing_on, charge.amount_minor) for charge in planned) == billed
        assert len(billed) == 13

    def test_the_path_is_the_one_that_submitting_takes(self, office: Office) -> None:
        """Whom the preview names is whom the request asks; at list price nobody."""
        customer_id = a_customer()
        for net, asked in ((10_000, [None]), (9_000, ["Any discount needs a CxO."])):
            quote = get_quote(office.rep, office.quote(customer_id, [office.users(10, net)]))
            path = approval_path(quote.offer, company_id=office.company_id, on=APRIL)
            assert [step.reason.en for step in path if step.role] == [reason for reason in asked if reason]


class TestTotals:
    """Whatever is offered, its total is the sum of the very charges that billing will make."""

    @given(data=st.data())
    def test_total_is_the_sum_of_the_charges(self, data: st.DataObject) -> None:
        """Any price, any term, any interval, in advance or in arrears; the charges follow each other without a gap."""
        product_id = data.draw(st.sampled_from(products()))
        start = data.draw(st.dates(date(2026, 1, 1), date(2028, 2, 29)))
        days = data.draw(st.integers(1, 1_200))
        service = Period(start, date.fromordinal(start.toordinal() + days))
        wanted = LineWanted(product_id, data.draw(st.integers(1, 99)), data.draw(st.integers(0, 10**9)), service)
        [line] = price([wanted], currency="JPY", on=TODAY)
        planned = planned_charges([line], on=TODAY)
        assert line.total_minor == sum(charge.amount_minor for charge in planned)
        periods = sorted((charge.service for charge in planned if charge.service), key=lambda period: period.start)
        assert all(before.until == after.start for before, after in pairwise(periods))


def products() -> list[ProductId]:
    """Return recurring products of every interval and timing, put on sale once per test."""
    from kanjo.domains.catalog.models import Product

    known = list(Product.objects.filter(code__startswith="ANY-").values_list("pk", flat=True))
    if known:
        return [ProductId(key) for key in known]
    company_id = a_company()
    return [
        a_product(
            company_id, f"ANY-{months}-{days}-{timing}", interval_months=months, interval_days=days, timing=timing
        )
        for months, days in ((1, 0), (3, 0), (12, 0), (0, 1), (0, 7), (0, 45))
        for timing in (BillingTiming.IN_ADVANCE, BillingTiming.IN_ARREARS)
    ]
