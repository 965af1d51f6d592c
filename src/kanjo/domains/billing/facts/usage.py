"""What was used, how it is priced, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text


class UsageStep(StrEnum):
    """What a step of the calculation of usage stands for."""

    INCLUDED = "included"
    """Units of the period that cost nothing."""
    PREPAID = "prepaid"
    """Units taken from those paid for in advance for the term."""
    TIER = "tier"
    """Units at the price of a tier, with what the tier costs once."""
    MINIMUM = "minimum"
    """What is missing to the least a period costs."""
    COMMITMENT = "commitment"
    """What is missing to the least the term costs, in its last period."""
    DRAWN = "drawn"
    """What is taken, negative, from money paid in advance for the term."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _USAGE_NAMES[self]


class UsageSource(StrEnum):
    """By which way usage came."""

    API = "api"
    CSV = "csv"
    HAND = "hand"

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _USAGE_NAMES[self]


_USAGE_NAMES: dict[StrEnum, Text] = {
    UsageStep.INCLUDED: Text(en="included", ja="無料分"),
    UsageStep.PREPAID: Text(en="prepaid units", ja="前払い数量から充当"),
    UsageStep.TIER: Text(en="priced", ja="従量料金"),
    UsageStep.MINIMUM: Text(en="up to the minimum", ja="最低利用額との差額"),
    UsageStep.COMMITMENT: Text(en="up to the commitment", ja="期間最低利用額との差額"),
    UsageStep.DRAWN: Text(en="from prepaid money", ja="前払い金から充当"),
    UsageSource.API: Text(en="API", ja="API"),
    UsageSource.CSV: Text(en="CSV file", ja="CSVファイル"),
    UsageSource.HAND: Text(en="by hand", ja="画面から"),
}


@dataclass(frozen=True, slots=True)
class UsageGiven:
    """What was used of an order line on a day, under an id of the sender; *place* is where it stands in what was sent.

    With *corrects* it stands for the event of that id, which counts no longer.
    """

    place: str
    order_line_id: OrderLineId
    event_id: str
    used_on: date
    quantity: int
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class UsageRefused:
    """An event that was not taken: where it stood, and the rule in words."""

    place: str
    event_id: str
    rule: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class PricedStep:
    """A step of what usage costs: units at a price for so many, after so many units, with what they cost."""

    kind: UsageStep
    units: int
    from_units: int
    price: Money
    per_units: int
    flat: Money
    amount: Money
