"""Many at once: the same act on real connections, let go together."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction

from kanjo.foundation.refusals import Refusal

R = TypeVar("R")


def at_once(act: Callable[[], R], *, times: int = 8) -> list[R | Refusal]:
    """Do *act* in as many threads, each with a connection and a transaction of its own; return what each was told.

    Needs `fresh_database`: what happens is committed. Any error but a refusal is raised.
    """
    together = Barrier(times)

    def one(_: int) -> R | Refusal:
        connection.ensure_connection()
        together.wait(timeout=30)
        try:
            with transaction.atomic():
                return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def until_somebody_waits() -> None:
    """Wait until some connection of this database waits for a lock; fail when nobody does within ten seconds."""
    patience = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < patience:
            cursor.execute(
                "SELECT FROM pg_locks WHERE NOT granted AND pid IN (SELECT l.pid FROM pg_locks l"
                " JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database())"
            )
            if cursor.fetchall():
                return
            time.sleep(0.01)
    pytest.fail("nobody waits")
