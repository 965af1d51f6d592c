"""Values of licenses that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, GrantId, OrderId, OrderLineId, ProductId
from kanjo.foundation.periods import Period


@dataclass(frozen=True, slots=True)
class LineToGrant:
    """An order line that may grant the right to use something.

    `metric` names what a license counts and is empty where nothing is granted; `valid` is None for a perpetual right.
    """

    order_line_id: OrderLineId
    product_id: ProductId
    metric: str
    quantity: int
    valid: Period | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensesGranted(Fact):
    """An order gave its customer the right to use what was ordered."""

    kind: ClassVar[str] = "licenses.granted"

    order_id: OrderId
    contract_id: ContractId
    customer_id: CustomerId
    grant_ids: tuple[GrantId, ...]

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id
