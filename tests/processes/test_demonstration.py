"""The demonstration is played once, and never in a house that has companies of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import find_actor, house
from kanjo.processes import demonstration
from tests.builders import a_company
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state, rows
from tests.processes.exported import cut_export

AT = datetime(2026, 4, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


def prepared() -> CompanyId:
    return demonstration.prepare_company(password=PASSWORD, at=AT)


def told(done: int, total: int, what: Text) -> None:
    """Tell nobody."""


@pytest.mark.django_db
class TestPrepare:
    def test_there_is_a_person_for_every_role(self) -> None:
        """Each signs in with the one password, and holds the role and no other."""
        company_id = prepared()
        for one in demonstration.sign_ins():
            actor = find_actor(one.email)
            assert actor is not None
            assert actor.roles == {one.role}
            assert actor.sees(company_id)
        assert len(demonstration.sign_ins()) == len(Role)

    def test_the_matrix_in_force_was_activated_by_another_than_its_maker(self) -> None:
        """The CxO drafts, the CFO activates."""
        prepared()
        assert rows(
            "SELECT m.state, made.email, act.email FROM approvals_matrix m JOIN identity_person made"
            " ON made.id = m.made_by_id JOIN identity_person act ON act.id = m.activated_by_id"
        ) == [("active", "cxo@maven.example", "cfo@maven.example")]

    def test_prepared_again_changes_nothing(self) -> None:
        """Also when somebody has another password by now."""
        prepared()
        everything = (
            "SELECT (SELECT count(*) FROM audit_change), (SELECT string_agg(password, ',') FROM identity_person)"
        )
        before, audited = end_state(), rows(everything)
        demonstration.prepare_company(password="another password", at=AT)
        assert (end_state(), rows(everything)) == (before, audited)


def test_two_at_once_found_one_company(fresh_database: FreshDatabase) -> None:
    """Two terminals start the demonstration at the same moment, in a house that acted before."""
    house()
    together = Barrier(2)

    def start(_: int) -> CompanyId:
        try:
            connection.ensure_connection()
            together.wait()
            return prepared()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as hands:
        first, second = hands.map(start, range(2))
    assert first == second
    assert rows("SELECT count(*) FROM companies_sellingcompany") == [(1,)]


class TestIsPlayed:
    @pytest.mark.django_db
    def test_not_in_an_empty_house(self) -> None:
        """Nothing is there: the demonstration is due."""
        assert not demonstration.is_played()

    @pytest.mark.django_db
    def test_a_house_with_a_company_of_its_own_needs_none(self) -> None:
        """Nobody wants a made-up seller beside their own books."""
        a_company()
        assert demonstration.is_played()

    def test_only_when_every_deal_is_replayed(self, fresh_database: FreshDatabase, tmp_path: Path) -> None:
        """Founded: no. Imported: no. Replayed: yes. One deal more in a later export: no again, until it is replayed."""
        company_id = prepared()
        assert not demonstration.is_played()
        for won in (2, 3):
            export = demonstration.read(cut_export(tmp_path / str(won), stages={"Won": won}))
            demonstration.take_in(export=export, at=AT, report=told)
            assert not demonstration.is_played()
            demonstration.play(company_id=company_id, at=AT, report=told)
            assert demonstration.is_played()
        assert rows("SELECT count(*) > 2 FROM orders_order") == [(True,)]
