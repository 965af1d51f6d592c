"""Recognising revenue: a run posts the difference between what should be earned and what was posted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import connection

from kanjo.domains.revenue.facts import RevenueRecognised
from kanjo.domains.revenue.operations.posting import post_slices
from kanjo.domains.revenue.queries import (
    BLOCK,
    RUN_KIND,
    blocks_of,
    obligations_as_known,
    open_books,
    posted_as_known,
    reached_by,
    usage_as_known,
)
from kanjo.domains.revenue.rules.books import booked
from kanjo.domains.revenue.rules.schedule import to_post
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.columns import totals
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.times import AsKnown
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import RunPlan, ShardResult, ShardTask
from kanjo.platform.tables import refuse_unseen


@verb("revenue.preview-recognition", Role.REV_REC, Role.CFO)
def preview_recognition(*, company_id: CompanyId, until: date, by: Actor, at: datetime) -> RunId | None:
    """Plan the run that posts what is earned before *until*; None when there is nothing to post.

    A run for the same day that is not finished is returned as it is. The facts are pinned at this moment: what is
    recorded later is the next run's. Refuses when no books are open for a day that must be posted.
    """
    refuse_unseen(company_id, by)
    runs.one_at_a_time(RUN_KIND, company_id)
    known_at = _now()
    target_on = until - timedelta(days=1)
    former = Run.objects.filter(company_id=company_id, kind=RUN_KIND, target_on=target_on)
    waiting = former.filter(state__in=[Run.State.PREVIEWED, Run.State.APPROVED]).order_by("id").first()
    if waiting is not None:
        return RunId(waiting.pk)
    reached = reached_by(company_id)
    found = [(block, _due(company_id, block, until, known_at, reached)) for block in blocks_of(company_id)]
    due = [(block, slices) for block, slices in found if slices.height]
    if not due:
        return None
    plan = RunPlan(
        kind=RUN_KIND,
        key=f"{target_on}/{former.count() + 1}",
        company_id=company_id,
        target_on=target_on,
        known_at=known_at,
        shards=tuple({"block": block, "reached": str(reached) if reached else None} for block, _ in due),
        preview={"made": _summary(pl.concat([slices for _, slices in due]))},
    )
    return runs.preview_run(plan=plan, by=by, at=at)


def execute_recognition(*, run_id: RunId, by: Actor, at: datetime) -> dict[str, Any]:
    """Post an approved run, block by block, and return its report; owns its transactions.

    Killed anywhere it is called again and goes on. Two runs at once meet at the lock of each block, and the second
    posts only what the first left.
    """
    return runs.execute_run(run_id=run_id, work=lambda task: _post_block(task, by, at), by=by, at=at)


def _now() -> datetime:
    """Return the database's moment, by which every recorded fact is dated."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchall()[0][0]
        return moment


def lock_block(block: int) -> None:
    """Let nobody else recognise these obligations until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('revenue.block'), %s)", [block])


def _post_block(task: ShardTask, by: Actor, at: datetime) -> ShardResult:
    block, reached = int(task.scope["block"]), task.scope["reached"]
    lock_block(block)
    until = task.target_on + timedelta(days=1)
    due = _due(task.company_id, block, until, task.known_at, date.fromisoformat(reached) if reached else None)
    post_slices(due, company_id=task.company_id, run_id=task.run_id)
    for currency, amount, slices in _by_currency(due).iter_rows():
        record(
            RevenueRecognised(
                company_id=task.company_id,
                effective_on=task.target_on,
                run_id=task.run_id,
                currency=currency,
                amount_minor=amount,
                slices=slices,
            ),
            by=by,
            at=at,
        )
    return ShardResult(_summary(due))


def _due(company_id: CompanyId, block: int, until: date, known_at: datetime, reached: date | None) -> pl.DataFrame:
    """Return the slices to post of one block, with customer, currency and their day in the books."""
    ids = (block * BLOCK, (block + 1) * BLOCK)
    known = AsKnown(until - timedelta(days=1), known_at)
    obligations = obligations_as_known(company_id, known, ids=ids)
    usage = usage_as_known(company_id, known, ids=ids)
    posted = posted_as_known(company_id, AsKnown(date.max), ids=ids).join(obligations, on="obligation_id", how="semi")
    slices = to_post(obligations, posted, until, reached, usage).join(
        obligations.select("obligation_id", "customer_id", "currency", "promised_on"), on="obligation_id"
    )
    return booked(slices, until, open_books(company_id)).drop("promised_on")


def _by_currency(slices: pl.DataFrame) -> pl.DataFrame:
    return totals(slices.with_columns(slices=pl.lit(1, pl.Int64)), by=["currency"], columns=["amount_minor", "slices"])


def _summary(slices: pl.DataFrame) -> dict[str, int]:
    """Return the number of slices and the amount per currency, named for the run's preview and report."""
    sums = {f"amount_minor {currency}": amount for currency, amount, _ in _by_currency(slices).iter_rows()}
    return {"slices": slices.height, **sums}
