"""The columns of orders."""

from __future__ import annotations

from kanjo.domains.orders.queries import OrderRow
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link

ORDERED_ON = Text(en="Ordered on", ja="注文日")
PO_NUMBER = Text(en="Customer's order number", ja="顧客注文番号")

ORDERS: tuple[Column[OrderRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.number, "order", row.id), order="number"),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
    Column(labels.CONTRACT, lambda row: Link(row.contract_number, "contract", row.contract_id), order="contract"),
    Column(ORDERED_ON, lambda row: row.ordered_on, order="ordered_on"),
    Column(PO_NUMBER, lambda row: row.po_number, order="po_number"),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.total_minor, row.currency), "total"),
)
