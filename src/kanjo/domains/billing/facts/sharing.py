"""Shares of payers, and what happened with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ContractId, CustomerId, InvoiceId

LARGEST_SHARE = 10_000
MOST_PAYERS = 20
"""A part of a part of a part is then still known exactly in 64 bits."""


@dataclass(frozen=True, slots=True)
class ShareOfPayer:
    """A payer and its share: a whole number beside those of the others, as 30 beside 70."""

    payer_id: CustomerId
    weight: int


@dataclass(frozen=True, slots=True)
class AgreedSharing:
    """Who shares from a day on, and why; without shares the payer bears all alone from then on."""

    effective_on: date
    shares: tuple[ShareOfPayer, ...]
    because: str
    contract_id: ContractId | None
    """None where it was agreed for all that the payer pays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSplit(Fact):
    """An invoice was given back by a credit note and issued anew in parts, to the same yen before tax."""

    kind: ClassVar[str] = "billing.invoice-split"

    invoice_id: InvoiceId
    credit_note_id: InvoiceId
    part_ids: tuple[InvoiceId, ...]

    @property
    def subject_id(self) -> int:
        """The invoice that was split."""
        return self.invoice_id
