"""Jobs whose worker is gone are found and queued again, whatever became of the worker's own row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from kanjo.platform.jobs.watchdog import MOST_ATTEMPTS, Rescue, rescue_stuck
from tests.plumbing import FreshDatabase

Connection = psycopg.Connection[Any]


@pytest.fixture
def queue(fresh_database: FreshDatabase) -> Iterator[Connection]:
    """The queue as the application sees it."""
    with psycopg.connect(fresh_database.application.conninfo(), autocommit=True) as connection:
        yield connection


def _worker(queue: Connection, *, silent_for: int) -> int:
    statement = (
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id"
    )
    return _number(queue, statement, [silent_for])


def _job(
    queue: Connection, *, worker: int | None, status: str = "doing", lock: str | None = None, attempts: int = 0
) -> int:
    return _number(
        queue,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id, queueing_lock, attempts)"
        """ VALUES ('billing', 'bill', '{"shard": 3}', %s, %s, %s, %s) RETURNING id""",
        [status, worker, lock, attempts],
    )


def _number(queue: Connection, statement: str, values: list[object]) -> int:
    row = queue.execute(statement, values).fetchone()
    assert row
    return int(row[0])


def _state(queue: Connection, job_id: int | None) -> object:
    return queue.execute(
        "SELECT status::text, attempts, args FROM procrastinate_jobs WHERE id = %s", [job_id]
    ).fetchone()


@pytest.mark.row("J1")
class TestRescueStuck:
    def test_job_of_a_silent_worker_is_queued_again(self, queue: Connection) -> None:
        """A job whose worker gave no sign for long is closed, and the same work waits in a new row."""
        job = _job(queue, worker=_worker(queue, silent_for=60))
        (rescue,) = rescue_stuck(queue)
        assert _state(queue, job) == ("failed", 1, {"shard": 3})
        assert _state(queue, rescue.again_id) == ("todo", 1, {"shard": 3})

    def test_job_of_a_pruned_worker_is_found(self, queue: Connection) -> None:
        """A job is found even when the row of its worker was removed."""
        worker = _worker(queue, silent_for=60)
        job = _job(queue, worker=worker)
        queue.execute("DELETE FROM procrastinate_workers WHERE id = %s", [worker])
        assert [rescue.job_id for rescue in rescue_stuck(queue)] == [job]

    def test_job_of_a_living_worker_is_left_alone(self, queue: Connection) -> None:
        """A long job of a worker that still gives signs goes on."""
        job = _job(queue, worker=_worker(queue, silent_for=5))
        assert rescue_stuck(queue) == []
        assert _state(queue, job) == ("doing", 0, {"shard": 3})

    def test_waiting_sibling_does_the_work(self, queue: Connection) -> None:
        """When the same work is queued already, no second row is made."""
        job = _job(queue, worker=None, lock="one")
        sibling = _job(queue, worker=None, status="todo", lock="one")
        assert rescue_stuck(queue) == [Rescue(job, None, given_up=False)]
        assert queue.execute("SELECT id FROM procrastinate_jobs WHERE status = 'todo'").fetchall() == [(sibling,)]

    @pytest.mark.row("J2")
    def test_job_that_kills_its_workers_is_given_up(self, queue: Connection) -> None:
        """A job that took down as many workers as allowed stays failed, for people to look at."""
        job = _job(queue, worker=None, attempts=MOST_ATTEMPTS - 1)
        assert rescue_stuck(queue) == [Rescue(job, None, given_up=True)]
        assert rescue_stuck(queue) == []

    def test_second_look_finds_nothing(self, queue: Connection) -> None:
        """What was rescued once is not rescued twice."""
        _job(queue, worker=None)
        assert len(rescue_stuck(queue)) == 1
        assert rescue_stuck(queue) == []
