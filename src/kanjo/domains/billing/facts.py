"""Values of billing that cross its border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, TaxClass
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, FileId, InvoiceId, OrderId, OrderLineId, PlanId
from kanjo.foundation.money import Money, Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class LineToBill:
    """An order line as billing needs it.

    `net_minor` is the price of one interval of a recurring charge, or the whole of a one-time one, for the quantity.
    `due_from` is the first day anything may be billed. `order_line_id` may be any number where nothing is stored
    (a preview on a quote). Periods are counted from `anchor_on`, by default the service start: a line that joins
    others takes their anchor, and its first period is prorated.
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


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an amount came about: days *day_from* to *day_until* of *period_days*, of *price*, rounded half up.

    The amount is the price through `day_until` less the price through `day_from`, each rounded once; so the parts of
    a period always add up to its price. `holds` says whether the amount follows from the facts.
    """

    price: Money
    day_from: int
    day_until: int
    period_days: int
    amount: Money

    @property
    def fraction(self) -> Fraction:
        """The share of the whole period, exact."""
        return Fraction(self.day_until - self.day_from, self.period_days)

    @property
    def holds(self) -> bool:
        """Whether the amount follows from the price and the days."""
        through = [
            divide(self.price.minor * days, self.period_days, Rounding.HALF_UP)
            for days in (self.day_from, self.day_until)
        ]
        return self.amount.minor == through[1] - through[0]

    @property
    def sentence(self) -> Text:
        """The derivation in words."""
        if self.day_until - self.day_from == self.period_days:
            return Text(en="The price of one whole period.", ja="1期間分の金額です。")
        return Text(
            en="{days} of {period} days of {price}, rounded half up: {amount}.",
            ja="{price} を期間 {period} 日のうち {days} 日分で日割り（四捨五入）し、{amount} としました。",
        ).filled(
            days=self.day_until - self.day_from,
            period=self.period_days,
            price=_shown(self.price),
            amount=_shown(self.amount),
        )


def _shown(money: Money) -> Text:
    return Text(en=money.shown("en"), ja=money.shown("ja"))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlanned(Fact):
    """The lines of an order will be billed from now on."""

    kind: ClassVar[str] = "billing.order-planned"

    order_id: OrderId
    contract_id: ContractId
    customer_id: CustomerId
    payer_id: CustomerId
    plan_ids: tuple[PlanId, ...]

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Fact):
    """An invoice, or with `original_id` a credit note with negative amounts, was issued."""

    kind: ClassVar[str] = "billing.invoice-issued"

    invoice_id: InvoiceId
    number: str
    customer_id: CustomerId
    payer_id: CustomerId
    order_id: OrderId
    original_id: InvoiceId | None
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    issued_on: date
    due_on: date

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSent(Fact):
    """The paper of an invoice was sent to its payer."""

    kind: ClassVar[str] = "billing.invoice-sent"

    invoice_id: InvoiceId
    file_id: FileId

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id
