"""What is issued is not added to, whoever writes."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.models import InvoiceLine, InvoiceTax
from kanjo.domains.billing.tests.conftest import an_order
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId
from tests.builders import NOW, TODAY, a_line, a_product


@pytest.mark.parametrize("table", [InvoiceLine, InvoiceTax])
def test_an_issued_invoice_takes_no_more_rows(
    company: CompanyId, customer: CustomerId, accountant: Actor, table: type[InvoiceLine | InvoiceTax]
) -> None:
    """Not even a row of nothing, which would leave its sums as they are."""
    planned = an_order(company, customer, [a_line(a_product(company))])
    billing.issue_invoice(order_id=planned.order_id, on=TODAY, by=accountant, at=NOW)
    row = table.objects.get()
    row.pk, row.net_minor = None, 0
    with pytest.raises(DatabaseError, match="is issued"), transaction.atomic():
        row.save(force_insert=True)
    assert table.objects.count() == 1
