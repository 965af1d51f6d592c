"""Acknowledging a payment (領収書) and stating a month (月締め請求書), over copies of what was invoiced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import connection, models
from django.db.models import Sum

from kanjo.domains.receivables.facts import InvoiceCopy, Letterhead, RateShare
from kanjo.domains.receivables.models import Acknowledgement, Allocation, MonthlyStatement, ReceiptBalance
from kanjo.domains.receivables.papers.acknowledgement import AcknowledgementPaper
from kanjo.domains.receivables.papers.statement import StatementPaper
from kanjo.domains.receivables.queries.papers import to_state
from kanjo.domains.receivables.rules import papers as rules
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.eras import Calendar
from kanjo.foundation.ids import CompanyId, CustomerId, FileId, InvoiceId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import month_of
from kanjo.foundation.texts import Language
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.companies.seals import seal_on
from kanjo.platform.documents.signing import signed
from kanjo.platform.files.operations import store
from kanjo.platform.numbering.operations import take_number
from kanjo.platform.tables import alone, refuse_unseen

ACKNOWLEDGEMENTS, STATEMENTS = ("acknowledgement", "RCP"), ("statement", "ST")
"""The series of each kind of paper, and how its numbers begin."""
HEAD = ("addressee", "address", "language", "issuer_name", "issuer_address", "registration_number")
REPEATED = (*HEAD, "company_id", "receipt_id", "customer_id", "currency", "received_on", "amount_minor")
"""What an acknowledgement issued again says as its first."""


@verb("receivables.acknowledge", Role.RECEIVABLES)
def acknowledge(
    *,
    receipt_id: ReceiptId,
    head: Letterhead,
    copies: Mapping[InvoiceId, InvoiceCopy],
    on: date,
    by: Actor,
    at: datetime,
) -> int:
    """Acknowledge money that arrived by a numbered paper; return its id.

    The amounts of each rate stand on it where whole invoices were paid. Refuses what is not wholly allocated, what went
    back, what several customers paid, and a second first paper: that one is issued again.
    """
    balance = ReceiptBalance.objects.select_related("receipt").locked(receipt_id, by)
    receipt, paid = balance.receipt, _paid_by(receipt_id)
    customers = {customer_id for _, customer_id, _ in paid}
    rules.refuse_acknowledging(
        reference=receipt.reference,
        amount_minor=receipt.amount_minor,
        left_minor=balance.left_minor,
        payers=len(customers),
    )
    known = Acknowledgement.objects.filter(receipt_id=receipt_id, first=None).first()
    if known is not None:
        raise rules.AcknowledgedAlready(reference=receipt.reference, number=known.number)
    whole = all(copies[invoice_id].total_minor == amount for invoice_id, _, amount in paid)
    rates = rules.by_rate(copies[invoice_id] for invoice_id, _, _ in paid) if whole else ()
    return _issue(
        Acknowledgement(
            **asdict(head),
            company_id=receipt.company_id,
            receipt_id=receipt_id,
            customer_id=customers.pop(),
            currency=receipt.currency,
            amount_minor=receipt.amount_minor,
            received_on=receipt.value_on,
            invoices=[[copies[invoice_id].number, amount] for invoice_id, _, amount in paid],
            rates=[asdict(rate) for rate in rates],
            issued_on=on,
            issued_by_id=by.id,
        ),
        by,
    )


@verb("receivables.acknowledge-again", Role.RECEIVABLES)
def acknowledge_again(*, acknowledgement_id: int, on: date, because: str, by: Actor, at: datetime) -> int:
    """Issue an acknowledgement again, marked 再発行, with a number of its own and the link to the first."""
    told = Acknowledgement.objects.select_related("first").seen(acknowledgement_id, by)
    first = told.first or told
    ReceiptBalance.objects.locked(first.receipt_id, by)
    again = Acknowledgement(
        **{name: getattr(first, name) for name in (*REPEATED, "invoices", "rates")},
        first=first,
        because=because,
        issued_on=on,
        issued_by_id=by.id,
    )
    return _issue(again, by)


@verb("receivables.state-month", Role.RECEIVABLES)
def state_month(
    *,
    company_id: CompanyId,
    customer_id: CustomerId,
    currency: str,
    month: date,
    head: Letterhead,
    copies: Mapping[InvoiceId, InvoiceCopy],
    on: date,
    by: Actor,
    at: datetime,
) -> int:
    """State the month of a customer: due before, paid, carried, invoiced, tax, due now; return the statement's id.

    The taxes are those of the invoices, added up. Refuses a month that is not over, was stated, or holds nothing.
    """
    refuse_unseen(company_id, by)
    alone("receivables.state-month", customer_id)
    days = month_of(month)
    told = to_state(company_id, customer_id, currency, days)
    rules.refuse_stating(
        last_on=days.last_on, on=on, stated=told.last_number, stated_until=told.last_until, until=days.until
    )
    if not told.items and not told.previous_minor and not told.closing_minor:
        raise rules.NothingToState(customer=head.addressee)
    invoices = [copies[item] for item in told.items]
    rates = rules.by_rate(invoices)
    net, tax = sum(rate.net_minor for rate in rates), sum(rate.tax_minor for rate in rates)
    row = MonthlyStatement(
        **asdict(head),
        company_id=company_id,
        customer_id=customer_id,
        currency=currency,
        start=told.days.start,
        until=told.days.until,
        previous_minor=told.previous_minor,
        paid_minor=told.previous_minor + net + tax - told.closing_minor,
        net_minor=net,
        tax_minor=tax,
        total_minor=told.closing_minor,
        invoices=[[one.number, one.issued_on.isoformat(), one.net_minor, one.tax_minor] for one in invoices],
        rates=[asdict(rate) for rate in rates],
        issued_on=on,
        issued_by_id=by.id,
    )
    _numbered(row, STATEMENTS)
    paper = StatementPaper(
        head=head,
        number=row.number,
        issued_on=on,
        days=told.days,
        currency=currency,
        previous_minor=row.previous_minor,
        paid_minor=row.paid_minor,
        invoices=tuple(invoices),
        rates=rates,
        calendar=_calendar_of(row),
        seal=seal_on(CompanyId(row.company_id), row.issued_on),
    )
    return _kept(row, paper.as_pdf(), by)


def _paid_by(receipt_id: ReceiptId) -> list[tuple[InvoiceId, int, int]]:
    """Return what a receipt settles now, by invoice with its customer; what was taken back is not there."""
    rows = Allocation.objects.filter(receipt_id=receipt_id, item__isnull=False).order_by("item_id")
    sums = rows.values_list("item_id", "item__customer_id").annotate(paid=Sum("received_minor"))
    return [(InvoiceId(int(item)), customer, int(paid)) for item, customer, paid in sums if item and paid]


def _issue(row: Acknowledgement, by: Actor) -> int:
    _numbered(row, ACKNOWLEDGEMENTS)
    paper = AcknowledgementPaper(
        head=Letterhead(**{**{name: getattr(row, name) for name in HEAD}, "language": Language(row.language)}),
        number=row.number,
        issued_on=row.issued_on,
        received_on=row.received_on,
        amount=Money(row.amount_minor, row.currency),
        settled=tuple((number, Money(minor, row.currency)) for number, minor in row.invoices),
        rates=tuple(RateShare(**rate) for rate in row.rates),
        first=(row.first.number, row.first.issued_on) if row.first else None,
        calendar=_calendar_of(row),
        seal=seal_on(CompanyId(row.company_id), row.issued_on),
    )
    return _kept(row, paper.as_pdf(), by)


def _numbered(row: Acknowledgement | MonthlyStatement, series: tuple[str, str]) -> None:
    """Give the row its id and the next number of its series; the counter stays locked until the transaction ends."""
    kind, prefix = series
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [row._meta.db_table])
        (row.pk,) = cursor.fetchone() or (0,)
    company_id = CompanyId(row.company_id)
    row.number = take_number(company_id=company_id, kind=kind, prefix=prefix, on=row.issued_on, subject_id=row.pk)


def _kept(row: models.Model, content: bytes, by: Actor) -> int:
    """Keep the paper and write the row down."""
    told: Any = row
    name, company_id = f"{told.number}.pdf", CompanyId(told.company_id)
    told.file_id = FileId(
        store(
            content=signed(content, company_id), name=name, media_type="application/pdf", company_id=company_id, by=by
        )
    )
    row.save(force_insert=True)
    return int(row.pk)


def _calendar_of(row: Acknowledgement | MonthlyStatement) -> Calendar:
    return Calendar(SellingCompany.objects.values_list("calendar", flat=True).get(pk=row.company_id))
