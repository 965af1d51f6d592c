"""Values of the catalog that cross its border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kanjo.foundation.ids import CompanyId, PriceId, ProductId
from kanjo.foundation.intervals import Interval
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text


class ChargeKind(StrEnum):
    """How often a product is charged."""

    ONE_TIME = "one_time"
    RECURRING = "recurring"

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _NAMES[self]


class BillingTiming(StrEnum):
    """When a charge becomes due for billing."""

    IN_ADVANCE = "in_advance"
    """At the start of the service period (or on the order day for a one-time charge)."""
    IN_ARREARS = "in_arrears"
    """At the end of the service period."""
    ON_ACCEPTANCE = "on_acceptance"
    """On the day the customer accepts the delivery (検収)."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _NAMES[self]


class Recognition(StrEnum):
    """How revenue follows the transfer of control (IFRS 15.31-45, ASBJ 29 paras 35-45)."""

    AT_A_POINT = "at_a_point"
    OVER_TIME = "over_time"

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _NAMES[self]


class TaxClass(StrEnum):
    """Consumption tax class of a supply."""

    STANDARD = "standard"
    REDUCED = "reduced"
    EXPORT = "export"
    EXEMPT = "exempt"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _NAMES[self]


_NAMES: dict[StrEnum, Text] = {
    ChargeKind.ONE_TIME: Text(en="one-time", ja="一括"),
    ChargeKind.RECURRING: Text(en="recurring", ja="継続課金"),
    BillingTiming.IN_ADVANCE: Text(en="in advance", ja="前払い"),
    BillingTiming.IN_ARREARS: Text(en="in arrears", ja="後払い"),
    BillingTiming.ON_ACCEPTANCE: Text(en="on acceptance", ja="検収時"),
    Recognition.AT_A_POINT: Text(en="at a point in time", ja="一時点で認識"),
    Recognition.OVER_TIME: Text(en="over time", ja="一定期間で認識"),
    TaxClass.STANDARD: Text(en="standard rate", ja="標準税率"),
    TaxClass.REDUCED: Text(en="reduced rate", ja="軽減税率"),
    TaxClass.EXPORT: Text(en="export exempt", ja="輸出免税"),
    TaxClass.EXEMPT: Text(en="exempt", ja="非課税"),
    TaxClass.OUT_OF_SCOPE: Text(en="out of scope", ja="不課税"),
}


@dataclass(frozen=True, slots=True)
class ProductTerms:
    """A product as sold: copied onto quote and order lines, so that later changes of the catalog move nothing.

    A recurring product is billed every `interval_months` (1, 3, 12 ...) or every `interval_days` (1, 7, 14 ...); the
    other is 0, and of a one-time product both are.
    `license_metric` names what a license counts (`user`, `core`, `device` ...); empty when nothing is granted.
    """

    product_id: ProductId
    code: str
    name: Text
    charge: ChargeKind
    timing: BillingTiming
    interval_months: int
    recognition: Recognition
    tax_class: TaxClass
    license_metric: str
    interval_days: int = 0

    @property
    def interval(self) -> Interval:
        """How long one period of a recurring charge is."""
        return Interval(self.interval_months, self.interval_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """A product as it is given; the terms mean what they mean in `ProductTerms`."""

    code: str
    name: Text
    family: str
    charge: ChargeKind
    timing: BillingTiming
    interval_months: int
    recognition: Recognition
    tax_class: TaxClass
    license_metric: str = ""
    external_key: str = ""
    interval_days: int = 0

    @property
    def interval(self) -> Interval:
        """How long one period of a recurring charge is."""
        return Interval(self.interval_months, self.interval_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product as it is listed: its terms, its company and family, its list prices in force, the day it ends."""

    terms: ProductTerms
    company_id: CompanyId
    family: str
    sold_until: date | None
    prices: tuple[Money, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """A list price as it was set: superseded by a later day, or by a later record of the same day."""

    price_id: PriceId
    amount: Money
    effective_on: date
    recorded_at: datetime
