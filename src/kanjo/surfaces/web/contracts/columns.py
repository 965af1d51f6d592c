"""The columns of contracts."""

from __future__ import annotations

from kanjo.domains.contracts.queries import ContractRow
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Link

CONCLUDED_ON = Text(en="Concluded on", ja="締結日")

CONTRACTS: tuple[Column[ContractRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.number, "contract", row.id), order="number"),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
    Column(labels.OWNER, lambda row: row.owner, order="owner"),
    Column(CONCLUDED_ON, lambda row: row.concluded_on, order="concluded_on"),
    Column(labels.STARTS_ON, lambda row: row.starts_on, order="starts_on"),
    Column(labels.UNTIL, lambda row: last_day(row.until), order="until"),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.total_minor, row.currency), "total"),
    Column(labels.STATE, lambda row: row.state, order="state"),
)
