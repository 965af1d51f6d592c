"""Twelve things an owner of the database can do behind the program's back, with the guards off, and how each is named.

What the chain alone cannot show is found against the last anchor, which lies outside the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper

from kanjo.config.environment import environment
from kanjo.foundation.ids import CustomerId
from kanjo.platform.audit.anchor import NotAsAnchored, anchor, anchor_file, last_anchor
from kanjo.platform.audit.models import Link
from kanjo.platform.audit.queries import broken_links
from kanjo.platform.privacy.operations import Seen, forget_looks, note_looks
from kanjo.platform.privacy.ways import Way
from kanjo.surfaces.console.checks import anchored, trail
from kanjo.surfaces.console.verify import BROKEN
from kanjo.surfaces.jobs.tasks import anchor as daily_anchor
from tests.builders import a_customer
from tests.harness.beginning import an_office_at_work
from tests.harness.office import Office
from tests.harness.worlds import a_world_like
from tests.mortals import forge
from tests.plumbing import FreshDatabase

AT = datetime(2026, 5, 15, 9, 0, tzinfo=UTC)
LAST = 0
"""Stands for the last position of the chain."""
TRAIL = ("audit_change", "audit_link", "audit_head")
GUARDED = (*TRAIL, "ledger_posting", "privacy_look")

RECHAIN = """
DO $$ DECLARE
    one record;
    sealed bytea := coalesce((SELECT digest FROM audit_link WHERE position = {n} - 1), sha256('kanjo'));
BEGIN
    FOR one IN SELECT l.position, c FROM audit_link l JOIN audit_change c ON c.id = l.change_id
               WHERE l.position >= {n} ORDER BY 1 LOOP
        sealed := sha256(sealed || audit_bytes(one.position, one.c));
        UPDATE audit_link SET digest = sealed WHERE position = one.position;
    END LOOP;
END $$;
UPDATE audit_head SET (position, digest) = (SELECT position, digest FROM audit_link ORDER BY position DESC LIMIT 1)
"""
EDIT = "UPDATE audit_change SET actor = 'nobody' WHERE id = (SELECT change_id FROM audit_link WHERE position = 20);"
CUT = """
DELETE FROM audit_link WHERE position > (SELECT position - 10 FROM audit_head);
DELETE FROM audit_change WHERE id NOT IN (SELECT change_id FROM audit_link);
UPDATE audit_head SET (position, digest) = (SELECT position, digest FROM audit_link ORDER BY position DESC LIMIT 1)
"""
FORGETFUL = """
CREATE OR REPLACE FUNCTION audit_bytes(place bigint, c audit_change) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT convert_to(jsonb_build_array(place, c.id)::text, 'UTF8') $$;
"""


@dataclass(frozen=True)
class Attack:
    """What the owner does; the places in the chain that are named, and what the anchor names, `{last}` its place."""

    statement: str
    places: tuple[int, ...] = ()
    anchored: tuple[str, ...] = ("audit_change", "audit_link")


ATTACKS = {
    "edit": Attack(EDIT, (20,), ("audit_change",)),
    "delete in the middle": Attack(
        "DELETE FROM audit_link WHERE position = 4;"
        "DELETE FROM audit_change WHERE id NOT IN (SELECT change_id FROM audit_link)",
        (5,),
    ),
    "cut the tail": Attack(CUT, (), ("audit_link: position {last} is gone", "audit_change", "audit_link")),
    "swap": Attack(
        "UPDATE audit_link SET change_id = -change_id WHERE position IN (3, 4);"
        "UPDATE audit_link l SET change_id = -o.change_id FROM audit_link o"
        " WHERE (l.position, o.position) IN ((3, 4), (4, 3))",
        (3, 4),
        ("audit_link",),
    ),
    "insert": Attack(
        "INSERT INTO audit_change (id, actor, verb, because, subject, subject_id)"
        " VALUES (999999, 'x', 'x', '', 'x', 1)",
        (-999999,),
        (),
    ),
    "rewrite all after n": Attack(
        EDIT + RECHAIN.format(n=20), (), ("audit_link: position {last} is another", "audit_change", "audit_link")
    ),
    "edit a ledger row only": Attack(
        "UPDATE ledger_posting SET party_id = party_id + 1 WHERE id ="
        " (SELECT max(id) FROM ledger_posting WHERE party_id IS NOT NULL)",
        (),
        ("ledger_posting_hand",),
    ),
    "edit for whom a deputy acted": Attack(
        "UPDATE audit_change SET for_id = actor_id, for_name = actor"
        " WHERE id = (SELECT change_id FROM audit_link WHERE position = 20)",
        (20,),
        ("audit_change",),
    ),
    "edit a look": Attack("UPDATE privacy_look SET page = 'home', count = 0", (), ("privacy_look 20",)),
    "remove a look": Attack(
        "DELETE FROM privacy_look WHERE id = (SELECT max(id) FROM privacy_look)", (), ("privacy_look 20",)
    ),
    "change the hash function": Attack(
        FORGETFUL + EDIT + RECHAIN.format(n=1),
        (),
        ("audit_link: position {last} is another", "audit_change", "audit_link", "audit_bytes(bigint,audit_change)"),
    ),
    "change a trigger": Attack("ALTER TABLE quotes_quote DISABLE TRIGGER USER", (), ("quotes_quote",)),
    "fork by two writers": Attack(
        "INSERT INTO audit_link (position, change_id, digest) SELECT position, (SELECT min(change_id) FROM audit_link),"
        " sha256('other') FROM audit_head",
        (LAST,),
        ("audit_link: position {last} is another", "audit_link: its triggers, constraints"),
    ),
    "truncate": Attack(
        "TRUNCATE audit_change, audit_link; UPDATE audit_head SET (position, digest) = (0, sha256('kanjo'))",
        (),
        ("audit_link: position {last} is gone", "audit_change", "audit_link"),
    ),
}


@pytest.fixture(scope="module")
def office_at_work(shared_database: FreshDatabase) -> tuple[Office, list[CustomerId]]:
    """An office that has sold, billed and been paid."""
    office, customers = an_office_at_work()
    for number in range(3):
        look(office, number)
    return office, customers


def look(office: Office, number: int) -> None:
    """Let the address of a customer be shown to somebody, as a page does."""
    seen = [Seen(("customers_customer", number), 1)]
    note_looks(seen, kinds="address", way=Way.PAGE, page="customer", key=number, query="", by=office.rep)


@pytest.fixture
def world(shared_database: FreshDatabase, office_at_work: object) -> Iterator[FreshDatabase]:
    """A copy of the office, to be damaged for good."""
    with a_world_like(shared_database) as copy:
        yield copy


def attack(statement: str) -> None:
    """Do it as the owner; triggers and keys of the trail are off and put back afterwards, as one who hides would."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as owner, the_guards_off(owner):
        owner.execute(statement)


@contextmanager
def the_guards_off(owner: CursorWrapper) -> Iterator[None]:
    owner.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'audit_link'::regclass AND contype IN ('p', 'u', 'f') ORDER BY contype DESC"
    )
    keys = owner.fetchall()
    for table in GUARDED:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table, name, _ in keys:
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    yield
    for table in GUARDED:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    owner.execute("SELECT count(*) = count(DISTINCT position) FROM audit_link")
    if owner.fetchall() == [(True,)]:
        for table, name, definition in reversed(keys):
            owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


class TestTampering:
    @pytest.mark.row("E2")
    @pytest.mark.parametrize("name", ATTACKS)
    def test_an_attack_is_found_and_named(self, world: FreshDatabase, tmp_path: Path, name: str) -> None:
        """Where the chain still looks whole, the anchor tells; nothing that was left alone is named."""
        file, last = tmp_path / "anchors.jsonl", Link.objects.latest("position").position
        assert (anchor(file, at=AT), broken_links()) == ([], [])
        attack(ATTACKS[name].statement)
        expected = [one.format(last=last) for one in ATTACKS[name].anchored]
        told = [one.en for one in anchor(file, at=AT)]
        assert set(broken_links()) == {place or last for place in ATTACKS[name].places}
        assert len(told) == len(expected)
        assert all(one.startswith(wanted) for one, wanted in zip(told, expected, strict=True))

    @pytest.mark.row("E2")
    def test_an_old_backup_put_back_is_found(
        self, shared_database: FreshDatabase, office_at_work: object, tmp_path: Path
    ) -> None:
        """What the house did since is missing, although the chain of the backup is whole."""
        file = tmp_path / "anchors.jsonl"
        with a_world_like(shared_database):
            a_customer("株式会社みなと")
            last = Link.objects.latest("position").position
            assert anchor(file, at=AT) == []
        with a_world_like(shared_database):
            assert broken_links() == []
            assert anchor(file, at=AT)[0].en.startswith(f"audit_link: position {last} is gone")

    @pytest.mark.row("E2", "T2")
    def test_a_moment_put_back_is_told_by_the_doctor(self, world: FreshDatabase) -> None:
        """A change written with a moment of its own joins the chain in its order of commit; the step back is named."""
        last = Link.objects.latest("position").position
        with psycopg.connect(world.application.conninfo()) as asking:
            assert trail(asking).state == "ok"
            with connections["owner"].cursor() as owner:
                owner.execute(
                    "INSERT INTO audit_change (actor, verb, because, subject, subject_id, recorded_at)"
                    " VALUES ('x', 'x', '', 'x', 1, now() - interval '2 hours')"
                )
            asking.rollback()
            found = trail(asking)
        assert broken_links() == []
        assert (found.state, f"Position {last + 1} " in found.says.en, f"位置 {last + 1} " in found.says.ja) == (
            "warn", True, True,
        )  # fmt: skip


class TestAnchor:
    def test_what_the_house_does_itself_is_no_difference(
        self, world: FreshDatabase, office_at_work: tuple[Office, list[CustomerId]], tmp_path: Path
    ) -> None:
        """Each anchor adds a line of its own; acts in between are the house's."""
        file, (office, customers) = tmp_path / "anchors.jsonl", office_at_work
        for _ in range(3):
            assert anchor(file, at=AT) == []
            office.sell(customers[0], [office.users(3)])
            look(office, 9)
        assert anchor(file, at=AT) == []
        assert len(file.read_text().splitlines()) == 4
        assert file.stat().st_mode & 0o077 == 0

    def test_what_is_forgotten_in_its_time_is_no_difference(
        self, world: FreshDatabase, office_at_work: tuple[Office, list[CustomerId]], tmp_path: Path
    ) -> None:
        """Looks older than the house keeps them go; one of a younger month that goes with them is named."""
        file, now = tmp_path / "anchors.jsonl", datetime.now(UTC)
        attack("UPDATE privacy_look SET recorded_at = now() - interval '500 days' WHERE key < 2")
        assert anchor(file, at=now) == []
        assert forget_looks(kept_days=400, at=now) == 2
        assert anchor(file, at=now) == []
        attack("DELETE FROM privacy_look")
        [told] = anchor(file, at=now)
        assert told.en.startswith(f"privacy_look {now:%Y-%m}: of 1 rows")

    def test_a_difference_is_not_overwritten(self, world: FreshDatabase, tmp_path: Path) -> None:
        """It is told again each time, until somebody puts the file away."""
        file = tmp_path / "anchors.jsonl"
        anchor(file, at=AT)
        attack(CUT)
        first = anchor(file, at=AT)
        assert first == anchor(file, at=AT) != []
        assert len(file.read_text().splitlines()) == 1

    @pytest.mark.row("E2")
    def test_verify_job_and_doctor(self, world: FreshDatabase) -> None:
        """`kanjo verify` writes the anchor and names what differs, in both languages; the daily job fails of it."""
        file = anchor_file(environment().home, world.owner.database)
        file.unlink(missing_ok=True)
        with psycopg.connect(world.application.conninfo()) as asking, forge(world.environment) as kanjo:
            assert anchored(asking).state == "warn"
            assert kanjo.types("verify").code == 0
            daily_anchor(timestamp=0)
            assert (anchored(asking).state, last_anchor(file) is not None) == ("ok", True)
            attack(CUT)
            for language, words in (("en", "is gone"), ("ja", "失われています")):
                told = kanjo.types("verify", KANJO_LANGUAGE=language)
                assert (told.code, words in told.out) == (BROKEN, True)
            found = json.loads(kanjo.types("verify", "--json").out)
            assert (found["holds"], found["broken"], len(found["changed"])) == (False, [], 3)
            with pytest.raises(NotAsAnchored, match="is gone"):
                daily_anchor(timestamp=0)
        file.unlink()


class TestApplication:
    @pytest.mark.row("E3")
    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL", "ALTER TABLE {} DISABLE TRIGGER USER",
            "DROP TABLE {} CASCADE", "ALTER TABLE {} OWNER TO kanjo_app", "SET session_replication_role = replica",
        ],
    )  # fmt: skip
    def test_the_application_cannot_get_behind_its_guards(self, world: FreshDatabase, statement: str) -> None:
        """On every table of the house that is append-only, audited or kept, as the login of the application."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger%'")
            tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 40
        for table in tables:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement.format(table))
