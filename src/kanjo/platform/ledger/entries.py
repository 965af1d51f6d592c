"""Values that cross the ledger's border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text


class AccountCode(StrEnum):
    """The accounts that the stream posts to."""

    BANK = "1110"
    RECEIVABLE = "1310"
    CONTRACT_LIABILITY = "2310"
    UNAPPLIED_RECEIPTS = "2320"
    TAX_PAYABLE = "2410"
    REVENUE = "4110"
    BANK_FEES = "6110"


ACCOUNT_NAMES: dict[AccountCode, Text] = {
    AccountCode.BANK: Text(en="Bank", ja="普通預金"),
    AccountCode.RECEIVABLE: Text(en="Trade receivables", ja="売掛金"),
    AccountCode.CONTRACT_LIABILITY: Text(en="Contract liabilities", ja="契約負債"),
    AccountCode.UNAPPLIED_RECEIPTS: Text(en="Unapplied receipts", ja="仮受金"),
    AccountCode.TAX_PAYABLE: Text(en="Consumption tax received", ja="仮受消費税"),
    AccountCode.REVENUE: Text(en="Revenue", ja="売上高"),
    AccountCode.BANK_FEES: Text(en="Bank fees", ja="支払手数料"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One posting to be: an account, a signed amount (debit positive) and the customer where there is one."""

    account: AccountCode
    amount_minor: int
    party_id: int | None = None


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One entry to be: what it came from (table and id), the day it is true, and its sides, which sum to zero."""

    company_id: CompanyId
    effective_on: date
    currency: str
    source: str
    source_id: int
    sides: tuple[Side, ...]
