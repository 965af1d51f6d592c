"""The running house: one supervising process, with the web server and the worker below it, behind a pid file."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import psutil

from kanjo.surfaces.console.refusals import AddressInUse, DidNotAnswer

SECONDS_TO_ANSWER: Final = 90
SECONDS_TO_STOP: Final = 40
CLOCK_MAY_STEP: Final = 60  # seconds: the start of a process is told from the clock


@dataclass(frozen=True, slots=True)
class Member:
    """One process of the house; its start tells it apart from a later process with the same number."""

    pid: int
    started: float

    @staticmethod
    def of(pid: int) -> Member:
        """Return the process with that number as it is now."""
        return Member(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        """Return whether this very process still runs."""
        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.started) < CLOCK_MAY_STEP and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.Error:
            return False

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and those it started."""
        if self.alive():
            os.killpg(self.pid, number)


@dataclass(frozen=True, slots=True)
class Running:
    """What the supervising process writes down: where it answers, for which version, and who belongs to it."""

    address: str
    port: int
    shape: str
    supervisor: Member
    children: list[Member] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class House:
    """The processes that serve the installation in *home*."""

    home: Path

    @property
    def log(self) -> Path:
        """Where the processes write."""
        return self.home / "server.log"

    @property
    def record(self) -> Path:
        """Where the supervising process writes itself down."""
        return self.home / "server.json"

    @property
    def lock(self) -> Path:
        """Held by the supervising process as long as it lives."""
        return self.home / "server.lock"

    def running(self) -> Running | None:
        """Return what runs, or None; what a killed supervisor left in the file does not count."""
        recorded = self._recorded()
        return recorded if recorded and recorded.supervisor.alive() else None

    def _recorded(self) -> Running | None:
        try:
            found = json.loads(self.record.read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        supervisor, children = Member(**found.pop("supervisor")), [Member(**child) for child in found.pop("children")]
        return Running(**found, supervisor=supervisor, children=children)

    def write(self, running: Running) -> None:
        """Write down what runs, whole or not at all."""
        draft = self.record.with_suffix(".new")
        draft.write_text(json.dumps(asdict(running)), "utf-8")
        draft.replace(self.record)

    def start(self, *, address: str, port: int, shape: str) -> None:
        """Start the processes and return when they answer. Raises `AddressInUse`, `DidNotAnswer`."""
        recorded = self._recorded()
        if not recorded or (recorded.address, recorded.port) != (address, port):
            refuse_if_taken(address, port)  # before anything is stopped
        self.stop()
        refuse_if_taken(address, port)
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "kanjo.surfaces.console.supervisor", address, str(port), shape]
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
            )
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not answers(address, port):
            if time.monotonic() > deadline or process.poll() is not None:
                self.stop()
                raise DidNotAnswer(seconds=SECONDS_TO_ANSWER, words=self._last_words(), log=self.log)
            time.sleep(0.1)

    def stop(self) -> bool:
        """End all processes, gently at first; return whether there were any."""
        recorded = self._recorded()
        members = [recorded.supervisor, *recorded.children] if recorded else []
        alive = [member for member in members if member.alive()]
        for member in alive[:1] if self.running() else alive:
            member.signal_group(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while any(member.alive() for member in alive) and time.monotonic() < deadline:
            time.sleep(0.05)
        for member in alive:
            member.signal_group(signal.SIGKILL)
        self.record.unlink(missing_ok=True)
        return bool(alive)

    def _last_words(self) -> str:
        return " / ".join(self.log.read_text("utf-8", "replace").splitlines()[-3:])

    def hold(self) -> int:
        """Take the lock of the supervising process and return its handle; raises BlockingIOError if it is taken."""
        handle = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle


def reachable(address: str) -> str:
    """Return the address to ask ourselves at: who listens everywhere answers at home."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - read, not bound


def answers(address: str, port: int) -> bool:
    """Return whether Kanjo answers there and reaches its database."""
    try:
        with urllib.request.urlopen(f"http://{reachable(address)}:{port}/health", timeout=5) as answer:
            return bool(answer.read() == b"kanjo")
    except (OSError, urllib.error.URLError):
        return False


def refuse_if_taken(address: str, port: int) -> None:
    """Refuse a port that another program has, naming the program where the system tells us."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            free = port + 10 if port < 65000 else 8010
            raise AddressInUse(port=port, address=address, who=_listener(port), free=free) from error


def _listener(port: int) -> str:
    try:
        listening = [c for c in psutil.net_connections(kind="tcp") if c.status == psutil.CONN_LISTEN]
        pid = next(c.pid for c in listening if c.laddr and c.laddr.port == port and c.pid)
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except (psutil.Error, StopIteration):
        return "another program / 別のプログラム"
