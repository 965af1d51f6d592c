"""The columns of performance obligations."""

from __future__ import annotations

from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.reports.promised import PromisedRow
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link

PRICE = Text(en="Transaction price", ja="取引価格")
RECOGNISED = Text(en="Recognised", ja="認識済み")
TO_COME = Text(en="To come", ja="未認識")

PROMISED = Text(en="What is promised", ja="約束の内容")
LINE = Text(en="Order line", ja="注文明細")


def _money(row: PromisedRow, minor: int) -> Money:
    return Money(minor, row.obligation.currency)


def _left(row: PromisedRow) -> int:
    return row.obligation.price_minor + row.obligation.usage_minor - row.obligation.recognised_minor


OBLIGATIONS: tuple[Column[PromisedRow], ...] = (
    Column(LINE, lambda row: Link(row.number, "obligation", row.obligation.id), order="number"),
    Column(PROMISED, lambda row: row.name),
    Column(
        labels.CUSTOMER,
        lambda row: Link(row.obligation.customer, "customer", row.obligation.customer_id),
        order="customer",
        extra=True,
    ),
    Column(labels.RECOGNITION, lambda row: row.obligation.method.shown, order="method", extra=True),
    Column(RECOGNISED, lambda row: _money(row, row.obligation.recognised_minor), number=True, extra=True),
    Column(
        TO_COME,
        lambda row: _money(row, _left(row)),
        number=True,
        extra=True,
    ),
    amount(PRICE, lambda row: _money(row, row.obligation.price_minor), "price"),
)
