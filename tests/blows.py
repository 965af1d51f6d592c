"""What can befall a running PostgreSQL server."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress

import psutil

from kanjo.platform.database.custody import Account


def kill(pid: int) -> None:
    """Kill a server as the kernel would: its first process and all of its children, by SIGKILL, at once."""
    found = processes(pid)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=30)


def fill(pid: int) -> None:
    """Leave no room for the files of a server: what it writes from now on fails as on a disk without space."""
    for process in processes(pid):
        with suppress(psutil.NoSuchProcess):
            owner = Account(process.username(), process.uids().real, process.gids().real)
            # By its own account: root needs a right for it that a container may not give.
            limit = ["prlimit", f"--pid={process.pid}", "--fsize=0:"]
            subprocess.run(limit, check=False, capture_output=True, **owner.credentials)


def processes(pid: int) -> Sequence[psutil.Process]:
    """Return the processes of the server that has this number, the first one first; nothing when it is gone."""
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)] if first.name() == "postgres" else []
    except psutil.NoSuchProcess:
        return []
