"""What is still to be invoiced of each order line, from the schedule itself."""

from __future__ import annotations

from datetime import date

import polars as pl

from kanjo.domains.billing.rules.schedule import PLAN, POSTED, due_charges
from kanjo.foundation.ids import CompanyId
from kanjo.platform.bulk.reading import read_columns

_LINES = """
    SELECT l.id, o.number || '/' || l.position, o.currency, l.total_minor, p.id
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    LEFT JOIN billing_plan p ON p.order_line_id = l.id
    WHERE o.company_id = %(company)s ORDER BY o.currency, l.id"""

_PLANS = """
    SELECT p.id, p.charge, p.timing, p.interval_months, p.anchor_on, p.net_minor, p.service_start, p.service_until,
           p.due_from, coalesce(x.accepted_on, p.due_from)
    FROM billing_plan p LEFT JOIN billing_acceptance x ON x.plan_id = p.id WHERE p.company_id = %(company)s"""

_POSTED = """
    SELECT c.plan_id, c.service_start, sum(c.amount_minor)::bigint, max(c.sequence)::bigint + 1
    FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id WHERE p.company_id = %(company)s GROUP BY 1, 2"""


def still_to_bill(company_id: CompanyId) -> pl.DataFrame:
    """Return per order line: place, currency, total_minor, invoiced_minor and to_come_minor.

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
            "plan_id": pl.Int64,
        },
    )
    posted = read_columns(_POSTED, asked, POSTED)
    plans = read_columns(_PLANS, asked, PLAN)
    to_come = (
        due_charges(plans.lazy(), posted.lazy(), date.max).group_by("plan_id").agg(to_come_minor=pl.sum("net_minor"))
    )
    invoiced = posted.lazy().group_by("plan_id").agg(invoiced_minor=pl.sum("posted_minor"))
    return (
        lines.lazy()
        .join(invoiced, on="plan_id", how="left")
        .join(to_come, on="plan_id", how="left")
        .with_columns(pl.col("invoiced_minor", "to_come_minor").fill_null(0))
        .collect()
    )
