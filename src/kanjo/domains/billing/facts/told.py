"""What happened in billing, as others hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import (
    AmendmentId,
    ContractId,
    CustomerId,
    FileId,
    HoldId,
    InvoiceId,
    OrderId,
    OrderLineId,
    PlanId,
)
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlanned(Fact):
    """The lines of an order will be billed from now on."""

    kind: ClassVar[str] = "billing.order-planned"

    order_id: OrderId
    contract_id: ContractId
    customer_id: CustomerId
    payer_id: CustomerId
    plan_ids: tuple[PlanId, ...]

    @property
    def subject_id(self) -> int:
        """The order."""
        return self.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PlansChanged(Fact):
    """Lines of a contract are billed otherwise from now on, by an amendment; *effective_on* is its first day."""

    kind: ClassVar[str] = "billing.plans-changed"

    contract_id: ContractId
    amendment_id: AmendmentId
    order_line_ids: tuple[OrderLineId, ...]

    @property
    def subject_id(self) -> int:
        """The contract."""
        return self.contract_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingHeld(Fact):
    """Something is not invoiced for the time being."""

    kind: ClassVar[str] = "billing.held"

    hold_id: HoldId

    @property
    def subject_id(self) -> int:
        """The hold."""
        return self.hold_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingReleased(Fact):
    """A hold ended; what was due meanwhile is billed by the next run."""

    kind: ClassVar[str] = "billing.released"

    hold_id: HoldId

    @property
    def subject_id(self) -> int:
        """The hold."""
        return self.hold_id


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Fact):
    """An invoice, or with negative amounts a credit note, was issued; of one invoice where it has an `original_id`."""

    kind: ClassVar[str] = "billing.invoice-issued"

    invoice_id: InvoiceId
    number: str
    customer_id: CustomerId
    payer_id: CustomerId
    order_id: OrderId
    original_id: InvoiceId | None
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    issued_on: date
    due_on: date

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id


class Channel(StrEnum):
    """The way by which an invoice reaches its payer."""

    BY_HAND = "by_hand"
    """By post, in person or over a portal of the payer: noted, not done by the house."""
    DOWNLOAD = "download"
    """A link is mailed by which the payer fetches the file. Sendings before there were links are noted only."""
    MAIL = "mail"
    FOLDER = "folder"
    """Into the folder from which another program of ours takes it."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _CHANNELS[self]


BY_HOUSE = frozenset({Channel.MAIL, Channel.FOLDER, Channel.DOWNLOAD})
"""The ways by which the house itself sends."""
TO_ADDRESS = frozenset({Channel.MAIL, Channel.DOWNLOAD})
"""The ways that need one e-mail address."""
USUAL_LINK_DAYS, MOST_LINK_DAYS = 30, 366
"""How many days a link is good unless said otherwise, and at most."""
_CHANNELS = {
    Channel.BY_HAND: Text(en="Post, in person or portal (noted)", ja="郵送・手渡し・先方ポータル（記録のみ）"),
    Channel.DOWNLOAD: Text(en="E-mail with a download link", ja="ダウンロードリンクをメールで送付"),
    Channel.MAIL: Text(en="E-mail", ja="メール"),
    Channel.FOLDER: Text(en="File drop folder", ja="ファイル連携フォルダー"),
}


class LinkPart(StrEnum):
    """What is downloaded by a link: the paper, or its electronic invoice (JP PINT)."""

    PDF = "pdf"
    XML = "xml"


class Outcome(StrEnum):
    """What became of a sending."""

    NOTED = "noted"
    """Others sent it: the house knows only what it was told."""
    UNDER_WAY = "under_way"
    SENT = "sent"
    GIVEN_UP = "given_up"
    """It did not leave, however often it was tried."""

    @property
    def shown(self) -> Text:
        """The word as people read it."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.NOTED: Text(en="Noted", ja="記録のみ"),
    Outcome.UNDER_WAY: Text(en="On its way", ja="送付処理中"),
    Outcome.SENT: Text(en="Sent", ja="送付完了"),
    Outcome.GIVEN_UP: Text(en="Could not be sent", ja="送付できませんでした"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSent(Fact):
    """The paper of an invoice was sent to its payer."""

    kind: ClassVar[str] = "billing.invoice-sent"

    invoice_id: InvoiceId
    file_id: FileId

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id
