"""Two ways to load a frame: into the live tables, or into a run's staged tables that are settled at the end."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, cast

import polars as pl
from django.db import connection, transaction

from kanjo.foundation.ids import RunId
from kanjo.platform.bulk.models import Block

HAND_UNTIL = 1 << 40
BLOCK = 1 << 24
"""Ids per shard of a staged run, in every table: more than one shard can hold."""


class Loading(Protocol):
    """Gives ids and takes rows; what it took is part of the current transaction."""

    def ids(self, table: str, count: int) -> pl.Series:
        """Return *count* new ids of *table* (Int64), ascending."""
        ...

    def load(self, table: str, frame: pl.DataFrame) -> int:
        """Write the frame, whose columns are the table's, and return the number of rows."""
        ...


class Live:
    """Loads straight into the live tables, under every constraint: right for hundreds or some thousands of rows."""

    def ids(self, table: str, count: int) -> pl.Series:
        """Draw ids from the table's sequence."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return pl.Series("id", [row[0] for row in cursor.fetchall()], dtype=pl.Int64)

    def load(self, table: str, frame: pl.DataFrame) -> int:
        """COPY into the live table."""
        return copy_in(table, frame)


class Staged:
    """Loads one shard of a run into the run's stand-alone tables; `settle` makes them part of the live tables."""

    def __init__(self, run_id: RunId, shard: int) -> None:
        self._run_id = run_id
        self._first = Block.objects.get(run_id=run_id).first + shard * BLOCK
        self._used: dict[str, int] = {}

    def ids(self, table: str, count: int) -> pl.Series:
        """Take the next ids of the shard's own block."""
        start = self._first + self._used.get(table, 0)
        self._used[table] = self._used.get(table, 0) + count
        return pl.int_range(start, start + count, eager=True, dtype=pl.Int64).alias("id")

    def load(self, table: str, frame: pl.DataFrame) -> int:
        """COPY into the run's stand-alone table."""
        return copy_in(f"stage_{self._run_id}_{table}", frame)


def prepare_stage(*, run_id: RunId, shards: int, tables: Sequence[str]) -> None:
    """Give the run a block of ids and its stand-alone tables; done twice it changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('bulk_block'))")
        if not Block.objects.filter(run_id=run_id).exists():
            last = Block.objects.order_by("-until").values_list("until", flat=True).first()
            first = last or HAND_UNTIL
            Block.objects.create(run_id=run_id, first=first, until=first + shards * BLOCK)
            for table in tables:
                cursor.execute("SELECT bulk_stage(%s, %s)", [table, run_id])


def make_ready(*, run_id: RunId, tables: Sequence[str], workers: int) -> None:
    """Close the run's stand-alone tables, then index and check them, *workers* at once; done twice it changes nothing.

    Call it outside of a transaction, when the run has loaded everything: nothing is loaded into them any more.
    """

    def ready(table: str) -> None:
        try:
            alone()
            with transaction.atomic():
                _call("bulk_ready", table, run_id)
        finally:
            connection.close()

    with transaction.atomic():
        _call("bulk_close_stage", run_id)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(ready, tables))


def alone() -> None:
    """Let the server use no further processes for what this connection asks: who works beside others has no core over.

    Call it on a connection of a thread's own, which is closed when the thread is done.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET max_parallel_maintenance_workers = 0")


def settle(*, run_id: RunId, tables: Sequence[str]) -> list[str]:
    """Make the run's stand-alone tables partitions of the live ones, parents first; return those that were not yet.

    What `make_ready` has not done is done here.
    """
    with transaction.atomic():
        _call("bulk_close_stage", run_id)
        for table in tables:
            _call("bulk_ready", table, run_id)
        return [table for table in tables if _call("bulk_settle", table, run_id)]


def sample(table: str) -> None:
    """Let the server look at what is now in a live table that a run wrote much into: the next plans build on it."""
    _call("bulk_sample", table)


def _call(function: str, *arguments: object) -> object:
    with connection.cursor() as cursor:
        cursor.callproc(function, arguments)
        return cursor.fetchone()[0]


def copy_in(table: str, frame: pl.DataFrame) -> int:
    """COPY a frame into *table*; its columns are named as the table's."""
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    buffer = io.BytesIO()
    frame.write_csv(buffer, include_header=False)
    statement = f'COPY "{table}" ({columns}) FROM STDIN (FORMAT csv)'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copying:
        copying.write(buffer.getbuffer())
    return frame.height


def read_frame(query: str, parameters: Sequence[object], schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    """Run a query and return its rows as a frame with the given columns."""
    with connection.cursor() as cursor:
        cursor.execute(query, cast("Sequence[Any]", parameters))
        return pl.DataFrame(cursor.fetchall(), schema=dict(schema), orient="row")
