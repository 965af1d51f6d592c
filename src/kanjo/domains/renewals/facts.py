"""Values of renewals that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, PersonId, ProductId, QuoteId, RenewalId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


class PricePolicy(StrEnum):
    """How the price of the next term is proposed."""

    SAME_NET = "same_net"
    """What runs until the end of the term is offered again at its old net price, for a term of the same length."""

    @property
    def shown(self) -> Text:
        """The policy as people call it."""
        return {PricePolicy.SAME_NET: Text(en="at the old net price", ja="現行の契約金額を据え置き")}[self]


class RenewalState(StrEnum):
    """Where a renewal stands."""

    APPEARED = "appeared"
    QUOTED = "quoted"
    RENEWED = "renewed"
    LAPSED = "lapsed"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _STATES[self]


_STATES = {
    RenewalState.APPEARED: Text(en="To be prepared", ja="更新準備中"),
    RenewalState.QUOTED: Text(en="Quoted", ja="見積提示済み"),
    RenewalState.RENEWED: Text(en="Renewed", ja="更新済み"),
    RenewalState.LAPSED: Text(en="Lapsed", ja="更新なし"),
}


@dataclass(frozen=True, slots=True)
class EndingLine:
    """One line of an ending contract; `service` is None for what was delivered once and does not run."""

    product_id: ProductId
    code: str
    name: Text
    quantity: int
    net_minor: int
    interval_months: int
    total_minor: int
    service: Period | None
    interval_days: int = 0


@dataclass(frozen=True, slots=True)
class EndingContract:
    """A contract inside its notice window. `until` is the first day after its term."""

    contract_id: ContractId
    number: str
    customer_id: CustomerId
    owner_id: PersonId
    currency: str
    total_minor: int
    payment_terms: str
    starts_on: date
    until: date
    notice_opens_on: date
    lines: tuple[EndingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalAppeared(Fact):
    """A contract came into its notice window."""

    kind: ClassVar[str] = "renewals.appeared"

    renewal_id: RenewalId
    contract_id: ContractId
    customer_id: CustomerId
    owner_id: PersonId
    term_until: date
    proposed_minor: int
    currency: str

    @property
    def subject_id(self) -> int:
        """The renewal."""
        return self.renewal_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalQuoted(Fact):
    """The customer was offered the next term."""

    kind: ClassVar[str] = "renewals.quoted"

    renewal_id: RenewalId
    quote_id: QuoteId

    @property
    def subject_id(self) -> int:
        """The renewal."""
        return self.renewal_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRenewed(Fact):
    """The next term was concluded as a contract of its own."""

    kind: ClassVar[str] = "renewals.renewed"

    renewal_id: RenewalId
    old_contract_id: ContractId
    new_contract_id: ContractId

    @property
    def subject_id(self) -> int:
        """The renewal."""
        return self.renewal_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalLapsed(Fact):
    """The customer does not go on."""

    kind: ClassVar[str] = "renewals.lapsed"

    renewal_id: RenewalId
    contract_id: ContractId
    because: str

    @property
    def subject_id(self) -> int:
        """The renewal."""
        return self.renewal_id
