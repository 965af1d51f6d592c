"""The supervising process: keeps the web server and the worker alive, and watches over stuck jobs.

Started by `kanjo up`, ended by `kanjo down`: python -m kanjo.surfaces.console.supervisor ADDRESS PORT SHAPE
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Final

from django.conf import settings

from kanjo.platform.database.roles import DatabaseRole
from kanjo.platform.jobs.queue import RUNS, SHORT
from kanjo.platform.jobs.watchdog import watch
from kanjo.surfaces.console.serving import House, Member, Running

log = logging.getLogger("kanjo.supervisor")

SECONDS_TO_FINISH: Final = 30
LONGEST_PAUSE: Final = 30.0
QUICK_DEATH: Final = 10.0  # a child that dies within so many seconds is started again more and more slowly
THREADS: Final = 80  # of a web process: 4 at work, 60 wait (about a second), the rest say that no place is left
LARGEST_LOG: Final = 20 * 2**20


def web(address: str, port: int) -> list[str]:
    """Return the command of the web server."""
    workers = max(1, min(4, os.cpu_count() or 1))
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", address, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(THREADS), "--respawn-failed-workers"),
        *("--workers-kill-timeout", "20", "--log-level", "warning", "kanjo.config.wsgi:application"),
    ]


def worker(queue: str) -> list[str]:
    """Return the command of a worker. What is done is forgotten; what failed stays for the doctor to find."""
    return [
        *(sys.executable, "-m", "django", "procrastinate", "worker", "--queues", queue, "--concurrency", "2"),
        *("--delete-jobs", "successful"),
    ]


class Child:
    """One process that is started again when it ends."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.pause = 1.0
        self.start()

    def start(self) -> None:
        """Start the process, with a group of its own so that it can be ended with all it started."""
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, process_group=0)
        self.since = time.monotonic()
        self.member = Member.of(self.process.pid)
        self.again_at: float | None = None

    def look_after(self) -> bool:
        """Start the process again if it is gone and its pause is over; return whether it was started."""
        if self.process.poll() is None:
            return False
        now = time.monotonic()
        if self.again_at is None:
            log.error("%s ended with %s", self.command[2], self.process.returncode)
            self.end(signal.SIGKILL)  # what the dead process left behind
            self.pause = 1.0 if now - self.since > QUICK_DEATH else min(self.pause * 2, LONGEST_PAUSE)
            self.again_at = now + self.pause
        if now < self.again_at:
            return False
        self.start()
        return True

    def end(self, number: signal.Signals) -> None:
        """Send a signal to the process and all it started."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


def supervise(house: House, running: Running, stop: Event) -> None:
    """Keep the children alive until *stop* is set, then let them finish."""
    children = [Child(web(running.address, running.port)), *(Child(worker(one)) for one in (SHORT, RUNS))]
    changed = True
    while True:
        if changed:
            house.write(replace(running, children=[child.member for child in children]))
        if stop.wait(0.5):
            break
        changed = bool(sum(child.look_after() for child in children))  # each is looked after
    for child in children:
        child.end(signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_FINISH
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("%s did not finish in time", child.command[2])
        child.end(signal.SIGKILL)


def main(address: str, port: int, shape: str) -> None:
    """Serve until told to stop; ends at once when the house is served already."""
    logging.basicConfig(format="{asctime} {levelname} {name}: {message}", style="{", level=logging.WARNING)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")
    house = House(settings.ENVIRONMENT.home)
    held = house.hold()
    _put_old_log_away(house.log)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    conninfo = settings.LOGINS[DatabaseRole.APPLICATION].conninfo()
    Thread(target=watch, args=(conninfo, stop), daemon=True, name="watchdog").start()
    supervise(house, Running(address, port, shape, Member.of(os.getpid())), stop)
    house.record.unlink(missing_ok=True)
    os.close(held)


def _put_old_log_away(path: Path) -> None:
    """Keep one old log beside the new one; the children write on into what we were given."""
    if path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as fresh:
            os.dup2(fresh.fileno(), 1)
            os.dup2(fresh.fileno(), 2)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
