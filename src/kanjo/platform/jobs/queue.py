"""Puts a job into the queue, in the transaction that causes it, by its name: who does it is above this floor."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

SHORT = "default"
RUNS = "runs"
"""The queue of long work; it has a worker of its own, so that what is short never waits behind it."""
AGAIN = RetryStrategy(max_attempts=5, linear_wait=5, retry_exceptions=(InterfaceError, OperationalError))
"""A database that is away for a while is asked again."""


def put_into_queue(job: str, *, lock: str, **given: int) -> None:
    """Let a worker do a job of long work once this transaction ends; one with the same lock that waits does for both.

    Of those with the same lock one is done at a time.
    """
    try:
        with transaction.atomic():
            app.configure_task(job, queue=RUNS, lock=lock, queueing_lock=lock).defer(**given)
    except AlreadyEnqueued:
        return


def is_queued(lock: str) -> bool:
    """Return whether a job with that lock waits or is being done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE lock = %s AND status IN ('todo', 'doing') LIMIT 1", [lock]
        )
        return cursor.fetchone() is not None
