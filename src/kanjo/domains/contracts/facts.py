"""Values of contracts that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import AmendmentId, ContractId, CustomerId, QuoteId, QuoteVersionId
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


class AmendmentKind(StrEnum):
    """What an amendment does to its contract."""

    CHANGE = "change"
    """Another quantity or price of a line."""
    ADD_ON = "add_on"
    SWAP = "swap"
    """One line ends and another takes its place."""
    SPLIT = "split"
    """Some units of a line become a line of their own; nothing becomes cheaper or dearer."""
    END_OF_LINES = "end_of_lines"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    """A suspension gets its end: it withdraws the open one."""
    BILLING_DAY = "billing_day"
    WITHDRAWAL = "withdrawal"
    """An earlier amendment is taken back, as if it had never been agreed."""
    TERMINATION = "termination"
    """The contract was terminated: its lines end."""

    @property
    def shown(self) -> Text:
        """The kind as people read it."""
        return _KINDS[self]


_KINDS = {
    AmendmentKind.CHANGE: Text(en="Quantity or price", ja="数量・価格の変更"),
    AmendmentKind.ADD_ON: Text(en="Add-on", ja="追加"),
    AmendmentKind.SWAP: Text(en="Swap", ja="入替"),
    AmendmentKind.SPLIT: Text(en="Split", ja="分割"),
    AmendmentKind.END_OF_LINES: Text(en="End of lines", ja="明細の終了"),
    AmendmentKind.SUSPENSION: Text(en="Suspension", ja="休止"),
    AmendmentKind.RESUMPTION: Text(en="Resumption", ja="再開"),
    AmendmentKind.BILLING_DAY: Text(en="Billing day", ja="請求日の変更"),
    AmendmentKind.WITHDRAWAL: Text(en="Withdrawal", ja="変更の取消"),
    AmendmentKind.TERMINATION: Text(en="Termination", ja="解約"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractAmended(Fact):
    """Both sides agreed to change a contract; `effective_on` is the first day of the change, past or to come.

    `total_minor` is what the value of the contract changes by; `withdrawn_id` is the amendment that is taken back.
    """

    kind: ClassVar[str] = "contracts.amended"

    contract_id: ContractId
    amendment_id: AmendmentId
    number: str
    customer_id: CustomerId
    amendment_kind: AmendmentKind
    currency: str
    total_minor: int
    withdrawn_id: AmendmentId | None
    because: str

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id
