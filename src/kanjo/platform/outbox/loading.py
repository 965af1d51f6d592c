"""Facts by columns: what a run did, written by COPY and delivered like any other fact."""

from __future__ import annotations

import polars as pl
from django.db import connection

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.platform.bulk.loading import Live, Loading, copy_in
from kanjo.platform.bulk.models import Block
from kanjo.platform.outbox.operations import WIRING

TABLE = "outbox_fact"
"""What a staged run that records facts must prepare and settle."""


def load_facts(
    facts: pl.DataFrame, *, kind: str, subject: str, company_id: CompanyId, by: Actor, loading: Loading
) -> None:
    """Write one fact per row: its columns are the fields of the fact, *subject* names the one it happened to.

    Loaded live, their deliveries wait at once; staged ones wait from `await_delivery` on.
    """
    ids = loading.ids(TABLE, facts.height)
    loading.load(
        TABLE,
        facts.select(
            ids.alias("id"),
            pl.lit(company_id, dtype=pl.Int64).alias("company_id"),
            pl.lit(kind).alias("kind"),
            pl.col(subject).alias("subject_id"),
            pl.struct(pl.all()).struct.json_encode().alias("payload"),
            pl.col("effective_on"),
            pl.lit(by.id, dtype=pl.Int64).alias("actor_id"),
        ),
    )
    names = WIRING.names(kind)
    if names and isinstance(loading, Live):
        deliveries = pl.DataFrame({"fact_id": ids}).join(pl.DataFrame({"reaction": names}), how="cross")
        copy_in("outbox_delivery", deliveries.with_columns(state=pl.lit("waiting"), attempts=0, error=pl.lit("")))


def await_delivery(*, run_id: RunId, kind: str) -> None:
    """Let the reactions to a settled run's facts of *kind* wait for them; done twice it changes nothing."""
    block = Block.objects.filter(run_id=run_id).first()
    names = WIRING.names(kind)
    if block is None or not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_delivery (fact_id, reaction, state, attempts, error)"
            " SELECT f.id, r.name, 'waiting', 0, '' FROM outbox_fact f CROSS JOIN unnest(%s::text[]) AS r(name)"
            " WHERE f.id >= %s AND f.id < %s AND f.kind = %s ON CONFLICT DO NOTHING",
            [names, block.first, block.until, kind],
        )
