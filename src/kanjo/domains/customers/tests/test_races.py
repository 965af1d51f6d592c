"""Customers placed under one another by several at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from kanjo.domains.customers.operations import place_under
from kanjo.domains.customers.queries import get_customer
from kanjo.domains.customers.rules.registering import ParentCircle
from kanjo.foundation.ids import CustomerId
from kanjo.platform.identity.queries import house
from tests.builders import NOW, a_customer
from tests.plumbing import FreshDatabase
from tests.races import until_somebody_waits


@transaction.atomic
def place(customer_id: CustomerId, parent_id: CustomerId) -> None:
    place_under(customer_id=customer_id, parent_id=parent_id, by=house(), at=NOW)


class TestAtOnce:
    def test_two_groups_do_not_close_on_each_other(self, fresh_database: FreshDatabase) -> None:
        """East goes under a daughter of West while West goes under a daughter of East: the second is refused."""
        east, west, eastern, western = (a_customer(name) for name in ("East", "West", "Eastern", "Western"))
        place(eastern, east)
        place(western, west)

        def second() -> None:
            try:
                place(west, eastern)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as threads:
            with transaction.atomic():
                place(east, western)
                placing = threads.submit(second)
                until_somebody_waits()
            with pytest.raises(ParentCircle, match="West"):
                placing.result(timeout=30)
        assert (get_customer(east).parent_id, get_customer(west).parent_id) == (western, None)
