"""A run that somebody starts is the worker's: once, to its end, whatever becomes of the worker or of the person."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import RunId
from kanjo.platform.identity.operations import withdraw_role
from kanjo.platform.identity.queries import house
from kanjo.platform.jobs.queue import RUNS
from kanjo.platform.jobs.watchdog import rescue_stuck
from kanjo.platform.runs.models import Shard
from kanjo.platform.runs.operations import withdraw_run
from kanjo.platform.runs.queries import get_run
from kanjo.platform.runs.states import RunState
from kanjo.platform.worklist.models import WorkItem
from kanjo.processes.execute_run import start, stop_lost
from tests.builders import NOW, an_actor
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows
from tests.processes.test_bill import (
    HOLDS,
    MAY,
    a_house_with_orders,
    blocked,
    documents,
    held,
    prepared,
    small_shards,
    undisturbed,
    wait_until,
)
from tests.worker import let_work, waiting

__all__ = ["small_shards"]


class Started:
    """A billing run of May that a clerk started."""

    def __init__(self) -> None:
        self.company, _ = a_house_with_orders()
        self.expected = undisturbed(self.company, MAY)
        self.before = documents(self.company)
        self.clerk = an_actor(Role.RECEIVABLES, companies=[self.company])
        self.run_id = RunId(prepared(self.company, MAY))
        press(self.run_id, self.clerk)

    @property
    def state(self) -> RunState:
        """How the run stands."""
        return get_run(house(), self.run_id).state

    @property
    def work(self) -> list[str]:
        """What waits because it stopped."""
        open_items = WorkItem.objects.filter(kind="runs.stopped", state="open", subject_id=self.run_id)
        return [f"{item.owner_role}: {item.why_en}" for item in open_items]


def press(run_id: RunId, by: Actor) -> None:
    """Press the button."""
    with transaction.atomic():
        start(run_id=run_id, by=by, at=timezone.now())


@pytest.mark.django_db
class TestStarted:
    def test_who_started_it_and_when_is_written_down(self) -> None:
        """The run and the trail name the person; nothing is issued before the worker is at it."""
        run = Started()
        row = get_run(house(), run.run_id)
        assert (row.started_by, row.state, row.working) == (run.clerk.name, RunState.APPROVED, True)
        assert row.started_at is not None
        assert documents(run.company) == run.before
        trail = "SELECT actor FROM audit_change WHERE verb = 'runs.start' AND subject = 'runs_run'"
        assert rows(trail) == [(run.clerk.name,)]
        assert let_work() == 1
        assert (run.state, documents(run.company)) == (RunState.EXECUTED, run.expected)

    @pytest.mark.row("M7")
    def test_pressed_twice_it_is_one_job(self) -> None:
        """Two presses put one job into the queue; one after the end puts none."""
        run = Started()
        press(run.run_id, run.clerk)
        assert waiting() == [(waiting()[0][0], "execute-run", {"run_id": run.run_id})]
        let_work()
        press(run.run_id, run.clerk)
        assert (waiting(), documents(run.company)) == ([], run.expected)

    def test_what_is_taken_back_leaves_no_job(self) -> None:
        """Job and act are one transaction."""
        company, _ = a_house_with_orders()
        run_id = RunId(prepared(company, MAY))
        with transaction.atomic():
            start(run_id=run_id, by=an_actor(Role.RECEIVABLES, companies=[company]), at=NOW)
            transaction.set_rollback(True)
        assert waiting() == []
        assert not get_run(house(), run_id).working

    def test_withdrawn_before_the_worker_nothing_is_done(self) -> None:
        """A run given up while it waits is not executed, and nobody is bothered."""
        run = Started()
        with transaction.atomic():
            withdraw_run(run_id=run.run_id, because="誤り", by=run.clerk, at=NOW)
        assert let_work() == 1
        assert (run.state, documents(run.company), run.work) == (RunState.WITHDRAWN, run.before, [])


@pytest.mark.django_db
class TestStopped:
    def test_who_lost_the_role_executes_nothing(self) -> None:
        """The rights are those of the moment of execution; the run says so, somebody has work, another goes on."""
        run = Started()
        boss = an_actor(Role.ADMINISTRATOR, companies=[run.company])
        with transaction.atomic():
            withdraw_role(person_id=run.clerk.id, role=Role.RECEIVABLES, by=boss, at=NOW)
        let_work()
        row = get_run(house(), run.run_id)
        assert (row.stopped_rule, row.working, documents(run.company)) == ("runs.starter-gone", False, run.before)
        (told,) = run.work
        assert told.startswith("receivables: Who started the run may no longer execute it. Somebody else executes it")
        press(run.run_id, an_actor(Role.RECEIVABLES, companies=[run.company], name="後任 花子"))
        assert run.work == []
        let_work()
        assert (run.state, documents(run.company)) == (RunState.EXECUTED, run.expected)

    def test_a_mistake_of_ours_is_told(self) -> None:
        """What breaks in the middle fails the job for the doctor, and the run says that it stopped."""
        run = Started()
        shards = Shard.objects.filter(run_id=run.run_id)
        scope = shards.get().scope
        shards.update(scope={})
        with pytest.raises(KeyError):
            let_work()
        assert (get_run(house(), run.run_id).stopped_rule, len(run.work)) == ("runs.broke", 1)
        assert documents(run.company) == run.before
        shards.update(scope=scope)
        press(run.run_id, run.clerk)
        let_work()
        assert documents(run.company) == run.expected

    def test_what_no_worker_has_any_more_is_told(self) -> None:
        """A run whose job is gone is found within a minute or two; one whose job waits is left alone."""
        run = Started()
        later = timezone.now() + timedelta(minutes=2)
        assert stop_lost(at=later) == 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = %s", [RUNS])
        assert stop_lost(at=timezone.now()) == 0
        assert stop_lost(at=later) == 1
        assert get_run(house(), run.run_id).stopped_rule == "runs.lost"
        assert len(run.work) == 1
        press(run.run_id, run.clerk)
        let_work()
        assert documents(run.company) == run.expected


def a_worker(database: FreshDatabase) -> subprocess.Popen[bytes]:
    """Start the worker of long work, as the house does, until its queue is empty."""
    command = [sys.executable, "-m", "django", "procrastinate", "worker", "--queues", RUNS, "--one-shot"]
    return subprocess.Popen(
        command, env=database.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.mark.usefixtures("small_shards")
@pytest.mark.row("J1", "R1")
@pytest.mark.parametrize("statement", HOLDS.values(), ids=HOLDS)
def test_a_killed_worker_s_run_is_taken_up_again(fresh_database: FreshDatabase, statement: str) -> None:
    """kill -9 in the middle; the watchdog queues the job again, and another worker issues the rest, once."""
    run = Started()
    with held(fresh_database, statement) as holder:
        process = a_worker(fresh_database)
        wait_until(lambda: blocked(fresh_database), process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        holder.rollback()
    with psycopg.connect(fresh_database.application.conninfo(), autocommit=True) as watchdog:
        (rescue,) = rescue_stuck(watchdog, gone_after=0)
    assert rescue.again_id is not None
    out, err = a_worker(fresh_database).communicate(timeout=120)
    assert (run.state, documents(run.company)) == (RunState.EXECUTED, run.expected), (out, err)
