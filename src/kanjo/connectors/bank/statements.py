"""What a bank tells: one account, a span of days, and what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kanjo.foundation.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One receipt, or with *cancels* the cancellation of an earlier one; the amount is positive in both.

    *line* is the line of the file (the record, where lines have no ends). *value_on* is the day the money counts
    from (起算日), *booked_on* the day of the account (勘定日). *text* is the remittance information (EDI情報).
    """

    line: int
    bank_reference: str
    booked_on: date
    value_on: date
    amount: Money
    payer_name: str
    text: str = ""
    payer_code: str = ""
    cancels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStatement:
    """One file of a bank as read. Both days are included. *digest* is the SHA-256 of the file, in hexadecimal."""

    account: str
    holder: str
    currency: str
    from_on: date
    to_on: date
    lines: tuple[BankLine, ...]
    name: str = ""
    digest: str = ""

    @property
    def received(self) -> Money:
        """The sum of the receipts, cancellations not taken off."""
        return Money.total((line.amount for line in self.lines if not line.cancels), self.currency)

    @property
    def cancelled(self) -> Money:
        """The sum of the cancellations."""
        return Money.total((line.amount for line in self.lines if line.cancels), self.currency)

    @property
    def received_count(self) -> int:
        """How many receipts there are."""
        return sum(not line.cancels for line in self.lines)

    @property
    def cancelled_count(self) -> int:
        """How many cancellations there are."""
        return sum(line.cancels for line in self.lines)
