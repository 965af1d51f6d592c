"""Values of revenue that cross its border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kanjo.domains.catalog.facts import Recognition
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, OrderId, OrderLineId, RunId
from kanjo.foundation.periods import Period


@dataclass(frozen=True, slots=True)
class LineToRecognise:
    """One order line's promise: `total_minor` is the whole transaction price, without tax; a credit is negative.

    OVER_TIME needs the `service` period; AT_A_POINT waits for the delivery.
    """

    order_line_id: OrderLineId
    recognition: Recognition
    total_minor: int
    service: Period | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationsOpened(Fact):
    """The promises of an order stand, with their transaction price."""

    kind: ClassVar[str] = "revenue.obligations-opened"

    contract_id: ContractId
    order_id: OrderId
    currency: str
    price_minor: int
    lines: int

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNoted(Fact):
    """Control of what a line promises passed to the customer on the day (IFRS 15.38, ASBJ 29 para 40)."""

    kind: ClassVar[str] = "revenue.delivery-noted"

    order_line_id: OrderLineId

    @property
    def subject_id(self) -> int:
        """The order line."""
        return self.order_line_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueRecognised(Fact):
    """A run posted revenue: how many slices, and the net amount in minor units of one currency."""

    kind: ClassVar[str] = "revenue.recognised"

    run_id: RunId
    currency: str
    amount_minor: int
    slices: int

    @property
    def subject_id(self) -> int:
        """The run."""
        return self.run_id
