"""The columns of performance obligations."""

from __future__ import annotations

from kanjo.domains.revenue.queries import ObligationRow
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link

PRICE = Text(en="Transaction price", ja="取引価格")
RECOGNISED = Text(en="Recognised", ja="認識済み")
TO_COME = Text(en="To come", ja="未認識")

OBLIGATIONS: tuple[Column[ObligationRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(f"#{row.id}", "obligation", row.id), order="number"),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
    Column(labels.RECOGNITION, lambda row: row.method.shown, order="method"),
    amount(PRICE, lambda row: Money(row.price_minor, row.currency), "price"),
    amount(RECOGNISED, lambda row: Money(row.recognised_minor, row.currency)),
    amount(TO_COME, lambda row: Money(row.price_minor - row.recognised_minor, row.currency)),
)
