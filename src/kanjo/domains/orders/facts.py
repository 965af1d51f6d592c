"""Values of orders that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kanjo.domains.catalog.facts import ProductTerms
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, OrderId, OrderLineId, QuoteVersionId
from kanjo.foundation.periods import Period


@dataclass(frozen=True, slots=True)
class LineToBook:
    """One line as it was agreed.

    `list_minor` is the list price of one unit; `net_minor` is for the whole quantity: the amount of a one-time charge,
    or of one billing interval of a recurring one; `total_minor` is for the whole term.
    """

    terms: ProductTerms
    quantity: int
    list_minor: int
    net_minor: int
    total_minor: int
    service: Period | None


@dataclass(frozen=True, slots=True)
class BookedLine(LineToBook):
    """A line as it stands on an order; `position` counts from 1."""

    order_line_id: OrderLineId
    position: int

    @property
    def as_agreed(self) -> LineToBook:
        """The line as it was given to be booked."""
        return LineToBook(self.terms, self.quantity, self.list_minor, self.net_minor, self.total_minor, self.service)


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """An order with its lines in their order."""

    order_id: OrderId
    number: str
    lines: tuple[BookedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBooked(Fact):
    """An order was taken up."""

    kind: ClassVar[str] = "orders.booked"

    order_id: OrderId
    number: str
    contract_id: ContractId
    customer_id: CustomerId
    payer_id: CustomerId
    quote_version_id: QuoteVersionId
    currency: str
    total_minor: int

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryAccepted(Fact):
    """The customer accepted what a line delivered; `accepted_on` is the day of acceptance (検収日)."""

    kind: ClassVar[str] = "orders.delivery-accepted"

    order_line_id: OrderLineId
    order_id: OrderId
    accepted_on: date

    @property
    def subject_id(self) -> int:
        """The order line."""
        return self.order_line_id
