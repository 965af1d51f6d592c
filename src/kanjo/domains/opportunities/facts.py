"""Values of opportunities that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, PersonId, ProductId
from kanjo.foundation.texts import Text


class Stage(StrEnum):
    """Where a deal stands."""

    PROSPECTING = "prospecting"
    ENGAGING = "engaging"
    WON = "won"
    LOST = "lost"

    @property
    def shown(self) -> Text:
        """The stage as people read it."""
        return _STAGE_NAMES[self]


_STAGE_NAMES = {
    Stage.PROSPECTING: Text(en="Prospecting", ja="開拓中"),
    Stage.ENGAGING: Text(en="Engaging", ja="商談中"),
    Stage.WON: Text(en="Won", ja="受注"),
    Stage.LOST: Text(en="Lost", ja="失注"),
}

STEPS = (
    (Stage.PROSPECTING, Stage.ENGAGING),
    (Stage.PROSPECTING, Stage.LOST),
    (Stage.ENGAGING, Stage.WON),
    (Stage.ENGAGING, Stage.LOST),
)
"""Every step a deal may take; nothing leads out of won or lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOpportunity:
    """A deal as another system hands it over.

    A deal it calls won arrives engaging, with the day and value of the win as what is expected: it is `won_elsewhere`.
    """

    external_key: str
    name: str
    customer_id: CustomerId
    product_id: ProductId
    owner_id: PersonId
    currency: str
    stage: Stage
    engaged_on: date | None = None
    expected_close_on: date | None = None
    expected_minor: int | None = None
    won_elsewhere: bool = False
    closed_on: date | None = None
    lost_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityRow:
    """A deal as it is shown; customer and owner by name, the product by code."""

    id: OpportunityId
    company_id: CompanyId
    external_key: str
    name: str
    stage: Stage
    customer_id: CustomerId
    customer: str
    product_id: ProductId
    product: str
    owner_id: PersonId
    owner: str
    currency: str
    engaged_on: date | None
    expected_close_on: date | None
    expected_minor: int | None
    closed_on: date | None
    value_minor: int | None
    lost_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTotal:
    """The deals of a company at one stage, in one currency: how many, what they should bring, what was won."""

    company_id: CompanyId
    stage: Stage
    currency: str
    deals: int
    expected_minor: int
    won_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityOpened(Fact):
    """A deal was opened."""

    kind: ClassVar[str] = "opportunities.opened"
    opportunity_id: OpportunityId
    customer_id: CustomerId

    @property
    def subject_id(self) -> int:
        """The opportunity."""
        return self.opportunity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityHandedOver(Fact):
    """A deal was handed over from one owner to another, and why; `moment` tells one handing over from the next."""

    kind: ClassVar[str] = "opportunities.handed-over"
    opportunity_id: OpportunityId
    from_id: PersonId
    to_id: PersonId
    because: str
    moment: str

    @property
    def subject_id(self) -> int:
        """The opportunity."""
        return self.opportunity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityWon(Fact):
    """A deal was won, at a value."""

    kind: ClassVar[str] = "opportunities.won"
    opportunity_id: OpportunityId
    customer_id: CustomerId
    owner_id: PersonId
    value_minor: int
    currency: str

    @property
    def subject_id(self) -> int:
        """The opportunity."""
        return self.opportunity_id


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityLost(Fact):
    """A deal was lost, and why."""

    kind: ClassVar[str] = "opportunities.lost"
    opportunity_id: OpportunityId
    customer_id: CustomerId
    because: str

    @property
    def subject_id(self) -> int:
        """The opportunity."""
        return self.opportunity_id
