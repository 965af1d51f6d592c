"""The database of the tests: real PostgreSQL, migrated once per shape, cloned for each run.

`db` gives a test a transaction that is rolled back; `fresh_database` gives it a database of its own, for commits,
threads and other processes, `shared_database` one for a whole module. All act as the application role, which may not
truncate anything.
"""

from __future__ import annotations

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from kanjo.config.database import login_for
from kanjo.config.environment import environment
from kanjo.platform.audit.anchor import anchor_file
from kanjo.platform.database.embedded import EmbeddedServer
from kanjo.platform.database.roles import DatabaseRole, Login
from kanjo.platform.database.schema import current_shape, reshaping

# Speed for safety: what a crash of the test server would lose is made again. No autovacuum: where it is at work, only a
# superuser may drop the database.
_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
}


@dataclass(frozen=True)
class FreshDatabase:
    """A database of the test's own; `environment` makes another process (`kanjo ...`) use it."""

    owner: Login
    application: Login

    @property
    def url(self) -> str:
        """The login of the owner, as KANJO_DATABASE_URL takes it."""
        return self.owner.conninfo()

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that works on this database."""
        return {**os.environ, "KANJO_DATABASE_URL": self.url}


@pytest.fixture(scope="session")
def test_server() -> Iterator[Login]:
    """The owner's login on a running server; ours is stopped when the last run that uses it ends."""
    owner = login_for(DatabaseRole.OWNER, environment())
    if environment().database_url:
        yield owner
        return
    server = EmbeddedServer(environment().home, environment().postgres_bin, _FAST)
    environment().home.mkdir(parents=True, exist_ok=True)
    with (environment().home / "in-use.lock").open("a") as in_use:
        fcntl.flock(in_use, fcntl.LOCK_SH)
        server.start()
        yield server.login(DatabaseRole.OWNER, "postgres")
        try:
            fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        server.stop()


@pytest.fixture(scope="session")
def django_db_setup(test_server: Login, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Point Django at the migrated database of this run."""
    with django_db_blocker.unblock(), _clone(test_server, f"kanjo_run_{os.getpid()}") as clone:
        _point_django_at(clone)
        yield


@pytest.fixture
def fresh_database(
    request: pytest.FixtureRequest, test_server: Login, django_db_blocker: DjangoDbBlocker
) -> Iterator[FreshDatabase]:
    """A migrated database that only this test uses; the default connection works on it and really commits."""
    with _fresh(request, test_server, django_db_blocker) as database:
        yield database


@pytest.fixture(scope="module")
def shared_database(
    request: pytest.FixtureRequest, test_server: Login, django_db_blocker: DjangoDbBlocker
) -> Iterator[FreshDatabase]:
    """A fresh database for all tests of a module: one story, told once, that each test looks at and leaves as it is."""
    with _fresh(request, test_server, django_db_blocker) as database:
        yield database


@contextmanager
def _fresh(
    request: pytest.FixtureRequest, server: Login, django_db_blocker: DjangoDbBlocker
) -> Iterator[FreshDatabase]:
    with copied(request.session, server, django_db_blocker) as database, pointed_at(database):
        yield database


@contextmanager
def copied(
    session: pytest.Session, server: Login, django_db_blocker: DjangoDbBlocker, model: str = ""
) -> Iterator[FreshDatabase]:
    """Copy the migrated database, or another one that nobody is connected to, and drop the copy afterwards."""
    number = _numbered(session)
    with django_db_blocker.unblock(), _clone(server, f"kanjo_fresh_{os.getpid()}_{number}", model) as copy:
        yield copy


@contextmanager
def pointed_at(database: FreshDatabase) -> Iterator[None]:
    """Let Django's connections work on *database*, and afterwards where they worked before."""
    before = {alias: dict(connections.settings[alias]) for alias in ("default", "owner")}
    _point_django_at(database)
    yield
    for alias, entry in before.items():
        connections[alias].close()
        connections.settings[alias].update(entry)


def _numbered(session: pytest.Session) -> int:
    count = session.stash.get(_COUNT, 0) + 1
    session.stash[_COUNT] = count
    return count


_COUNT = pytest.StashKey[int]()


def _point_django_at(database: FreshDatabase) -> None:
    for alias, login in (("default", database.application), ("owner", database.owner)):
        connections[alias].close()
        connections.settings[alias].update(login.for_django())


@contextmanager
def _clone(server: Login, name: str, model: str = "") -> Iterator[FreshDatabase]:
    """Copy *model*, by default the migrated template, under *name*, and drop the copy afterwards."""
    template = model or f"kanjo_template_{current_shape()}"
    with psycopg.connect(server.conninfo(), autocommit=True) as admin:
        # One at a time: PostgreSQL refuses to copy a template that somebody is connected to.
        admin.execute("SELECT pg_advisory_lock(hashtext('kanjo template'))")
        if not _databases(admin, template):
            _make_template(admin, server, template)
        copy_database(admin, template, name)
        admin.execute("SELECT pg_advisory_unlock(hashtext('kanjo template'))")
        anchor_file(environment().home, name).unlink(missing_ok=True)  # of an earlier database of that name
        try:
            yield FreshDatabase(server.to(name), login_for(DatabaseRole.APPLICATION, environment()).to(name))
        finally:
            for alias in ("default", "owner"):
                connections[alias].close()
            _drop(admin, name)


def copy_database(admin: psycopg.Connection, model: str, name: str) -> None:
    """Copy a database that nobody is connected to.

    By files: the default writes every page of the copy to the log, which takes ten times as long here. From
    PostgreSQL 18 on the system copies a file at once, for a fifth of the work of copying it block by block.
    """
    if admin.info.server_version >= 180_000:
        admin.execute("SET file_copy_method = clone")
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    admin.execute(copy.format(sql.Identifier(name), sql.Identifier(model)))


def _make_template(admin: psycopg.Connection, server: Login, template: str) -> None:
    """Migrate a new database and give it its name only when it is whole; outdated templates go."""
    draft = f"kanjo_draft_{os.getpid()}"
    for outdated in [*_databases(admin, "kanjo_template_%"), draft]:
        _drop(admin, outdated)
    admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    _point_django_at(FreshDatabase(server.to(draft), login_for(DatabaseRole.APPLICATION, environment()).to(draft)))
    with reshaping(server.to(draft), application=environment().database_role, shape=current_shape()):
        call_command("migrate", database="owner", verbosity=0, interactive=False)
    for alias in ("default", "owner"):
        connections[alias].close()
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


def _databases(admin: psycopg.Connection, like: str) -> list[str]:
    rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", [like])
    return [str(name) for (name,) in rows]


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


LONGEST = (
    *("console/test_house", "processes/test_bill", "harness/test_permuter", "processes/test_replay"),
    *("processes/test_history_killed", "processes/test_server_killed", "processes/test_disk_full"),
    *("processes/test_execute_run", "processes/test_history", "web/test_accessible", "web/test_access"),
    *("web/test_menu_of_roles", "console/test_user", "console/test_door", "console/test_company"),
    *("web/test_pasted", "web/test_input", "web/test_journey", "web/test_two_people"),
)
"""The files that take longest, whatever the number of their tests: run first, none is left to the end alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; mark what uses the database, so that it can be run once more on another server.

    What a browser draws is the same on every server: it is marked, too.
    """
    places = {f"tests/{name}.py": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.get_closest_marker("django_db") or {"db", "test_server"} & set(fixtures):
            item.add_marker("database")
        if "browser" in fixtures:
            item.add_marker("browser")


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what was imported, and come by less often: a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
