"""Every identity holds over a whole story, and each is red when just what it guards is broken."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg import sql

from kanjo.platform.database.roles import Login
from kanjo.reports.identities import IDENTITIES
from kanjo.surfaces.console.verify import BROKEN
from tests.harness.office import Office
from tests.mortals import forge
from tests.plumbing import FreshDatabase
from tests.reports.breaks import BREAKS, SHARED_BY_ANOTHER, Break
from tests.reports.story import a_story

NAMES = [one.name for one in IDENTITIES]


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


def do(damage: Break, cursor: Any) -> None:
    """Do the damage, with the guards of its tables switched off."""
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
        """97,000 from the CRM, 208,000 with the discount, 50,000 returned, 40,500 amended: the same on all papers."""
        sums = {one.name: [side.left for side in one.check(office.company_id).sides] for one in IDENTITIES}
        for name in ("quoted-contracted", "quote-lines-order-lines"):
            assert sums[name] == [97_000 + 108_000 + 100_000 + 50_000]
        for name in ("contracted-booked", "booked-billed"):
            assert sums[name] == [97_000 + 108_000 + 100_000 + 50_000 + 9 * 4_500]
        assert sums["invoice-sums"] == [(97_000 + 2 * 9_000 + 100_000) * 110 // 100]


class TestBreaks:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_break_is_named(self, office: Office, shared_database: FreshDatabase, name: str) -> None:
        """What was broken behind the program's back is red under its own name, and nothing else is."""
        with as_owner(shared_database), transaction.atomic(), connection.cursor() as cursor:
            do(BREAKS[name], cursor)
            found = red(office)
            transaction.set_rollback(True)
        assert found == {name} | BREAKS[name].also

    @pytest.mark.row("BIL-14")
    def test_a_payer_that_shares_something_else_is_named(self, office: Office, shared_database: FreshDatabase) -> None:
        """Who shares another contract bears no line of this one; who shares this one from before does."""
        for contract, broken in (("max", {"traced"}), ("min", set())):
            damage = Break(tuple(one.format(contract=contract) for one in SHARED_BY_ANOTHER))
            with as_owner(shared_database), transaction.atomic(), connection.cursor() as cursor:
                do(damage, cursor)
                found = red(office)
                transaction.set_rollback(True)
            assert found == broken

    def test_there_is_no_break_without_an_identity(self) -> None:
        """Breaks and identities are the same list."""
        assert set(BREAKS) == set(NAMES)


class TestVerify:
    def test_sound_books(self, office: Office, shared_database: FreshDatabase) -> None:
        """`kanjo verify` prints every identity, in the reader's language and for machines, and ends with 0."""
        with forge({**shared_database.environment, "COLUMNS": "300"}) as kanjo:
            for language, last in (
                ("en", f"All {len(NAMES)} identities hold."),
                ("ja", f"{len(NAMES)} 件の恒等式はすべて成立しています。"),
            ):
                told = kanjo.types("verify", "--company", "kanjo-jp", KANJO_LANGUAGE=language)
                assert (told.code, told.out.splitlines()[-1]) == (0, last)
                assert {one.says.said_in(language) for one in IDENTITIES} <= set(re.split(r" *│ *", told.out))
            found = json.loads(kanjo.types("verify", "--json").out)
        assert (found["holds"], found["broken"]) == (True, [])
        assert [one["name"] for one in found["companies"]["kanjo-jp"]] == NAMES

    def test_broken_books(self, office: Office, shared_database: FreshDatabase, test_server: Login) -> None:
        """With everything broken at once each identity is named with its first places, and the command ends with 1."""
        with copy_of(shared_database, test_server) as copy, forge({**copy.environment, "COLUMNS": "300"}) as kanjo:
            with psycopg.connect(copy.owner.conninfo(), autocommit=True) as owner, owner.cursor() as cursor:
                for damage in BREAKS.values():
                    do(damage, cursor)
            for language, word in (("en", "BROKEN ({})"), ("ja", "不成立（{}）")):
                told = kanjo.types("verify", KANJO_LANGUAGE=language)
                assert told.code == BROKEN
                assert [name for name in NAMES if word.format(name) not in told.out] == []
            told = kanjo.types("verify", "--json")
        found = json.loads(told.out)
        assert (told.code, found["holds"], found["broken"]) == (BROKEN, False, NAMES)
        places = {one["name"]: one["sides"][0]["places"] for one in found["companies"]["kanjo-jp"]}
        assert places["signed"] == [f"C-2026-{number:06}" for number in range(1, 5)]


@contextmanager
def copy_of(database: FreshDatabase, server: Login) -> Iterator[FreshDatabase]:
    """Copy the database, to be damaged for good."""
    for alias in ("default", "owner"):
        connections[alias].close()
    name = f"kanjo_broken_{os.getpid()}"
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(database.owner.database)
    )
    with psycopg.connect(server.conninfo(), autocommit=True) as admin:
        admin.execute(copied)
        try:
            yield FreshDatabase(database.owner.to(name), database.application.to(name))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
