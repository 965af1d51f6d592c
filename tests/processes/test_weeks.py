"""What is charged by weeks and days goes the same way as what is charged by months."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from pypdf import PdfReader

from kanjo.domains.billing.models import InvoiceLine
from kanjo.domains.billing.queries.explained import explain_line
from kanjo.domains.orders.queries import get_order
from kanjo.foundation.ids import InvoiceLineId
from kanjo.foundation.intervals import Interval
from kanjo.foundation.periods import Period
from kanjo.platform.files.operations import read
from kanjo.processes.draft_offer import LineWanted
from tests.builders import a_customer, a_product
from tests.harness.office import APRIL, MAY, Office, an_office

pytestmark = pytest.mark.django_db

SERVICE = Period(APRIL, MAY)


@pytest.fixture
def office() -> Office:
    return an_office()


def weekly(office: Office) -> LineWanted:
    """Return one unit at 1,000 yen a week, for the thirty days of April."""
    product = a_product(office.company_id, "WEEKLY", interval_months=0, interval_days=7)
    return LineWanted(product, 1, None, SERVICE)


class TestWeeks:
    def test_four_weeks_and_two_days(self, office: Office) -> None:
        """Quoted at 4,286 yen, ordered at that, and billed week by week, the rest by its share of a week."""
        deal = office.sell(a_customer(), [weekly(office)], until=MAY)
        assert get_order(office.rep, deal.order_id).total_minor == 4_286
        for on in (APRIL, date(2026, 4, 21), date(2026, 4, 30), MAY):
            office.bill(on)
        rows = InvoiceLine.objects.order_by("service_start").values_list("id", "service_start", "net_minor")
        assert [(start.day, net) for _, start, net in rows] == [
            (1, 1_000),
            (8, 1_000),
            (15, 1_000),
            (22, 1_000),
            (29, 286),
        ]
        line = explain_line(InvoiceLineId(rows[4][0]), office.receivables)
        assert (line.plan.interval, line.whole, line.days_hold) == (
            Interval(days=7),
            Period(date(2026, 4, 29), date(2026, 5, 6)),
            True,
        )

    def test_the_quotation_says_per_week(self, office: Office) -> None:
        """The unit price on the paper is for a week."""
        quote_id = office.quote(a_customer(), [weekly(office)], until=MAY)
        office.approve(office.submit(quote_id))
        _, content = read(office.send(quote_id).file_id, by=office.rep)
        text = re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
        assert ("単価は週額" in text, "4,286" in text) == (True, True)
