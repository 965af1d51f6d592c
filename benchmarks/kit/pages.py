"""What a page costs beside its statements alone, both in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.kit.house import Meter

ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """CPU and wall milliseconds of a page and of nothing but its statements, and how many there were."""

    cpu: float
    wall: float
    bare_cpu: float
    bare_wall: float
    queries: int


def an_auditor() -> Any:
    """Return the browser of somebody who reads everything."""
    from django.test import Client

    from kanjo.foundation.actors import Role
    from kanjo.platform.identity.models import Person

    client = Client()
    client.force_login(Person.objects.get(name=f"{Role.AUDITOR.value} 太郎"))
    return client


def seen(client: Any, address: str, asked: Mapping[str, str], rounds: int = ROUNDS) -> Seen:
    """Open a page again and again, and ask its statements as often."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def shown() -> None:
        answer = client.get(address, asked)
        assert answer.status_code == 200, answer.content.decode()

    shown()
    with CaptureQueriesContext(connection) as queries:
        shown()
    count = len(queries)  # the next page begins to count anew
    statements = [query["sql"] for query in queries if query["sql"].lstrip().startswith(("SELECT", "WITH", "(SELECT"))]

    def bare() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    page, sql = _each(shown, rounds), _each(bare, rounds)
    per_round = 1000 / rounds
    return Seen(page.cpu * per_round, page.wall * per_round, sql.cpu * per_round, sql.wall * per_round, count)


def _each(work: Callable[[], None], rounds: int) -> Meter:
    meter = Meter()
    time.sleep(0.2)  # the server ends what it does beside
    with meter:
        for _ in range(rounds):
            work()
    return meter
