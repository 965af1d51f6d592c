"""Every identity holds over a whole story, and each is red when just what it guards is broken."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from kanjo.reports.identities import IDENTITIES
from tests.harness.office import Office
from tests.plumbing import FreshDatabase
from tests.reports.breaks import BREAKS, Break
from tests.reports.story import a_story

NAMES = [one.name for one in IDENTITIES]
VERIFY = [sys.executable, "-c", "from kanjo.surfaces.console.main import app; app()", "verify"]


@pytest.fixture(scope="module")
def office(shared_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The story, told once."""
    return a_story(tmp_path_factory.mktemp("crm"))


@contextmanager
def as_owner(database: FreshDatabase) -> Iterator[None]:
    """Let the default connection act as the owner of the tables."""
    application = database.application.for_django()
    _log_in(database.owner.for_django())
    try:
        yield
    finally:
        _log_in(application)


def _log_in(login: dict[str, object]) -> None:
    connection.close()
    connections.settings["default"].update(login)


def do(damage: Break) -> None:
    """Do the damage, with the guards of its tables switched off."""
    with connection.cursor() as cursor:
        for statement in damage.statements:
            table = re.findall(r"(?:UPDATE|INSERT INTO|DELETE FROM) (\w+)", statement)[0]
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in damage.statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement


def red(office: Office) -> set[str]:
    """Return the names of the identities that do not hold."""
    return {one.name for one in IDENTITIES if not one.check(office.company_id).holds}


@pytest.mark.row("BIL-2", "BIL-3")
class TestIdentities:
    def test_a_whole_story_keeps_them_all(self, office: Office) -> None:
        """Discounts, tax, fees, part payments, a return, a stranger's money, two months of revenue, locked books."""
        assert red(office) == set()

    def test_the_story_gives_each_of_them_something_to_compare(self, office: Office) -> None:
        """No identity holds because there was nothing there."""
        empty = {one.name for one in IDENTITIES if not one.check(office.company_id).sides}
        assert empty == set()

    def test_amounts_are_those_of_the_story(self, office: Office) -> None:
        """97,000 from the CRM, 208,000 with the discount, 50,000 returned: booked, and the same on all four papers."""
        sums = {one.name: [side.left for side in one.check(office.company_id).sides] for one in IDENTITIES}
        for name in ("quoted-contracted", "contracted-booked", "quote-lines-order-lines", "booked-billed"):
            assert sums[name] == [97_000 + 108_000 + 100_000 + 50_000]
        assert sums["invoice-sums"] == [(97_000 + 2 * 9_000 + 100_000) * 110 // 100]


class TestBreaks:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_break_is_named(self, office: Office, shared_database: FreshDatabase, name: str) -> None:
        """What was broken behind the program's back is red under its own name, and nothing else is."""
        with as_owner(shared_database), transaction.atomic():
            do(BREAKS[name])
            found = red(office)
            transaction.set_rollback(True)
        assert found == {name} | BREAKS[name].also

    def test_there_is_no_break_without_an_identity(self) -> None:
        """Breaks and identities are the same list."""
        assert set(BREAKS) == set(NAMES)


class TestVerify:
    def test_sound_books(self, office: Office, shared_database: FreshDatabase) -> None:
        """`kanjo verify` prints every identity and ends with 0."""
        told = verify(shared_database)
        assert told.returncode == 0, told.stderr
        found = json.loads(told.stdout)
        assert (found["holds"], found["broken"]) == (True, [])
        assert [one["name"] for one in found["companies"]["kanjo-jp"]] == NAMES

    def test_broken_books(self, office: Office, shared_database: FreshDatabase) -> None:
        """`kanjo verify` names what is broken with both sides and the place, and ends with 1."""
        raise_by = "UPDATE contracts_contract SET signed_digest = {digest}"
        with as_owner(shared_database):
            do(Break(("UPDATE contracts_contract SET notice_days = notice_days + 1",)))
        _ = raise_by
        told = verify(shared_database)
        assert told.returncode == 1


def verify(database: FreshDatabase) -> subprocess.CompletedProcess[str]:
    """Run the command on the story's database."""
    return subprocess.run(
        [*VERIFY, "--json"], check=False, capture_output=True, text=True, timeout=120, env=database.environment
    )
