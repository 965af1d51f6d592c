"""A PostgreSQL server of the test's own, with a copy of its database: it may be killed, or left without room."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from kanjo.platform.database.embedded import EmbeddedServer
from kanjo.platform.database.programs import installed_programs
from kanjo.platform.database.roles import DatabaseRole
from tests.blows import kill
from tests.plumbing import FreshDatabase, pointed_at


@dataclass(frozen=True)
class OwnServer:
    """An embedded server as `kanjo up` starts it, in its usual, durable settings."""

    server: EmbeddedServer

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process (`kanjo ...`) that works on this server."""
        return {**os.environ, "KANJO_DATABASE_URL": "", "KANJO_HOME": str(self.server.home)}

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        return int((self.server.data / "postmaster.pid").read_text().split("\n")[0])


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    """A new server that only this test uses; the rest of the tests go on with theirs."""
    home = Path(tempfile.mkdtemp(prefix="kanjo-own-"))
    home.chmod(0o755)  # the account that root lends to the server must get there
    own = OwnServer(EmbeddedServer(home))
    own.server.start()
    try:
        yield own
    finally:
        with suppress(FileNotFoundError):
            kill(own.pid)
        shutil.rmtree(home)


@contextmanager
def moved(database: FreshDatabase, own: OwnServer) -> Iterator[None]:
    """Copy everything in *database* to the server, and let Django work there."""
    dumped = _client("pg_dump", "--no-owner", database.owner.conninfo())
    # Default rights name an owner that this server may not have.
    kept = "\n".join(line for line in dumped.splitlines() if not line.startswith("ALTER DEFAULT PRIVILEGES"))
    there = FreshDatabase(own.server.login(DatabaseRole.OWNER), own.server.login(DatabaseRole.APPLICATION))
    _client("psql", "--quiet", "--no-psqlrc", "-1", "-v", "ON_ERROR_STOP=1", there.owner.conninfo(), given=kept)
    with pointed_at(there):
        yield


def _client(program: str, *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [str(installed_programs() / program), *arguments], check=False, capture_output=True, text=True, input=given
    )
    assert not done.returncode, done.stderr
    return done.stdout
