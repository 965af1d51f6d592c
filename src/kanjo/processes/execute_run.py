"""A run that somebody started is executed by the worker: started in one transaction, taken up again when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from kanjo.domains.revenue.operations import execute_recognition
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import RunId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.deputies.queries import list_stands
from kanjo.platform.identity.queries import find_active, house
from kanjo.platform.jobs.queue import is_queued, put_into_queue
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.queries import Started, find_started, get_run, list_started
from kanjo.processes import bill
from kanjo.processes.paper_of_invoice import send_issued

JOB = "execute-run"
BATCH_JOB = "execute-batch"
GRACE = timedelta(minutes=1)
"""A run that was started so short a time ago is not looked for in the queue: its job may just be ending."""

Execution = Callable[[Started, Actor, datetime], object]
Clock = Callable[[], datetime]


class NotExecutedHere(Refusal):
    """A kind of run that its own command executes."""

    rule = "runs.not-executed-here"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="A run of this kind is not executed from a page or by the API.",
        ja="この種類の処理は画面や API からは実行できません。",
    )
    remedy = Text(en="It is executed by the command that made it.", ja="作成元のコマンドから実行してください。")


class StarterGone(Refusal):
    """Who started the run is gone, or may no longer execute it."""

    rule = "runs.starter-gone"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="Who started the run may no longer execute it.", ja="実行を開始した人に、この処理の権限がなくなりました。"
    )
    remedy = Text(
        en="Somebody else executes it: it goes on where it is.",
        ja="別の担当者が実行してください（続きから再開します）。",
    )


class Broke(Refusal):
    """A mistake of ours in the middle of a run."""

    rule = "runs.broke"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Kanjo made a mistake and stopped the run; every part is done wholly or not at all.",
        ja="システムの誤りにより処理が中断しました（区分の途中で止まることはありません）。",
    )
    remedy = Text(
        en="Execute it again: it goes on where it is. If it stops again, tell an administrator the time.",
        ja="再度実行してください（続きから再開します）。再び中断する場合は、発生時刻をシステム管理者に伝えてください。",
    )


class Lost(Refusal):
    """No worker has the run any more."""

    rule = "runs.lost"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The worker gave the run up after several attempts.",
        ja="ワーカーが複数回試みましたが、処理を完了できませんでした。",
    )
    remedy = Text(
        en="Execute it again: it goes on where it is. If it stops again, `kanjo doctor` shows why.",
        ja="再度実行してください（続きから再開します）。再び中断する場合は、kanjo doctor で原因を確認してください。",
    )


def start(*, run_id: RunId, by: Actor, at: datetime) -> None:
    """Let the worker execute an approved run; pressed twice it is started once. Refuses `NotExecutedHere`."""
    kind = get_run(by, run_id).kind
    if kind not in _DOING:
        raise NotExecutedHere
    if runs.start_run(run_id=run_id, by=by, at=at):
        put_into_queue(JOB, lock=_lock(run_id), run_id=run_id)


def put_batch(batch_id: RunId) -> None:
    """Let the worker do the acts of a batch that was begun or resumed in this transaction."""
    put_into_queue(BATCH_JOB, lock=_lock(batch_id), run_id=batch_id)


def execute(*, run_id: RunId, now: Clock, how: Execution | None = None) -> None:
    """Execute a run that is under way, as the person who started it; whatever stops it is written down.

    *how* executes a kind that this floor does not know.

    Owns its transactions. Killed anywhere it is called again and goes on. A database that is away is no end: that is
    raised, for the queue to try again.
    """
    started = find_started(run_id)
    if started is None:
        return
    try:
        (how or _DOING[started.kind])(started, _starter(started, now()), now())
    except (OperationalError, InterfaceError):
        connection.close_if_unusable_or_obsolete()
        raise
    except Refusal as refusal:
        _stop(run_id, refusal, now())
    except Exception:
        _stop(run_id, Broke(), now())
        raise


def stop_lost(*, at: datetime) -> int:
    """Write down of every run under way that no worker has any more that it stopped; return how many there were."""
    lost = [one for one in list_started(before=at - GRACE) if not is_queued(_lock(one.id))]
    for one in lost:
        _stop(one.id, Lost(), at)
    return len(lost)


def _starter(started: Started, at: datetime) -> Actor:
    """Return who started a run with the rights of this moment, in its company alone; refuses `StarterGone`."""
    if started.by_id == (acting := house()).id:
        return replace(acting, companies=frozenset({started.company_id}))
    own = find_active(started.by_id)
    if own is not None and started.for_id is not None:
        stands = [one.actor for one in list_stands(own, at) if one.actor.for_id == started.for_id]
        own = next((one for one in stands if started.company_id in one.companies), None)
    if own is None or started.company_id not in own.companies:
        raise StarterGone
    if started.kind != runs.BATCH and not own.holds(*runs.RUNNERS):
        raise StarterGone
    return replace(own, companies=frozenset({started.company_id}))


def _stop(run_id: RunId, refusal: Refusal, at: datetime) -> None:
    with transaction.atomic():
        runs.note_stop(run_id=run_id, refusal=refusal, by=house(), at=at)


def _lock(run_id: RunId) -> str:
    return f"run-{run_id}"


def _bill(started: Started, by: Actor, at: datetime) -> object:
    return bill.execute(company_id=started.company_id, run_id=started.id, by=by, at=at)


def _recognise(started: Started, by: Actor, at: datetime) -> object:
    return execute_recognition(run_id=started.id, by=by, at=at)


def _send(started: Started, by: Actor, at: datetime) -> object:
    return send_issued(run_id=started.id, by=by, at=at)


_DOING: Mapping[str, Execution] = {
    "billing": _bill,
    "billing.reversal": _bill,
    "billing.sending": _send,
    "revenue": _recognise,
}
