"""Reads of acknowledgements and monthly statements, and of what a statement would say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kanjo.domains.customers.queries import name_of
from kanjo.domains.receivables.facts import RateShare
from kanjo.domains.receivables.models import Acknowledgement, Allocation, MonthlyStatement, OpenItem
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, FileId, InvoiceId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tallies import Tally, added_up

ACKNOWLEDGED: Orders = {"number": "number", "issued_on": "issued_on", "amount": "amount_minor"}
STATED: Orders = {"number": "number", "until": "until", "total": "total_minor"}


@dataclass(frozen=True, slots=True)
class AcknowledgementRow:
    """An acknowledgement as it is shown; one issued again has a `first_id`."""

    id: int
    company_id: CompanyId
    number: str
    receipt_id: ReceiptId
    customer_id: CustomerId
    customer: str
    issued_on: date
    received_on: date
    amount: Money
    first_id: int | None
    first_number: str
    because: str
    file_id: FileId
    issued_by: str
    recorded_at: datetime
    settled: tuple[tuple[str, int], ...]
    rates: tuple[RateShare, ...]


@dataclass(frozen=True, slots=True)
class StatedInvoice:
    """An invoice or credit note as a statement lists it."""

    number: str
    issued_on: date
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A monthly statement as it is shown."""

    id: int
    company_id: CompanyId
    number: str
    customer_id: CustomerId
    customer: str
    days: Period
    issued_on: date
    previous: Money
    paid: Money
    net: Money
    tax: Money
    total: Money
    file_id: FileId
    issued_by: str
    recorded_at: datetime
    invoices: tuple[StatedInvoice, ...]
    rates: tuple[RateShare, ...]

    @property
    def carried(self) -> Money:
        """What of the previous amount is still owed."""
        return self.previous - self.paid


@dataclass(frozen=True, slots=True)
class ToState:
    """What a statement says: its days, what was owed before, what is owed at the end, and what was invoiced."""

    days: Period
    previous_minor: int
    closing_minor: int
    items: tuple[InvoiceId, ...]
    last_number: str
    last_until: date | None


def list_acknowledgements(
    actor: Actor, *, receipt_id: ReceiptId | None = None, order: str = "", limit: int = 100, at: str = ""
) -> Page[AcknowledgementRow]:
    """Return acknowledgements, newest first."""
    rows = Acknowledgement.objects.visible_to(actor)
    rows = rows if receipt_id is None else rows.filter(receipt_id=receipt_id)
    keys = sorted_by(Acknowledgement, order, ACKNOWLEDGED, "-issued_on", "-id")
    return paged(rows, keys, at, limit, lambda page: [_acknowledgement(row) for row in _told(page, "first")])


def count_acknowledgements(actor: Actor) -> Tally:
    """Return how many acknowledgements there are."""
    return added_up(Acknowledgement.objects.visible_to(actor), ACKNOWLEDGED, "amount")


def get_acknowledgement(actor: Actor, key: int) -> AcknowledgementRow:
    """Return an acknowledgement, or refuse with `NotFound`."""
    return _acknowledgement(_told(Acknowledgement.objects.all(), "first").seen(key, actor))


def list_statements(
    actor: Actor, *, customer_id: CustomerId | None = None, order: str = "", limit: int = 100, at: str = ""
) -> Page[StatementRow]:
    """Return monthly statements, latest month first."""
    rows = MonthlyStatement.objects.visible_to(actor)
    rows = rows if customer_id is None else rows.filter(customer_id=customer_id)
    keys = sorted_by(MonthlyStatement, order, STATED, "-until", "-id")
    return paged(rows, keys, at, limit, lambda page: [_statement(row) for row in _told(page)])


def count_statements(actor: Actor) -> Tally:
    """Return how many monthly statements there are."""
    return added_up(MonthlyStatement.objects.visible_to(actor), STATED, "total")


def get_statement(actor: Actor, key: int) -> StatementRow:
    """Return a monthly statement, or refuse with `NotFound`."""
    return _statement(_told(MonthlyStatement.objects.all()).seen(key, actor))


def is_paper(actor: Actor, file_id: FileId) -> bool:
    """Return whether the file is an acknowledgement or a statement of one of the actor's companies."""
    return any(
        model.objects.visible_to(actor).filter(file_id=file_id).exists()
        for model in (Acknowledgement, MonthlyStatement)
    )


def to_state(company_id: CompanyId, customer_id: CustomerId, currency: str, month: Period) -> ToState:
    """Return what the statement of a month would say; it begins where the last one ended, or with the month.

    What is owed before is what the last statement asked for. What was invoiced later for days that are stated stands
    on the next statement.
    """
    mine = {"company_id": company_id, "customer_id": customer_id, "currency": currency}
    last = MonthlyStatement.objects.filter(**mine).order_by("until").last()
    start = last.until if last else month.start
    items = OpenItem.objects.filter(**mine, issued_on__lt=month.until)
    new = Q(issued_on__gte=start) | (Q(recorded_at__gt=last.recorded_at) if last else Q(pk__in=()))
    return ToState(
        days=Period(start, month.until) if start < month.until else month,
        previous_minor=last.total_minor if last else _owed(mine, start),
        closing_minor=_owed(mine, month.until),
        items=tuple(map(InvoiceId, items.filter(new).order_by("issued_on", "id").values_list("pk", flat=True))),
        last_number=last.number if last else "",
        last_until=last.until if last else None,
    )


def _owed(mine: dict[str, Any], until: date) -> int:
    """Return what was owed at the end of the day before *until*."""
    invoiced = OpenItem.objects.filter(**mine, issued_on__lt=until).aggregate(all=Sum("amount_minor"))["all"]
    of = {f"item__{name}": value for name, value in mine.items()}
    settled = Allocation.objects.filter(**of, item__issued_on__lt=until, effective_on__lt=until)
    return int(invoiced or 0) - int(settled.aggregate(all=Sum("amount_minor"))["all"] or 0)


def _told(rows: QuerySet[Any], *also: str) -> Any:
    return rows.select_related("customer", "issued_by", *also)


def _acknowledgement(row: Acknowledgement) -> AcknowledgementRow:
    return AcknowledgementRow(
        id=row.pk,
        company_id=CompanyId(row.company_id),
        number=row.number,
        receipt_id=ReceiptId(row.receipt_id),
        customer_id=CustomerId(row.customer_id),
        customer=name_of(row.customer),
        issued_on=row.issued_on,
        received_on=row.received_on,
        amount=Money(row.amount_minor, row.currency),
        first_id=row.first_id,
        first_number=row.first.number if row.first else "",
        because=row.because,
        file_id=FileId(row.file_id),
        issued_by=row.issued_by.name,
        recorded_at=row.recorded_at,
        settled=tuple((number, minor) for number, minor in row.invoices),
        rates=tuple(RateShare(**rate) for rate in row.rates),
    )


def _statement(row: MonthlyStatement) -> StatementRow:
    currency = row.currency
    return StatementRow(
        id=row.pk,
        company_id=CompanyId(row.company_id),
        number=row.number,
        customer_id=CustomerId(row.customer_id),
        customer=name_of(row.customer),
        days=Period(row.start, row.until),
        issued_on=row.issued_on,
        previous=Money(row.previous_minor, currency),
        paid=Money(row.paid_minor, currency),
        net=Money(row.net_minor, currency),
        tax=Money(row.tax_minor, currency),
        total=Money(row.total_minor, currency),
        file_id=FileId(row.file_id),
        issued_by=row.issued_by.name,
        recorded_at=row.recorded_at,
        invoices=tuple(
            StatedInvoice(number, date.fromisoformat(issued_on), Money(net, currency), Money(tax, currency))
            for number, issued_on, net, tax in row.invoices
        ),
        rates=tuple(RateShare(**rate) for rate in row.rates),
    )
