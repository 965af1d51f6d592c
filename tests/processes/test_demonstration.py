"""The demonstration is played once, and never in a house that has companies of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection, transaction

from kanjo.domains.opportunities.facts import OpportunityRow
from kanjo.domains.opportunities.operations import open_opportunity
from kanjo.domains.opportunities.queries import get_opportunity, list_opportunities
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.queries import find_actor, get_actor, house
from kanjo.processes import bill, demonstration
from kanjo.processes.found_company import found_company
from kanjo.processes.replay import Told, cast_of
from kanjo.processes.replay.deal import replay_deal
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

    def test_its_books_are_open_today(self) -> None:
        """From the first deal to the end of the year in which somebody works with it; a year later the next opens."""
        bounds = "SELECT min(start), max(until), count(*) FROM ledger_period"
        prepared()
        assert rows(bounds) == [(date(2016, 10, 1), date(2027, 1, 1), 123)]
        assert not demonstration.open_books(at=AT)
        assert demonstration.open_books(at=AT.replace(year=2027))
        assert not demonstration.open_books(at=AT.replace(year=2027))
        assert rows(bounds) == [(date(2016, 10, 1), date(2028, 1, 1), 135)]
        assert rows("SELECT DISTINCT verb FROM audit_change WHERE subject = 'ledger_period'") == [
            ("ledger.open-periods",)
        ]

    def test_books_that_end_in_the_past_are_opened_to_today(self) -> None:
        """The company was founded by an earlier version, with the books of its deals alone."""
        with transaction.atomic():
            found_company(charter=demonstration.MAVEN, by=house(), at=AT)
        prepared()
        assert rows("SELECT max(until) FROM ledger_period") == [(date(2027, 1, 1),)]

    def test_no_books_are_opened_in_a_house_without_it(self) -> None:
        """A company of their own decides itself which books it opens."""
        a_company()
        assert not demonstration.open_books(at=AT.replace(year=2040))

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


def sold_by_a_person(company_id: CompanyId, key: str, on: date) -> None:
    """Let people sell and deliver a deal of their own, with the customer's own order number."""
    like = list_opportunities(house(), company_id=company_id)[0]
    seller = get_actor(PersonId(like.owner_id))
    with transaction.atomic():
        opportunity_id = open_opportunity(
            company_id=company_id, customer_id=like.customer_id, product_id=like.product_id, owner_id=seller.id,
            name=key, external_key=key, engaged_on=on, currency=like.currency, by=seller, at=AT,
        )  # fmt: skip
        deal: OpportunityRow = replace(
            get_opportunity(opportunity_id, seller), expected_close_on=on, expected_minor=70_000
        )
        replay_deal(deal, seller=seller, cast=cast_of(company_id), at=AT)


class TestPeopleAtWork:
    """Once the replay is finished, what people do in the company stays theirs."""

    def test_their_deals_are_neither_billed_nor_paid_nor_earned_by_it(
        self, fresh_database: FreshDatabase, tmp_path: Path
    ) -> None:
        """Three sold: one invoiced by hand, one in an approved billing run, one delivered. The replay adds nothing."""
        company_id = prepared()
        export = demonstration.read(cut_export(tmp_path, stages={"Won": 2}))
        demonstration.take_in(export=export, at=AT, report=told)
        demonstration.play(company_id=company_id, at=AT, report=told)
        cast = cast_of(company_id)
        for day in (3, 4, 5):
            sold_by_a_person(company_id, f"PO-{day}", date(2018, 12, day))
            if day == 3:
                [(order_id,)] = rows("SELECT id FROM orders_order WHERE po_number = 'PO-3'")
                with transaction.atomic():
                    bill.issue_invoice(
                        company_id=company_id,
                        order_id=order_id,
                        on=date(2018, 12, 3),
                        because="個別発行",
                        by=cast.receivables,
                        at=AT,
                    )
            if day == 4:
                with transaction.atomic():
                    run_id = bill.preview(
                        company_id=company_id, on=date(2018, 12, 4), because="月次", by=cast.receivables, at=AT
                    )
                    bill.approve(run_id=run_id, by=cast.run_approver, at=AT)
        before, audited = end_state(), rows("SELECT count(*) FROM audit_change")
        assert demonstration.is_played()
        assert demonstration.play(company_id=company_id, at=AT, report=told) == Told(0, 0, 0, 0, 0)
        assert (end_state(), rows("SELECT count(*) FROM audit_change")) == (before, audited)
        assert rows("SELECT count(*) FROM billing_invoice") == [(3,)]

    def test_another_bank_account_brings_no_second_payment(self, fresh_database: FreshDatabase, tmp_path: Path) -> None:
        """Somebody corrects the account that invoices name: what has arrived does not arrive again."""
        company_id = prepared()
        export = demonstration.read(cut_export(tmp_path, stages={"Won": 4}))
        demonstration.take_in(export=export, at=AT, report=told)
        demonstration.play(company_id=company_id, at=AT, report=told)
        SellingCompany.objects.filter(pk=company_id).update(bank_account="ANOTHER")
        assert demonstration.is_played()
        assert demonstration.play(company_id=company_id, at=AT, report=told) == Told(0, 0, 0, 0, 0)
