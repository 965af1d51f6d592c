"""The stage of a customer is derived from its contracts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.domains.contracts.models import Contract
from kanjo.domains.contracts.operations import end_contract, terminate_contract
from kanjo.domains.renewals.operations import let_lapse
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId, CustomerId
from kanjo.foundation.periods import Period
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.processes.find_renewals import find_renewals
from kanjo.reports.customer_stage import CustomerStage, NoSuchCustomer, Stage, count_stages, list_stages, stage_of
from tests.builders import NOW, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import Deal, a_deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def company_id() -> CompanyId:
    return a_company()


@pytest.fixture
def customer_id() -> CustomerId:
    return a_customer()


def deal(company_id: CompanyId, customer_id: CustomerId, term: Period | None = None) -> Deal:
    running = term or Period(date(2026, 4, 1), date(2027, 4, 1))
    line = a_line(a_product(company_id), service=running)
    return a_deal(company_id, customer_id, [line], term=running)


def stage_on(customer_id: CustomerId, day: date) -> CustomerStage:
    return stage_of(house(), customer_id, AsKnown(day))


class TestStageOf:
    @pytest.mark.row("CIR-1")
    def test_without_a_contract_a_customer_is_new(self, customer_id: CustomerId) -> None:
        """No active or past contract means new; there is no field to type it into."""
        stage = stage_on(customer_id, date(2026, 4, 1))
        assert (stage.stage, stage.since, stage.contract_id) == (Stage.NEW, None, None)
        assert not {"stage", "status"} & set(columns_of("customers_customer"))

    @pytest.mark.row("CIR-1")
    def test_a_contract_that_has_not_begun_leaves_it_new(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """On the eve of the first contract's first day the customer is still new."""
        deal(company_id, customer_id)
        assert stage_on(customer_id, date(2026, 3, 31)).stage is Stage.NEW

    @pytest.mark.row("CIR-2")
    def test_with_its_first_active_contract_it_is_existing_by_itself(
        self, company_id: CompanyId, customer_id: CustomerId
    ) -> None:
        """From the first day of the first contract on the stage is existing, with that day and that contract."""
        first = deal(company_id, customer_id)
        deal(company_id, customer_id, Period(date(2026, 6, 1), date(2029, 6, 1)))
        stage = stage_on(customer_id, date(2026, 6, 15))
        assert (stage.stage, stage.since) == (Stage.EXISTING, date(2026, 4, 1))
        assert stage.contract_id == first.contract_id
        assert stage.because.en == f"Contract {stage.contract_number} became active on 2026-04-01."
        assert stage.because.ja == f"契約{stage.contract_number}が2026-04-01に有効になりました。"

    def test_a_past_contract_keeps_it_existing(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """After the only contract has ended the customer does not become new again."""
        ended = deal(company_id, customer_id)
        end_contract(contract_id=ended.contract_id, on=date(2027, 4, 1), by=house(), at=NOW)
        assert stage_on(customer_id, date(2027, 4, 1)).stage is Stage.EXISTING

    @pytest.mark.row("CIR-3")
    @pytest.mark.parametrize(
        ("day", "stage"),
        [
            (date(2026, 12, 31), Stage.EXISTING),
            (date(2027, 1, 1), Stage.RENEWING),
            (date(2027, 3, 31), Stage.RENEWING),
            (date(2027, 4, 1), Stage.EXISTING),
        ],
    )
    def test_inside_the_notice_window_it_is_renewing(
        self, company_id: CompanyId, customer_id: CustomerId, day: date, stage: Stage
    ) -> None:
        """A contract in its last ninety days makes its customer a renewing one, since the day the window opened."""
        deal(company_id, customer_id)
        found = stage_on(customer_id, day)
        assert found.stage is stage
        assert found.since == (date(2027, 1, 1) if stage is Stage.RENEWING else date(2026, 4, 1))

    def test_a_terminated_contract_is_not_renewing(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """What was stopped before its end has nothing to renew."""
        stopped = deal(company_id, customer_id)
        terminate_contract(
            contract_id=stopped.contract_id, stops_on=date(2026, 10, 1), because="解約", by=house(), at=NOW
        )
        assert stage_on(customer_id, date(2027, 2, 1)).stage is Stage.EXISTING

    def test_a_settled_renewal_is_not_renewing(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """From the day the customer said no it is renewing no more; the day before it still was."""
        deal(company_id, customer_id)
        (renewal_id,) = find_renewals(company_id=company_id, on=date(2027, 1, 15), by=house(), at=NOW)
        let_lapse(renewal_id=renewal_id, because="他社製品へ移行", on=date(2027, 2, 1), by=house(), at=NOW)
        assert stage_on(customer_id, date(2027, 1, 31)).stage is Stage.RENEWING
        assert stage_on(customer_id, date(2027, 2, 1)).stage is Stage.EXISTING

    @pytest.mark.row("CIR-2")
    def test_it_is_as_it_was_known(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """Asked as known the moment before the contract was recorded, the customer is new, today as next year."""
        signed = deal(company_id, customer_id)
        recorded_at = Contract.objects.values_list("recorded_at", flat=True).get(pk=signed.contract_id)
        before = AsKnown(date(2026, 4, 2), known_at=recorded_at - timedelta(microseconds=1))
        after = AsKnown(date(2026, 4, 2), known_at=recorded_at)
        assert stage_of(house(), customer_id, before).stage is Stage.NEW
        assert stage_of(house(), customer_id, after).stage is Stage.EXISTING

    def test_another_company_s_contracts_do_not_count(self, company_id: CompanyId, customer_id: CustomerId) -> None:
        """A customer of one company is new to another, and to whoever only sees the other."""
        other = a_company("kanjo-us", currency="USD")
        deal(company_id, customer_id)
        known = AsKnown(date(2026, 5, 1))
        assert stage_of(house(), customer_id, known, company_id=other).stage is Stage.NEW
        assert stage_of(house(), customer_id, known, company_id=company_id).stage is Stage.EXISTING
        stranger = an_actor(Role.SALES_REP, companies=[other])
        assert stage_of(stranger, customer_id, known).stage is Stage.NEW
        assert stage_of(stranger, customer_id, known, company_id=company_id).stage is Stage.NEW

    def test_nobody_has_no_stage(self) -> None:
        """A customer that does not exist is refused, not new."""
        with pytest.raises(NoSuchCustomer):
            stage_on(CustomerId(999_999_999), date(2026, 4, 1))


class TestListStages:
    def test_each_stage_has_its_list_and_its_count(self, company_id: CompanyId) -> None:
        """One new, one existing and one renewing customer are listed, counted and filtered."""
        new = a_customer("新規商事")
        existing, renewing = a_customer("既存商事"), a_customer("更新商事")
        deal(company_id, existing, Period(date(2026, 4, 1), date(2029, 4, 1)))
        deal(company_id, renewing)
        known = AsKnown(date(2027, 2, 1))
        by_id = {row.customer_id: row.stage for row in list_stages(house(), known)}
        assert by_id == {new: Stage.NEW, existing: Stage.EXISTING, renewing: Stage.RENEWING}
        assert count_stages(house(), known) == {Stage.NEW: 1, Stage.EXISTING: 1, Stage.RENEWING: 1}
        assert [row.customer_id for row in list_stages(house(), known, stage=Stage.RENEWING)] == [renewing]

    def test_one_page_costs_one_query(self, company_id: CompanyId) -> None:
        """Ten customers are listed by the same single query as one."""
        by = house()
        for _ in range(10):
            deal(company_id, a_customer())
        with CaptureQueriesContext(connection) as queries:
            page = list_stages(by, AsKnown(date(2026, 5, 1)), limit=8)
        assert (len(page), len(queries)) == (8, 1)


def columns_of(table: str) -> list[str]:
    """Return the names of a table's columns."""
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]
