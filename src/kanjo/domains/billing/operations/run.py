"""The billing run: previewed, approved, executed in shards of accounts; a reversal runs through the same door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import polars as pl
from django.db import transaction

from kanjo.domains.billing.facts import InvoiceIssued
from kanjo.domains.billing.operations.issue import (
    OF_PLAN,
    Due,
    charges_due,
    drafted_for,
    failed_of,
    invoiceable,
    no_longer_failed,
    write_apart,
)
from kanjo.domains.billing.operations.locking import lock_accounts
from kanjo.domains.billing.operations.reverse import KIND as REVERSAL
from kanjo.domains.billing.operations.reverse import mark_reversed, reverse_shard
from kanjo.domains.billing.operations.writing import CHARGES, TABLES, Also, Issuing, counted
from kanjo.domains.billing.queries.due import Scope, as_of, known_now
from kanjo.domains.billing.queries.sharing import read_sharing
from kanjo.domains.billing.rules.guards import LARGEST_MINOR, RunUnexplained
from kanjo.domains.billing.rules.owed import still_due
from kanjo.domains.billing.rules.soundness import without
from kanjo.domains.billing.rules.splitting import shared
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live, Loading, Staged, make_ready, prepare_stage, sample, settle
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.outbox.loading import await_delivery
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import Failed, RunPlan, ShardResult, ShardTask

KIND = "billing"
STAGED_FROM = 5_000
"""Due lines from which a run loads into tables of its own: below, making and attaching them costs more."""
SHARD_LINES = 20_000
"""Lines in one transaction: some seconds of work, some tens of megabytes."""


@verb("billing.preview", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def preview_run(*, company_id: CompanyId, on: date, because: str = "", by: Actor, at: datetime) -> RunId:
    """Compute what would be issued on *on* and write it down as a previewed run, compared with the last that issued.

    While a run of that day waits or is under way it is returned unchanged; after it was executed, the next preview
    is of what has become due since. The schedule needs no reason, a person does (`RunUnexplained`).
    """
    if not (by.system or because.strip()):
        raise RunUnexplained(at="because")
    runs.one_at_a_time(KIND, company_id)
    of_day = Run.objects.visible_to(by).filter(company_id=company_id, kind=KIND, target_on=on)
    under_way = of_day.filter(state__in=[Run.State.PREVIEWED, Run.State.APPROVED]).first()
    if under_way is not None:
        return RunId(under_way.pk)
    known_at = known_now()
    of_kind = Run.objects.filter(company_id=company_id, kind=KIND)
    issued = of_kind.filter(state=Run.State.EXECUTED, report__invoices__gt=0).order_by("-target_on", "-id").first()
    due = charges_due(Scope(company_id), on, known_at, then=issued.known_at if issued else None)
    company = SellingCompany.objects.get(pk=company_id)
    preview = {
        **_to_make(company, due.charges, on),
        **_compared(of_kind.order_by("-id").first(), issued),
        "forecast": _forecast(due, company_id, on, issued.known_at) if issued else {},
        **_on_hold(due.held),
    }
    plan = RunPlan(
        kind=KIND,
        key=f"{on}#{of_day.count() + 1}",
        company_id=company_id,
        target_on=on,
        known_at=known_at,
        shards=tuple(_shards(due.charges)),
        preview=preview,
        staged=due.charges.height >= STAGED_FROM,
    )
    return runs.preview_run(plan=plan, by=by, at=at, because=because)


def execute(
    *,
    run_id: RunId,
    by: Actor,
    at: datetime,
    also: Also | None = None,
    also_tables: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
    workers: int = 1,
) -> dict[str, Any]:
    """Execute an approved billing or reversing run and return its report: counts, and totals by currency.

    Owns its transactions; *workers* threads share the shards, and several processes may call it at once; killed
    anywhere, it is called again. *also* writes into *also_tables* with every shard. Refuses `WrongRunState`,
    `PeriodLocked`.
    """
    run = Run.objects.seen(run_id, by)
    tables = (*TABLES, *also_tables)
    if run.staged:
        with transaction.atomic():
            prepare_stage(run_id=run_id, shards=run.shards.count(), tables=tables)
    shard = reverse_shard if run.kind == REVERSAL else partial(bill_shard, at=at)
    return runs.execute_run(
        run_id=run_id,
        work=lambda task: shard(task, _loading(task), by, also),
        by=by,
        at=at,
        finish=partial(_finish, run=run, tables=tables),
        progress=progress,
        workers=workers,
        before_finish=partial(make_ready, run_id=run_id, tables=tables, workers=workers) if run.staged else None,
    )


def bill_shard(task: ShardTask, loading: Loading, by: Actor, also: Also | None, *, at: datetime) -> ShardResult:
    """Issue what is due of the shard's accounts; a contract that cannot be invoiced fails alone, or else its payer."""
    accounts = (int(task.scope["first"]), int(task.scope["last"]))
    lock_accounts(task.company_id, accounts)
    scope = Scope(task.company_id, accounts=accounts)
    charges, wrong = invoiceable(charges_due(scope, task.target_on, task.known_at).charges)
    issuing = Issuing(
        company_id=task.company_id,
        issued_on=task.target_on,
        loading=loading,
        by=by,
        run_id=task.run_id,
        also=also,
    )
    made, not_taken = write_apart(SellingCompany.objects.get(pk=task.company_id), charges, issuing)
    failed = tuple(Failed(failed_of(unit), refusal) for unit, refusal in {**wrong, **not_taken}.items())
    failed = tuple(sorted(failed, key=lambda one: one.subject))
    if not made:
        return ShardResult(made={}, failed=failed)
    invoices = pl.concat(made)
    no_longer_failed(without(charges, not_taken), by, at)
    return ShardResult(made=counted(invoices), failed=failed)


def _loading(task: ShardTask) -> Loading:
    return Staged(task.run_id, task.number) if task.staged else Live()


def _finish(run_id: RunId, *, run: Run, tables: Sequence[str]) -> dict[str, Any]:
    if run.staged:
        settle(run_id=run_id, tables=tables)
        sample(CHARGES)
        await_delivery(run_id=run_id, kind=InvoiceIssued.kind)
    if run.kind == REVERSAL:
        mark_reversed(RunId(run.scope["run_id"]))
    return {}


def _shards(charges: pl.DataFrame) -> list[dict[str, int]]:
    """Cut the accounts with something due into ranges of about `SHARD_LINES` lines."""
    accounts = charges.group_by("account_id").len("lines").sort("account_id")
    return [
        {"first": row["first"], "last": row["last"], "lines": row["lines"]}
        for row in accounts.with_columns(shard=(pl.col("lines").cum_sum() - 1) // SHARD_LINES)
        .group_by("shard", maintain_order=True)
        .agg(pl.col("account_id").min().alias("first"), pl.col("account_id").max().alias("last"), pl.col("lines").sum())
        .iter_rows(named=True)
    ]


def _to_make(company: SellingCompany, charges: pl.DataFrame, on: date) -> dict[str, Any]:
    """Return what would be issued, and how many contracts, or all of a payer, would be refused."""
    good, wrong = invoiceable(charges)
    totals = counted(drafted_for(company, good, on).invoices) if good.height else {"invoices": 0, "lines": 0}
    return {"made": totals, "refused": len(wrong)}


def _compared(shown: Run | None, issued: Run | None) -> dict[str, Any]:
    """Return what the last preview showed, and what the last run that issued made."""
    return {
        "before": {"run": issued.key, **issued.report} if issued else {},
        "preview_before": {"run": shown.key, **shown.preview["made"]} if shown else {},
    }


def _forecast(due: Due, company_id: CompanyId, on: date, then: datetime) -> dict[str, int]:
    """Return how many charges would be due, and how much before tax by currency, by what was known at the last run.

    What else is due was told since.
    """
    plans, known = as_of(then, due.plans, due.known, Scope(company_id, due_by=on))
    charges = still_due(plans, on, known).join(plans.select(OF_PLAN), on="plan_id")
    charges = shared(charges, read_sharing(company_id, charges, then), pl.lit(on))
    sums = _sums(charges)
    return {"lines": charges.height, **{f"net_{currency}": net for currency, net in sums.iter_rows()}}


def _on_hold(held: pl.DataFrame) -> dict[str, Any]:
    """Return how much is due and held, by currency before tax; nothing where nothing is."""
    sums = _sums(held)
    money = {f"net_{currency}": net for currency, net in sums.iter_rows()}
    return {"held": {"lines": held.height, **money}} if held.height else {}


def _sums(charges: pl.DataFrame) -> pl.DataFrame:
    """Return how much there is before tax by currency, without what cannot be billed for its size."""
    fit = charges.filter(pl.col("net_minor").is_between(-LARGEST_MINOR, LARGEST_MINOR))
    return fit.group_by("currency").agg(pl.sum("net_minor")).sort("currency")
