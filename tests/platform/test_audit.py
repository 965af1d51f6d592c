"""The trail names who, what, when, before, after and why, and shows any tampering."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.acts import NotYourRole, verb
from kanjo.platform.audit.models import Change, Link
from kanjo.platform.audit.queries import broken_links, list_history
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.duties import APART, DutiesConflict, pairs
from tests.platform.conftest import AT, make_actor, make_company
from tests.plumbing import FreshDatabase


@verb("test.rename", Role.ADMINISTRATOR)
def rename(*, company_id: CompanyId, name: str, by: Actor, at: object, because: str = "") -> None:
    """Give a company another name."""
    company = SellingCompany.objects.locked(company_id, by)
    company.name = name
    company.save()


@verb("test.check-name", Role.ADMINISTRATOR, apart_from=("test.rename",), of=("companies_sellingcompany", "company_id"))
def check_name(*, company_id: CompanyId, by: Actor, at: object) -> None:
    """Say that a company's name is right."""


_APART = APART.pop("test.check-name")  # kept apart in these tests alone: pages show every pair there is


@pytest.fixture(autouse=True)
def kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the pair of this file apart while its tests run."""
    monkeypatch.setitem(APART, "test.check-name", _APART)


class TestChange:
    @pytest.mark.row("SFA-2", "E4")
    def test_a_change_tells_who_what_before_after_and_why(self, company_id: CompanyId) -> None:
        chief = make_actor(company_id, Role.ADMINISTRATOR)
        rename(company_id=company_id, name="環状株式会社", by=chief, at=AT, because="registered anew")
        change = list_history([("companies_sellingcompany", company_id)])[0]
        assert (change.actor, change.verb, change.because) == ("person", "test.rename", "registered anew")
        assert change.before == {"name": "勘定株式会社"}
        assert change.after == {"name": "環状株式会社"}

    def test_the_history_begins_with_the_latest(self, company_id: CompanyId) -> None:
        """Of a long history the latest changes are told, and not the first."""
        chief = make_actor(company_id, Role.ADMINISTRATOR)
        for name in ("甲", "乙", "丙"):
            rename(company_id=company_id, name=name, by=chief, at=AT)
        told = list_history([("companies_sellingcompany", company_id)], limit=2)
        assert [change.after for change in told] == [{"name": "丙"}, {"name": "乙"}]

    def test_an_act_that_changes_nothing_leaves_no_row(self, company_id: CompanyId) -> None:
        chief = make_actor(company_id, Role.ADMINISTRATOR)
        before = Change.objects.count()
        rename(company_id=company_id, name="勘定株式会社", by=chief, at=AT)
        assert Change.objects.count() == before

    @pytest.mark.row("E4")
    def test_an_act_that_cannot_be_noted_is_not_done(self, fresh_database: FreshDatabase) -> None:
        """Where the trail takes nothing, neither in the act nor at its commit, nothing changes."""
        chief = make_actor(company_id := make_company(), Role.ADMINISTRATOR)
        for broken in ("audit_change ADD CHECK (verb <> 'test.rename')", "audit_link ADD CHECK (position < 3)"):
            with connections["owner"].cursor() as owner:
                owner.execute(f"ALTER TABLE {broken} NOT VALID")
            with pytest.raises(DatabaseError), transaction.atomic():
                rename(company_id=company_id, name="x", by=chief, at=AT)
            with connections["owner"].cursor() as owner:
                owner.execute("ALTER TABLE audit_change DROP CONSTRAINT IF EXISTS audit_change_verb_check")
        assert SellingCompany.objects.get(pk=company_id).name == "勘定株式会社"

    def test_secrets_stay_out_of_the_trail(self, company_id: CompanyId) -> None:
        chief = make_actor(company_id, Role.ADMINISTRATOR)
        admitted = list_history([("identity_person", chief.id)])[-1]
        assert admitted.after is not None and "password" not in admitted.after


class TestVerb:
    def test_a_role_that_is_not_held_is_refused(self, company_id: CompanyId, clerk: Actor) -> None:
        with pytest.raises(NotYourRole):
            rename(company_id=company_id, name="x", by=clerk, at=AT)
        assert SellingCompany.objects.get(pk=company_id).name == "勘定株式会社"

    def test_a_verb_outside_a_transaction_is_a_mistake(self, fresh_database: FreshDatabase) -> None:
        company_id = make_company()
        chief = make_actor(company_id, Role.ADMINISTRATOR)
        with pytest.raises(RuntimeError, match="outside a transaction"):
            rename(company_id=company_id, name="x", by=chief, at=AT)

    @pytest.mark.row("A6")
    def test_the_same_person_may_not_do_both_halves_of_a_pair(self, company_id: CompanyId) -> None:
        maker = make_actor(company_id, Role.ADMINISTRATOR)
        checker = make_actor(company_id, Role.ADMINISTRATOR, email="second@example.com")
        rename(company_id=company_id, name="環状株式会社", by=maker, at=AT)
        with pytest.raises(DutiesConflict):
            check_name(company_id=company_id, by=maker, at=AT)
        check_name(company_id=company_id, by=checker, at=AT)
        assert ("test.check-name", "test.rename") in pairs()


@pytest.fixture
def chained(fresh_database: FreshDatabase) -> FreshDatabase:
    """A committed trail of one company and a person with two renamings."""
    company_id = make_company()
    chief = make_actor(company_id, Role.ADMINISTRATOR)
    for name in ("環状株式会社", "Kanjo"):
        with transaction.atomic():
            rename(company_id=company_id, name=name, by=chief, at=AT)
    return fresh_database


@pytest.mark.row("E2")
class TestChain:
    def test_an_untouched_chain_is_whole(self, chained: FreshDatabase) -> None:
        assert Link.objects.count() == Change.objects.count() > 25
        assert broken_links() == []

    @pytest.mark.parametrize(
        "statement",
        [
            "INSERT INTO audit_change (actor, verb, because, subject, subject_id) VALUES ('x', 'x', '', 'x', 1)",
            "UPDATE audit_change SET actor = 'nobody'",
            "DELETE FROM audit_link",
            "UPDATE audit_head SET position = 0",
            "TRUNCATE audit_change CASCADE",
        ],
    )
    @pytest.mark.row("E3")
    def test_the_application_cannot_write_the_trail(self, chained: FreshDatabase, statement: str) -> None:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize(
        "attack",
        [
            "UPDATE audit_change SET actor = 'nobody' WHERE id = (SELECT max(id) - 3 FROM audit_change)",
            "UPDATE audit_change SET after = '{}' WHERE id = (SELECT max(id) FROM audit_change)",
            "UPDATE audit_change SET recorded_at = recorded_at - interval '1 day' WHERE id = 5",
            (
                "DELETE FROM audit_link WHERE position = 4; DELETE FROM audit_change WHERE id NOT IN"
                " (SELECT change_id FROM audit_link)"
            ),
            "DELETE FROM audit_link WHERE position = (SELECT max(position) FROM audit_link)",
            (
                "UPDATE audit_link SET change_id = -change_id WHERE position IN (3, 4);"
                "UPDATE audit_link SET change_id = CASE position WHEN 3 THEN (SELECT -change_id FROM audit_link l"
                " WHERE l.position = 4) ELSE -change_id END WHERE position = 3"
            ),
            "UPDATE audit_head SET digest = sha256('x')",
            "INSERT INTO audit_change (actor, verb, because, subject, subject_id) VALUES ('x', 'x', '', 'x', 1)",
        ],
    )
    def test_an_owner_who_switches_the_guards_off_is_found(self, chained: FreshDatabase, attack: str) -> None:
        with connections["owner"].cursor() as cursor:
            for table in ("audit_change", "audit_link", "audit_head"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("ALTER TABLE audit_link DROP CONSTRAINT IF EXISTS audit_link_change_id_key")
            cursor.execute(
                "DO $$ DECLARE c text; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE contype = 'f' AND"
                " conrelid = 'audit_link'::regclass LOOP EXECUTE 'ALTER TABLE audit_link DROP CONSTRAINT ' || c;"
                " END LOOP; END $$"
            )
            cursor.execute(attack)
        assert broken_links() != []

    def test_many_writers_make_one_chain(self, chained: FreshDatabase) -> None:
        company_id = CompanyId(SellingCompany.objects.get().pk)
        before = Link.objects.count()
        barrier = threading.Barrier(6)
        wrote: list[int] = []

        def write(number: int) -> None:
            try:
                chief = make_actor(company_id, Role.ADMINISTRATOR, email=f"p{number}@example.com")
                barrier.wait()
                for turn in range(5):
                    with transaction.atomic():
                        rename(company_id=company_id, name=f"{number}-{turn}", by=chief, at=AT)
                        wrote.append(number)
            finally:
                connection.close()

        threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wrote) == 30
        assert Link.objects.count() == before + 6 * 3 + 30
        assert broken_links() == []
