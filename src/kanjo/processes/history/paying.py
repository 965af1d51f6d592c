"""How the customers of a made-up company pay, as its bank tells it (全銀 振込入金通知).

Most pay on the due day and name the invoice. Some name none, deduct a fee, pay late, in part, several invoices at once,
or stopped paying months ago.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.domains.receivables.queries import OpenItemRow
from kanjo.foundation.calendars import JAPAN, Shift
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.processes.history.script import Bank, CustomerInPlay

SEED = "kanjo history 1"
FEE, ODD_FEE = 550, 880
"""What a bank takes for a transfer: the one is known, the other no rule knows."""
SECOND_PART_DAYS = 35


class Manner(StrEnum):
    """How a customer pays."""

    IN_FULL = "in_full"
    UNNAMED = "unnamed"
    FEE = "fee"
    ODD_FEE = "odd_fee"
    LATE = "late"
    IN_PART = "in_part"
    TOGETHER = "together"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money on the account: when, from whom, how much, for what; with `cancels` it goes again."""

    value_on: date
    payer: str
    amount: int
    text: str
    cancels: bool = False


def arrivals(
    owed: Iterable[tuple[CustomerInPlay, OpenItemRow]], *, days: Period, stopped_on: date
) -> Iterator[Arrival]:
    """Return what customers pay in *days* of the items they owe; who stopped pays nothing due from *stopped_on*."""
    together: dict[tuple[str, date], int] = {}
    for customer, item in owed:
        paid = _payment(customer, item, stopped_on)
        if paid is None or not days.contains(paid.value_on):
            continue
        if Manner(customer.pays) is Manner.TOGETHER:
            key = (paid.payer, paid.value_on)
            together[key] = together.get(key, 0) + paid.amount
        else:
            yield paid
    for (payer, value_on), amount in together.items():
        yield Arrival(value_on, payer, amount, "")


def _payment(customer: CustomerInPlay, item: OpenItemRow, stopped_on: date) -> Arrival | None:
    chance = random.Random(f"{SEED}:{item.number}")  # noqa: S311 - a play
    due_on, amount, text = item.due_on, item.open_minor, item.number
    match Manner(customer.pays):
        case Manner.STOPPED if due_on >= stopped_on:
            return None
        case Manner.LATE:
            due_on += timedelta(days=chance.randint(12, 40))
        case Manner.IN_PART if amount == item.amount_minor:
            amount = amount * chance.randint(4, 7) // 10
        case Manner.IN_PART:
            due_on += timedelta(days=SECOND_PART_DAYS)
        case Manner.FEE:
            amount -= FEE
        case Manner.ODD_FEE:
            amount, text = amount - ODD_FEE, ""
        case Manner.UNNAMED | Manner.TOGETHER:
            text = ""
        case _:
            due_on -= timedelta(days=chance.choice((0, 0, 0, 0, 1, 2)))
    if amount <= 0:
        return None
    return Arrival(JAPAN.shift(due_on, Shift.PRECEDING), customer.payer, amount, text)


def notice(arrived: Sequence[Arrival], *, bank: Bank, days: Period) -> BankStatement:
    """Return the notice of a span of days, its lines by day and payer."""
    ordered = sorted(arrived, key=lambda one: (one.value_on, one.payer, one.text, one.amount))
    lines = tuple(
        BankLine(
            line=number,
            bank_reference=f"{number:06d}",
            booked_on=one.value_on,
            value_on=one.value_on,
            amount=Money(one.amount, "JPY"),
            payer_name=one.payer,
            text=one.text,
            cancels=one.cancels,
        )
        for number, one in enumerate(ordered, start=1)
    )
    return BankStatement(
        account=bank.account, holder=bank.holder, currency="JPY", from_on=days.start, to_on=days.last_on, lines=lines
    )


def payers(customers: Iterable[CustomerInPlay]) -> Mapping[str, str]:
    """Return the customer's key by the name the bank knows it under."""
    return {one.payer: one.key for one in customers}
