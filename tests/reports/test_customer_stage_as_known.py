"""The stage of a customer as it was known: what is recorded later does not change what was said before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from kanjo.domains.contracts.models import Ending
from kanjo.domains.contracts.operations import terminate_contract
from kanjo.domains.renewals.models import Outcome
from kanjo.domains.renewals.operations import let_lapse
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.times import AsKnown
from kanjo.platform.identity.queries import house
from kanjo.processes.find_renewals import find_renewals
from kanjo.reports.customer_stage import Stage, stage_of
from tests.builders import NOW, a_company, a_customer, a_line, a_product
from tests.deals import a_deal
from tests.plumbing import FreshDatabase

IN_WINDOW = date(2027, 2, 1)


def around(customer_id: CustomerId, recorded_at: datetime) -> tuple[Stage, Stage]:
    """Return the stage as known just before, and at, the moment something was recorded."""
    moments = recorded_at - timedelta(microseconds=1), recorded_at
    before, after = (stage_of(house(), customer_id, AsKnown(IN_WINDOW, moment)).stage for moment in moments)
    return before, after


class TestAsKnown:
    def test_a_termination_counts_from_when_it_was_recorded(self, fresh_database: FreshDatabase) -> None:
        """A termination recorded late, for an earlier day, leaves the reports made before it as they were."""
        company_id, customer_id = a_company(), a_customer()
        deal = a_deal(company_id, customer_id, [a_line(a_product(company_id))])
        with transaction.atomic():
            terminate_contract(
                contract_id=deal.contract_id, stops_on=date(2026, 10, 1), because="解約", by=house(), at=NOW
            )
        assert around(customer_id, Ending.objects.get().recorded_at) == (Stage.RENEWING, Stage.EXISTING)

    def test_a_refused_renewal_counts_from_when_it_was_recorded(self, fresh_database: FreshDatabase) -> None:
        """A customer's no that was recorded late leaves the reports made before it as they were."""
        company_id, customer_id = a_company(), a_customer()
        a_deal(company_id, customer_id, [a_line(a_product(company_id))])
        with transaction.atomic():
            (renewal_id,) = find_renewals(company_id=company_id, on=date(2027, 1, 15), by=house(), at=NOW)
        with transaction.atomic():
            let_lapse(renewal_id=renewal_id, because="他社製品へ移行", on=IN_WINDOW, by=house(), at=NOW)
        assert around(customer_id, Outcome.objects.get().recorded_at) == (Stage.RENEWING, Stage.EXISTING)
