"""Values of the catalog that cross its border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kanjo.foundation.ids import CompanyId, PriceId, ProductId
from kanjo.foundation.intervals import Interval
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language, Text


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


class UsageModel(StrEnum):
    """How the units used in a period are priced."""

    PER_UNIT = "per_unit"
    """Every unit at one price."""
    GRADUATED = "graduated"
    """Each unit at the price of the tier it falls in."""
    VOLUME = "volume"
    """All units at the price of the tier that the last of them reaches."""
    PACKAGE = "package"
    """By packages; one that is begun costs what a full one does."""

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
    UsageModel.PER_UNIT: Text(en="per unit", ja="単一単価"),
    UsageModel.GRADUATED: Text(en="graduated tiers", ja="段階別単価（超過分ごと）"),
    UsageModel.VOLUME: Text(en="by volume", ja="スラブ単価（全量一律）"),
    UsageModel.PACKAGE: Text(en="by package", ja="パッケージ単位"),
    TaxClass.STANDARD: Text(en="standard rate", ja="標準税率"),
    TaxClass.REDUCED: Text(en="reduced rate", ja="軽減税率"),
    TaxClass.EXPORT: Text(en="export exempt", ja="輸出免税"),
    TaxClass.EXEMPT: Text(en="exempt", ja="非課税"),
    TaxClass.OUT_OF_SCOPE: Text(en="out of scope", ja="不課税"),
}


@dataclass(frozen=True, slots=True)
class UsageTier:
    """The units after *from_units*, up to the next tier's: a price for so many units, and what the tier costs once."""

    from_units: int
    price_minor: int
    per_units: int = 1
    flat_minor: int = 0


@dataclass(frozen=True, slots=True)
class UsageTerms:
    """How the usage of a product or an order line is priced, and what it is called.

    `commitment_minor`, `prepaid_units` and `prepaid_minor` are of the whole term, the others of each period.
    """

    model: UsageModel
    unit: Text
    tiers: tuple[UsageTier, ...]
    included_units: int = 0
    minimum_minor: int = 0
    commitment_minor: int = 0
    prepaid_units: int = 0
    prepaid_minor: int = 0

    def said(self, currency: str) -> Text:
        """Return what is agreed in one sentence: the model, the tiers, and what else there is."""
        parts = [_tiers_said(self.tiers, currency)]
        if self.included_units:
            parts.append(_INCLUDED.filled(units=f"{self.included_units:,}"))
        if self.minimum_minor:
            parts.append(_MINIMUM.filled(amount=_money(self.minimum_minor, currency)))
        if self.commitment_minor:
            parts.append(_COMMITMENT.filled(amount=_money(self.commitment_minor, currency)))
        if self.prepaid_units:
            parts.append(_PREPAID.filled(amount=f"{self.prepaid_units:,}"))
        if self.prepaid_minor:
            parts.append(_PREPAID.filled(amount=_money(self.prepaid_minor, currency)))
        listed = Text(en="; ".join(part.en for part in parts), ja="、".join(part.ja for part in parts))
        return _SAID.filled(unit=self.unit, model=self.model.shown, terms=listed)

    def as_json(self) -> dict[str, Any]:
        """Return the terms as they are kept with what copies them."""
        return {**asdict(self), "model": self.model.value, "tiers": [asdict(tier) for tier in self.tiers]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> UsageTerms:
        """Return the terms that `as_json` wrote."""
        tiers = tuple(UsageTier(**tier) for tier in kept["tiers"])
        return cls(**{**kept, "model": UsageModel(kept["model"]), "unit": Text(**kept["unit"]), "tiers": tiers})


_SAID = Text(en="Usage per {unit}, {model}: {terms}", ja="従量単価（{unit}・{model}）: {terms}")
_INCLUDED = Text(en="{units} included per period", ja="期間ごとの無料数量{units}")
_MINIMUM = Text(en="at least {amount} per period", ja="期間ごとの最低利用額{amount}")
_COMMITMENT = Text(en="at least {amount} in the term", ja="契約期間の最低利用額{amount}")
_PREPAID = Text(en="{amount} prepaid", ja="前払い{amount}")
_AFTER = Text(en="above {units} {price}", ja="{units}超は{price}")
_PER = Text(en="{price} per {units}", ja="{units}あたり{price}")
_ONCE = Text(en="{price} + {flat} once", ja="{price}＋定額{flat}")


def _tiers_said(tiers: Sequence[UsageTier], currency: str) -> Text:
    said = []
    for tier in tiers:
        price = _money(tier.price_minor, currency)
        price = price if tier.per_units == 1 else _PER.filled(price=price, units=f"{tier.per_units:,}")
        price = _ONCE.filled(price=price, flat=_money(tier.flat_minor, currency)) if tier.flat_minor else price
        said.append(_AFTER.filled(units=f"{tier.from_units:,}", price=price) if tier.from_units else price)
    return Text(en=", ".join(one.en for one in said), ja="・".join(one.ja for one in said))


def _money(minor: int, currency: str) -> Text:
    amount = Money(minor, currency)
    return Text(en=amount.shown(Language.ENGLISH), ja=amount.shown(Language.JAPANESE))


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePriceRow:
    """How the usage of a product is priced from a day on, in a currency."""

    currency: str
    effective_on: date
    terms: UsageTerms
    recorded_at: datetime


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
