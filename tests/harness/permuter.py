"""Two people act at the same moment, and every order in which their locks and writes can meet is tried.

Each acts on a connection of its own and stops before every statement that locks or writes, before every COPY and
before every commit. The conductor lets one of them go on to the next stop; whom the database makes wait cannot be
chosen until it is free again. A person is interrupted when the other one goes on although the first could. All orders
with at most `INTERRUPTIONS` are tried, those with fewer first and of these in the order of a fixed dice (the CRC of the
order), until as many were tried as were asked for: the two orders without interruption are one after the other.
"""

from __future__ import annotations

import heapq
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import psycopg
from django.db import DatabaseError, connection

from kanjo.foundation.refusals import Refusal

INTERRUPTIONS = 2
DONE = "done"
_STOPS = re.compile(r"\b(INSERT|UPDATE|DELETE|SHARE|pg_advisory\w*)\b")
_LOCKS = re.compile(r"\bFOR (NO KEY )?(UPDATE|SHARE)( OF \S+)?( SKIP LOCKED)?")

Act = Callable[[], object]
Order = tuple[int, ...]


class Player:
    """One of the two: does its act in a thread of its own, from stop to stop."""

    def __init__(self, act: Act, *, locks: bool) -> None:
        self._act, self._locks = act, locks
        self._go = threading.Semaphore(0)
        self.stopped = threading.Event()
        self.end = ""
        self.pid = 0
        self._thread = threading.Thread(target=self._play, daemon=True)

    def start(self) -> None:
        """Connect, and stop before the act."""
        self._thread.start()
        assert self.stopped.wait(30)

    def go_on(self) -> None:
        """Go on to the next stop."""
        self.stopped.clear()
        self._go.release()

    def _stop(self) -> None:
        self.stopped.set()
        self._go.acquire()

    def _play(self) -> None:
        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid
        with closing(connection), self._stopping():
            self._stop()
            try:
                self._act()
                self.end = DONE
            except Refusal as refusal:
                self.end = refusal.rule
            except DatabaseError as error:
                self.end = f"{type(error).__name__}: {error}".splitlines()[0]
        self.stopped.set()

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Stop before statements that lock or write, before a COPY and before a commit."""
        real = connection.connection
        factory = real.cursor_factory

        def commit() -> None:
            self._stop()
            type(real).commit(real)

        def copy(cursor: Any, *given: Any) -> Any:
            self._stop()
            return factory.copy(cursor, *given)

        real.commit, real.cursor_factory = commit, type("Seen", (factory,), {"copy": copy})
        with connection.execute_wrapper(self._before):
            yield

    def _before(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if _STOPS.search(sql):
            self._stop()
        return execute(sql if self._locks else _LOCKS.sub("", sql), parameters, many, context)


@dataclass(frozen=True)
class Played:
    """How two acts met: who went on at each stop, who could have, and how each of them ended."""

    went: Order
    could: tuple[frozenset[int], ...]
    ends: tuple[str, ...]

    @property
    def interruptions(self) -> int:
        """How often one went on although the other, who had gone before, could have."""
        return interruptions(self.went, self.could)


def interruptions(went: Order, could: Sequence[frozenset[int]]) -> int:
    """Return how often in an order somebody was interrupted."""
    return sum(now != last and last in able for last, now, able in zip(went, went[1:], could[1:], strict=False))


def play(acts: Sequence[Act], order: Order, watch: psycopg.Connection, *, locks: bool = True) -> Played:
    """Let both act in that order, and after it each as long as it can; without *locks* their SELECTs lock nothing."""
    players = [Player(act, locks=locks) for act in acts]
    for player in players:
        player.start()
    went: list[int] = []
    could: list[frozenset[int]] = []
    while able := _able(players, watch):
        wanted = order[len(went)] if len(went) < len(order) else went[-1] if went else 0
        number = wanted if wanted in able else min(able)
        could.append(able)
        went.append(number)
        players[number].go_on()
    return Played(tuple(went), tuple(could), tuple(player.end for player in players))


def _able(players: Sequence[Player], watch: psycopg.Connection) -> frozenset[int]:
    """Wait until each player has stopped, ended or waits for a lock; return who can go on."""
    patience = time.monotonic() + 30
    while time.monotonic() < patience:
        # First who has stopped, then who waits: what a stopped player let go of, nobody waits for any more.
        moving = [player for player in players if not player.stopped.is_set()]
        if all(_waits(player, watch) for player in moving):
            able = frozenset(n for n, player in enumerate(players) if player not in moving and not player.end)
            if able or not moving:
                return able
        time.sleep(0.001)
    raise TimeoutError("nobody can go on")


def _waits(player: Player, watch: psycopg.Connection) -> bool:
    row = watch.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [player.pid]).fetchone()
    return bool(row and row[0])


def every_order(trial: Callable[[Order], Played], *, most: int) -> Iterator[Played]:
    """Try at most so many orders, within the bounds of this module; each order is tried once."""
    waiting: list[tuple[int, int, Order]] = [(0, 0, ())]
    for _ in range(most):
        if not waiting:
            return
        *_, order = heapq.heappop(waiting)
        played = trial(order)
        yield played
        for place in range(len(order), len(played.went)):
            for other in played.could[place] - {played.went[place]}:
                turned = (*played.went[:place], other)
                count = interruptions(turned, played.could)
                if count <= INTERRUPTIONS:
                    heapq.heappush(waiting, (count, crc32(bytes(turned)), turned))
