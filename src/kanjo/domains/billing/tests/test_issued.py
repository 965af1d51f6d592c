"""What is issued is not added to, whoever writes."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.models import Invoice, InvoiceLine, InvoiceTax
from kanjo.domains.billing.tests.conftest import an_order
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId, RunId
from kanjo.platform.bulk.loading import Staged, prepare_stage, settle
from kanjo.platform.identity.queries import house
from tests.builders import NOW, TODAY, a_line, a_product


@pytest.mark.parametrize("table", [InvoiceLine, InvoiceTax])
def test_an_issued_invoice_takes_no_more_rows(
    company: CompanyId, customer: CustomerId, accountant: Actor, table: type[InvoiceLine | InvoiceTax]
) -> None:
    """Not even a row of nothing, which would leave its sums as they are."""
    planned = an_order(company, customer, [a_line(a_product(company))])
    billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
    row = table.objects.get()
    row.pk, row.net_minor = None, 0
    with pytest.raises(DatabaseError, match="is issued"), transaction.atomic():
        row.save(force_insert=True)
    assert table.objects.count() == 1


STAGED = ("billing_invoice", "billing_invoiceline", "billing_invoicetax")


@pytest.fixture
def issued(company: CompanyId, customer: CustomerId, accountant: Actor) -> InvoiceId:
    """An invoice of one line at one rate."""
    planned = an_order(company, customer, [a_line(a_product(company))])
    (invoice_id,) = billing.issue_invoice(
        order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
    )
    return invoice_id


@pytest.fixture
def run_id(company: CompanyId, issued: InvoiceId) -> RunId:
    """A later run, ready to be loaded into."""
    run_id = billing.preview_run(company_id=company, on=TODAY, by=house(), at=NOW)
    prepare_stage(run_id=run_id, shards=1, tables=STAGED)
    return run_id


def load_copy(run_id: RunId, table: str, of: InvoiceId, **otherwise: object) -> None:
    """Load what the invoice has in *table* under a new id of the run, other in some columns."""
    key = Staged(run_id, 0).ids(table, 1)[0]
    column = "id" if table == "billing_invoice" else "invoice_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO stage_{run_id}_{table} SELECT (jsonb_populate_record(r, %s::jsonb)).*"
            f" FROM {table} r WHERE {column} = %s",
            [json.dumps({"id": key, **otherwise}), of],
        )


class TestStaged:
    @pytest.mark.row("T4")
    @pytest.mark.parametrize("table", STAGED[1:])
    def test_a_run_adds_no_row_to_what_was_issued_before(self, issued: InvoiceId, run_id: RunId, table: str) -> None:
        """Not even a row of nothing: a run writes invoices of its own."""
        load_copy(run_id, table, issued, net_minor=0, **({"tax_minor": 0} if table == STAGED[2] else {}))
        with (
            pytest.raises(DatabaseError, match=f"violates foreign key constraint .{table}_beside"),
            transaction.atomic(),
        ):
            settle(run_id=run_id, tables=STAGED)
        assert (InvoiceLine.objects.count(), InvoiceTax.objects.count()) == (1, 1)

    @pytest.mark.row("T4")
    @pytest.mark.parametrize("with_lines", [False, True])
    def test_an_invoice_without_lines_or_rates_is_never_settled(
        self, issued: InvoiceId, run_id: RunId, with_lines: bool
    ) -> None:
        """A table of the run that is empty is no reason to look at nothing."""
        load_copy(run_id, "billing_invoice", issued, number="INV-2026-999999")
        if with_lines:
            load_copy(run_id, "billing_invoiceline", issued, invoice_id=Staged(run_id, 0).ids("billing_invoice", 1)[0])
        with pytest.raises(DatabaseError, match="is not the sum of its lines and taxes"), transaction.atomic():
            settle(run_id=run_id, tables=STAGED)
        assert Invoice.objects.count() == 1
