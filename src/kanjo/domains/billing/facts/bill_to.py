"""To whom within a payer invoices go, and by what way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kanjo.domains.billing.facts.told import Channel
from kanjo.foundation.ids import ContractId
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class ChosenBillTo:
    """To whom invoices go from a day on, by what way, and why; without a channel what was chosen before ended."""

    effective_on: date
    department: Text
    attention: Personal
    channel: Channel | None
    recipient: Personal
    because: str
    contract_id: ContractId | None
    """None where it was chosen for all that the payer pays."""
