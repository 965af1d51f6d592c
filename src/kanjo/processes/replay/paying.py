"""How the customers of the replay pay: seeded, so that every replay of the same invoices is the same.

Of 100 invoices about 86 are paid in full around the due day, 6 late, 3 in part, 3 with a bank fee deducted, and 2
never. Four payments in five name their invoice; the others only their payer.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.foundation.calendars import JAPAN, Shift
from kanjo.foundation.money import Money
from kanjo.foundation.periods import month_of
from kanjo.reports.replaying import Owed

SEED = "kanjo replay 1"
BANK_FEE_MINOR = 2_500
"""What a bank deducts from a transfer, in minor units."""


class Manner(StrEnum):
    """How an invoice is paid."""

    IN_FULL = "in_full"
    LATE = "late"
    IN_PART = "in_part"
    FEE_DEDUCTED = "fee_deducted"
    NEVER = "never"


MANNERS = {Manner.IN_FULL: 86, Manner.LATE: 6, Manner.IN_PART: 3, Manner.FEE_DEDUCTED: 3, Manner.NEVER: 2}


@dataclass(frozen=True, slots=True)
class Payment:
    """What arrives at the bank for an invoice."""

    invoice: Owed
    value_on: date
    amount: Money
    text: str

    @property
    def bank_reference(self) -> str:
        """What the bank calls the payment."""
        return f"{self.value_on:%Y%m%d}-{self.invoice.reference}"


def payments(invoices: Iterable[Owed], *, seed: str = SEED) -> list[Payment]:
    """Return what arrives for *invoices*, each decided by the seed and the customer's reference alone."""
    paid = (pay(invoice, random.Random(f"{seed}:{invoice.reference}")) for invoice in invoices)  # noqa: S311 - a play
    return [payment for payment in paid if payment is not None]


def pay(invoice: Owed, chance: random.Random) -> Payment | None:
    """Return the payment of one invoice, or None when it is never paid or owes nothing."""
    manner = chance.choices(list(MANNERS), weights=list(MANNERS.values()))[0]
    days = chance.randint(10, 75) if manner is Manner.LATE else chance.randint(-10, 2)
    share = chance.randint(40, 90)
    named = chance.random() < 0.8
    amount = _amount(manner, invoice.total, share)
    if amount is None:
        return None
    value_on = JAPAN.shift(invoice.due_on + timedelta(days=days), Shift.FOLLOWING)
    return Payment(invoice, value_on, amount, f"INVOICE {invoice.number}" if named else "")


def _amount(manner: Manner, total: Money, share: int) -> Money | None:
    if not total.minor:
        return None
    match manner:
        case Manner.NEVER:
            return None
        case Manner.IN_PART:
            return Money(max(total.minor * share // 100, 1), total.currency)
        case Manner.FEE_DEDUCTED if total.minor > 2 * BANK_FEE_MINOR:
            return Money(total.minor - BANK_FEE_MINOR, total.currency)
    return total


def statements(arrived: Iterable[Payment], *, account: str, holder: str, currency: str) -> list[BankStatement]:
    """Return one bank statement per month, its lines by day and reference."""
    by_month: dict[date, list[Payment]] = defaultdict(list)
    for payment in sorted(arrived, key=lambda one: (one.value_on, one.invoice.reference)):
        by_month[month_of(payment.value_on).start].append(payment)
    return [_statement(month, lines, account, holder, currency) for month, lines in sorted(by_month.items())]


def _statement(month: date, arrived: list[Payment], account: str, holder: str, currency: str) -> BankStatement:
    period = month_of(month)
    lines = tuple(
        BankLine(
            line=number,
            bank_reference=payment.bank_reference,
            booked_on=payment.value_on,
            value_on=payment.value_on,
            amount=payment.amount,
            payer_name=payment.invoice.payer.upper(),
            text=payment.text,
        )
        for number, payment in enumerate(arrived, start=1)
    )
    return BankStatement(
        account=account, holder=holder, currency=currency, from_on=period.start, to_on=period.last_on, lines=lines
    )
