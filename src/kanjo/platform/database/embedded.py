"""Our own PostgreSQL beside the program: made on first use, private to its account, stopped only when told.

It listens on a socket in a 0700 directory and nowhere else, asks everybody for a password (SCRAM), and survives being
killed at any moment. The program is taken from KANJO_POSTGRES_BIN, else from the installed wheel, else from the system.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import psutil
import psycopg
from psycopg import sql

from kanjo.platform.database import custody
from kanjo.platform.database.programs import Programs, programs_for
from kanjo.platform.database.refusals import DidNotStart, NoSpace, NotAccessible, OtherMajor, PasswordsLost
from kanjo.platform.database.roles import DatabaseRole, Login, role_exists

ADMIN: Final = "kanjo_admin"
DATABASE: Final = "kanjo"
_LONGEST_SOCKET: Final = 100  # bytes of "<directory>/.s.PGSQL.5432"; Linux allows 107, macOS 103
_START_ATTEMPTS: Final = 20
FLOOR_MB: Final = 200
"""Room on the disk below which nothing large is begun: PostgreSQL stops when it cannot write its log."""


@dataclass(frozen=True)
class EmbeddedServer:
    """The server that keeps its data in `home`.

    `settings` are further PostgreSQL settings for its start. With less than `mb_needed` MB free it does not start, and
    no run goes on.
    """

    home: Path
    configured_programs: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    mb_needed: int = FLOOR_MB

    @property
    def directory(self) -> Path:
        """The directory of the server's account; nobody else may enter it."""
        return self.home / "database"

    @property
    def data(self) -> Path:
        """What PostgreSQL calls the data directory."""
        return self.directory / "data"

    @property
    def log(self) -> Path:
        """Where the server writes what it has to say."""
        return self.directory / "server.log"

    @property
    def passwords(self) -> Path:
        """The file with the roles' passwords."""
        return self.home / "database-passwords.json"

    @cached_property
    def _passwords(self) -> Mapping[str, str]:
        try:
            if self.directory.exists() and not self.passwords.exists():
                raise PasswordsLost(path=self.passwords)
            return custody.passwords_in(self.passwords, [ADMIN, *DatabaseRole])
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise NotAccessible(account=pwd.getpwuid(os.geteuid()).pw_name, path=self.passwords) from error

    @cached_property
    def account(self) -> custody.Account:
        """Who runs the server."""
        return custody.account_for(self.directory)

    @property
    def sockets(self) -> Path:
        """The private directory of the socket; a short one under /tmp when ours would be too long for a socket."""
        beside = self.directory / "socket"
        if len(os.fsencode(beside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET:
            return beside
        digest = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]
        return Path("/tmp") / f"kanjo-{digest}"  # noqa: S108 - made 0700 and its owner checked before each start

    def login(self, role: DatabaseRole | str, database: str = DATABASE) -> Login:
        """Return how *role* signs in."""
        password = self._passwords[role]
        return Login(host=str(self.sockets), port="5432", user=str(role), password=password, database=database)

    def answers(self) -> bool:
        """Return whether the server takes connections now."""
        try:
            self._admin().close()
        except psycopg.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Start the server unless it runs; make it first when there is none. Safe to call at once from anywhere."""
        self._make_home()
        with self._alone():
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            custody.private_directory(self.sockets, self.account)
            self.refuse_if_loosened()
            if not self.answers():
                self._launch()
            self._furnish()

    def stop(self) -> bool:
        """Stop the server and return whether it ran; open transactions are rolled back."""
        if not (self.data / "postmaster.pid").exists():
            return False
        with self._alone():
            if not self._runs():
                return False
            self.programs.run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", "300")
        return True

    def _make_home(self) -> None:
        _ = self._passwords  # before the directory: where there is a directory there are passwords
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            custody.private_directory(self.directory, self.account)
            self.refuse_without_room()
        except (PermissionError, FileExistsError, NotADirectoryError) as error:
            raise NotAccessible(account=self.account.name, path=self.home) from error

    def refuse_without_room(self) -> None:
        """Refuse `NoSpace` when the disk of the data has less free than the floor."""
        place = self.data if self.data.exists() else self.home
        free = shutil.disk_usage(place).free // 2**20
        if free < self.mb_needed:
            raise NoSpace(path=place, free=free, needed=self.mb_needed)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock beside the data; the system lets go of it when we are killed."""
        with (self.home / "database.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @cached_property
    def programs(self) -> Programs:
        """PostgreSQL's programs, run as the server's account."""
        return programs_for(self.account, self.configured_programs, copies_in=self.home)

    def _initialise(self) -> None:
        """Make the data directory under another name first: a half-made one is never taken for whole."""
        custody.refuse_if_unreachable(self.directory, self.account)
        draft = self.directory / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.programs.major >= 17 else []
        with custody.lent_secret(self.directory / "password", self._passwords[ADMIN], self.account) as lent:
            made = self.programs.run(
                "initdb", "-D", str(draft), "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={lent}",
                "--encoding=UTF8", "--locale=C", *locale, "--data-checksums",
            )  # fmt: skip
        if made.returncode:
            raise DidNotStart(words=made.stdout.strip()[-500:], log=self.log)
        (draft / "pg_hba.conf").write_text(custody.HBA, "utf-8")
        draft.rename(self.data)

    def refuse_if_loosened(self) -> None:
        """Refuse when a directory, the passwords or the client authentication are open to others. Raises `Loosened`."""
        for directory in (self.directory, self.data, self.sockets):
            custody.refuse_if_entered_by_others(directory, self.account)
        custody.refuse_if_read_by_others(self.passwords)
        custody.refuse_if_hba_changed(self.data / "pg_hba.conf")

    def _launch(self) -> None:
        data, program = (self.data / "PG_VERSION").read_text("ascii").strip(), str(self.programs.major)
        if data != program:
            raise OtherMajor(path=self.data, data=data, program=program)
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.sockets), "unix_socket_permissions": "0700",
            "port": "5432", "password_encryption": "scram-sha-256", "hba_file": str(self.data / "pg_hba.conf"),
            "timezone": "UTC", "shared_buffers": f"{_memory_mb()}MB", **self.settings,
        }  # fmt: skip
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        for attempt in range(_START_ATTEMPTS):
            self._disown_reused_pid()
            started = self.programs.run(
                "pg_ctl", "start", "-D", str(self.data), "-l", str(self.log), "-w", "-t", "300", "-o", options
            )
            if not started.returncode:
                return
            # After a kill -9 the server's children need a moment to notice that they are orphans.
            if "shared memory block" not in self._last_words() or attempt == _START_ATTEMPTS - 1:
                raise DidNotStart(words=self._last_words(), log=self.log)
            time.sleep(0.5)

    def _last_words(self) -> str:
        return " / ".join(self.log.read_text("utf-8", "replace").splitlines()[-3:]) if self.log.exists() else "-"

    def _runs(self) -> bool:
        """Return whether the process named in postmaster.pid is our server and not a later user of its number."""
        try:
            server = psutil.Process(int((self.data / "postmaster.pid").read_text("ascii").split("\n")[0]))
            return server.name() == "postgres" and Path(server.cwd()) == self.data.resolve()
        except (FileNotFoundError, ValueError, psutil.Error):
            return False

    def _disown_reused_pid(self) -> None:
        """Let the server start although a stranger, or a corpse, now has the number of the server that died.

        The files must stay: their shared memory key keeps a second server from the data while children of the first
        one live. PostgreSQL passes over a number that is its own grandparent's, and that is us.
        """
        if self._runs():
            return
        for path in (self.data / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"):
            if path.exists():
                _, separator, rest = path.read_text("ascii").partition("\n")
                path.write_text(f"{os.getpid()}{separator}{rest}", "ascii")

    def _admin(self, database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(self.login(ADMIN, database).conninfo(), autocommit=True, connect_timeout=10)

    def _furnish(self) -> None:
        """Make the roles and the database that are still missing."""
        with self._admin() as admin:
            for role in DatabaseRole:
                if not role_exists(admin, role):
                    power = sql.SQL("CREATEDB" if role is DatabaseRole.OWNER else "NOCREATEDB")
                    statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} {}")
                    admin.execute(statement.format(sql.Identifier(role), self._passwords[role], power))
            admin.execute(sql.SQL("GRANT {}, {} TO {}").format(*map(sql.Identifier, reversed(DatabaseRole))))
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                named = sql.Identifier(DATABASE), sql.Identifier(DatabaseRole.OWNER)
                admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*named))


def _memory_mb() -> int:
    """Return how much of its data the server keeps in memory: a sixteenth of the machine's, at least what is usual."""
    return int(min(max(psutil.virtual_memory().total >> 24, 128), 1_024))
