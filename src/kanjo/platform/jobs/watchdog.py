"""Finds jobs that are "doing" for ever because their worker is gone, and queues them again.

It runs outside the queue, as a thread of the supervising process: a rescue that is itself a job can wait behind the
very job it should rescue. A retry is a new row, and may meet a sibling that is queued already; then that one does the
work. Effects of jobs are idempotent, so a worker that was only slow does no harm.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from threading import Event
from typing import Any, Final

import psycopg

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 10
GONE_AFTER_SECONDS: Final = 2 * HEARTBEAT_SECONDS
MOST_ATTEMPTS: Final = 5  # a job that has taken down this many workers is left as failed; `kanjo doctor` shows it

_STUCK: Final = """
SELECT job.id, job.attempts FROM procrastinate_jobs job
LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing'
  AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s))
ORDER BY job.id
FOR UPDATE OF job SKIP LOCKED
"""
_AGAIN: Final = """
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, attempts)
SELECT queue_name, task_name, priority, lock, queueing_lock, args, attempts FROM procrastinate_jobs WHERE id = %s
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Rescue:
    """What became of one stuck job: `again_id` is the new row, None where a sibling waits or it is given up."""

    job_id: int
    again_id: int | None
    given_up: bool


def rescue_stuck(connection: psycopg.Connection[Any], *, gone_after: float = GONE_AFTER_SECONDS) -> list[Rescue]:
    """Close every job whose worker gave no sign for *gone_after* seconds and queue it anew, in one transaction."""
    with connection.transaction():
        stuck = connection.execute(_STUCK, [gone_after]).fetchall()
        return [_rescued(connection, job_id, attempts + 1) for job_id, attempts in stuck]


def _rescued(connection: psycopg.Connection[Any], job_id: int, attempts: int) -> Rescue:
    connection.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job_id])
    if attempts >= MOST_ATTEMPTS:
        log.error("job %s is given up after %s workers", job_id, attempts)
        return Rescue(job_id, None, given_up=True)
    again = connection.execute(_AGAIN, [job_id]).fetchone()
    log.warning("job %s lost its worker and is queued again as %s", job_id, again and again[0])
    return Rescue(job_id, again[0] if again else None, given_up=False)


def watch(conninfo: str, stop: Event, *, every: float = HEARTBEAT_SECONDS) -> None:
    """Look for stuck jobs until *stop* is set. A database that is away for a while is asked again later."""
    while not stop.wait(every):
        try:
            with psycopg.connect(conninfo, autocommit=True, connect_timeout=10) as connection:
                rescue_stuck(connection)
        except psycopg.Error as error:
            log.warning("the watchdog could not ask the database: %s", error)
