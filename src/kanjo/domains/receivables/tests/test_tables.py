from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from kanjo.domains.receivables.models import Allocation, ItemBalance
from kanjo.domains.receivables.tests.desk import Desk


class TestTables:
    """What the database refuses, whoever writes."""

    def test_a_balance_moves_only_by_an_allocation(self, desk: Desk) -> None:
        desk.invoices((1, desk.customer("Acme"), 100))
        with pytest.raises(DatabaseError, match="moves only by an allocation"), transaction.atomic():
            ItemBalance.objects.filter(pk=1).update(open_minor=0)

    def test_no_allocation_goes_above_the_invoice(self, desk: Desk) -> None:
        desk.invoices((1, desk.customer("Acme"), 100))
        desk.allocate(desk.receive(250), 1, 100)
        row = Allocation.objects.get()
        row.pk = None
        with pytest.raises(DatabaseError, match="open_within_item"), transaction.atomic():
            Allocation.objects.bulk_create([row])

    def test_an_allocation_never_joins_two_currencies(self, desk: Desk) -> None:
        desk.invoices((1, desk.customer("Acme"), 100))
        desk.allocate(desk.receive(50), 1, 50)
        desk.currency = "USD"
        row = Allocation.objects.get()
        row.pk, row.receipt_id = None, desk.receive(50)
        with pytest.raises(DatabaseError, match="differs in company or currency"), transaction.atomic():
            Allocation.objects.bulk_create([row])

    def test_allocations_are_never_changed(self, desk: Desk) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            Allocation.objects.update(amount_minor=1)
