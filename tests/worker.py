"""The worker of long work, for tests: in the transaction of the test, or as a thread that listens as it does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.worker import Worker

from kanjo.platform.jobs.queue import RUNS


def waiting() -> list[tuple[int, str, dict[str, int]]]:
    """Return the jobs of long work that wait: id, name, what was given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %s ORDER BY id",
            [RUNS],
        )
        return [(key, name, json.loads(given)) for key, name, given in cursor.fetchall()]


def let_work() -> int:
    """Do here and now what waits in the queue of long work, as the worker would; return how many jobs that was."""
    jobs = waiting()
    for key, name, given in jobs:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [key])
            try:
                app.tasks[name].func(**given)
            finally:
                cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'succeeded', true)", [key])
    return len(jobs)


@contextmanager
def at_work() -> Iterator[None]:
    """Let a worker listen, on the database of the test, until the block ends."""
    loop, hand = asyncio.new_event_loop(), ThreadPoolExecutor(1)
    loop.set_default_executor(hand)
    workers: list[Worker] = []

    async def work() -> None:
        # In a thread of its own: that of the process keeps the connection of an earlier test.
        async with ThreadSensitiveContext():
            listening = app.with_connector(DjangoConnector().get_worker_connector())
            async with listening.open_async():
                workers.append(Worker(listening, queues=[RUNS], install_signal_handlers=False))
                await workers[0].run()  # type: ignore[no-untyped-call]  # as it comes
            await sync_to_async(connections.close_all)()
        await loop.run_in_executor(hand, connections.close_all)

    def run() -> None:
        try:
            loop.run_until_complete(work())
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        while not workers and thread.is_alive():
            thread.join(0.05)
        if thread.is_alive():
            loop.call_soon_threadsafe(workers[0].stop)
        thread.join()
