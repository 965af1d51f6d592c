"""What billing knows of plans, as columns: their terms, what was told of them since, and what was posted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl
from django.db import connection

from kanjo.domains.billing.rules.owed import MOVED, POSTED, RETURNED, Known
from kanjo.domains.billing.rules.plans import POLICY
from kanjo.domains.billing.rules.shares import WHOLE
from kanjo.domains.billing.rules.stretches import AWAY, CHANGES
from kanjo.platform.bulk.reading import read_columns

if TYPE_CHECKING:
    from kanjo.foundation.ids import CompanyId, ContractId, OrderId, PlanId

Accounts = tuple[int, int]
"""The first and the last billing account of a part of the work."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which plans are asked for: all of a company, or only those of some accounts, one contract, order or plan."""

    company_id: CompanyId
    accounts: Accounts | None = None
    contract_id: ContractId | None = None
    order_id: OrderId | None = None
    plan_id: PlanId | None = None
    due_by: date | None = None
    """Leave out plans of which nothing may be billed by that day."""

    @property
    def where(self) -> str:
        """The condition on `billing_plan p`, on the names of `asked`."""
        narrowed = (
            (self.accounts, "p.account_id BETWEEN %(first)s AND %(last)s"),
            (self.contract_id, "p.contract_id = %(contract_id)s"),
            (self.order_id, "p.order_id = %(order_id)s"),
            (self.plan_id, "p.id = %(plan_id)s"),
            (self.due_by, "p.due_from <= %(due_by)s"),
        )
        return " AND ".join(["p.company_id = %(company_id)s", *(words for given, words in narrowed if given)])

    @property
    def asked(self) -> dict[str, object]:
        """What the condition asks for."""
        first, last = self.accounts or (0, 0)
        return {**asdict(self), "first": first, "last": last}


TERMS: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "charge": pl.String,
    "timing": pl.String,
    "interval_months": pl.Int64,
    "anchor_on": pl.Date,
    "quantity": pl.Int64,
    "net_minor": pl.Int64,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "due_from": pl.Date,
    "accepted_on": pl.Date,
    "policy": pl.Int64,
    "order_line_id": pl.Int64,
    "currency": pl.String,
}
ISSUED_TO: dict[str, type[pl.DataType]] = {
    "account_id": pl.Int64,
    "contract_id": pl.Int64,
    "order_id": pl.Int64,
    "customer_id": pl.Int64,
    "payer_id": pl.Int64,
    "payment_terms": pl.String,
    "description": pl.String,
    "tax_class": pl.String,
    "payer_name": pl.String,
    "payer_address": pl.String,
    "language": pl.String,
}
"""What an invoice says beside the terms of its lines."""

_TERMS = """p.id, p.charge, p.timing, p.interval_months, p.anchor_on, p.quantity, p.net_minor, p.service_start,
    p.service_until, p.due_from, x.accepted_on, p.policy_id, p.order_line_id, p.currency"""
# Joined so that no plan is lost: what it names and is not there is null.
_ISSUED_TO = """, p.account_id, p.contract_id, o.id, k.id, c.id, p.payment_terms,
    CASE WHEN c.language = 'ja' THEN p.description_ja ELSE p.description_en END, p.tax_class,
    CASE WHEN c.language <> 'ja' AND c.name_en <> '' THEN c.name_en ELSE c.name END, c.address, c.language"""
_PLANS = """
FROM billing_plan p LEFT JOIN billing_acceptance x ON x.plan_id = p.id AND x.recorded_at <= %(known_at)s"""
_PARTIES = """
LEFT JOIN billing_account a ON a.id = p.account_id AND a.company_id = p.company_id
LEFT JOIN customers_customer c ON c.id = a.payer_id
LEFT JOIN customers_customer k ON k.id = p.customer_id
LEFT JOIN orders_order o ON o.id = p.order_id"""
_PROGRESS = """
SELECT c.plan_id, max(c.service_until), bool_or(c.credited_line_id IS NOT NULL)
FROM billing_charge c WHERE c.plan_id IN (SELECT p.id FROM billing_plan p WHERE {where}) GROUP BY 1
"""
_CHARGED = """
SELECT coalesce(c.credited_line_id, c.invoice_line_id), c.plan_id, c.price_minor, c.service_start, c.service_until,
       c.whole_start, c.whole_until, c.price_minor, CASE p.charge WHEN 'recurring' THEN y.day_count ELSE %(whole)s END,
       y.month_days, c.quantity, c.sequence, c.credited_line_id IS NULL
FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id JOIN billing_policy y ON y.id = p.policy_id
WHERE c.plan_id = ANY(%(told)s)
"""


_POLICIES = f"SELECT id, {', '.join(POLICY)} FROM billing_policy"  # noqa: S608 our own names


def read_plans(scope: Scope, known_at: datetime, *, issued_to: bool = False) -> pl.DataFrame:
    """Return plans with their policy as recorded by *known_at*: `TERMS`, and `ISSUED_TO` where asked."""
    selected = f"SELECT {_TERMS}{_ISSUED_TO if issued_to else ''} {_PLANS}{_PARTIES if issued_to else ''}"
    plans = read_columns(
        f"{selected} WHERE {scope.where} AND p.recorded_at <= %(known_at)s",
        {**scope.asked, "known_at": known_at},
        {**TERMS, **(ISSUED_TO if issued_to else {})},
    )
    return plans.join(read_policies(), on="policy", how="left", maintain_order="left")


def read_policies() -> pl.DataFrame:
    """Return every policy under the number that plans name."""
    return read_columns(_POLICIES, {}, {"policy": pl.Int64, **POLICY})


def read_due(
    scope: Scope, known_at: datetime, *, issued_to: bool = False, if_accepted: bool = False
) -> tuple[pl.DataFrame, Known]:
    """Return plans with how far they are billed, and what was told of them, as recorded by *known_at*.

    What is posted is as of now. *if_accepted* takes what waits for acceptance as accepted when it may be billed.
    """
    plans = read_plans(scope, known_at, issued_to=issued_to)
    if if_accepted:
        plans = plans.with_columns(pl.coalesce("accepted_on", "due_from").alias("accepted_on"))
    progress = read_columns(
        _PROGRESS.format(where=scope.where),
        scope.asked,
        {"plan_id": pl.Int64, "billed_until": pl.Date, "given_back": pl.String},
    )
    followed = plans.join(progress.drop("given_back"), on="plan_id", how="left", maintain_order="left")
    given_back = progress.filter(pl.col("given_back") == "t").select("plan_id")
    return followed, _known(given_back, scope, known_at)


def _known(given_back: pl.DataFrame, scope: Scope, known_at: datetime) -> Known:
    changes, away, moved = (pl.DataFrame(schema=schema) for schema in (CHANGES, AWAY, MOVED))
    told = pl.concat([frame["plan_id"] for frame in (changes, away, moved, given_back)]).unique()
    charged, returned = read_posted(told)
    return Known(changes=changes, away=away, moved=moved, charged=charged, given_back=returned)


def read_posted(plan_ids: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what was charged of plans and what of it given back, as `POSTED` and `RETURNED`."""
    if plan_ids.is_empty():
        return pl.DataFrame(schema=POSTED), pl.DataFrame(schema=RETURNED)
    asked = {"told": plan_ids.to_list(), "whole": WHOLE}
    rows = read_columns(_CHARGED, asked, {**POSTED, "charged": pl.String})
    charged = pl.col("charged") == "t"
    return rows.filter(charged).select(*POSTED), rows.filter(~charged).select(*RETURNED)


def known_now() -> datetime:
    """Return the database's moment, the one that `recorded_at` is written with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
        return row[0]
