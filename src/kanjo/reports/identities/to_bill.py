"""What is still to be invoiced of each order line, from the schedule itself."""

from __future__ import annotations

import polars as pl

from kanjo.domains.billing import queries as billing
from kanjo.foundation.ids import CompanyId
from kanjo.platform.bulk.reading import read_columns

_LINES = """
    SELECT l.id, o.number || '/' || l.position, o.currency,
        (l.total_minor + coalesce((SELECT sum(total_minor) FROM orders_orderline WHERE changes_id = l.id), 0))::bigint
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE o.company_id = %(company)s AND l.changes_id IS NULL ORDER BY o.currency, l.id"""

_INVOICED = """
    SELECT p.order_line_id, sum(c.amount_minor)::bigint FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id
    WHERE p.company_id = %(company)s AND p.charge <> 'usage' GROUP BY 1"""


def still_to_bill(company_id: CompanyId) -> pl.DataFrame:
    """Return per order line: place, currency, total_minor, invoiced_minor and to_come_minor, changes counted in.

    Usage is beside what was ordered, and left out.

    What waits for acceptance counts as if accepted: the identity asks what will be billed, not when.
    """
    asked = {"company": company_id}
    lines = read_columns(
        _LINES,
        asked,
        {
            "order_line_id": pl.Int64,
            "place": pl.String,
            "currency": pl.String,
            "total_minor": pl.Int64,
        },
    )
    invoiced = read_columns(_INVOICED, asked, {"order_line_id": pl.Int64, "invoiced_minor": pl.Int64})
    return (
        lines.join(invoiced, on="order_line_id", how="left")
        .join(billing.still_to_bill(company_id), on="order_line_id", how="left")
        .with_columns(pl.col("invoiced_minor", "to_come_minor").fill_null(0))
    )
