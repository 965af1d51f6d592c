"""What became of the acts that a program sent together: its own batches, and each of their items."""

from __future__ import annotations

from kanjo.foundation.ids import RunId
from kanjo.foundation.texts import Text
from kanjo.platform.runs.batches import (
    BatchItemRow,
    BatchRow,
    ItemState,
    get_batch,
    list_batch_items,
    list_batches,
)
from kanjo.platform.runs.states import RunState
from kanjo.surfaces.api.fields import Asked, one_of
from kanjo.surfaces.api.resources import Resource

RESOURCES = (
    Resource(
        name="batches",
        title=Text(en="Batches of my own", ja="自分の一括操作"),
        row=BatchRow,
        rows=lambda caller, **asked: list_batches(caller.actor, **asked),
        filters={"state": one_of(RunState)},
        whole=BatchRow,
        one=lambda caller, key: get_batch(caller.actor, RunId(key)),
        table="runs_run",
    ),
    Resource(
        name="batch-items",
        title=Text(en="Items of my batches", ja="自分の一括操作の明細"),
        row=BatchItemRow,
        rows=lambda caller, **asked: list_batch_items(caller.actor, **asked),
        filters={"batch_id": Asked, "state": one_of(ItemState)},
    ),
)
