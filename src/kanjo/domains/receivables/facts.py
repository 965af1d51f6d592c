"""Values of receivables that cross its border."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import BankFileId, CustomerId, InvoiceId, ReceiptId
from kanjo.foundation.texts import Language, Text


class AllocationKind(StrEnum):
    """What settled an item."""

    PAYMENT = "payment"
    FEE = "fee"
    SET_OFF = "set_off"
    REVERSAL = "reversal"


class MatchRule(StrEnum):
    """The rule that found a match, in the order the rules are asked; `BY_HAND` is a person."""

    NUMBER = "number"
    PAYER_AND_AMOUNT = "payer_and_amount"
    PAYER_TOTAL = "payer_total"
    FEE_DEDUCTED = "fee_deducted"
    PART_PAYMENT = "part_payment"
    BY_HAND = "by_hand"


MATCH_RULE_NAMES: dict[MatchRule, Text] = {
    MatchRule.NUMBER: Text(en="Invoice number and exact amount", ja="請求書番号と金額が一致"),
    MatchRule.PAYER_AND_AMOUNT: Text(en="Payer and exact amount", ja="振込依頼人と金額が一致"),
    MatchRule.PAYER_TOTAL: Text(en="All that the payer owes", ja="振込依頼人の未回収合計と一致（合算入金）"),
    MatchRule.FEE_DEDUCTED: Text(en="Short by a known bank fee", ja="振込手数料差引で一致"),
    MatchRule.PART_PAYMENT: Text(en="Part payment by invoice number", ja="請求書番号による一部入金"),
    MatchRule.BY_HAND: Text(en="By hand", ja="手動消込"),
}


class Confidence(StrEnum):
    """How sure a match is: the number was named; the payer's name is the same; the bank cut the name."""

    CERTAIN = "certain"
    HIGH = "high"
    FAIR = "fair"


class Doubt(StrEnum):
    """Why a receipt waits for a person."""

    TAKEN_BACK = "taken_back"
    MORE_THAN_OWED = "more_than_owed"
    PAYER_UNKNOWN = "payer_unknown"
    PAYER_NOT_UNIQUE = "payer_not_unique"
    SEVERAL_ITEMS = "several_items"
    AMOUNT_UNLIKE = "amount_unlike"


DOUBT_NAMES: dict[Doubt, Text] = {
    Doubt.TAKEN_BACK: Text(en="Taken back by the bank", ja="組戻し"),
    Doubt.MORE_THAN_OWED: Text(en="More than is owed", ja="過入金"),
    Doubt.PAYER_UNKNOWN: Text(en="Payer unknown", ja="振込依頼人が不明"),
    Doubt.PAYER_NOT_UNIQUE: Text(en="Several customers fit", ja="該当する顧客が複数"),
    Doubt.SEVERAL_ITEMS: Text(en="Several invoices fit", ja="該当する請求書が複数"),
    Doubt.AMOUNT_UNLIKE: Text(en="Amount fits no invoice", ja="金額の不一致"),
}

DOUBTS: dict[Doubt, Text] = {
    Doubt.TAKEN_BACK: Text(
        en="The bank took the transfer of {payer} back: reverse the matching of the original receipt.",
        ja="{payer} からの振込が取り消されました（組戻し）。元の入金の消込を取り消してください。",
    ),
    Doubt.MORE_THAN_OWED: Text(
        en="{payer} paid more than the invoice it names is open for.",
        ja="{payer} の入金額が、記載された請求書の未回収額を超えています（過入金）。",
    ),
    Doubt.PAYER_UNKNOWN: Text(
        en="No customer with open invoices is known as {payer}, and no open invoice is named.",
        ja="振込依頼人名 {payer} に該当する未回収のある顧客がなく、請求書番号の記載もありません。",
    ),
    Doubt.PAYER_NOT_UNIQUE: Text(
        en="Several customers could be {payer}.", ja="振込依頼人名 {payer} に該当する顧客が複数あります。"
    ),
    Doubt.SEVERAL_ITEMS: Text(
        en="{payer} owes several invoices of this amount, and names none.",
        ja="{payer} には同じ金額の未回収の請求書が複数あり、請求書番号の記載がありません。",
    ),
    Doubt.AMOUNT_UNLIKE: Text(
        en="The amount that {payer} paid agrees with none of its open invoices.",
        ja="{payer} の入金額と一致する未回収の請求書がありません。",
    ),
}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement of a bank statement, never zero; negative where the bank took a transfer back.

    `reference` is the bank's own. Banks number anew every day and may leave it out, so that it names a movement only
    together with the day it was booked on, its amount and its payer.
    """

    reference: str
    booked_on: date
    value_on: date
    amount_minor: int
    payer_name: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank statement as it was read, complete: its account, its currency and its lines."""

    account: str
    currency: str
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """To whom a paper goes and who signs it, as the invoices say it is about."""

    addressee: str
    address: str
    language: Language
    issuer_name: str
    issuer_address: str
    registration_number: str


@dataclass(frozen=True, slots=True)
class RateShare:
    """The total of one tax rate and its tax; *percent* is empty where there is none."""

    percent: str
    reduced: bool
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class InvoiceCopy:
    """What a paper about an invoice or a credit note copies of it: nothing on it is computed a second time."""

    number: str
    issued_on: date
    rates: tuple[RateShare, ...]

    @property
    def net_minor(self) -> int:
        """Its total before tax."""
        return sum(rate.net_minor for rate in self.rates)

    @property
    def tax_minor(self) -> int:
        """Its tax."""
        return sum(rate.tax_minor for rate in self.rates)

    @property
    def total_minor(self) -> int:
        """Its total with tax."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What one matching did: receipts looked at, settled (by rule) and doubtful (by cause), and the amounts."""

    receipts: int
    settled: int
    doubtful: int
    by_rule: dict[MatchRule, int]
    by_doubt: dict[Doubt, int]
    allocated_minor: dict[str, int]
    fees_minor: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFileTaken(Fact):
    """A bank statement was taken in, with so many new receipts."""

    kind: ClassVar[str] = "receivables.bank-file-taken"

    bank_file_id: BankFileId
    receipts: int
    total_minor: int
    currency: str

    @property
    def subject_id(self) -> int:
        """The bank file."""
        return self.bank_file_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAllocated(Fact):
    """A receipt settled an invoice, in whole (`open_minor` is zero) or in part."""

    kind: ClassVar[str] = "receivables.payment-allocated"

    invoice_id: InvoiceId
    receipt_id: ReceiptId
    customer_id: CustomerId
    currency: str
    amount_minor: int
    fee_minor: int
    open_minor: int
    rule: MatchRule

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationReversed(Fact):
    """An allocation was taken back; so much of the invoice is open again."""

    kind: ClassVar[str] = "receivables.allocation-reversed"

    invoice_id: InvoiceId
    allocation_id: int
    currency: str
    amount_minor: int
    open_minor: int

    @property
    def subject_id(self) -> int:
        """The invoice."""
        return self.invoice_id
