"""The play: day by day, each day a shard of the run, in one transaction with everything that happens on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.operations import ShardResult, ShardTask
from kanjo.processes.history.days import Calendar
from kanjo.processes.history.founding import found
from kanjo.processes.history.scenes import scenes_by_day
from kanjo.processes.history.script import Script
from kanjo.processes.history.stage import Memory, Stage

Progress = Callable[[int, int, Text], None]
DAY = Text(en="{day}: deals, invoices, payments", ja="{day}: 商談・請求・入金")


@dataclass(frozen=True, slots=True)
class Played:
    """What was played this time: days, and what happened on them."""

    days: int
    scenes: int


def play(*, script: Script, password: str, at: datetime, report: Progress) -> Played:
    """Found the company where it is new and play its history to the day of *at*; owns its transactions.

    Killed anywhere it is called again and goes on with the day it was planned for. Two at once wait for each other.
    When all is played it does nothing. Refuses `HouseInUse`.
    """
    founded = found(script, password=password, at=at)
    calendar, memory = Calendar(founded.today, script.months), Memory()
    scenes = scenes_by_day(script, calendar)
    days, played = sorted(scenes), list[int]()

    def work(task: ShardTask) -> ShardResult:
        day = date.fromisoformat(task.scope["on"])
        stage = Stage(script, founded, calendar, memory, day, at)
        for scene in scenes[day]:
            scene.act(stage)
        played.append(len(scenes[day]))
        return ShardResult({"scenes": len(scenes[day])})

    def tell(number: int) -> None:
        report(number + 1, len(days), DAY.filled(day=days[number]))

    with _alone(founded.company_id):
        runs.execute_run(
            run_id=founded.run_id, work=work, by=founded.cast.by_role[Role.DEAL_MANAGEMENT], at=at, progress=tell
        )
    return Played(len(played), sum(played))


@contextmanager
def _alone(company_id: CompanyId) -> Iterator[None]:
    """Let nobody else play the company's history meanwhile: its days follow each other. Who dies lets go."""
    lock: tuple[str, int] = ("history", company_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s), %s)", lock)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", lock)
