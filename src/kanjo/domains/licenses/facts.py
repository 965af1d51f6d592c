"""Values of licenses that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, GrantId, OrderId, OrderLineId, ProductId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


class HowConfirmed(StrEnum):
    """How it was confirmed that a customer no longer uses what it had licensed."""

    STATEMENT = "statement"
    REMOVAL = "removal"
    ACCESS_STOPPED = "access_stopped"
    OTHER = "other"
    """In a way that the note tells."""

    @property
    def shown(self) -> Text:
        """The way as people read it."""
        return _WAYS[self]


class Runs(StrEnum):
    """How long a grant still runs on a day."""

    SOON_OVER = "soon_over"
    OVER = "over"
    PERPETUAL = "perpetual"

    @property
    def shown(self) -> Text:
        """How long, as people read it."""
        return _RUNS[self]


SOON_DAYS = 90
"""Days in which what ends soon is over."""
_RUNS = {
    Runs.SOON_OVER: Text(en=f"Ends within {SOON_DAYS} days", ja=f"{SOON_DAYS}日以内に終了"),
    Runs.OVER: Text(en="Over", ja="終了済み"),
    Runs.PERPETUAL: Text(en="Perpetual", ja="永続"),
}
_WAYS = {
    HowConfirmed.STATEMENT: Text(en="The customer's statement", ja="顧客からの利用終了届"),
    HowConfirmed.REMOVAL: Text(en="Removal seen", ja="削除・アンインストールの確認"),
    HowConfirmed.ACCESS_STOPPED: Text(en="Access stopped by us", ja="自社でのアクセス停止"),
    HowConfirmed.OTHER: Text(en="Otherwise, see the note", ja="その他（備考のとおり）"),
}


@dataclass(frozen=True, slots=True)
class LineToGrant:
    """An order line that may grant the right to use something.

    `metric` names what a license counts and is empty where nothing is granted; `valid` is None for a perpetual right.
    A line that `changes` another grants so much more or, below zero, takes so much away in its days.
    """

    order_line_id: OrderLineId
    product_id: ProductId
    metric: str
    quantity: int
    valid: Period | None
    changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsOfContract:
    """How long a contract gives its rights: `until` is the first day without them, None while no end is known.

    `renewed` tells that the next contract gives them on.
    """

    contract_id: ContractId
    number: str
    until: date | None
    renewed: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfUseConfirmed(Fact):
    """License Management confirmed that the customer no longer uses what a contract had granted."""

    kind: ClassVar[str] = "licenses.end-of-use-confirmed"

    contract_id: ContractId
    customer_id: CustomerId
    how: HowConfirmed

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id
