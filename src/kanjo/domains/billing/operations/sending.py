"""Sending all that a run issued: a run of its own, each invoice by its addressee's way, in small transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kanjo.domains.billing.operations.reverse import KIND as REVERSAL
from kanjo.domains.billing.operations.run import KIND as BILLING
from kanjo.domains.billing.operations.send import INVOICE, lock_sending, send_invoice
from kanjo.domains.billing.queries import chosen_for, get_invoice
from kanjo.domains.billing.queries.unsent import SENDING, sendings_of, unsent
from kanjo.domains.billing.rules.guards import NothingToSend, NoWayChosen
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, InvoiceId, RunId
from kanjo.foundation.refusals import Refusal
from kanjo.platform.acts import verb
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import Failed, ShardResult, ShardTask, wrong_state
from kanjo.platform.runs.states import RunState

SHARD_INVOICES = 20
"""Papers in one transaction: some seconds of work."""

Electronic = Callable[[InvoiceId], str]
"""Returns the JP PINT XML of an invoice, empty where it cannot be one."""


@verb("billing.send-run", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def send_run(*, run_id: RunId, on: date, by: Actor, at: datetime) -> RunId:
    """Write down, as an approved run of its own, the sending on *on* of all that a run issued and nobody sent yet.

    What was given back whole is left out: it asks for money no more. Nothing is issued, so nobody approves it. While
    one is not over it is returned unchanged; afterwards the next has what is left. Refuses `WrongRunState` for a run
    that was not executed, and `NothingToSend`.
    """
    run = Run.objects.seen(run_id, by)
    if run.kind not in {BILLING, REVERSAL} or run.state not in {Run.State.EXECUTED, Run.State.REVERSED}:
        raise wrong_state(run, RunState.EXECUTED)
    company_id = CompanyId(run.company_id)
    runs.one_at_a_time(SENDING, company_id)
    sendings = sendings_of(run_id)
    standing = sendings.filter(state=Run.State.APPROVED).first()
    if standing is not None:
        return RunId(standing.pk)
    ids = list(unsent(run_id).order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise NothingToSend(key=run.key)
    return runs.begin_run(
        kind=SENDING,
        key=f"{run_id}#{sendings.count() + 1}",
        company_id=company_id,
        on=on,
        scope={"run_id": run_id},
        preview={"invoices": len(ids)},
        shards=[{"invoices": ids[start : start + SHARD_INVOICES]} for start in range(0, len(ids), SHARD_INVOICES)],
        by=by,
        at=at,
    )


def execute_sending(*, run_id: RunId, electronic: Electronic, by: Actor, at: datetime) -> dict[str, Any]:
    """Send what a sending run has and return its report: how many were `sent`, how many `failed`.

    Owns its transactions; killed anywhere, it is called again. What was sent or given back whole meanwhile is left
    out, what cannot go becomes work of the receivables and stops nobody else.
    """
    of_run = RunId(Run.objects.seen(run_id, by).scope["run_id"])
    return runs.execute_run(
        run_id=run_id, work=lambda task: _send_shard(task, of_run, electronic, by, at), by=by, at=at
    )


def _send_shard(task: ShardTask, of_run: RunId, electronic: Electronic, by: Actor, at: datetime) -> ShardResult:
    sent, failed = 0, list[Failed]()
    for invoice_id in map(InvoiceId, task.scope["invoices"]):
        lock_sending(invoice_id)
        if not unsent(of_run).filter(pk=invoice_id).exists():
            continue
        try:
            with transaction.atomic():
                _send(invoice_id, task.target_on, electronic, by, at)
        except Refusal as refusal:
            failed.append(Failed((INVOICE, invoice_id), refusal))
        else:
            sent += 1
    return ShardResult(made={"sent": sent}, failed=tuple(failed))


def _send(invoice_id: InvoiceId, on: date, electronic: Electronic, by: Actor, at: datetime) -> None:
    """Send one by the way that is chosen; without one nobody knows whether it would ever arrive."""
    row = get_invoice(invoice_id, by).row
    if chosen_for(row, on) is None:
        raise NoWayChosen(number=row.number)
    send_invoice(invoice_id=invoice_id, on=on, electronic=electronic(invoice_id), by=by, at=at)
