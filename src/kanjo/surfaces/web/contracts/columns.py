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
    Column(labels.NUMBER, lambda row: Link(row.number, "contract", row.id)),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id)),
    Column(labels.OWNER, lambda row: row.owner),
    Column(CONCLUDED_ON, lambda row: row.concluded_on),
    Column(labels.STARTS_ON, lambda row: row.starts_on),
    Column(labels.UNTIL, lambda row: last_day(row.until)),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.total_minor, row.currency)),
    Column(labels.STATE, lambda row: row.state),
)
