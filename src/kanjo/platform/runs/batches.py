"""Batches: many acts of one kind that a program sends at once. A run whose parts are single acts of its sender.

No second person approves it: each act is refused or done as if it had been sent alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from secrets import token_hex
from typing import Any

from django.db.models import Count, Q, QuerySet

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.runs.models import Run, Shard
from kanjo.platform.runs.operations import BATCH, wrong_state
from kanjo.platform.runs.states import RunState
from kanjo.platform.tables import NotFound


class ItemState(StrEnum):
    """What became of one act of a batch."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch: its act, how many of its items were done and refused, and why it came to no end if it stopped."""

    id: RunId
    company_id: CompanyId
    act: str
    state: RunState
    items: int
    done: int
    refused: int
    recorded_at: datetime
    stopped_rule: str
    stopped: Text | None


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong in one field."""

    at: str
    rule: str
    detail: Text


@dataclass(frozen=True, slots=True)
class ItemProblem:
    """Why an item was refused: the problem that its act alone would have been answered with."""

    type: str
    rule: str
    title: Text
    status: int
    detail: Text
    remedy: Text
    at: str
    errors: tuple[FieldFault, ...]


@dataclass(frozen=True, slots=True)
class BatchItemRow:
    """One item of a batch, by its place from 1 on: what it made or changed, or why not."""

    id: int
    batch_id: RunId
    number: int
    state: ItemState
    resource: str
    made_id: int | None
    problem: ItemProblem | None


@verb("runs.begin-batch", *Role)
def begin_batch(
    *, company_id: CompanyId, act: str, items: Sequence[dict[str, Any]], on: date, by: Actor, at: datetime
) -> RunId:
    """Write a batch down as started by its sender, an item to a part."""
    run = Run.objects.create(
        company_id=company_id,
        kind=BATCH,
        key=f"{act} {token_hex(4)}",
        scope={"act": act},
        target_on=on,
        known_at=at,
        preview={"acts": len(items)},
        state=RunState.APPROVED,
        made_by_id=by.id,
        started_by_id=by.id,
        started_at=at,
    )
    Shard.objects.bulk_create((Shard(run=run, number=n, scope=item) for n, item in enumerate(items)), batch_size=1_000)
    return RunId(run.pk)


@verb("runs.resume-batch", *Role)
def resume_batch(*, batch_id: RunId, by: Actor, at: datetime) -> None:
    """Let a batch of one's own that stopped go on where it is. Refuses `NotFound`, `WrongRunState`."""
    run = _own(by).select_for_update().filter(pk=batch_id).first()
    if run is None:
        raise _nothing(batch_id)
    if run.state != RunState.APPROVED or not run.stopped_rule:
        raise wrong_state(run, RunState.APPROVED)
    run.started_at, run.stopped_rule, run.stopped_en, run.stopped_ja = at, "", "", ""
    run.save(update_fields=["started_at", "stopped_rule", "stopped_en", "stopped_ja"])


def act_of(run_id: RunId) -> str:
    """Return the act of a batch."""
    return str(Run.objects.get(pk=run_id, kind=BATCH).scope["act"])


def list_batches(actor: Actor, *, state: RunState | None = None, limit: int = 50, at: str = "") -> Page[BatchRow]:
    """Return the actor's own batches, the newest first."""
    found = _own(actor).filter(**({"state": state} if state else {}))
    return paged(found, sorted_by(Run, "", {}, "-id"), at, limit, lambda page: [_row(run) for run in _counted(page)])


def get_batch(actor: Actor, batch_id: RunId) -> BatchRow:
    """Return how far a batch of the actor's companies is, or refuse `NotFound`; its items are its sender's alone."""
    run = _counted(Run.objects.visible_to(actor).filter(kind=BATCH, pk=batch_id)).first()
    if run is None:
        raise _nothing(batch_id)
    return _row(run)


def list_batch_items(
    actor: Actor, *, batch_id: int | None = None, state: ItemState | None = None, limit: int = 50, at: str = ""
) -> Page[BatchItemRow]:
    """Return the items of the actor's own batches, or of one of them, in their order."""
    found = Shard.objects.filter(run__in=_own(actor).filter(**({"pk": batch_id} if batch_id else {})))
    found = found.filter(_STATES[state]) if state else found
    keys = sorted_by(Shard, "", {}, "id")
    return paged(found, keys, at, limit, lambda page: [_item(shard) for shard in page])


_REFUSED = Q(result__has_key="problem")
_STATES = {
    ItemState.WAITING: Q(done=False),
    ItemState.DONE: Q(done=True) & ~_REFUSED,
    ItemState.REFUSED: Q(done=True) & _REFUSED,
}


def _own(actor: Actor) -> QuerySet[Run]:
    return Run.objects.visible_to(actor).filter(kind=BATCH, made_by_id=actor.id)


def _nothing(key: int) -> NotFound:
    return NotFound(what=ROW_NAMES["runs_run"], key=key)


def _counted(runs: Any) -> Any:
    return runs.annotate(
        items=Count("shards"),
        items_done=Count("shards", filter=Q(shards__done=True)),
        items_refused=Count("shards", filter=Q(shards__result__has_key="problem")),
    )


def _row(run: Any) -> BatchRow:
    return BatchRow(
        id=RunId(run.pk),
        company_id=CompanyId(run.company_id),
        act=run.scope["act"],
        state=RunState(run.state),
        items=run.items,
        done=run.items_done - run.items_refused,
        refused=run.items_refused,
        recorded_at=run.recorded_at,
        stopped_rule=run.stopped_rule,
        stopped=Text(en=run.stopped_en, ja=run.stopped_ja) if run.stopped_rule else None,
    )


def _item(shard: Shard) -> BatchItemRow:
    told = shard.result.get("problem")
    refused = ItemState.REFUSED if told else ItemState.DONE
    return BatchItemRow(
        id=shard.pk,
        batch_id=RunId(shard.run_id),
        number=shard.number + 1,
        state=refused if shard.done else ItemState.WAITING,
        resource=shard.result.get("resource", ""),
        made_id=shard.result.get("id"),
        problem=_problem(told) if told else None,
    )


def _problem(told: dict[str, Any]) -> ItemProblem:
    faults = tuple(FieldFault(one["at"], one["rule"], Text(**one["detail"])) for one in told["errors"])
    texts = {name: Text(**told[name]) for name in ("title", "detail", "remedy")}
    return ItemProblem(**{**told, **texts, "errors": faults})
