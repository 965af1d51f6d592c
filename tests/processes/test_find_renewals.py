"""From ending contracts to renewals."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.domains.contracts.operations import terminate_contract
from kanjo.domains.renewals.queries import list_renewals
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.identity.queries import house
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes.find_renewals import find_renewals
from tests.builders import NOW, a_box, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import a_deal

pytestmark = pytest.mark.django_db

IN_WINDOW = date(2027, 1, 15)


@pytest.fixture
def company_id() -> CompanyId:
    return a_company()


class TestFindRenewals:
    @pytest.mark.row("CIR-3")
    def test_what_ends_soon_appears_with_owner_old_terms_and_proposed_price(self, company_id: CompanyId) -> None:
        """A year of users and an appliance bought once: the renewal proposes the users again at 120,000 yen."""
        owner = an_actor(Role.SALES_REP, companies=[company_id], name="鈴木 一郎")
        lines = [a_line(a_product(company_id)), a_line(a_box(company_id), quantity=2, unit_minor=50_000)]
        deal = a_deal(company_id, a_customer(), lines, owner=owner)
        found = find_renewals(company_id=company_id, on=IN_WINDOW, by=house(), at=NOW)
        renewal = list_renewals(house())[0]
        assert found == (renewal.id,)
        assert (renewal.contract_id, renewal.owner) == (deal.contract_id, "鈴木 一郎")
        assert renewal.proposed_minor == 120_000
        assert [line["code"] for line in renewal.old_terms["lines"]] == ["CLOUD-M", "BOX"]

    def test_the_renewal_reps_see_it(self, company_id: CompanyId) -> None:
        """It waits on their queue until the last day of the term."""
        rep = an_actor(Role.RENEWAL_REP, companies=[company_id])
        a_deal(company_id, a_customer(), [a_line(a_product(company_id))])
        find_renewals(company_id=company_id, on=IN_WINDOW, by=house(), at=NOW)
        assert [item.due_on for item in list_queue(rep)] == [date(2027, 3, 31)]

    def test_every_day_it_is_run_and_appears_once(self, company_id: CompanyId) -> None:
        """A run on each day of the window finds each contract on its first day and never again."""
        a_deal(company_id, a_customer(), [a_line(a_product(company_id))])
        days = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2), date(2027, 3, 31), date(2027, 4, 1)]
        found = [len(find_renewals(company_id=company_id, on=day, by=house(), at=NOW)) for day in days]
        assert found == [0, 1, 0, 0, 0]

    def test_what_was_terminated_does_not_appear(self, company_id: CompanyId) -> None:
        """Nobody is asked to renew what was stopped."""
        deal = a_deal(company_id, a_customer(), [a_line(a_product(company_id))])
        terminate_contract(contract_id=deal.contract_id, stops_on=date(2026, 10, 1), because="解約", by=house(), at=NOW)
        assert find_renewals(company_id=company_id, on=IN_WINDOW, by=house(), at=NOW) == ()

    def test_a_run_that_finds_nothing_new_costs_the_same_for_many(self, company_id: CompanyId) -> None:
        """The second run over eight contracts asks no more than the second run over one."""
        customer_id, line, by = a_customer(), a_line(a_product(company_id)), house()
        counts = []
        for more in (1, 7):
            for _ in range(more):
                a_deal(company_id, customer_id, [line])
            find_renewals(company_id=company_id, on=IN_WINDOW, by=by, at=NOW)
            with CaptureQueriesContext(connection) as queries:
                find_renewals(company_id=company_id, on=IN_WINDOW, by=by, at=NOW)
            counts.append(len(queries))
        assert counts[0] == counts[1]
