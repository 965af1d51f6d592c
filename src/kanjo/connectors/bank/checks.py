"""What every form of bank file is held to: fields that can be read, days inside the span, totals that agree."""

from __future__ import annotations

import re

from kanjo.connectors.bank.refusals import DayOutside, FieldUnreadable, ReferenceTwice, TotalDiffers
from kanjo.connectors.bank.statements import BankStatement
from kanjo.foundation.money import Money
from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Text

LONGEST_TEXT = 500

COUNT = Text(en="a count", ja="件数")
AMOUNT = Text(en="an amount in {currency}", ja="{currency}の金額")
AMOUNT_ABOVE_ZERO = Text(en="an amount above zero", ja="正の金額")
PLAIN_TEXT = Text(
    en="text of at most 500 characters without control characters", ja="制御文字のない500文字以内の文字列"
)
RECEIVED_COUNT = Text(en="Number of receipts", ja="振込件数")
RECEIVED_SUM = Text(en="Sum of receipts", ja="振込金額")
CANCELLED_COUNT = Text(en="Number of cancellations", ja="取消件数")
CANCELLED_SUM = Text(en="Sum of cancellations", ja="取消金額")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def plain_text(value: str, *, at: str) -> str:
    """Return the value as it is; refuses control characters and more than 500 characters."""
    if len(value) > LONGEST_TEXT or _CONTROL.search(value):
        raise FieldUnreadable(at=at, value=quoted(value), expected=PLAIN_TEXT)
    return value


def whole_number(value: str, expected: Text, *, at: str) -> int:
    """Return the digits as a number; refuses everything else."""
    if not (value.isascii() and value.isdigit()):
        raise FieldUnreadable(at=at, value=quoted(value), expected=expected)
    return int(value)


def above_zero(amount: Money, *, at: str) -> Money:
    """Return the amount; refuses zero and less: a cancellation says so and does not carry a sign."""
    if amount.minor <= 0:
        raise FieldUnreadable(at=at, value=amount.as_decimal(), expected=AMOUNT_ABOVE_ZERO)
    return amount


def refuse_unless_true(statement: BankStatement) -> None:
    """Refuse lines booked outside the span of the file, and one referenced receipt that stands twice.

    Banks number anew every day and may leave the reference out, so day, amount and payer must agree as well.
    """
    first_lines: dict[tuple[object, ...], int] = {}
    for line in statement.lines:
        place = f"{statement.name}:{line.line}"
        if not statement.from_on <= line.booked_on <= statement.to_on:
            span = {"from_on": statement.from_on, "to_on": statement.to_on}
            raise DayOutside(at=f"{place} booked_on", day=line.booked_on, **span)
        told = (line.bank_reference, line.booked_on, line.amount, line.payer_name, line.cancels)
        first = first_lines.setdefault(told, line.line)
        if line.bank_reference.strip("0") and first != line.line:
            reference = quoted(line.bank_reference)
            raise ReferenceTwice(at=f"{place} bank_reference", reference=reference, first=first)


def refuse_unless_totals_agree(
    statement: BankStatement, received: tuple[int, Money], cancelled: tuple[int, Money], *, at: str
) -> None:
    """Refuse a statement whose lines do not give the totals that end the file."""
    pairs: list[tuple[Text, int | Money, int | Money]] = [
        (RECEIVED_COUNT, statement.received_count, received[0]),
        (RECEIVED_SUM, statement.received, received[1]),
        (CANCELLED_COUNT, statement.cancelled_count, cancelled[0]),
        (CANCELLED_SUM, statement.cancelled, cancelled[1]),
    ]
    for what, found, declared in pairs:
        if found != declared:
            raise TotalDiffers(at=at, what=what, found=_shown(found), declared=_shown(declared))


def _shown(figure: int | Money) -> str:
    return f"{figure.as_decimal():,f}" if isinstance(figure, Money) else f"{figure:,}"
