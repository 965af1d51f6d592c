"""The same usage sent by several at once."""

from __future__ import annotations

from itertools import count

from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import UsageSource
from kanjo.domains.billing.models import UsageDelivery, UsageEvent
from kanjo.domains.billing.rules.usage_guards import CorrectedBefore
from kanjo.domains.billing.tests.conftest import an_order
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CompanyId, OrderLineId
from kanjo.platform.identity.queries import house
from tests.builders import NOW, a_company, a_customer, a_line, a_product, an_actor
from tests.plumbing import FreshDatabase
from tests.processes.test_usage import ON, an_event, rated
from tests.races import at_once


def a_metered_line() -> tuple[CompanyId, OrderLineId]:
    """Return a company and its order line whose usage has a price."""
    company_id = a_company()
    with transaction.atomic():
        (line_id,) = an_order(company_id, a_customer(), [a_line(a_product(company_id))]).lines
        rated(line_id, an_actor(Role.SALES_OPERATIONS, companies=[company_id]))
    return company_id, line_id


class TestAtOnce:
    def test_an_event_counts_once(self, fresh_database: FreshDatabase) -> None:
        """Of eight who send the same two events at the same moment one brings them, and seven learn they are known."""
        company_id, line_id = a_metered_line()
        events, by = [an_event(line_id, "a"), an_event(line_id, "b")], house()
        at_once(
            lambda: billing.record_usage(
                company_id=company_id, events=events, source=UsageSource.API, on=ON, by=by, at=NOW
            )
        )
        told = sorted(UsageDelivery.objects.values_list("accepted", "known"))
        assert (told, UsageEvent.objects.count()) == ([(0, 2)] * 7 + [(2, 0)], 2)

    def test_an_event_is_corrected_once(self, fresh_database: FreshDatabase) -> None:
        """Of eight corrections of one event sent at the same moment one stands, and seven are told which."""
        company_id, line_id = a_metered_line()
        by, numbers, event = house(), count(), an_event(line_id, "a")
        with transaction.atomic():
            billing.record_usage(company_id=company_id, events=[event], source=UsageSource.API, on=ON, by=by, at=NOW)
        told = at_once(
            lambda: billing.correct_usage(
                company_id=company_id,
                corrects="a",
                event_id=f"c-{next(numbers)}",
                used_on=event.used_on,
                quantity=5,
                because="計測誤り",
                on=ON,
                by=by,
                at=NOW,
            )
        )
        assert [isinstance(answer, CorrectedBefore) for answer in told].count(True) == 7
        assert UsageEvent.objects.filter(corrects__event_id="a").count() == 1
