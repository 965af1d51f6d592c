"""Reads of revenue: what is promised, what was recognised, what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import F, Func, Max, Sum
from django.db.models.functions import Coalesce

from kanjo.domains.catalog.facts import Recognition
from kanjo.domains.customers.queries import name_of
from kanjo.domains.revenue.facts import LineToRecognise
from kanjo.domains.revenue.models import Obligation
from kanjo.domains.revenue.rules.promises import refuse_unsound
from kanjo.domains.revenue.rules.schedule import OBLIGATIONS, POSTED, USAGE, earned_by_month
from kanjo.foundation.actors import Actor
from kanjo.foundation.columns import totals
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, OrderId, OrderLineId, RunId
from kanjo.foundation.times import AsKnown
from kanjo.platform.bulk.loading import read_frame
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.runs.models import Run
from kanjo.platform.tallies import Tally, added_up

RUN_KIND = "revenue"

BLOCK = 1 << 14
"""Ids of obligations that one shard of a run takes: fixed blocks, so that two runs meet at the same lock."""

ORDERS: Orders = {
    "number": "id",
    "customer": "customer__name",
    "method": "method",
    "price": "price_minor",
}


@dataclass(frozen=True, slots=True)
class ObligationRow:
    """An obligation as it is shown; `recognised_minor` of `price_minor` and the usage invoiced stands in the books."""

    id: int
    contract_id: ContractId
    order_id: OrderId
    order_line_id: OrderLineId
    customer_id: CustomerId
    customer: str
    currency: str
    method: Recognition
    price_minor: int
    usage_minor: int
    recognised_minor: int
    service_start: date | None
    service_until: date | None


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One posted month of an obligation; `effective_on` is its day in the books."""

    id: int
    month: date
    amount_minor: int
    effective_on: date
    run_id: int
    entry_id: int
    reverses_id: int | None


def list_obligations(
    actor: Actor,
    *,
    order_id: OrderId | None = None,
    contract_id: ContractId | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[ObligationRow]:
    """Return obligations, newest first."""
    keys = sorted_by(Obligation, order, ORDERS, "-id")
    found = _obligations(actor, order_id, contract_id)
    return paged(found, keys, at, limit, lambda page: [_row(row) for row in _with_recognised(page)])


def count_obligations(actor: Actor, *, order_id: OrderId | None = None, contract_id: ContractId | None = None) -> Tally:
    """Return how many obligations `list_obligations` has."""
    return added_up(_obligations(actor, order_id, contract_id), ORDERS, "price")


def get_obligation(actor: Actor, obligation_id: int) -> ObligationRow:
    """Return one obligation, or refuse with `NotFound`."""
    return _row(_with_recognised(Obligation.objects.all()).seen(obligation_id, actor))


def list_slices(actor: Actor, obligation_id: int) -> list[SliceRow]:
    """Return what was posted of an obligation, oldest first."""
    obligation = Obligation.objects.seen(obligation_id, actor)
    return [
        SliceRow(
            id=row.pk,
            month=row.month,
            amount_minor=row.amount_minor,
            effective_on=row.effective_on,
            run_id=row.run_id,
            entry_id=row.entry_id,
            reverses_id=row.reverses_id,
        )
        for row in obligation.slices.order_by("id")
    ]


def recognised(company_id: CompanyId, known: AsKnown) -> pl.DataFrame:
    """Return (order_line_id, currency, recognised_minor): posted by the day, as known; one row per order line."""
    return read_frame(
        """
        SELECT o.order_line_id, o.currency, sum(s.amount_minor)::bigint FROM revenue_slice s
        JOIN revenue_obligation o ON o.id = s.obligation_id
        WHERE s.company_id = %s AND s.effective_on <= %s AND s.recorded_at <= coalesce(%s, 'infinity'::timestamptz)
        GROUP BY o.order_line_id, o.currency ORDER BY o.order_line_id
        """,
        [company_id, known.effective_on, known.known_at],
        {"order_line_id": pl.Int64, "currency": pl.String, "recognised_minor": pl.Int64},
    )


def waterfall(company_id: CompanyId, known: AsKnown) -> pl.DataFrame:
    """Return (obligation_id, currency, month, recognised_minor, to_come_minor), as known.

    A month is the one revenue is earned in. What waits for a delivery is to come in no month yet: its month is null.
    Recognised and to come of one obligation sum to its price and the usage invoiced.
    """
    obligations = obligations_as_known(company_id, known)
    posted = posted_as_known(company_id, known)
    both = _planned(obligations, usage_as_known(company_id, known)).join(
        posted, on=["obligation_id", "month"], how="full", coalesce=True, nulls_equal=True
    )
    recognised_minor = pl.col("posted_minor").fill_null(0)
    return (
        both.join(obligations.select("obligation_id", "currency"), on="obligation_id")
        .select(
            "obligation_id",
            "currency",
            "month",
            recognised_minor=recognised_minor,
            to_come_minor=pl.col("earned_minor").fill_null(0) - recognised_minor,
        )
        .sort("obligation_id", "month", nulls_last=True)
    )


def waterfall_by_month(company_id: CompanyId, known: AsKnown) -> pl.DataFrame:
    """Return (currency, month, recognised_minor, to_come_minor) over all obligations, the undated month last."""
    rows = waterfall(company_id, known)
    return totals(rows, by=["currency", "month"], columns=["recognised_minor", "to_come_minor"]).sort(
        "currency", "month", nulls_last=True
    )


def obligations_as_known(company_id: CompanyId, known: AsKnown, *, ids: tuple[int, int] | None = None) -> pl.DataFrame:
    """Return obligations and the last told delivery of each (`OBLIGATIONS`), as known; *ids*: first and until."""
    first, until = ids or (0, 1 << 62)
    return read_frame(
        """
        WITH asked (moment) AS (VALUES (coalesce(%s, 'infinity'::timestamptz)))
        SELECT o.id, o.customer_id, o.currency, o.method, o.price_minor, o.service_start, o.service_until,
            (SELECT d.delivered_on FROM revenue_delivery d WHERE d.obligation_id = o.id AND d.recorded_at <= moment
             ORDER BY d.id DESC LIMIT 1), o.effective_on
        FROM revenue_obligation o, asked
        WHERE o.company_id = %s AND o.effective_on <= %s AND o.recorded_at <= moment AND o.id >= %s AND o.id < %s
        ORDER BY o.id
        """,
        [known.known_at, company_id, known.effective_on, first, until],
        OBLIGATIONS,
    )


def posted_as_known(company_id: CompanyId, known: AsKnown, *, ids: tuple[int, int] | None = None) -> pl.DataFrame:
    """Return what was posted (`POSTED`) by the day, as known, one row per obligation and month."""
    first, until = ids or (0, 1 << 62)
    return read_frame(
        """
        SELECT obligation_id, month, sum(amount_minor)::bigint FROM revenue_slice
        WHERE company_id = %s AND effective_on <= %s AND recorded_at <= coalesce(%s, 'infinity'::timestamptz)
            AND obligation_id >= %s AND obligation_id < %s
        GROUP BY obligation_id, month
        """,
        [company_id, known.effective_on, known.known_at, first, until],
        POSTED,
    )


def usage_as_known(company_id: CompanyId, known: AsKnown, *, ids: tuple[int, int] | None = None) -> pl.DataFrame:
    """Return what was invoiced of usage (`USAGE`) by the day, as known, credits included."""
    first, until = ids or (0, 1 << 62)
    return read_frame(
        """
        SELECT o.id, c.service_until, sum(c.amount_minor)::bigint
        FROM billing_plan p JOIN revenue_obligation o ON o.order_line_id = p.order_line_id
        JOIN billing_charge c ON c.plan_id = p.id
        WHERE p.company_id = %s AND p.charge = 'usage' AND c.effective_on <= %s
            AND c.recorded_at <= coalesce(%s, 'infinity'::timestamptz) AND o.id >= %s AND o.id < %s
        GROUP BY 1, 2
        """,
        [company_id, known.effective_on, known.known_at, first, until],
        USAGE,
    )


def slices_of_run(run_id: RunId) -> pl.DataFrame:
    """Return the slices of a run as `post_slices` takes them, each as the one to be reversed."""
    return read_frame(
        """
        SELECT s.obligation_id, o.customer_id, o.currency, s.month, s.amount_minor, s.effective_on, s.id
        FROM revenue_slice s JOIN revenue_obligation o ON o.id = s.obligation_id
        WHERE s.run_id = %s AND s.reverses_id IS NULL ORDER BY s.id
        """,
        [run_id],
        {
            "obligation_id": pl.Int64,
            "customer_id": pl.Int64,
            "currency": pl.String,
            "month": pl.Date,
            "amount_minor": pl.Int64,
            "effective_on": pl.Date,
            "reverses_id": pl.Int64,
        },
    )


def blocks_of(company_id: CompanyId) -> list[int]:
    """Return the blocks of ids (`BLOCK`) that hold obligations of the company."""
    blocks = Obligation.objects.filter(company_id=company_id).annotate(block=F("id") / BLOCK)
    return list(blocks.values_list("block", flat=True).distinct().order_by("block"))


def reached_by(company_id: CompanyId) -> date | None:
    """Return the day up to which (excluded) runs have posted revenue, or are about to."""
    states = [Run.State.APPROVED, Run.State.EXECUTED]
    last = Run.objects.filter(company_id=company_id, kind=RUN_KIND, state__in=states).aggregate(last=Max("target_on"))
    return last["last"] + timedelta(days=1) if last["last"] else None


def open_books(company_id: CompanyId) -> list[tuple[date, date]]:
    """Return the open accounting periods (start, until), earliest first; none is locked until the transaction ends."""
    periods = read_frame(
        "SELECT start, until FROM ledger_period WHERE company_id = %s AND state = 'open' ORDER BY start FOR SHARE",
        [company_id],
        {"start": pl.Date, "until": pl.Date},
    )
    return list(periods.iter_rows())


def preview_revenue(lines: Sequence[LineToRecognise]) -> list[tuple[date | None, int]]:
    """Return what *lines* would earn in each month, in order; None is the month of what waits for its delivery.

    Refuses `ServicePeriodMissing`.
    """
    refuse_unsound(lines)
    rows = [
        {
            "obligation_id": number,
            "method": line.recognition.value,
            "price_minor": line.total_minor,
            "service_start": line.service.start if line.service else None,
            "service_until": line.service.until if line.service else None,
        }
        for number, line in enumerate(lines)
    ]
    months = _planned(pl.DataFrame(rows, schema=OBLIGATIONS)).group_by("month").agg(pl.sum("earned_minor"))
    return list(months.sort("month", nulls_last=True).iter_rows())


def _planned(obligations: pl.DataFrame, usage: pl.DataFrame | None = None) -> pl.DataFrame:
    waiting = obligations.filter(
        (pl.col("method") == Recognition.AT_A_POINT.value) & pl.col("delivered_on").is_null()
    ).select("obligation_id", month=pl.lit(None, dtype=pl.Date), earned_minor=pl.col("price_minor"))
    return pl.concat([earned_by_month(obligations, usage=usage), waiting])


def _obligations(actor: Actor, order_id: OrderId | None, contract_id: ContractId | None) -> Any:
    rows = Obligation.objects.visible_to(actor)
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if contract_id is not None:
        rows = rows.filter(contract_id=contract_id)
    return rows


def _with_recognised(rows: Any) -> Any:
    return rows.select_related("customer").annotate(
        recognised=Coalesce(Sum("slices__amount_minor"), 0), usage=Func(F("order_line_id"), template=_USAGE_OF)
    )


_USAGE_OF = """(SELECT coalesce(sum(c.amount_minor), 0)::bigint
    FROM billing_plan p JOIN billing_charge c ON c.plan_id = p.id
    WHERE p.order_line_id = %(expressions)s AND p.charge = 'usage')"""


def _row(row: Any) -> ObligationRow:
    return ObligationRow(
        id=row.pk,
        contract_id=ContractId(row.contract_id),
        order_id=OrderId(row.order_id),
        order_line_id=OrderLineId(row.order_line_id),
        customer_id=CustomerId(row.customer_id),
        customer=name_of(row.customer),
        currency=row.currency,
        method=Recognition(row.method),
        price_minor=row.price_minor,
        usage_minor=row.usage,
        recognised_minor=row.recognised,
        service_start=row.service_start,
        service_until=row.service_until,
    )
