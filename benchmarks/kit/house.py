"""What every benchmark stands on: a house of its own with the embedded server as a user gets it, and meters.

Imported before anything of Kanjo: it chooses the home.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import psutil


@contextmanager
def a_house() -> Iterator[None]:
    """Make a new home with a migrated database on the embedded server, gone afterwards; Django works on it.

    Once per process: Django keeps what it read of the first.
    """
    home = Path(tempfile.mkdtemp(prefix="kanjo-bench-"))
    home.chmod(0o755)  # the server's account must come through
    os.environ |= {"KANJO_HOME": str(home), "KANJO_DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "kanjo.config.settings"}
    import django
    from django.conf import settings

    from kanjo.surfaces.console.steps import migrate

    server = settings.EMBEDDED_SERVER
    assert server is not None, "no other server was named above"
    server.start()
    try:
        migrate(lambda *_: None)
        django.setup()
        yield
    finally:
        server.stop()
        shutil.rmtree(home)


@dataclass
class Meter:
    """What a piece of work took: seconds on the wall, and CPU seconds of this process and of the server's together."""

    wall: float = 0.0
    cpu: float = 0.0
    _began: tuple[float, float] = field(default=(0.0, 0.0), repr=False)

    def __enter__(self) -> Self:
        self._began = (time.perf_counter(), cpu_seconds())
        return self

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._began
        self.wall += time.perf_counter() - wall
        self.cpu += cpu_seconds() - cpu


def cpu_seconds() -> float:
    """Return the CPU seconds so far of this process with its threads, and of the server with all its processes."""
    from django.conf import settings

    assert settings.EMBEDDED_SERVER is not None, "a benchmark runs in a house"
    pid = int((settings.EMBEDDED_SERVER.data / "postmaster.pid").read_text("ascii").split("\n")[0])
    postmaster = psutil.Process(pid)
    spent = sum(postmaster.cpu_times()[:4])  # with the children that have ended
    for child in postmaster.children(recursive=True):
        try:
            spent += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return time.process_time() + spent


class Bare:
    """The limit: the rows that a piece of work wrote, by COPY into tables without keys, triggers or constraints."""

    def __init__(self) -> None:
        """Remember where the work begins."""
        self._began = int(_one("SELECT pg_current_xact_id()::text::bigint"))

    def copied(self) -> tuple[Meter, int]:
        """COPY every row written since into bare tables, and return what that took and how many rows there were."""
        taken = [(table, *_rows_of(table, self._began)) for table in _tables()]
        meter = Meter()
        for number, (table, _, content) in enumerate(taken):
            if not content:
                continue
            _do(f'CREATE TABLE bare_{number} AS TABLE "{table}" WITH NO DATA')
            with meter:
                _copy_in(f"bare_{number}", content)
            _do(f"DROP TABLE bare_{number}")
        return meter, sum(rows for _, rows, _ in taken)


def _tables() -> list[str]:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname NOT LIKE 'django%%' AND relname NOT LIKE 'bare%%' ORDER BY 1"
        )
        return [name for (name,) in cursor.fetchall()]


def _rows_of(table: str, since: int) -> tuple[int, bytes]:
    from django.db import connections

    content = bytearray()
    query = f'COPY (SELECT * FROM "{table}" WHERE xmin::text::bigint >= {since}) TO STDOUT'
    with connections["owner"].cursor() as cursor, cursor.copy(query) as copying:
        for block in copying:
            content += block
    return content.count(b"\n"), bytes(content)


def _copy_in(table: str, content: bytes) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copying:
        copying.write(content)


def _do(statement: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


def _one(query: str) -> Any:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
