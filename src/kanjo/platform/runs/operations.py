"""The life of a run, whatever it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Event
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId, RunId
from kanjo.foundation.money import Money
from kanjo.foundation.money import currency as known_currency
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import name_act, verb
from kanjo.platform.bulk.loading import alone
from kanjo.platform.outbox.operations import record
from kanjo.platform.runs.facts import RunExecuted
from kanjo.platform.runs.models import Failure, Limit, Run, Shard
from kanjo.platform.runs.states import RunState
from kanjo.platform.tables import refuse_unseen
from kanjo.platform.worklist import operations as worklist_operations

RUNNERS = (Role.RECEIVABLES, Role.REV_REC, Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
BATCH = "batch"
"""The kind of a run whose parts are acts that a program sent."""
STOPPED = "runs.stopped"
"""The kind of work that a stopped run makes, and by the kind of the run whose it is; else an administrator's."""
_MENDERS = {
    **dict.fromkeys(("billing", "billing.reversal", "billing.sending"), Role.RECEIVABLES),
    "revenue": Role.REV_REC,
}
_STOPPED = ("stopped_rule", "stopped_en", "stopped_ja")


class WrongRunState(Refusal):
    """The run is not at the point where this can be done."""

    rule = "runs.wrong-state"
    kind = RefusalKind.CONFLICT
    says = Text(en="The state of run {key} is: {state}.", ja="実行 {key} の状態: {state}。")
    remedy = Text(en="This needs the state: {wanted}.", ja="この操作ができる状態: {wanted}。")


class AboveLimit(Refusal):
    """A run whose total only the CFO approves."""

    rule = "runs.above-limit"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="The run comes to {total}, above {limit}.", ja="合計 {total} が上限 {limit} を超えています。")
    remedy = Text(en="The CFO approves it.", ja="CFOの承認が必要です。")


class NoReason(Refusal):
    """A run given up, or a schedule set or paused, without a reason."""

    rule = "runs.no-reason"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why it is done.", ja="理由を記入してください。")


class LimitNotPositive(Refusal):
    """A limit that every run would be above."""

    rule = "runs.limit-not-positive"
    says = Text(en="A limit of {amount} is not possible.", ja="上限を {amount} にすることはできません。")
    remedy = Text(en="Give an amount above zero.", ja="0より大きい金額を指定してください。")


@dataclass(frozen=True, slots=True)
class Failed:
    """One subject (table, id) that a shard could not do, and the refusal that says why."""

    subject: tuple[str, int]
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What a shard made: counts and totals by name, and what failed.

    What is `told` to who sent the shard is kept with it; then nobody else has work by what failed, and what was sent is
    forgotten: it may be personal.
    """

    made: dict[str, int]
    failed: tuple[Failed, ...] = ()
    told: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ShardTask:
    """A shard to do: its run, its number, its scope as it was planned."""

    run_id: RunId
    number: int
    company_id: CompanyId
    target_on: date
    known_at: datetime
    staged: bool
    scope: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run will do: a key that names it for ever, its shards' scopes and the preview of its totals."""

    kind: str
    key: str
    company_id: CompanyId
    target_on: date
    known_at: datetime
    shards: tuple[dict[str, Any], ...]
    preview: dict[str, Any] = field(default_factory=dict)
    scope: dict[str, Any] = field(default_factory=dict)
    staged: bool = False


Work = Callable[[ShardTask], ShardResult]


@verb("runs.preview", *RUNNERS)
def preview_run(*, plan: RunPlan, by: Actor, at: datetime, because: str = "") -> RunId:
    """Write the run down as previewed. The same key again returns the run that is there, unchanged."""
    known = Run.objects.filter(company_id=plan.company_id, kind=plan.kind, key=plan.key).first()
    if known is not None:
        return RunId(known.pk)
    run = Run.objects.create(
        company_id=plan.company_id,
        kind=plan.kind,
        key=plan.key,
        scope=plan.scope,
        target_on=plan.target_on,
        known_at=plan.known_at,
        preview={**plan.preview, **(above := _above(plan))},
        staged=plan.staged,
        made_by_id=by.id,
        because=because,
    )
    Shard.objects.bulk_create(Shard(run=run, number=n, scope=scope) for n, scope in enumerate(plan.shards))
    if above:
        worklist_operations.put(
            kind=ABOVE,
            subject=("runs_run", run.pk),
            company_id=plan.company_id,
            role=Role.CFO,
            why=_refused(above["above"]).sentence,
            due_on=plan.target_on,
        )
    return RunId(run.pk)


def begin_run(
    *,
    kind: str,
    key: str,
    company_id: CompanyId,
    on: date,
    scope: dict[str, Any],
    preview: dict[str, Any],
    shards: Sequence[dict[str, Any]],
    by: Actor,
    at: datetime,
) -> RunId:
    """Write down a run that needs no second person, for it neither issues nor posts: it is approved from the start.

    A step of the verb that calls it.
    """
    run = Run.objects.create(
        company_id=company_id,
        kind=kind,
        key=key,
        scope=scope,
        target_on=on,
        known_at=at,
        preview=preview,
        state=RunState.APPROVED,
        made_by_id=by.id,
    )
    parts = (Shard(run=run, number=n, scope=one) for n, one in enumerate(shards))
    Shard.objects.bulk_create(parts, batch_size=1_000)
    return RunId(run.pk)


ABOVE = "runs.above-limit"
"""The kind of work that a run above its limit is to the CFO."""
BEFORE_SCHEDULE = "runs.schedule-waits"
"""The kind of work that a run is behind which a schedule waits."""


def _above(plan: RunPlan) -> dict[str, Any]:
    """Return by how much which total of the preview passes its limit, as `above`; nothing where none does."""
    limits = Limit.objects.filter(company_id=plan.company_id, kind=plan.kind, effective_on__lte=plan.target_on)
    latest = limits.order_by("currency", "-effective_on", "-id").distinct("currency")
    made = plan.preview.get("made", {})
    for limit in latest:
        total = made.get(f"total_{limit.currency}", 0)
        if abs(total) > limit.amount_minor:
            return {"above": {"currency": limit.currency, "total": total, "limit": limit.amount_minor}}
    return {}


def _refused(above: Mapping[str, Any]) -> AboveLimit:
    total, limit = (Money(above[name], above["currency"]) for name in ("total", "limit"))
    shown = [Text(en=money.shown("en"), ja=money.shown("ja")) for money in (total, limit)]
    return AboveLimit(total=shown[0], limit=shown[1])


@verb("runs.set-limit", Role.CFO)
def set_limit(
    *, company_id: CompanyId, kind: str, currency: str, amount_minor: int, on: date, by: Actor, at: datetime
) -> None:
    """Let runs of a kind whose total is above an amount be approved by the CFO from a day on.

    Refuses `LimitNotPositive` and an unknown currency.
    """
    refuse_unseen(company_id, by)
    known_currency(currency, at="currency")
    if amount_minor <= 0:
        raise LimitNotPositive(amount=amount_minor, at="amount_minor")
    Limit.objects.create(
        company_id=company_id, kind=kind, currency=currency, amount_minor=amount_minor, effective_on=on
    )


@verb("runs.approve", *RUNNERS, Role.CFO, apart_from=("runs.preview",), of=("runs_run", "run_id"))
def approve_run(*, run_id: RunId, by: Actor, at: datetime) -> None:
    """Let a previewed run be executed; a second person than its maker, unless the house runs by schedule.

    Above its limit only by the CFO, never by schedule (`AboveLimit`). It asks no reason: whoever began the run by hand
    gave one, and to agree to what is shown is the ordinary way.
    """
    run = Run.objects.locked(run_id, by)
    _expect(run, Run.State.PREVIEWED)
    above = run.preview.get("above")
    if above and (by.system or not by.holds(Role.CFO)):
        raise _refused(above)
    _close(run, by, at, ABOVE)
    run.state, run.approved_by_id = Run.State.APPROVED, by.id
    run.save(update_fields=["state", "approved_by"])


@verb("runs.withdraw", *RUNNERS)
def withdraw_run(*, run_id: RunId, by: Actor, at: datetime, because: str) -> None:
    """Give up a run of which no shard was done; one that is being done is waited for. Refuses `NoReason`."""
    refuse_without_reason(because)
    begun = any(shard.done for shard in Shard.objects.filter(run_id=run_id).order_by("number").select_for_update())
    run = Run.objects.locked(run_id, by)
    if run.state not in (Run.State.PREVIEWED, Run.State.APPROVED) or begun:
        raise wrong_state(run, RunState.APPROVED)
    _close(run, by, at, ABOVE, STOPPED, BEFORE_SCHEDULE)
    run.state = Run.State.WITHDRAWN
    run.save(update_fields=["state"])


@verb("runs.start", *RUNNERS)
def start_run(*, run_id: RunId, by: Actor, at: datetime) -> bool:
    """Write down who lets an approved run be executed; return False for one that is under way or done already."""
    run = Run.objects.locked(run_id, by)
    if run.under_way or run.state == Run.State.EXECUTED:
        return False
    _expect(run, RunState.APPROVED)
    run.started_by_id, run.started_for_id, run.started_at = by.id, by.for_id, at
    run.stopped_rule = run.stopped_en = run.stopped_ja = ""
    run.save(update_fields=["started_by", "started_for", "started_at", *_STOPPED])
    _close(run, by, at, STOPPED, BEFORE_SCHEDULE)
    return True


def _close(run: Run, by: Actor, at: datetime, *kinds: str) -> None:
    for kind in kinds:
        worklist_operations.close(kind=kind, subject=("runs_run", run.pk), by=by, at=at)


@verb("runs.note-stop", Role.ADMINISTRATOR)
def note_stop(*, run_id: RunId, refusal: Refusal, by: Actor, at: datetime) -> None:
    """Write down why a run that is under way did not come to its end, and put it on a queue. What is done stays."""
    run = Run.objects.locked(run_id, by)
    if not run.under_way:
        return
    said = refusal.sentence
    run.stopped_rule, run.stopped_en, run.stopped_ja = refusal.rule, said.en, said.ja
    run.save(update_fields=[*_STOPPED])
    worklist_operations.put(
        kind=STOPPED,
        subject=("runs_run", run.pk),
        company_id=CompanyId(run.company_id),
        role=_MENDERS.get(run.kind, Role.ADMINISTRATOR),
        why=said,
    )


def refuse_without_reason(because: str) -> None:
    """Refuse `NoReason`: what departs from the schedule says why."""
    if not because.strip():
        raise NoReason(at="because")


def one_at_a_time(kind: str, company_id: CompanyId) -> None:
    """Let nobody else plan a run of that kind for the company until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [f"runs.{kind}", company_id])


def find_approved(company_id: CompanyId, kind: str) -> RunId | None:
    """Return the oldest run of that kind that is approved and not yet executed, if there is one."""
    found = Run.objects.filter(company_id=company_id, kind=kind, state=Run.State.APPROVED).order_by("id").first()
    return RunId(found.pk) if found else None


def execute_run(
    *,
    run_id: RunId,
    work: Work,
    by: Actor,
    at: datetime,
    finish: Callable[[RunId], dict[str, Any]] | None = None,
    progress: Callable[[int], None] | None = None,
    workers: int = 1,
    before_finish: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Do every shard that waits, each in one transaction, then finish the run; return its report.

    Owns its transactions: call it outside of one. *workers* threads share the shards, each with a connection of its
    own, and so do other processes that execute the run at the same time. Killed anywhere, or refused `NoSpace` before
    a shard, it is called again and goes on. An executed run returns its report. Several workers call
    *before_finish* when every shard is done; it owns its transactions and bears being called again.
    """
    stopped = Event()

    def take_shards() -> None:
        while not stopped.is_set() and (done := _do_next(run_id, work, by, at)) is not None:
            if progress:
                progress(done)

    if workers == 1:
        take_shards()
    else:
        _side_by_side(workers, take_shards, stopped)
        if before_finish and not Shard.objects.filter(run_id=run_id, done=False).exists():
            before_finish()
    return _finish(run_id, finish, by, at)


def _side_by_side(workers: int, take_shards: Callable[[], None], stopped: Event) -> None:
    """Let threads take shards; when one fails or the caller is interrupted, the others end with their shard."""

    def work() -> None:
        try:
            alone()
            take_shards()
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        try:
            for one in as_completed([pool.submit(work) for _ in range(workers)]):
                one.result()
        finally:
            stopped.set()


def _do_next(run_id: RunId, work: Work, by: Actor, at: datetime) -> int | None:
    with transaction.atomic():
        waiting = Shard.objects.filter(run_id=run_id, done=False).order_by("number")
        shard = waiting.select_for_update(skip_locked=True).first()
        # Read after the shard is held: who withdraws the run holds all of them first.
        run = Run.objects.visible_to(by).get(pk=run_id)
        if run.state == Run.State.EXECUTED:
            return None
        _expect(run, Run.State.APPROVED)
        if shard is None:
            return None
        if settings.EMBEDDED_SERVER is not None:
            settings.EMBEDDED_SERVER.refuse_without_room()
        name_act(f"{run.kind}.execute", by)
        result = work(_task(run, shard))
        _note_failures(run, shard, result.failed)
        shard.done, shard.result, shard.done_at = True, result.made | (result.told or {}), at
        if result.told is None:
            _put_failures(run, result.failed)
        else:
            shard.scope = {}
        shard.save(update_fields=["done", "result", "done_at", "scope"])
        return shard.number


def _finish(run_id: RunId, finish: Callable[[RunId], dict[str, Any]] | None, by: Actor, at: datetime) -> dict[str, Any]:
    with transaction.atomic():
        # Others wait here, holding nothing: to attach tables of the run takes the table of runs whole, and who waited
        # for its row would be in the way. Nobody withdraws a run of which a shard is done.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('runs.finish', %s))", [run_id])
        run = Run.objects.seen(run_id, by)
        if run.state == Run.State.EXECUTED or run.shards.filter(done=False).exists():
            return dict(run.report)
        name_act(f"{run.kind}.execute", by)
        report = _summed(run)
        report["failed"] = run.failures.count()
        if finish is not None:
            report |= finish(run_id)
        run = Run.objects.locked(run_id, by)
        run.report, run.state = report, Run.State.EXECUTED
        run.save(update_fields=["report", "state"])
        executed = RunExecuted(
            company_id=CompanyId(run.company_id),
            effective_on=run.target_on,
            run_id=run_id,
            made_by=PersonId(run.made_by_id),
            failed=int(report["failed"]),
        )
        record(executed, by=by, at=at)
        # The console executes what nobody started.
        _close(run, by, at, STOPPED, BEFORE_SCHEDULE)
        return report


def _note_failures(run: Run, shard: Shard, failed: Sequence[Failed]) -> None:
    Failure.objects.bulk_create(
        Failure(
            run=run,
            shard=shard,
            subject=one.subject[0],
            subject_id=one.subject[1],
            rule=one.refusal.rule,
            sentence_en=one.refusal.sentence.en,
            sentence_ja=one.refusal.sentence.ja,
        )
        for one in failed
    )


def _put_failures(run: Run, failed: Sequence[Failed]) -> None:
    for one in failed:
        worklist_operations.put(
            kind=f"{run.kind}.failed",
            subject=one.subject,
            company_id=CompanyId(run.company_id),
            role=Role.RECEIVABLES,
            why=one.refusal.sentence,
        )


def _summed(run: Run) -> dict[str, Any]:
    report: dict[str, Any] = {}
    for result in run.shards.order_by("number").values_list("result", flat=True):
        for name, number in result.items():
            if run.kind != BATCH or name in run.preview:
                report[name] = report.get(name, 0) + number
    return report


def _task(run: Run, shard: Shard) -> ShardTask:
    return ShardTask(
        run_id=RunId(run.pk),
        number=shard.number,
        company_id=CompanyId(run.company_id),
        target_on=run.target_on,
        known_at=run.known_at,
        staged=run.staged,
        scope=shard.scope,
    )


def wrong_state(run: Run, wanted: RunState) -> WrongRunState:
    """Return the refusal of an act for which the run should be *wanted*."""
    return WrongRunState(key=run.key, state=RunState(run.state).shown, wanted=wanted.shown)


def _expect(run: Run, state: RunState) -> None:
    if run.state != state:
        raise wrong_state(run, state)
