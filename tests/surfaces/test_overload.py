"""Where more is asked than can be done, the house says so at once, and is itself again as soon as it can be."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import psycopg
import pytest

from kanjo.foundation.actors import Role
from tests.api.programs import program_of
from tests.plumbing import FreshDatabase
from tests.processes.test_bill import held
from tests.web.office import an_office

ROOT = Path(__file__).parents[2]
HELD = "LOCK TABLE access_token IN ACCESS EXCLUSIVE MODE"
"""Every call of a program waits for it."""
CALLERS = 24


@dataclass(frozen=True)
class Served:
    """A house that is served."""

    port: int
    secret: str

    def asks(self, path: str, language: str = "en") -> tuple[int, str, str]:
        """Return the status of an answer, when to come again, and its words."""
        headers = {"Authorization": f"Bearer {self.secret}", "Accept-Language": language}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
                return answer.status, "", answer.read().decode()
        except HTTPError as refused:
            return refused.code, str(refused.headers["Retry-After"]), refused.read().decode()

    @contextmanager
    def slowly(self) -> Iterator[None]:
        """Begin a request whose body does not come."""
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            head = f"POST /api/v1/customers HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: 99\r\n\r\n{{"
            client.sendall(head.encode())
            yield


@pytest.fixture
def house(fresh_database: FreshDatabase) -> Iterator[Served]:
    """The house with two places to be worked at, and two to wait."""
    secret = program_of(an_office(), Role.SALES_REP).secret
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "8", "--log-level", "error"),
        "tests.surfaces.house_under_load:application",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=fresh_database.environment, start_new_session=True)
    served = Served(port, secret)
    try:
        for _ in range(600):
            with suppress(OSError):
                assert served.asks("/health")[0] == 200
                break
            time.sleep(0.1)
        yield served
    finally:
        process.terminate()
        process.wait(30)


def waiting(database: FreshDatabase) -> int:
    """Return how many statements wait for a lock."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(database.url, autocommit=True) as watcher:
        return int((watcher.execute(asked).fetchone() or (0,))[0])


@pytest.mark.row("E14")
class TestManyAtOnce:
    def test_who_finds_no_place_is_told_to_come_again(self, fresh_database: FreshDatabase, house: Served) -> None:
        """Of many that call while all is held, those inside are answered when it is free, the others at once: 503."""
        with ThreadPoolExecutor(CALLERS) as callers:
            with held(fresh_database, HELD) as holder:
                first = [callers.submit(house.asks, "/api/v1/customers") for _ in range(4)]
                while waiting(fresh_database) < 2:
                    assert not all(one.done() for one in first)
                    time.sleep(0.02)
                others = list(callers.map(lambda _: house.asks("/api/v1/customers"), range(CALLERS - 4)))
                page = house.asks("/accounts/login/")
                holder.rollback()
            inside = [one.result() for one in first]
        assert {(status, again) for status, again, _ in others} == {(503, "5")}
        told = json.loads(others[0][2])
        assert (told["rule"], told["remedy"]) == ("house.busy", "Try again in a few seconds.")
        assert page[:2] == (503, "5")
        assert "数秒後にもう一度お試しください。" in page[2]
        assert "Try again in a few seconds." in page[2]
        assert Counter(status for status, _, _ in inside) == {200: 4}
        assert {house.asks("/api/v1/customers")[0] for _ in range(8)} == {200}

    def test_no_lock_is_waited_for_for_ever(self, fresh_database: FreshDatabase, house: Served) -> None:
        """What another transaction holds too long is answered 503, to programs in their language and to people."""
        with held(fresh_database, HELD):
            status, again, words = house.asks("/api/v1/customers", "ja")
        assert (status, again, json.loads(words)["rule"]) == (503, "5", "house.busy")
        assert house.asks("/api/v1/customers")[0] == 200

    def test_slow_clients_take_no_place(self, house: Served) -> None:
        """Three that send their body never leave both places free for others."""
        with house.slowly(), house.slowly(), house.slowly():
            time.sleep(0.3)
            assert [house.asks("/api/v1/customers")[0] for _ in range(4)] == [200] * 4
