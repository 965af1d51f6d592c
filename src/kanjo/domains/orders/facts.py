"""Values of orders that cross their border."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from kanjo.domains.catalog.facts import ProductTerms
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import AmendmentId, ContractId, CustomerId, OrderId, OrderLineId, QuoteVersionId
from kanjo.foundation.periods import Period


@dataclass(frozen=True, slots=True)
class LineToBook:
    """One line as it was agreed.

    `list_minor` is the list price of one unit; `net_minor` is for the whole quantity: the amount of a one-time charge,
    or of one billing interval of a recurring one; `total_minor` is for the whole term. A line that `changes` one booked
    before says by how much it changes, and may be negative; `ends` tells that the other is over from then on. A
    line that is `part_of` another was some units of it until then, and is accepted where that one was.
    """

    terms: ProductTerms
    quantity: int
    list_minor: int
    net_minor: int
    total_minor: int
    service: Period | None
    changes: OrderLineId | None = field(default=None, kw_only=True)
    ends: bool = field(default=False, kw_only=True)
    part_of: OrderLineId | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class LineToChange:
    """A line booked before, and what it comes to more or less over its term, as billing computed it.

    From the first day of `service` on there is so much more or less of it, or it `ends`; in the days `away` it is not
    served. Without any of these, what is booked follows from what was withdrawn; where nothing does, the total is
    earned in the days of `service`.
    """

    order_line_id: OrderLineId
    service: Period
    total_minor: int
    quantity: int = 0
    net_minor: int = 0
    ends: bool = False
    away: Period | None = None

    @property
    def moves(self) -> bool:
        """Whether the line itself is changed, not only what was withdrawn."""
        return self.ends or (self.quantity, self.net_minor) != (0, 0)


@dataclass(frozen=True, slots=True)
class BookedLine(LineToBook):
    """A line as it stands on an order; `position` counts from 1."""

    order_line_id: OrderLineId
    position: int

    @property
    def as_agreed(self) -> LineToBook:
        """The line as it was given to be booked."""
        agreed = (self.terms, self.quantity, self.list_minor, self.net_minor, self.total_minor, self.service)
        return LineToBook(*agreed, changes=self.changes, ends=self.ends, part_of=self.part_of)


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line as first ordered, and what its amendments have made of it on a day.

    `served` are the days from the first to the last on which anything of it stands, None where nothing does.
    """

    line: BookedLine
    quantity: int
    net_minor: int
    served: Period | None


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """An order with its lines in their order."""

    order_id: OrderId
    number: str
    lines: tuple[BookedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBooked(Fact):
    """An order was taken up, as agreed by a version of a quote or by an amendment of the contract."""

    kind: ClassVar[str] = "orders.booked"

    order_id: OrderId
    number: str
    contract_id: ContractId
    customer_id: CustomerId
    payer_id: CustomerId
    quote_version_id: QuoteVersionId | None
    currency: str
    total_minor: int
    amendment_id: AmendmentId | None = None

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PoNumberNoted(Fact):
    """The customer gave an order its number (注文番号), or another one."""

    kind: ClassVar[str] = "orders.po-number-noted"

    order_id: OrderId
    contract_id: ContractId
    number: str
    before: str
    po_number: str

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
