"""What an export becomes: typed rows, one kind per entity. `line` is the line of the file, the head being line 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text


class Stage(StrEnum):
    """Where a deal stands, whatever the sender calls it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A company that buys; *revenue* is its own yearly revenue, *parent* the name of the account it belongs to."""

    line: int
    name: str
    sector: str = ""
    established_year: int | None = None
    revenue: Money | None = None
    employees: int | None = None
    country: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product with its suggested price."""

    line: int
    name: str
    series: str = ""
    list_price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A sales agent with the manager and the regional office above."""

    line: int
    name: str
    manager: str = ""
    regional_office: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A deal; agent, product and account are keys of rows that were taken."""

    line: int
    key: str
    agent: str
    product: str
    account: str
    stage: Stage
    engaged_on: date | None = None
    closed_on: date | None = None
    value: Money | None = None


Row = Account | Product | Agent | Opportunity


class Entity(StrEnum):
    """The four kinds of rows, in the order in which they are read: what is referred to comes first."""

    PRODUCTS = "products"
    AGENTS = "agents"
    ACCOUNTS = "accounts"
    OPPORTUNITIES = "opportunities"


ROW_OF: dict[Entity, type[Row]] = {
    Entity.PRODUCTS: Product,
    Entity.AGENTS: Agent,
    Entity.ACCOUNTS: Account,
    Entity.OPPORTUNITIES: Opportunity,
}
