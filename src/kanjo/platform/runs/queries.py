"""Reads of runs: how far they are, what they made, what failed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, PersonId, RunId
from kanjo.foundation.texts import Text
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.runs.models import UNDER_WAY, Failure, Run, Shard
from kanjo.platform.runs.states import RunState
from kanjo.platform.tallies import Tally, counted

MOST = 20
"""More runs under way at once are not told."""

ORDERS: Orders = {
    "recorded": "recorded_at",
    "state": "state",
    "kind": "kind",
}


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it is shown: the preview and the report hold counts and totals by name.

    It is `working` while a worker has it or will have it soon.
    """

    id: RunId
    company_id: CompanyId
    kind: str
    key: str
    target_on: date
    known_at: datetime
    state: RunState
    preview: dict[str, Any]
    report: dict[str, Any]
    made_by: str
    approved_by: str
    because: str
    recorded_at: datetime
    shards: int
    shards_done: int
    started_by: str
    started_at: datetime | None
    stopped_rule: str
    stopped: Text | None
    working: bool


@dataclass(frozen=True, slots=True)
class Started:
    """A run that is under way: what it does, and who started it, maybe for somebody absent."""

    id: RunId
    kind: str
    company_id: CompanyId
    by_id: PersonId
    for_id: PersonId | None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """What a run could not do for one subject, by which rule, and the way out."""

    id: int
    subject: str
    subject_id: int
    rule: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How far a run is; `begun_at` and `last_at` say from when its first and its last part are, None without one.

    `stopped` says why it came to no end; it is `working` while a worker has it or will have it soon.
    """

    id: RunId
    kind: str
    key: str
    state: RunState
    shards: int
    done: int
    failed: int
    begun_at: datetime | None
    last_at: datetime | None
    started_at: datetime | None
    stopped: Text | None
    working: bool


def list_under_way(actor: Actor, *, since: datetime, also: Sequence[RunId] = ()) -> list[UnderWay]:
    """Return the approved runs that are started or of which some part was done after *since*, and those of *also*."""
    begun = Exists(Shard.objects.filter(run_id=OuterRef("pk"), done=True, done_at__gt=since))
    found = Run.objects.visible_to(actor).filter(
        Q(pk__in=also, state__in=[RunState.APPROVED, RunState.EXECUTED])
        | (Q(state=RunState.APPROVED) & begun)
        | UNDER_WAY
    )
    return [_under_way(run) for run in _how_far(found).order_by("id")[:MOST]]


def how_far(actor: Actor, run_id: RunId) -> UnderWay:
    """Return how far a run is, or refuse `NotFound`."""
    return _under_way(_how_far(Run.objects.all()).seen(run_id, actor))


def list_runs(
    actor: Actor,
    *,
    kind: str | None = None,
    state: RunState | None = None,
    among: Collection[int] | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[RunRow]:
    """Return runs of the actor's companies, newest first, of all or those *among* the given."""
    keys = sorted_by(Run, order, ORDERS, "-id")
    found = _found(actor, kind, state)
    found = found if among is None else found.filter(pk__in=among)
    return paged(found, keys, at, limit, lambda page: [_row(run) for run in _counted(page)])


def count_runs(actor: Actor, *, kind: str | None = None, state: RunState | None = None) -> Tally:
    """Return how many runs `list_runs` has."""
    return counted(_found(actor, kind, state))


def find_started(run_id: RunId) -> Started | None:
    """Return who started a run, None unless it is under way."""
    run = Run.objects.filter(UNDER_WAY, pk=run_id).first()
    return _started(run) if run else None


def list_started(*, before: datetime) -> list[Started]:
    """Return the runs that are under way and were started before a moment."""
    found = Run.objects.filter(UNDER_WAY, started_at__lt=before)
    return [_started(run) for run in found.order_by("id")]


def get_run(actor: Actor, run_id: RunId) -> RunRow:
    """Return one run, or refuse `NotFound`."""
    return _row(_counted(Run.objects.all()).seen(run_id, actor))


def list_failures(actor: Actor, run_id: RunId, *, limit: int = 200) -> list[FailureRow]:
    """Return what failed in a run, in order."""
    rows = Failure.objects.filter(run__company_id__in=actor.companies, run_id=run_id).order_by("id")[:limit]
    return [
        FailureRow(row.pk, row.subject, row.subject_id, row.rule, Text(en=row.sentence_en, ja=row.sentence_ja))
        for row in rows
    ]


def _found(actor: Actor, kind: str | None, state: RunState | None) -> QuerySet[Run]:
    asked = {"kind": kind, "state": state}
    return Run.objects.visible_to(actor).filter(**{name: value for name, value in asked.items() if value})


def _started(run: Run) -> Started:
    return Started(
        id=RunId(run.pk),
        kind=run.kind,
        company_id=CompanyId(run.company_id),
        by_id=PersonId(run.started_by_id or 0),
        for_id=PersonId(run.started_for_id) if run.started_for_id else None,
    )


def _stopped(run: Any) -> Text | None:
    return Text(en=run.stopped_en, ja=run.stopped_ja) if run.stopped_rule else None


def _counted(runs: Any) -> Any:
    done = Count("shards", filter=Q(shards__done=True))
    return runs.select_related("made_by", "approved_by", "started_by").annotate(
        shards_all=Count("shards"), shards_done=done
    )


def _how_far(runs: Any) -> Any:
    shards = Shard.objects.filter(run_id=OuterRef("pk")).order_by().values("run_id")
    failed = Failure.objects.filter(run_id=OuterRef("pk")).order_by().values("run_id").annotate(n=Count("pk"))
    return runs.annotate(
        shards_all=Subquery(shards.annotate(n=Count("pk")).values("n")),
        shards_done=Subquery(shards.annotate(n=Count("pk", filter=Q(done=True))).values("n")),
        begun_at=Subquery(shards.annotate(at=Min("done_at")).values("at")),
        last_at=Subquery(shards.annotate(at=Max("done_at")).values("at")),
        failed=Subquery(failed.values("n")),
    )


def _under_way(run: Any) -> UnderWay:
    return UnderWay(
        id=RunId(run.pk),
        kind=run.kind,
        key=run.key,
        state=RunState(run.state),
        shards=run.shards_all or 0,
        done=run.shards_done or 0,
        failed=run.failed or 0,
        begun_at=run.begun_at,
        last_at=run.last_at,
        started_at=run.started_at,
        stopped=_stopped(run),
        working=run.under_way,
    )


def _row(run: Any) -> RunRow:
    return RunRow(
        id=RunId(run.pk),
        company_id=CompanyId(run.company_id),
        kind=run.kind,
        key=run.key,
        target_on=run.target_on,
        known_at=run.known_at,
        state=RunState(run.state),
        preview=run.preview,
        report=run.report,
        made_by=run.made_by.name,
        approved_by=run.approved_by.name if run.approved_by else "",
        because=run.because,
        recorded_at=run.recorded_at,
        shards=run.shards_all,
        shards_done=run.shards_done,
        started_by=run.started_by.name if run.started_by else "",
        started_at=run.started_at,
        stopped_rule=run.stopped_rule,
        stopped=_stopped(run),
        working=run.under_way,
    )


def state_of(run_id: RunId, *, by: Actor) -> RunState:
    """Return where a run stands."""
    return RunState(Run.objects.seen(run_id, by).state)
