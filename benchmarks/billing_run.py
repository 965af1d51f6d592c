"""A billing run of 100,000 invoices with two lines each, against COPY of the rows it writes into bare tables.

Counted is the execution by one worker per core, with numbers, postings, facts and open items, until every constraint is
in force; the preview is told beside it, and a second run of the same day, which finds nothing, against the first. Each
month is one trial; the middle one is told. A last month is executed by four workers, which make the same.
`python -m benchmarks.billing_run 500000` runs a million lines.
"""

from __future__ import annotations

import os
import resource
import sys
from datetime import date
from statistics import median_low
from typing import TYPE_CHECKING

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import Bare, Meter, a_house

if TYPE_CHECKING:
    from kanjo.foundation.ids import RunId

INVOICES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
MONTHS = [date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]
BY_FOUR = date(2026, 7, 1)
BAR = 0.3
AGAIN = 0.1
MEMORY_GIB = 4


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
        previews, again = Meter(), Meter()

        def prepare(month: date) -> RunId:
            with transaction.atomic():
                run_id = bill.preview(
                    company_id=book.company_id, on=month, because="monthly", by=book.receivables, at=NOW
                )
                bill.approve(run_id=run_id, by=book.approver, at=NOW)
            return run_id

        def execute(run_id: RunId, workers: int) -> None:
            made = bill.execute(company_id=book.company_id, run_id=run_id, by=book.receivables, at=NOW, workers=workers)
            assert made["invoices"] == INVOICES, made
            assert made["lines"] == 2 * INVOICES, made

        for month in MONTHS:
            with previews:
                run_id = prepare(month)
            bare = Bare()
            with Meter() as run:
                execute(run_id, os.cpu_count() or 1)
            with again:
                nothing = bill.bill_day(
                    company_id=book.company_id,
                    on=month,
                    because="monthly",
                    by=book.receivables,
                    approved_by=book.approver,
                    at=NOW,
                )
            assert nothing == {"failed": 0}, nothing
            copied, rows = bare.copied()
            trials.append((copied.wall / run.wall, run, copied, rows))
        run_id = prepare(BY_FOUR)
        with Meter() as by_four:
            execute(run_id, 4)
    first = previews.wall + sum(trial[1].wall for trial in trials)
    second = again.wall / len(MONTHS)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    ratio, run, copied, rows = median_low(sorted(trials, key=lambda trial: trial[0]))
    tell(
        [
            Figure("billing-run", rows / run.wall, "rows/s", rows / copied.wall, ratio, BAR),
            Figure("billing-run-preview", INVOICES * len(MONTHS) / previews.wall, "invoices/s"),
            Figure("billing-run-invoices", INVOICES / run.wall, "invoices/s"),
            Figure(
                "billing-run-by-four",
                INVOICES / by_four.wall,
                "invoices/s",
                INVOICES / run.wall,
                run.wall / by_four.wall,
            ),
            Figure("billing-run-again", second, "s", ratio=again.wall / first, bar=AGAIN, at_most=True),
            Figure("billing-run-memory", memory, "GiB", MEMORY_GIB, memory / MEMORY_GIB, 1, at_most=True),
            Figure("billing-run-cpu", run.cpu * 1000 / INVOICES, "CPU ms/invoice", copied.cpu * 1000 / INVOICES),
        ]
    )


if __name__ == "__main__":
    main()
