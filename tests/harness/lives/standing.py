"""What stands in the books of billing, read without the code that wrote it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from kanjo.domains.billing.tests.owed_oracle import each
from kanjo.foundation.periods import Period
from tests.harness.office import Office


def recurring_plans(office: Office) -> list[dict[str, Any]]:
    """Return the plans that recur, by the names of their columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_plan WHERE company_id = %s AND charge = 'recurring'", [office.company_id])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def standing_days(plan_id: int) -> dict[date, int]:
    """Return the price at which each day of a plan stands billed, whoever bears it."""
    told = rows(
        "SELECT service_start, service_until, price_minor, invoice_line_id, CASE WHEN credited_line_id IS NOT NULL"
        " THEN coalesce(shared_line_id, credited_line_id) END"
        " FROM billing_charge WHERE plan_id = %s AND NOT beside ORDER BY invoice_line_id",
        plan_id,
    )
    back = {(line, day) for start, until, _, _, line in told if line for day in each(Period(start, until))}
    stands = [
        (day, price)
        for start, until, price, line, credited in told
        if credited is None
        for day in each(Period(start, until))
        if (line, day) not in back
    ]
    by_day = dict(stands)
    assert len(by_day) == len(stands), f"days of plan {plan_id} stand billed twice"
    return by_day


def rows(query: str, *asked: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())
