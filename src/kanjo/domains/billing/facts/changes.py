"""What is told of planned lines: changes, holds, and what they would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kanjo.domains.billing.facts.plans import ChargeToCome
from kanjo.foundation.ids import (
    AmendmentId,
    ContractId,
    CustomerId,
    OrderId,
    OrderLineId,
)
from kanjo.foundation.money import Money
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Text


class HoldCondition(StrEnum):
    """What a hold waits for."""

    PO_NUMBER = "po_number"
    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    REVENUE = "revenue"
    """Revenue accounting has to decide first."""
    OTHER = "other"

    @property
    def shown(self) -> Text:
        """The condition as people read it."""
        return _CONDITIONS[self]


_CONDITIONS = {
    HoldCondition.PO_NUMBER: Text(en="Purchase order number missing", ja="注文番号待ち"),
    HoldCondition.ACCEPTANCE: Text(en="Acceptance by the customer", ja="顧客の検収待ち"),
    HoldCondition.APPROVAL: Text(en="Approval", ja="承認待ち"),
    HoldCondition.REVENUE: Text(en="Decision of revenue accounting", ja="収益認識の判断待ち"),
    HoldCondition.OTHER: Text(en="Other", ja="その他"),
}


@dataclass(frozen=True, slots=True)
class LineChange:
    """From *effective_on* on, a line costs *net_minor* an interval and counts *quantity* units more, or less.

    With an anchor its periods are counted from there on that day on. `parted` says that they go to another line, or
    come from one: nothing becomes cheaper or dearer.
    """

    order_line_id: OrderLineId
    effective_on: date
    net_minor: int
    quantity: int
    anchor_on: date | None = None
    parted: bool = False


@dataclass(frozen=True, slots=True)
class LineAway:
    """Days of a line without service: a suspension, open without *until*, or the end *for_good*."""

    order_line_id: OrderLineId
    start: date
    until: date | None
    for_good: bool


@dataclass(frozen=True, slots=True)
class ContractChange:
    """What becomes different in a contract: facts about its lines, and amendments that are taken back."""

    changes: tuple[LineChange, ...] = ()
    away: tuple[LineAway, ...] = ()
    withdraws: tuple[AmendmentId, ...] = ()

    @property
    def lines(self) -> tuple[OrderLineId, ...]:
        """The lines that anything is told of, each once."""
        changed = [one.order_line_id for one in self.changes]
        return tuple(dict.fromkeys([*changed, *(one.order_line_id for one in self.away)]))


@dataclass(frozen=True, slots=True)
class Held:
    """What is not invoiced for the time being: exactly one of a payer, a contract, an order or a line of one."""

    payer_id: CustomerId | None = None
    contract_id: ContractId | None = None
    order_id: OrderId | None = None
    order_line_id: OrderLineId | None = None


@dataclass(frozen=True, slots=True)
class InvoiceToCome:
    """An invoice as it will be issued: its day, payer, charges and what it comes to, negative for a credit note."""

    issued_on: date
    due_on: date
    charges: tuple[ChargeToCome, ...]
    net: Money
    tax: Money
    payer_id: CustomerId
    payer_name: str
    department: str
    attention: Personal

    @property
    def total(self) -> Money:
        """What the payer will owe."""
        return Money(self.net.minor + self.tax.minor, self.net.currency)


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do: per line over the whole term, the credit, the charge, and every invoice to come.

    *credit* is given back of what was billed (negative), *charge* the rest of the difference; together *net*.
    """

    totals: Mapping[OrderLineId, int]
    credit: Money
    charge: Money
    invoices: tuple[InvoiceToCome, ...]

    @property
    def net(self) -> Money:
        """What the contract's value changes by."""
        return Money(self.credit.minor + self.charge.minor, self.credit.currency)
