"""Lines as billing needs them, their parts, and what is to come of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, TaxClass, UsageTerms
from kanjo.foundation.ids import (
    AmendmentId,
    OrderLineId,
    PlanId,
)
from kanjo.foundation.intervals import Interval
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


class PlanCharge(StrEnum):
    """How a plan is charged: as its line is (`ChargeKind`), or beside that by what is used of it."""

    ONE_TIME = ChargeKind.ONE_TIME.value
    RECURRING = ChargeKind.RECURRING.value
    USAGE = "usage"

    @property
    def shown(self) -> Text:
        """The charge as people read it."""
        return _USAGE if self is PlanCharge.USAGE else ChargeKind(self.value).shown


_USAGE = Text(en="usage", ja="従量課金")


@dataclass(frozen=True, slots=True)
class PartOf:
    """The line that another was parted from, from which day on, and by which amendment, once that is written down."""

    order_line_id: OrderLineId
    effective_on: date
    amendment_id: AmendmentId | None = None


@dataclass(frozen=True, slots=True)
class LineToBill:
    """An order line as billing needs it.

    `net_minor` is the price of one interval of a recurring charge, or the whole of a one-time one, for the quantity.
    `due_from` is the first day anything may be billed. `order_line_id` may be any number where nothing is stored
    (a preview on a quote). Periods are counted from `anchor_on`, by default the service start: a line that joins
    others takes their anchor, and its first period is prorated. What is used of it is charged by `usage` beside it; in
    a preview `expected_units` are taken as used in each period. `swapped` says that it takes the place of a line that
    ends with it. `part_of` says that it was a part of another line until then: it is charged as that one is, and both
    together cost what that one cost.
    """

    order_line_id: OrderLineId
    description: Text
    charge: ChargeKind
    timing: BillingTiming
    interval_months: int
    net_minor: int
    tax_class: TaxClass
    service: Period | None
    quantity: int
    due_from: date
    anchor_on: date | None = None
    interval_days: int = 0
    usage: UsageTerms | None = None
    expected_units: int = 0
    swapped: bool = False
    part_of: PartOf | None = None
    above_minor: int = 0

    @property
    def interval(self) -> Interval:
        """How long one period of a recurring charge is."""
        return Interval(self.interval_months, self.interval_days)


class GroupKey(StrEnum):
    """What keeps lines of one payer on different invoices.

    Payer, ordering customer, currency and payment terms always do.
    """

    CONTRACT = "contract"
    ORDER = "order"
    PO_NUMBER = "po_number"
    TAG = "tag"
    """A word of the house's own on the contract."""
    LINE = "line"

    @property
    def shown(self) -> Text:
        """The key as people read it."""
        return _GROUP_KEYS[self]


_GROUP_KEYS = {
    GroupKey.CONTRACT: Text(en="Per contract", ja="契約ごと"),
    GroupKey.ORDER: Text(en="Per order", ja="注文ごと"),
    GroupKey.PO_NUMBER: Text(en="Per purchase order number", ja="注文番号ごと"),
    GroupKey.TAG: Text(en="Per tag", ja="タグごと"),
    GroupKey.LINE: Text(en="Per line", ja="明細ごと"),
}


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a one-time charge: billed on its day, or when its *milestone* is reached; exactly one of the two."""

    net_minor: int
    bill_on: date | None = None
    milestone: Text | None = None


@dataclass(frozen=True, slots=True)
class ChargeToCome:
    """A charge as it will be billed: when, for which days, how much before tax."""

    order_line_id: OrderLineId
    bill_on: date
    service: Period
    net_minor: int
    day_from: int
    day_until: int
    period_days: int
    plan_id: PlanId | None = field(default=None, compare=False)
    """Which plan of the line: itself, an instalment or its usage; a number below zero where nothing is planned yet."""
    usage: bool = False
    """Whether it is what the usage of the line costs."""
