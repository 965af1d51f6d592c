"""Planning, issuing and sending, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction
from pydantic import TypeAdapter

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import InvoiceIssued
from kanjo.domains.billing.models import Acceptance, Charge, Invoice, Plan, Sending
from kanjo.domains.billing.queries import (
    charges_to_come,
    count_invoices,
    get_invoice,
    invoiced,
    list_invoices,
    next_charges,
)
from kanjo.domains.billing.queries.due import Scope
from kanjo.domains.billing.rules.guards import AlreadyAccepted, AlreadyPlanned, NothingDue, PlanMissing
from kanjo.domains.billing.tests.conftest import an_order, documents
from kanjo.domains.billing.tests.test_rules import a_line as a_line_to_bill
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.times import AsKnown
from kanjo.platform.bulk.loading import Staged, prepare_stage, settle
from kanjo.platform.files.operations import read
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.operations import PeriodLocked
from kanjo.platform.ledger.queries import balance_of
from kanjo.platform.numbering.models import Issued
from kanjo.platform.outbox.models import FactRow
from tests.builders import A_YEAR, NOW, TODAY, a_box, a_company, a_line, a_product, an_actor, lock_books

pytestmark = pytest.mark.django_db

LATER = date(2026, 6, 1)
MAY_ON = replace(A_YEAR, start=date(2026, 5, 1))


class TestPlan:
    def test_the_same_lines_again_are_the_same_plans(self, company: CompanyId, customer: CustomerId) -> None:
        """A hand-over delivered twice plans once."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        row = Plan.objects.get()
        assert planned.plans == (row.pk,)
        again = billing.plan(**_as_planned(row), by=house(), at=NOW, on=TODAY)
        assert again == planned.plans
        assert FactRow.objects.filter(kind="billing.order-planned").count() == 1

    def test_other_terms_for_a_planned_line_are_refused(self, company: CompanyId, customer: CustomerId) -> None:
        """What is planned is changed by an amendment, never by planning it again."""
        an_order(company, customer, [a_line(a_product(company))])
        asked = _as_planned(Plan.objects.get())
        asked["lines"] = [replace(asked["lines"][0], net_minor=1)]
        with pytest.raises(AlreadyPlanned):
            billing.plan(**asked, by=house(), at=NOW, on=TODAY)
        assert Plan.objects.get().net_minor == 10_000


def _as_planned(row: Plan) -> dict[str, Any]:
    line = a_line_to_bill(
        order_line_id=OrderLineId(row.order_line_id),
        net_minor=row.net_minor,
        quantity=row.quantity,
        due_from=row.due_from,
    )
    return {
        "company_id": row.company_id,
        "customer_id": row.customer_id,
        "payer_id": row.account.payer_id,
        "order_id": row.order_id,
        "contract_id": row.contract_id,
        "currency": "JPY",
        "payment_terms": row.payment_terms,
        "lines": [line],
    }


class TestNoteAcceptance:
    def test_the_box_is_billed_from_the_day_of_acceptance(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """検収 on 20 May: nothing is due before, all of it from that day on."""
        planned = an_order(company, customer, [a_line(a_box(company), quantity=1, unit_minor=50_000)])
        with pytest.raises(NothingDue):
            billing.issue_invoice(order_id=planned.order_id, on=LATER, because="個別発行", by=accountant, at=NOW)
        accepted_on = date(2026, 5, 20)
        billing.note_acceptance(order_line_id=planned.lines[0], accepted_on=accepted_on, by=house(), at=NOW)
        with pytest.raises(NothingDue):
            billing.issue_invoice(
                order_id=planned.order_id, on=accepted_on - timedelta(days=1), because="個別発行", by=accountant, at=NOW
            )
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=accepted_on, because="個別発行", by=accountant, at=NOW
        )
        assert get_invoice(invoice_id, accountant).row.total == Money(55_000, "JPY")

    def test_accepted_early_it_is_billed_once_it_may_be(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """検収 five days before the first day anything may be billed: it is due then, as what is to come says."""
        planned = an_order(company, customer, [a_line(a_box(company), quantity=1, unit_minor=50_000)])
        early = TODAY - timedelta(days=5)
        billing.note_acceptance(order_line_id=planned.lines[0], accepted_on=early, by=house(), at=NOW)
        assert [one.bill_on for one in charges_to_come(Scope(company))] == [TODAY]
        given: dict[str, Any] = {"order_id": planned.order_id, "because": "個別発行", "by": accountant, "at": NOW}
        with pytest.raises(NothingDue):
            billing.issue_invoice(on=TODAY - timedelta(days=1), **given)
        (invoice_id,) = billing.issue_invoice(on=TODAY, **given)
        (line,) = get_invoice(invoice_id, accountant).lines
        assert line.service.start == early

    def test_another_day_is_refused(self, company: CompanyId, customer: CustomerId) -> None:
        """The same day again changes nothing, another one is a contradiction."""
        planned = an_order(company, customer, [a_line(a_box(company))])
        for _ in range(2):
            billing.note_acceptance(order_line_id=planned.lines[0], accepted_on=TODAY, by=house(), at=NOW)
        with pytest.raises(AlreadyAccepted):
            billing.note_acceptance(order_line_id=planned.lines[0], accepted_on=LATER, by=house(), at=NOW)
        assert [row.accepted_on for row in Acceptance.objects.all()] == [TODAY]

    def test_a_line_nobody_planned_is_refused(self, company: CompanyId) -> None:
        """An acceptance of something unknown is said, not swallowed."""
        with pytest.raises(PlanMissing):
            billing.note_acceptance(order_line_id=OrderLineId(1), accepted_on=TODAY, by=house(), at=NOW)


class TestIssueInvoice:
    def test_an_invoice_is_a_copy_with_lines_rates_and_number(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """April of ten users and the whole of a service, on one invoice, taxed once."""
        planned = an_order(
            company,
            customer,
            [
                a_line(a_product(company)),
                a_line(a_product(company, "ADD-ON", list_minor=333), quantity=1, unit_minor=333),
            ],
            terms="close:31:1:31:none",
        )
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        view = get_invoice(invoice_id, accountant)
        assert view.row.number == "INV-2026-000001"
        assert (view.row.net, view.row.tax, view.row.total) == (
            Money(10_333, "JPY"),
            Money(1_033, "JPY"),
            Money(11_366, "JPY"),
        )
        assert (view.row.issued_on, view.row.due_on) == (TODAY, date(2026, 5, 31))
        assert view.row.payer_name == "株式会社青葉商事"
        assert view.issuer_name == "株式会社カンジョウ"
        assert [line.net.minor for line in view.lines] == [10_000, 333]
        assert all(line.derivation.holds for line in view.lines)

    def test_the_books_balance(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """Receivable gross, contract liability net, tax payable: together zero."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        known = AsKnown(TODAY)
        booked = {code: balance_of(company, code, known) for code in AccountCode}
        assert booked[AccountCode.RECEIVABLE] == 11_000
        assert booked[AccountCode.CONTRACT_LIABILITY] == -10_000
        assert booked[AccountCode.TAX_PAYABLE] == -1_000
        assert sum(booked.values()) == 0

    def test_the_fact_reads_back_as_it_was_told(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """A fact written by columns is the fact that one written alone would be."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        row = FactRow.objects.get(kind=InvoiceIssued.kind)
        fact = TypeAdapter(InvoiceIssued).validate_python(row.payload)
        assert fact == InvoiceIssued(
            company_id=company,
            effective_on=TODAY,
            invoice_id=invoice_id,
            number="INV-2026-000001",
            customer_id=customer,
            payer_id=customer,
            order_id=planned.order_id,
            original_id=None,
            currency="JPY",
            net_minor=10_000,
            tax_minor=1_000,
            total_minor=11_000,
            issued_on=TODAY,
            due_on=date(2026, 5, 1),
        )
        assert (row.subject_id, row.actor_id) == (invoice_id, accountant.id)

    def test_issuing_again_is_refused(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """The month is billed once; the refusal leaves no number behind."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        before = documents()
        with pytest.raises(NothingDue):
            billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        assert documents() == before
        assert Issued.objects.filter(series__kind="invoice").count() == 1

    @pytest.mark.row("T4")
    def test_a_locked_month_takes_no_invoice(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """The books of April are closed: refused by name, and nothing is stored."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        lock_books(company, through=TODAY, by=an_actor(Role.CFO, companies=[company]))
        with pytest.raises(PeriodLocked), transaction.atomic():
            billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        assert (
            Invoice.objects.count(),
            Charge.objects.count(),
            Issued.objects.filter(series__kind="invoice").count(),
        ) == (0, 0, 0)

    def test_open_items_are_told_in_the_same_transaction(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Receivables get who owes how much until when."""
        told: list[pl.DataFrame] = []
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id,
            on=TODAY,
            because="個別発行",
            by=accountant,
            at=NOW,
            also=lambda frame, _: told.append(frame),
        )
        assert told[0].rows(named=True) == [
            {
                "number": "INV-2026-000001",
                "orders": [planned.order_id],
                "currency": "JPY",
                "issued_on": TODAY,
                "due_on": date(2026, 5, 1),
                "invoice_id": invoice_id,
                "customer_id": customer,
                "amount_minor": 11_000,
            }
        ]

    def test_an_invoice_that_does_not_add_up_is_refused_by_the_table(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """The database itself compares an invoice with its lines and rates."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        forged = Invoice.objects.get(pk=invoice_id)
        forged.pk, forged.number = None, "INV-2026-999999"
        with pytest.raises(Exception, match="is not the sum of its lines"), transaction.atomic():
            forged.save(force_insert=True)

    def test_a_staged_invoice_that_does_not_add_up_is_never_settled(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """What a run loads is compared with its lines and rates before it joins the others."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        run_id = billing.preview_run(company_id=company, on=LATER, by=house(), at=NOW)
        tables = ("billing_invoice", "billing_invoiceline", "billing_invoicetax")
        prepare_stage(run_id=run_id, shards=1, tables=tables)
        key = Staged(run_id, 0).ids("billing_invoice", 1)[0]
        copies = {
            "billing_invoice": "SELECT (jsonb_populate_record(r, jsonb_build_object('id', %s::bigint))).*"
            " FROM billing_invoice r WHERE id = %s",
            "billing_invoiceline": "SELECT (jsonb_populate_record(r, jsonb_build_object('id', %s::bigint,"
            " 'invoice_id', %s::bigint))).* FROM billing_invoiceline r WHERE invoice_id = %s",
            "billing_invoicetax": "SELECT (jsonb_populate_record(r, jsonb_build_object('id', %s::bigint,"
            " 'invoice_id', %s::bigint, 'tax_minor', 1))).* FROM billing_invoicetax r WHERE invoice_id = %s",
        }
        with connection.cursor() as cursor:
            for table, copy in copies.items():
                keys = [key, invoice_id] if table == "billing_invoice" else [key, key, invoice_id]
                cursor.execute(f"INSERT INTO stage_{run_id}_{table} {copy}", keys)
        with pytest.raises(Exception, match="is not the sum of its lines and taxes"):
            settle(run_id=run_id, tables=tables)


class TestSendInvoice:
    def test_the_paper_is_kept_as_it_was_sent(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Sent twice on a day it is one file, a PDF that reads as the invoice."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        file_id = billing.send_invoice(invoice_id=invoice_id, on=TODAY, by=accountant, at=NOW)
        assert billing.send_invoice(invoice_id=invoice_id, on=TODAY, by=accountant, at=NOW) == file_id
        stored, content = read(file_id, by=accountant)
        assert (stored.name, content[:5]) == ("INV-2026-000001.pdf", b"%PDF-")
        assert Sending.objects.count() == 1

    def test_a_credit_note_has_its_own_paper(self, company: CompanyId, customer: CustomerId, accountant: Actor) -> None:
        """A credit note shows what is given back, positive, with the number of the original."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        (invoice_id,) = billing.issue_invoice(
            order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW
        )
        note_id = billing.credit_invoice(invoice_id=invoice_id, on=LATER, because="返品", by=accountant, at=NOW)
        file_id = billing.send_invoice(invoice_id=note_id, on=LATER, by=accountant, at=NOW)
        assert read(file_id, by=accountant)[1][:5] == b"%PDF-"


class TestQueries:
    def test_lists_are_those_of_the_persons_companies(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """Another company's accountant sees no invoice, here or by its id."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        stranger = an_actor(Role.RECEIVABLES, companies=[a_company("other")])
        assert [row.number for row in list_invoices(accountant, search="青葉")] == ["INV-2026-000001"]
        assert (count_invoices(accountant), count_invoices(stranger), list_invoices(stranger)) == (1, 0, [])

    def test_what_comes_next_begins_after_what_was_billed(
        self, company: CompanyId, customer: CustomerId, accountant: Actor
    ) -> None:
        """After April was billed, May comes next; the year's charges are invoiced and to come together."""
        planned = an_order(company, customer, [a_line(a_product(company))])
        billing.issue_invoice(order_id=planned.order_id, on=TODAY, because="個別発行", by=accountant, at=NOW)
        coming = next_charges(planned.plans[0], accountant, limit=20)
        assert coming[0].bill_on == date(2026, 5, 1)
        done = invoiced(company, AsKnown(LATER))["invoiced_minor"].sum()
        assert done + sum(charge.net_minor for charge in coming) == 120_000
