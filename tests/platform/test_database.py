"""What the application may and may not do in the database, and that the tests' own databases are what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Thread

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, connections

from kanjo.platform.database.roles import APPLICATION_ROLE, READER_ROLE, login_at
from kanjo.platform.database.schema import current_shape, shape_of
from tests.plumbing import FreshDatabase


def _ask(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.django_db
class TestApplicationRole:
    def test_acts_as_the_application(self) -> None:
        """Pages and jobs work as the application, never as the owner of the tables."""
        assert _ask("SELECT current_user") == APPLICATION_ROLE

    @pytest.mark.row("E3")
    def test_owns_nothing(self) -> None:
        """The application owns no table, function or schema, so it can switch no trigger off."""
        assert _ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == 0
        assert _ask("SELECT count(*) FROM pg_proc WHERE proowner = current_user::regrole") == 0

    @pytest.mark.row("E3")
    def test_truncates_nothing(self) -> None:
        """No table lets the application truncate it."""
        tables = "relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        assert _ask(f"SELECT count(*) FROM pg_class WHERE {tables}") != 0
        assert _ask(f"SELECT count(*) FROM pg_class WHERE {tables} AND has_table_privilege(oid, 'TRUNCATE')") == 0

    @pytest.mark.row("E3")
    def test_changes_no_tables(self) -> None:
        """The application cannot make, change or drop a table."""
        with pytest.raises(ProgrammingError, match="permission denied"):
            _ask("CREATE TABLE smuggled (id int)")

    def test_reader_reads_only(self) -> None:
        """The reader may read every table and write none."""
        tables = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        rights = "has_table_privilege('{role}', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
        assert _ask(f"{tables} AND {rights.format(role=READER_ROLE)}") == 0
        assert _ask(f"{tables} AND NOT has_table_privilege('{READER_ROLE}', oid, 'SELECT')") == 0


class TestLogin:
    def test_url_acts_as_the_role(self) -> None:
        """Behind a URL the application is the same login acting as its role."""
        login = login_at("postgresql://kay:secret@db.example:5433/sales?sslmode=require", "kanjo_app")
        assert (login.host, login.port, login.user, login.database) == ("db.example", "5433", "kay", "sales")
        assert login.extra == {"sslmode": "require", "options": "-c role=kanjo_app"}

    def test_password_is_not_shown(self) -> None:
        """A login that ends up in a log or a trace does not show its password."""
        assert "secret" not in repr(login_at("postgresql://kay:secret@db.example/sales"))


class TestFreshDatabase:
    def test_is_migrated_and_knows_its_shape(self, fresh_database: FreshDatabase) -> None:
        """It has the tables of this version, and says so."""
        assert shape_of(fresh_database.owner) == current_shape()
        assert len(apps.get_models()) > 0

    def test_commits_are_seen_by_other_threads(self, fresh_database: FreshDatabase) -> None:
        """What one thread commits another one reads: the default connection of each works on this database."""
        with psycopg.connect(fresh_database.owner.conninfo()) as owner:
            owner.execute("CREATE TABLE seen AS SELECT 7 AS n")
        seen: list[object] = []

        def look() -> None:
            seen.append(_ask("SELECT n FROM seen"))
            connections.close_all()

        thread = Thread(target=look)
        thread.start()
        thread.join()
        assert seen == [7]

    def test_other_processes_work_on_it(self, fresh_database: FreshDatabase) -> None:
        """A process with its environment uses the same database, as the application."""
        program = (
            "import django; django.setup(); from django.db import connection as c; k = c.cursor();"
            "k.execute('SELECT current_database(), current_user'); print(*k.fetchone())"
        )
        variables = {**fresh_database.environment, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
        told = subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True, env=variables
        )
        assert told.stdout.split() == [fresh_database.owner.database, APPLICATION_ROLE]
