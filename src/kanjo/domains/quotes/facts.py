"""Values of quotes that cross their border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from kanjo.domains.catalog.facts import ProductTerms, UsageTerms
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import CustomerId, FileId, OpportunityId, QuoteId, QuoteVersionId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text


class QuoteState(StrEnum):
    """Where a quote stands, that is: where its current version stands."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _STATES[self]


_STATES = {
    QuoteState.DRAFTED: Text(en="Draft", ja="作成中"),
    QuoteState.SUBMITTED: Text(en="Waiting for approval", ja="承認申請中"),
    QuoteState.APPROVED: Text(en="Approved", ja="承認済み"),
    QuoteState.CONDITIONAL: Text(en="Approved with conditions", ja="条件付き承認"),
    QuoteState.REJECTED: Text(en="Rejected", ja="否認"),
    QuoteState.SENT: Text(en="Sent", ja="提示済み"),
    QuoteState.ACCEPTED: Text(en="Accepted", ja="承諾済み"),
    QuoteState.EXPIRED: Text(en="Expired", ja="期限切れ"),
    QuoteState.WITHDRAWN: Text(en="Withdrawn", ja="取下げ"),
}

STEPS = (
    (QuoteState.DRAFTED, QuoteState.SUBMITTED),
    (QuoteState.SUBMITTED, QuoteState.APPROVED),
    (QuoteState.SUBMITTED, QuoteState.CONDITIONAL),
    (QuoteState.SUBMITTED, QuoteState.REJECTED),
    (QuoteState.CONDITIONAL, QuoteState.APPROVED),
    (QuoteState.APPROVED, QuoteState.SENT),
    (QuoteState.SENT, QuoteState.ACCEPTED),
    (QuoteState.APPROVED, QuoteState.EXPIRED),
    (QuoteState.SENT, QuoteState.EXPIRED),
    *((state, QuoteState.DRAFTED) for state in QuoteState if state not in ("drafted", "accepted", "withdrawn")),
    *((state, QuoteState.WITHDRAWN) for state in QuoteState if state not in ("accepted", "expired", "withdrawn")),
)
"""Every step a quote may take; a step back to drafted is a new version."""


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One line of an offer.

    `list_minor` is the list price of one unit: once, or per billing interval of a recurring product. `net_minor` is
    the price of the whole quantity, likewise once or per interval; `total_minor` the price over the whole term. What is
    used is priced by `usage` beside them: it is no part of the total. `expected_units` of it in each period are only
    thought of: what they would cost is shown.
    """

    terms: ProductTerms
    quantity: int
    list_minor: int
    net_minor: int
    total_minor: int
    service: Period | None = None
    usage: UsageTerms | None = None
    expected_units: int = 0


@dataclass(frozen=True, slots=True)
class BillingTerms:
    """How billing will follow an offer: the number of its policy, and the day from which periods are counted.

    Without a day each line counts from its own service.
    """

    policy: int = 1
    anchor_on: date | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything one version offers. `until` is the first day after the term, None without one.

    `valid_until` is the first day on which the offer no longer stands.
    """

    customer_id: CustomerId
    currency: str
    payment_terms: str
    starts_on: date
    until: date | None
    valid_until: date
    lines: tuple[OfferLine, ...]
    billing: BillingTerms = BillingTerms()


@dataclass(frozen=True, slots=True)
class WaterfallStep:
    """One step from the list price to what the customer pays, with the rule that made it."""

    rule: str
    name: Text
    change_minor: int
    result_minor: int
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PlannedCharge:
    """An invoice that the offer would lead to, before tax: what the quotation shows as its schedule.

    One of *usage* is what is owed of it whatever is used (minimum and commitment), or what *expected_units* of it in
    each period would cost.
    """

    billing_on: date
    amount_minor: int
    service: Period | None = None
    usage: bool = False
    expected_units: int = 0


@dataclass(frozen=True, slots=True)
class AcceptedOffer:
    """What the customer agreed to, for the contract, the order and the plans."""

    quote_id: QuoteId
    version_id: QuoteVersionId
    opportunity_id: OpportunityId
    customer_id: CustomerId
    currency: str
    payment_terms: str
    starts_on: date
    until: date | None
    lines: tuple[OfferLine, ...]
    total_minor: int
    digest: str
    billing: BillingTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class _QuoteFact(Fact):
    """Something that happened to one version of a quote."""

    quote_id: QuoteId
    version_id: QuoteVersionId
    customer_id: CustomerId

    @property
    def subject_id(self) -> int:
        """The quote."""
        return self.quote_id


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteDrafted(_QuoteFact):
    """A first version was drafted."""

    kind: ClassVar[str] = "quotes.drafted"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRevised(_QuoteFact):
    """A new version took the place of `superseded_id`."""

    kind: ClassVar[str] = "quotes.revised"
    superseded_id: QuoteVersionId


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteSubmitted(_QuoteFact):
    """A version was handed in for approval, with what approval looks at.

    `discount` is what approval is asked for: the largest of the whole offer's and any line's, negative above list.
    `term_months` counts begun months, 0 without a term; `payment_days` is the longest wait until an invoice is due.
    Facts of before the quote's `number` was told have none.
    """

    kind: ClassVar[str] = "quotes.submitted"
    number: str = ""
    digest: str
    currency: str
    list_total_minor: int
    total_minor: int
    discount: Fraction
    term_months: int
    payment_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAnswered(_QuoteFact):
    """The approvers' answer reached the quote: approved, conditional or rejected."""

    kind: ClassVar[str] = "quotes.answered"
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteSent(_QuoteFact):
    """The quotation went to the customer, as the stored file."""

    kind: ClassVar[str] = "quotes.sent"
    file_id: FileId


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAccepted(_QuoteFact):
    """The customer agreed."""

    kind: ClassVar[str] = "quotes.accepted"
    opportunity_id: OpportunityId
    currency: str
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteClosed(_QuoteFact):
    """A quote ended without a customer's yes: `state` is expired or withdrawn."""

    kind: ClassVar[str] = "quotes.closed"
    state: str
