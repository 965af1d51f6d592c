"""A billing run of 100,000 invoices with two lines each, against COPY of the rows it writes into bare tables.

Counted are preview, approval and execution with numbers, postings, facts and open items; at the end every constraint is
in force. Each month is one trial; the middle one is told.
"""

from __future__ import annotations

import sys
from datetime import date
from statistics import median_low

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import Bare, Meter, a_house

INVOICES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
MONTHS = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]
BAR = 0.3


def main() -> None:
    """Measure and tell."""
    with a_house():
        from django.db import transaction

        from benchmarks.kit.subscriptions import a_company_with_people, subscribe
        from kanjo.processes import bill
        from tests.builders import NOW

        book = a_company_with_people()
        subscribe(book, INVOICES)
        trials: list[tuple[float, Meter, Meter, int]] = []
        again = Meter()
        for month in MONTHS:
            bare = Bare()
            with Meter() as run:
                made = bill.bill_day(
                    company_id=book.company_id, on=month, by=book.receivables, approved_by=book.approver, at=NOW
                )
            assert made["invoices"] == INVOICES, made
            assert made["lines"] == 2 * INVOICES, made
            copied, rows = bare.copied()
            trials.append((copied.wall / run.wall, run, copied, rows))
        with again, transaction.atomic():
            bill.preview(company_id=book.company_id, on=MONTHS[-1], by=book.receivables, at=NOW)
    ratio, run, copied, rows = median_low(sorted(trials, key=lambda trial: trial[0]))
    tell(
        [
            Figure("billing-run", rows / run.wall, "rows/s", rows / copied.wall, ratio, BAR),
            Figure("billing-run-invoices", INVOICES / run.wall, "invoices/s"),
            Figure("billing-run-cpu", run.cpu * 1000 / INVOICES, "CPU ms/invoice", copied.cpu * 1000 / INVOICES),
            Figure(
                "billing-run-again", again.wall / run.wall, "of the run", None, again.wall / run.wall, 0.1, at_most=True
            ),
        ]
    )


if __name__ == "__main__":
    main()
