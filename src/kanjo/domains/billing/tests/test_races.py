"""Held by one while another bills."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Held, HoldCondition
from kanjo.domains.billing.models import Invoice
from kanjo.domains.billing.tests.conftest import an_order
from kanjo.foundation.actors import Role
from kanjo.platform.identity.queries import house
from kanjo.platform.runs import operations as runs
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor
from tests.plumbing import FreshDatabase
from tests.races import until_somebody_waits


@pytest.mark.row("BIL-10")
def test_a_run_waits_for_who_is_placing_a_hold_and_heeds_it(fresh_database: FreshDatabase) -> None:
    """The shard reads what is held after it has the account: a hold that was on its way before is not missed."""
    company = a_company()
    clerk = an_actor(Role.RECEIVABLES, companies=[company])
    with transaction.atomic():
        planned = an_order(company, a_customer(), [a_line(a_product(company))])
        run_id = billing.preview_run(company_id=company, on=TODAY, by=house(), at=NOW)
        runs.approve_run(run_id=run_id, by=house(), at=NOW)

    def execute() -> dict[str, Any]:
        try:
            return billing.execute(run_id=run_id, by=house(), at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            billing.hold_billing(
                company_id=company,
                held=Held(order_id=planned.order_id),
                condition=HoldCondition.OTHER,
                because="確認中",
                owner_id=clerk.id,
                on=TODAY,
                by=clerk,
                at=NOW,
            )
            executing = threads.submit(execute)
            until_somebody_waits()
        assert executing.result() == {"failed": 0}
    assert not Invoice.objects.exists()
