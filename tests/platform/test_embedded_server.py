"""The embedded server: it starts from anything it may find, keeps what it said yes to, and lets nobody else in."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest

from kanjo.platform.database.embedded import ADMIN, EmbeddedServer
from kanjo.platform.database.programs import installed_programs
from kanjo.platform.database.refusals import Loosened, NoSpace, NotAccessible, OtherMajor, PasswordsLost
from kanjo.platform.database.roles import DatabaseRole

IS_ROOT = os.geteuid() == 0
START = """
import pathlib, sys
from kanjo.platform.database.embedded import EmbeddedServer
EmbeddedServer(pathlib.Path(sys.argv[1])).start()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the server's account can reach; pytest's own are closed to it when root runs the tests."""
    home = Path(tempfile.mkdtemp(prefix="kanjo-server-"))
    home.chmod(0o755)
    yield home
    for pid_file in home.rglob("postmaster.pid"):
        _kill(int(pid_file.read_text().split("\n")[0]), home)
    shutil.rmtree(home)


@pytest.fixture
def server(home: Path) -> EmbeddedServer:
    """A server that runs."""
    server = EmbeddedServer(home)
    server.start()
    return server


def _pid(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split("\n")[0])


def _kill(pid: int, home: Path) -> None:
    """Kill the process as hard as can be, if it is a server of *home*."""
    try:
        if home.as_posix() in psutil.Process(pid).cwd():
            os.kill(pid, signal.SIGKILL)
    except (psutil.Error, ProcessLookupError):
        return


def _ask(server: EmbeddedServer, statement: str) -> object:
    with psycopg.connect(server.login(DatabaseRole.OWNER).conninfo(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


class TestStart:
    def test_runs_after_the_first_start(self, server: EmbeddedServer) -> None:
        """The first start makes the database and its roles."""
        assert _ask(server, "SELECT current_user::text, current_database()::text") == ("kanjo_owner", "kanjo")

    def test_second_start_changes_nothing(self, server: EmbeddedServer) -> None:
        """A start while the server runs leaves the same server running."""
        before = _pid(server)
        EmbeddedServer(server.home).start()
        assert _pid(server) == before

    def test_data_survives_stop_and_start(self, server: EmbeddedServer) -> None:
        """What was stored before a stop is there after the next start, and a second stop finds nothing to stop."""
        _ask(server, "CREATE TABLE kept AS SELECT 42 AS n")
        assert server.stop()
        assert not server.stop()
        server.start()
        assert _ask(server, "SELECT n FROM kept") == (42,)

    def test_survives_a_killed_server(self, server: EmbeddedServer) -> None:
        """After kill -9 of the server the next start recovers every row that was acknowledged."""
        _ask(server, "CREATE TABLE kept (n int)")
        for _ in range(20):
            _ask(server, "INSERT INTO kept VALUES (1)")
        os.kill(_pid(server), signal.SIGKILL)
        server.start()
        assert _ask(server, "SELECT count(*) FROM kept") == (20,)

    def test_survives_a_reused_process_number(self, server: EmbeddedServer) -> None:
        """A stranger of the same account that now has the dead server's number does not keep the server down."""
        killed = psutil.Process(_pid(server))
        orphans = killed.children()
        killed.kill()
        psutil.wait_procs(orphans, timeout=30)
        stranger = subprocess.Popen(["/bin/sleep", "60"], cwd="/", **server.account.credentials)
        try:
            path = server.data / "postmaster.pid"
            path.write_text(path.read_text().replace(str(killed.pid), str(stranger.pid), 1))
            server.start()
            assert _ask(server, "SELECT 1") == (1,)
            assert _pid(server) != stranger.pid
        finally:
            stranger.kill()
            stranger.wait()

    def test_many_starts_at_once(self, home: Path) -> None:
        """Five first starts at the same moment end with one server."""
        starts = [subprocess.Popen([sys.executable, "-c", START, str(home)]) for _ in range(5)]
        assert [start.wait(120) for start in starts] == [0] * 5
        assert _ask(EmbeddedServer(home), "SELECT 1") == (1,)

    @pytest.mark.parametrize("seconds", [0.2, 0.4, 0.6])
    def test_survives_a_killed_first_start(self, home: Path, seconds: float) -> None:
        """A first start that is killed half way does not spoil the next one."""
        first = subprocess.Popen([sys.executable, "-c", START, str(home)])
        time.sleep(seconds)
        first.kill()
        first.wait()
        server = EmbeddedServer(home)
        server.start()
        assert _ask(server, "SELECT 1") == (1,)

    def test_long_path(self, home: Path) -> None:
        """A home whose path is too long for a socket gets a short private directory for it."""
        server = EmbeddedServer(home / ("long" * 25))
        server.start()
        assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
        assert _ask(server, "SELECT 1") == (1,)
        server.stop()
        shutil.rmtree(server.sockets)

    def test_programs_out_of_reach(self, home: Path) -> None:
        """Where the server's account cannot go to the programs, it gets a copy; what was closed stays closed."""
        closed = home / "closed"
        closed.mkdir(mode=0o700)
        (closed / "postgres").symlink_to(installed_programs().parent)
        server = EmbeddedServer(home / "house", closed / "postgres" / "bin")
        server.start()
        assert _ask(server, "SELECT 1") == (1,)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert any(server.home.glob("postgresql-18.*/*/pginstall18/bin/postgres")) is IS_ROOT


@pytest.mark.row("E1")
class TestNobodyElse:
    def test_no_network(self, server: EmbeddedServer) -> None:
        """The server listens on no network address."""
        assert psutil.Process(_pid(server)).net_connections(kind="inet") == []

    def test_closed_to_other_accounts(self, server: EmbeddedServer) -> None:
        """Another account of the machine can neither reach the socket nor read the passwords."""
        closed = [server.directory, server.data, server.sockets, server.passwords]
        assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in closed} == {0}
        if IS_ROOT:
            other = next(u for u in pwd.getpwall() if u.pw_uid not in (0, server.account.uid))
            for attempt in (["ls", str(server.sockets)], ["cat", str(server.passwords)]):
                told = subprocess.run(attempt, check=False, capture_output=True, user=other.pw_uid, extra_groups=[])
                assert b"Permission denied" in told.stderr

    @pytest.mark.parametrize("user", [ADMIN, *DatabaseRole])
    def test_no_entry_without_the_password(self, server: EmbeddedServer, user: str) -> None:
        """Whoever reaches the socket still needs the role's password."""
        guess = replace(server.login(user), password="guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(guess.conninfo())

    @pytest.mark.parametrize(
        "loosen",
        [
            lambda server: server.sockets.chmod(0o777),
            lambda server: server.directory.chmod(0o755),
            lambda server: server.passwords.chmod(0o644),
            lambda server: (server.data / "pg_hba.conf").write_text("local all all trust\n"),
        ],
        ids=["socket", "directory", "passwords", "client authentication"],
    )
    @pytest.mark.parametrize("running", [True, False])
    def test_refuses_when_loosened(
        self, server: EmbeddedServer, loosen: Callable[[EmbeddedServer], object], *, running: bool
    ) -> None:
        """A start refuses when one of its guards was loosened, whether the server runs or not."""
        if not running:
            server.stop()
        loosen(server)
        with pytest.raises(Loosened):
            server.start()
        assert server.answers() is running


class TestRefusals:
    def test_other_major(self, server: EmbeddedServer) -> None:
        """Data of another major version is refused, and left as it is."""
        server.stop()
        version = server.data / "PG_VERSION"
        version.write_text("16\n")
        with pytest.raises(OtherMajor, match="belongs to PostgreSQL 16, the program is PostgreSQL 18"):
            server.start()
        assert version.read_text() == "16\n"

    def test_no_space(self, home: Path) -> None:
        """With too little room on the disk nothing is begun."""
        with pytest.raises(NoSpace):
            EmbeddedServer(home, mb_needed=10**9).start()
        assert not (home / "database" / "data").exists()

    def test_passwords_lost(self, server: EmbeddedServer) -> None:
        """A lost password file is said to be lost; no new passwords are made that would open nothing."""
        server.passwords.unlink()
        with pytest.raises(PasswordsLost):
            EmbeddedServer(server.home).start()
        assert not server.passwords.exists()

    def test_closed_directory(self, home: Path) -> None:
        """A home below a closed directory is refused, and the directory stays closed."""
        closed = home / "closed"
        closed.mkdir(mode=0o700 if IS_ROOT else 0o500)
        before = closed.stat().st_mode
        with pytest.raises(NotAccessible):
            EmbeddedServer(closed / "home").start()
        assert closed.stat().st_mode == before
