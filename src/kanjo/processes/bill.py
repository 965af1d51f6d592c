"""The billing run: what is due becomes invoices, and each invoice at once an open item of its payer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import ShareOfPayer
from kanjo.domains.billing.queries import InvoiceView, get_invoice
from kanjo.domains.receivables import operations as receivables
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, InvoiceId, OrderId, RunId
from kanjo.platform.bulk.loading import Loading
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.queries import state_of
from kanjo.platform.runs.states import RunState
from kanjo.platform.worklist import operations as worklist
from kanjo.processes.ask_for_invoice import KIND as ASKED
from kanjo.processes.ask_for_invoice import ORDER

PREVIEWED = "-"
"""The reason of what is issued and taken back."""


def preview(*, company_id: CompanyId, on: date, because: str = "", by: Actor, at: datetime) -> RunId:
    """Compute what would be issued on *on*; nothing is issued. The run waits for its approval.

    By schedule without a reason, by hand with one.
    """
    return billing.preview_run(company_id=company_id, on=on, because=because, by=by, at=at)


def preview_reversal(*, run_id: RunId, on: date, because: str, by: Actor, at: datetime) -> RunId:
    """Prepare a credit note for every invoice of a run. The reversing run waits for its approval."""
    return billing.preview_reversal(run_id=run_id, on=on, because=because, by=by, at=at)


def approve(*, run_id: RunId, by: Actor, at: datetime) -> None:
    """Let the previewed run issue; a second person than who previewed it."""
    runs.approve_run(run_id=run_id, by=by, at=at)


def execute(
    *,
    company_id: CompanyId,
    run_id: RunId,
    by: Actor,
    at: datetime,
    progress: Callable[[int], None] | None = None,
    workers: int = 1,
) -> dict[str, Any]:
    """Issue, shard by shard, each in one transaction; return the report. May be killed and called again."""
    return billing.execute(
        run_id=run_id,
        by=by,
        at=at,
        also=_what_follows(company_id, by, at),
        also_tables=receivables.STAGED_TABLES,
        progress=progress,
        workers=workers,
    )


def bill_day(
    *, company_id: CompanyId, on: date, because: str = "", by: Actor, approved_by: Actor, at: datetime
) -> dict[str, Any]:
    """Preview, approve by a second person, and execute what is due on *on*; owns its transactions.

    Killed anywhere it is called again and goes on; when all is billed it makes nothing. Above the limit it stays
    previewed and waits for the CFO: then `waiting` is 1.
    """
    with transaction.atomic():
        run_id = preview(company_id=company_id, on=on, because=because, by=by, at=at)
        if state_of(run_id, by=by) is RunState.PREVIEWED:
            try:
                approve(run_id=run_id, by=approved_by, at=at)
            except runs.AboveLimit:
                return {"waiting": 1}
    return execute(company_id=company_id, run_id=run_id, by=by, at=at)


def issue_invoice(
    *, company_id: CompanyId, order_id: OrderId, on: date, because: str = "", by: Actor, at: datetime
) -> tuple[InvoiceId, ...]:
    """Issue by hand what is due of one order, in one transaction; a person says why."""
    also = _what_follows(company_id, by, at)
    return billing.issue_invoice(order_id=order_id, on=on, because=because, by=by, at=at, also=also)


def preview_invoices(
    *, company_id: CompanyId, order_id: OrderId, on: date, by: Actor, at: datetime
) -> tuple[InvoiceView, ...]:
    """Return the invoices that `issue_invoice` would issue: they are issued and taken back. Refuses as it does."""
    with transaction.atomic():
        issued = issue_invoice(company_id=company_id, order_id=order_id, on=on, because=PREVIEWED, by=by, at=at)
        views = tuple(get_invoice(one, by) for one in issued)
        transaction.set_rollback(True)
    return views


def credit_invoice(
    *, company_id: CompanyId, invoice_id: InvoiceId, on: date, because: str, by: Actor, at: datetime
) -> InvoiceId:
    """Give back one invoice by a credit note, which stands against its open item."""
    also = _what_follows(company_id, by, at)
    return billing.credit_invoice(invoice_id=invoice_id, on=on, because=because, by=by, at=at, also=also)


def split_invoice(
    *,
    company_id: CompanyId,
    invoice_id: InvoiceId,
    shares: Sequence[ShareOfPayer],
    on: date,
    because: str,
    by: Actor,
    at: datetime,
) -> tuple[InvoiceId, ...]:
    """Split an invoice of which nothing is paid between payers; return the invoices in its place.

    A credit note closes it, the parts are open in its stead, in one transaction.
    """
    also = _what_follows(company_id, by, at)
    note, parts = billing.split_invoice(
        invoice_id=invoice_id, shares=shares, on=on, because=because, by=by, at=at, also=also
    )
    receivables.close_by_note(item_id=invoice_id, credit_id=note, on=on, because=because, by=by, at=at)
    return parts


def _what_follows(company_id: CompanyId, by: Actor, at: datetime) -> billing.Also:
    """Return what is written with issued documents: their open items; and their orders ask no longer."""

    def also(frame: pl.DataFrame, loading: Loading) -> None:
        receivables.open_items(company_id=company_id, frame=frame, loading=loading, by=by, at=at)
        worklist.close_all(kind=ASKED, table=ORDER, keys=frame["orders"].explode().unique().to_list(), by=by, at=at)

    return also
