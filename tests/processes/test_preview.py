"""What a preview shows is what the run issues: every count and total, and every charge as the quote showed it.

`KANJO_PREVIEWS` says for how many drawn houses (by default 25).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.billing.queries import preview_schedule
from kanjo.domains.billing.tests.test_rules import lines
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.ids import CompanyId, CustomerId
from kanjo.platform.identity.queries import house
from kanjo.platform.runs.queries import get_run
from kanjo.processes import bill
from tests.builders import BOOKS, NOW, TODAY, a_company, a_customer, a_line, a_product
from tests.deals import Deal, a_deal
from tests.processes.end_state import Rows, rows
from tests.processes.test_bill import prepared

EXAMPLES = int(os.environ.get("KANJO_PREVIEWS", "25"))
LINES = 5
_CHARGED = """
SELECT p.order_line_id, l.service_start, l.service_until, l.net_minor, l.day_from, l.day_until, l.period_days
FROM billing_invoiceline l JOIN billing_plan p ON p.id = l.plan_id
"""


@pytest.mark.row("R3")
@pytest.mark.django_db
def test_what_was_previewed_is_what_is_issued() -> None:
    """Whatever is agreed and whenever it is billed; what is accepted after the preview waits for the next run."""
    company = a_company()
    payers = [a_customer(f"株式会社{number}", name_kana="") for number in range(2)]
    product = a_product(company)
    deal = a_deal(company, payers[0], [a_line(product) for _ in range(LINES)])
    billed = []

    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate])  # shrinking takes minutes here
    @given(st.lists(lines(), min_size=1, max_size=LINES), st.dates(BOOKS.start, date(2030, 3, 31)), st.booleans())
    def same(made: list[LineToBill], on: date, accepted: bool) -> None:
        with transaction.atomic():
            agreed = [
                replace(line, order_line_id=booked.order_line_id)
                for line, booked in zip(made, deal.order.lines, strict=False)
            ]
            planned(company, payers, deal, agreed)
            waiting = [line for line in agreed if line.timing is BillingTiming.ON_ACCEPTANCE]
            if accepted:
                note_acceptance(waiting)
            run_id = prepared(company, on)
            if not accepted:
                note_acceptance(waiting)
            shown = [line for line in agreed if accepted or line not in waiting]
            report = bill.execute(company_id=company, run_id=run_id, by=house(), at=NOW)
            previewed = get_run(house(), run_id).preview["made"]
            assert {name: report.pop(name, 0) for name in previewed} == previewed
            assert report == {"failed": 0}
            assert charged(shown, on) == sorted(rows(_CHARGED))
            billed.append(len(rows(_CHARGED)))
            transaction.set_rollback(True)

    same()
    assert sum(map(bool, billed)) > EXAMPLES // 2


def planned(company: CompanyId, payers: Sequence[CustomerId], deal: Deal, agreed: Sequence[LineToBill]) -> None:
    """Plan the lines, by turns for one payer and the other."""
    for place, line in enumerate(agreed):
        billing.plan(
            company_id=company, customer_id=payers[0], payer_id=payers[place % 2], order_id=deal.order.order_id,
            contract_id=deal.contract_id, currency="JPY", payment_terms="net:30:none", lines=[line], by=house(),
            at=NOW, on=TODAY,
        )  # fmt: skip


def note_acceptance(waiting: Sequence[LineToBill]) -> None:
    """Note that these lines were accepted on the day they are due from."""
    for line in waiting:
        billing.note_acceptance(order_line_id=line.order_line_id, accepted_on=line.due_from, by=house(), at=NOW)


def charged(agreed: Sequence[LineToBill], on: date) -> Rows:
    """What the page of the quote shows as billed by that day."""
    return sorted(
        (
            charge.order_line_id, charge.service.start, charge.service.until, charge.net_minor, charge.day_from,
            charge.day_until, charge.period_days,
        )
        for charge in preview_schedule(agreed, on)
    )  # fmt: skip
