"""Requests that arrive at a constant rate, whether or not the ones before were answered.

One process, plain sockets, a connection kept as long as it is not refused: it takes some 0.2 ms of CPU per request,
because it shares the machine with what it measures. A wait counts from the moment the request was due.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

PATIENCE = 30
"""Seconds after which a request that was not answered counts as a fault."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request and the status it should be answered with."""

    kind: str
    address: str
    head: bytes
    status: int = 200


@dataclass(slots=True)
class Answers:
    """What came of it: milliseconds of each kind, and what went wrong."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """How many were answered as wanted."""
        return sum(map(len, self.waits.values()))

    def within(self, share: float, kind: str = "") -> float:
        """Return the milliseconds within which that share of the answers came, of one kind or of all."""
        waits = sorted(wait for name, some in self.waits.items() if kind in {"", name} for wait in some)
        return waits[min(len(waits) - 1, int(len(waits) * share))] if waits else float("nan")


def arrive(host: str, port: int, wanted: Sequence[Wanted], *, rate: float, seconds: float) -> Answers:
    """Send *wanted* over and over, *rate* a second; return when all are answered."""
    gc.freeze()
    crowd = _Crowd(host, port)
    asyncio.run(crowd.arrive(wanted, rate, seconds))
    return crowd.answers


@dataclass
class _Crowd:
    host: str
    port: int
    answers: Answers = field(default_factory=Answers)
    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def arrive(self, wanted: Sequence[Wanted], rate: float, seconds: float) -> None:
        """Begin each request when it is due, and wait for the last answer."""
        began, under_way = _now(), set()
        for number in range(int(rate * seconds)):
            due = began + number / rate
            if (early := due - _now()) > 0:
                await asyncio.sleep(early)
            task = asyncio.create_task(self._ask(wanted[number % len(wanted)], due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        for _, writer in self.idle:
            writer.close()

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Return a connection that the server still keeps; it closes those that were long idle, as servers do."""
        while self.idle:
            reader, writer = self.idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

    async def _ask(self, asked: Wanted, due: float) -> None:
        try:
            connection = self._kept() or await asyncio.open_connection(self.host, self.port)
            status = await asyncio.wait_for(_exchange(*connection, asked.head), PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self.answers.faults[f"{type(error).__name__} {asked.kind}"] += 1
            return
        self.idle.append(connection)
        if status == asked.status:
            self.answers.waits.setdefault(asked.kind, []).append((_now() - due) * 1000)
        else:
            self.answers.faults[f"{status} {asked.address}"] += 1


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> int:
    writer.write(head)
    answer = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = answer.partition(b"content-length:")[2].partition(b"\r")[0]
    await reader.readexactly(int(length or 0))
    return int(answer.split(b" ", 2)[1])
