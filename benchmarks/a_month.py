"""A whole month of subscriptions of two lines: rated, invoiced, numbered, posted, paid by a bank file and reconciled.

Told is the CPU of client and server together per invoice: for 10,000 subscriptions, and again for 200 to show that it
does not grow. Beside it stands COPY of the same rows into bare tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import Bare, Meter, a_house

if TYPE_CHECKING:
    from benchmarks.kit.subscriptions import Book

MANY, FEW = 10_000, 200
MONTHS = [date(2026, month, 1) for month in (4, 5, 6)]
BAR_CPU_MS, BAR_GROWTH = 2.0, 1.1
NAMED = 5
"""Of so many payments all but one name their invoice; that one names only its payer."""


@dataclass(frozen=True)
class Month:
    """CPU ms per invoice of one month, and of the bare COPY of its rows."""

    cpu_ms: float
    limit_ms: float
    rows: float


def main() -> None:
    """Measure and tell."""
    with a_house():
        few, many = [measured(count) for count in (FEW, MANY)]
    spent, limit = median(month.cpu_ms for month in many), median(month.limit_ms for month in many)
    growth = spent / median(month.cpu_ms for month in few)
    tell(
        [
            Figure("month-cpu", spent, "CPU ms/invoice", BAR_CPU_MS, spent / BAR_CPU_MS, 1, at_most=True),
            Figure("month-against-copy", spent, "CPU ms/invoice", limit, limit / spent),
            Figure("month-growth", spent, "CPU ms/invoice", spent / growth, growth, BAR_GROWTH, at_most=True),
            Figure("month-rows", median(month.rows for month in many), "rows/invoice"),
        ]
    )


def measured(count: int) -> list[Month]:
    """Take *count* subscriptions through each month, in a company of their own."""
    from benchmarks.kit.subscriptions import a_company_with_people, subscribe

    book = a_company_with_people(f"company-{count}")
    subscribe(book, count)
    return [_month(book, month, count) for month in MONTHS]


def _month(book: Book, month: date, count: int) -> Month:
    from django.db import transaction

    from kanjo.processes import bill
    from kanjo.processes.take_bank_file import take_bank_file
    from tests.builders import NOW

    bare, meter = Bare(), Meter()
    with meter:
        bill.bill_day(
            company_id=book.company_id,
            on=month,
            because="monthly",
            by=book.receivables,
            approved_by=book.approver,
            at=NOW,
        )
    paid_on, content = payments(book, month)
    with meter, transaction.atomic():
        taken = take_bank_file(
            company_id=book.company_id, content=content, name="month.csv", on=paid_on, by=book.receivables, at=NOW
        )
    assert (taken.new, taken.matched.settled) == (count, count), taken
    copied, rows = bare.copied()
    return Month(meter.cpu * 1000 / count, copied.cpu * 1000 / count, rows / count)


def payments(book: Book, month: date) -> tuple[date, bytes]:
    """Return the bank's file in which every invoice of the month is paid on its due day, and that day."""
    from kanjo.connectors.bank.plain import write_statement
    from kanjo.connectors.bank.statements import BankLine, BankStatement
    from kanjo.domains.billing.models import Invoice
    from kanjo.foundation.money import Money

    owed = Invoice.objects.filter(company_id=book.company_id, issued_on=month).order_by("id")
    due_on: date = owed[0].due_on
    lines = tuple(
        BankLine(
            line=place,
            bank_reference=invoice.number,
            booked_on=due_on,
            value_on=due_on,
            amount=Money(invoice.total_minor, invoice.currency),
            payer_name=invoice.payer_name,
            text="" if place % NAMED == 0 else invoice.number,
        )
        for place, invoice in enumerate(owed, start=1)
    )
    statement = BankStatement(
        account="0001-123-1-1234567", holder="KANJO", currency="JPY", from_on=due_on, to_on=due_on, lines=lines
    )
    return due_on, write_statement(statement)


if __name__ == "__main__":
    main()
