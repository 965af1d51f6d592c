"""Values of contracts that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, QuoteId, QuoteVersionId
from kanjo.foundation.texts import Text


class ContractState(StrEnum):
    """Where a contract stands."""

    CONCLUDED = "concluded"
    ENDED = "ended"
    """Its term ran out."""
    TERMINATED = "terminated"
    """It was stopped before its term ran out."""

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _STATES[self]


_STATES = {
    ContractState.CONCLUDED: Text(en="Concluded", ja="締結済み"),
    ContractState.ENDED: Text(en="Ended", ja="期間満了"),
    ContractState.TERMINATED: Text(en="Terminated", ja="解約"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractConcluded(Fact):
    """A contract was signed by both sides and stored with its evidence."""

    kind: ClassVar[str] = "contracts.concluded"

    contract_id: ContractId
    number: str
    customer_id: CustomerId
    quote_id: QuoteId
    quote_version_id: QuoteVersionId
    currency: str
    total_minor: int
    starts_on: date
    until: date | None

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded(Fact):
    """The term of a contract ran out."""

    kind: ClassVar[str] = "contracts.ended"

    contract_id: ContractId
    customer_id: CustomerId

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractTerminated(Fact):
    """A contract was stopped before its term ran out; `effective_on` is its first day without effect."""

    kind: ClassVar[str] = "contracts.terminated"

    contract_id: ContractId
    customer_id: CustomerId
    because: str

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id
