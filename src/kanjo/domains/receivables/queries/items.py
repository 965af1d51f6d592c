"""Reads of open items and of what settled them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from kanjo.domains.customers.queries import customers_found, name_of
from kanjo.domains.receivables.facts import AllocationKind, Confidence, MatchRule
from kanjo.domains.receivables.models import Allocation, OpenItem
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CustomerId, InvoiceId, ReceiptId
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, is_amount, is_numbered, is_one_of
from kanjo.platform.tallies import Tally, added_up

ORDERS: Orders = {
    "number": "number",
    "customer": "customer__name",
    "issued_on": "issued_on",
    "due_on": "due_on",
    "total": "amount_minor",
    "open": "balance__open_minor",
}


@dataclass(frozen=True, slots=True)
class OpenItemRow:
    """An open item as it is shown; its id is the invoice's."""

    id: InvoiceId
    customer_id: CustomerId
    customer: str
    number: str
    currency: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """What settled what: `amount_minor` of an item, `received_minor` of a receipt, by which rule and how sure."""

    id: int
    kind: AllocationKind
    item_id: InvoiceId | None
    number: str
    receipt_id: ReceiptId | None
    reference: str
    amount_minor: int
    received_minor: int
    rule: MatchRule
    confidence: Confidence
    effective_on: date
    recorded_at: datetime
    made_by: str
    because: str
    reverses_id: int | None


def list_open_items(
    actor: Actor,
    *,
    customer_id: CustomerId | None = None,
    text: str = "",
    most: int | None = None,
    due_before: date | None = None,
    settled: bool = False,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[OpenItemRow]:
    """Return items, nearest due day first: the open ones, or with `settled` all of them.

    *text* finds them by number, amount or customer; with *most* no more of each are looked for.
    """
    items = _found(_items(actor, customer_id, due_before, settled=settled), text, most)
    return paged(items, sorted_by(OpenItem, order, ORDERS, "due_on", "id"), at, limit, _item_rows)


def count_open_items(
    actor: Actor,
    *,
    customer_id: CustomerId | None = None,
    text: str = "",
    due_before: date | None = None,
    settled: bool = False,
) -> Tally:
    """Return how many items `list_open_items` has."""
    return added_up(_found(_items(actor, customer_id, due_before, settled=settled), text), ORDERS, "total", "open")


def list_set_off_against(actor: Actor, item: OpenItemRow, *, limit: int) -> list[OpenItemRow]:
    """Return what is open of the customer and currency of an item and cancels it out, nearest due day first."""
    opposite = Q(balance__open_minor__lt=0) if item.open_minor > 0 else Q(balance__open_minor__gt=0)
    items = _items(actor, item.customer_id, None, settled=False).filter(opposite, currency=item.currency)
    return _item_rows(items.order_by("due_on", "id")[:limit])


def get_open_item(actor: Actor, item_id: InvoiceId) -> OpenItemRow:
    """Return one item, or refuse with `NotFound`."""
    return _item_row(OpenItem.objects.select_related("balance", "customer").seen(item_id, actor))


def list_allocations(
    actor: Actor, *, item_id: InvoiceId | None = None, receipt_id: ReceiptId | None = None, limit: int = 100
) -> list[AllocationRow]:
    """Return what was allocated to an item or of a receipt, oldest first."""
    rows = Allocation.objects.visible_to(actor).select_related("matching__made_by", "item", "receipt")
    if item_id is not None:
        rows = rows.filter(item_id=item_id)
    if receipt_id is not None:
        rows = rows.filter(receipt_id=receipt_id)
    return [_allocation_row(row) for row in rows.order_by("id")[:limit]]


def get_allocation(actor: Actor, allocation_id: int) -> AllocationRow:
    """Return one allocation, or refuse with `NotFound`."""
    rows = Allocation.objects.select_related("matching__made_by", "item", "receipt")
    return _allocation_row(rows.seen(allocation_id, actor))


def _items(
    actor: Actor, customer_id: CustomerId | None, due_before: date | None, *, settled: bool
) -> QuerySet[OpenItem]:
    items = OpenItem.objects.visible_to(actor)
    if not settled:
        items = items.filter(~Q(balance__open_minor=0))
    if customer_id is not None:
        items = items.filter(customer_id=customer_id)
    if due_before is not None:
        items = items.filter(due_on__lt=due_before)
    return items


def _found(items: QuerySet[OpenItem], text: str, most: int | None = None) -> QuerySet[OpenItem]:
    if not text.strip():
        return items
    conditions = (
        is_numbered(text, "number", within=most is None),
        is_amount(text, "amount_minor", "currency"),
        is_one_of("customer_id", customers_found(text, most)),
    )
    return any_of(items, conditions, most)


def _item_rows(items: QuerySet[OpenItem]) -> list[OpenItemRow]:
    return [_item_row(item) for item in items.select_related("balance", "customer")]


def _item_row(item: OpenItem) -> OpenItemRow:
    return OpenItemRow(
        id=InvoiceId(item.pk),
        customer_id=CustomerId(item.customer_id),
        customer=name_of(item.customer),
        number=item.number,
        currency=item.currency,
        amount_minor=item.amount_minor,
        open_minor=item.balance.open_minor,
        issued_on=item.issued_on,
        due_on=item.due_on,
    )


def _allocation_row(row: Allocation) -> AllocationRow:
    return AllocationRow(
        id=row.pk,
        kind=AllocationKind(row.kind),
        item_id=InvoiceId(row.item_id) if row.item_id is not None else None,
        number=row.item.number if row.item else "",
        receipt_id=ReceiptId(row.receipt_id) if row.receipt_id is not None else None,
        reference=row.receipt.reference if row.receipt else "",
        amount_minor=row.amount_minor,
        received_minor=row.received_minor,
        rule=MatchRule(row.rule),
        confidence=Confidence(row.confidence),
        effective_on=row.effective_on,
        recorded_at=row.recorded_at,
        made_by=row.matching.made_by.name,
        because=row.matching.because,
        reverses_id=row.reverses_id,
    )
