"""A thousand invoices as PDF, one after the other; and what an amendment costs, previewed before it is agreed.

The preview is the whole answer of the house for a contract of ten lines that was billed for a year: read, schedule
before and after, difference, tax, every invoice to come. Its limit is 100 ms of server time.
"""

from __future__ import annotations

import sys
from datetime import date
from statistics import median
from time import perf_counter

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import a_house

PAPERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
PREVIEWS = 30
BAR_MS = 100


def main() -> None:
    """Measure and tell."""
    with a_house():
        rate, preview = _papers(), _previews()
    tell(
        [
            Figure("papers", rate, "PDF/s"),
            Figure("amendment-preview", preview, "ms", BAR_MS, preview / BAR_MS, 1, at_most=True),
        ]
    )


def _papers() -> float:
    from benchmarks.kit.subscriptions import a_company_with_people, subscribe
    from kanjo.domains.billing.operations.send import paper_of
    from kanjo.domains.billing.queries import get_invoice, list_invoices
    from kanjo.processes import bill
    from tests.builders import NOW

    book = a_company_with_people()
    subscribe(book, PAPERS)
    bill.bill_day(
        company_id=book.company_id,
        on=date(2026, 4, 1),
        because="monthly",
        by=book.receivables,
        approved_by=book.approver,
        at=NOW,
    )
    views = [get_invoice(row.id, book.receivables) for row in list_invoices(book.receivables, limit=PAPERS)]
    assert len(views) == PAPERS
    began = perf_counter()
    for view in views:
        paper_of(view).as_pdf()
    return PAPERS / (perf_counter() - began)


def _previews() -> float:
    from django.db import transaction

    from kanjo.domains.contracts.facts import AmendmentKind
    from kanjo.foundation.periods import Period, add_months
    from kanjo.processes.agreed import Agreed, LineMore
    from kanjo.processes.amend_contract import preview_amendment
    from tests.builders import a_customer
    from tests.harness.office import APRIL, an_office

    with transaction.atomic():
        office = an_office("kanjo-two")
    term = Period(APRIL, add_months(APRIL, 36))
    wanted = [office.users(number, service=term) for number in range(1, 11)]
    deal = office.sell(a_customer(), wanted, until=term.until)
    for month in range(12):
        office.bill(add_months(APRIL, month))
    line = deal.lines[0].order_line_id
    agreed = Agreed(
        kind=AmendmentKind.CHANGE,
        effective_on=date(2027, 3, 16),
        concluded_on=date(2027, 3, 10),
        because="増席",
        more=(LineMore(line, 5, 5_000),),
    )
    took = []
    for _ in range(PREVIEWS):
        began = perf_counter()
        preview_amendment(deal.contract_id, agreed, office.deal_management)
        took.append((perf_counter() - began) * 1_000)
    return median(took)


if __name__ == "__main__":
    main()
