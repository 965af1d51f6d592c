"""The plain receipts file: CSV in UTF-8, one kind of line per record, closed by its totals.

kanjo-receipts,1
statement,account,holder,currency,from_on,to_on
receipt,bank_reference,value_on,amount,payer_name,text        (or `cancelled` with the same fields)
total,receipts,sum,cancellations,sum
"""

from __future__ import annotations

import csv
import io
from datetime import date
from hashlib import sha256

from kanjo.connectors.bank import checks
from kanjo.connectors.bank.refusals import EncodingUnreadable, FieldUnreadable, FileCut, RecordBroken
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.foundation.money import Money, currency
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

SIGNATURE = "kanjo-receipts"
VERSION = "1"
RECEIPT, CANCELLED = "receipt", "cancelled"

_HEAD, _TOTAL = "statement", "total"
_FIELDS = {SIGNATURE: 2, _HEAD: 6, RECEIPT: 6, CANCELLED: 6, _TOTAL: 5}
A_DAY = Text(en="a date written as 2026-11-30", ja="「2026-11-30」の形式の日付")
A_LATER_DAY = Text(en="a day on or after the first", ja="開始日以降の日付")
VERSION_1 = Text(en="a version we read (1)", ja="読み取れる版（1）")
A_LINE = Text(en="a line “{kind}” of {count} fields", ja="{count}項目の「{kind}」行")
BROKEN_QUOTES = Text(en="a line whose quotation marks do not pair", ja="引用符の対応が取れていない行")

Line = tuple[int, list[str]]


def read_statement(data: bytes, name: str) -> BankStatement:
    """Return the statement; refuses the whole file, naming line and field, when anything in it is not true."""
    lines = _lines(data, name)
    _refuse_unless_shaped(lines, name)
    (head_line, head), (total_line, total) = lines[1], lines[-1]
    place = f"{name}:{head_line}"
    code = currency(head[3], at=f"{place} currency").code
    from_on, to_on = _day(head[4], at=f"{place} from_on"), _day(head[5], at=f"{place} to_on")
    if to_on < from_on:
        raise FieldUnreadable(at=f"{place} to_on", value=head[5], expected=A_LATER_DAY)
    statement = BankStatement(
        account=checks.plain_text(head[1], at=f"{place} account"),
        holder=checks.plain_text(head[2], at=f"{place} holder"),
        currency=code,
        from_on=from_on,
        to_on=to_on,
        lines=tuple(_bank_line(line, code, name) for line in lines[2:-1]),
        name=name,
        digest=sha256(data).hexdigest(),
    )
    checks.refuse_unless_true(statement)
    _check_totals(statement, total, at=f"{name}:{total_line}")
    return statement


def write_statement(statement: BankStatement) -> bytes:
    """Return the statement as a plain receipts file; reading it gives the statement again."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([SIGNATURE, VERSION])
    span = [statement.from_on.isoformat(), statement.to_on.isoformat()]
    writer.writerow([_HEAD, statement.account, statement.holder, statement.currency, *span])
    for line in statement.lines:
        kind = CANCELLED if line.cancels else RECEIPT
        amount = _figure(line.amount)
        writer.writerow([kind, line.bank_reference, line.value_on.isoformat(), amount, line.payer_name, line.text])
    received = [statement.received_count, _figure(statement.received)]
    writer.writerow([_TOTAL, *received, statement.cancelled_count, _figure(statement.cancelled)])
    return stream.getvalue().encode()


def _lines(data: bytes, name: str) -> list[Line]:
    if not data.endswith(b"\n"):
        raise FileCut(at=f"{name}:{_line_ends(data) + 1}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_ends(data[: error.start]) + 1
        raise EncodingUnreadable(at=f"{name}:{line}", encoding="UTF-8") from None
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    first = 1
    try:
        for cells in reader:
            lines.append((first, cells))
            first = reader.line_num + 1
    except csv.Error:
        raise RecordBroken(at=f"{name}:{first}", found=BROKEN_QUOTES, expected=_line_of(RECEIPT)) from None
    return lines


def _line_ends(data: bytes) -> int:
    return data.count(b"\n")


def _refuse_unless_shaped(lines: list[Line], name: str) -> None:
    """Refuse lines that are not signature, head, receipts and total, in this order."""
    last_line, last = lines[-1]
    if len(lines) < len((SIGNATURE, _HEAD, _TOTAL)) or last[:1] != [_TOTAL]:
        raise FileCut(at=f"{name}:{last_line}")
    receipts = [CANCELLED if cells[:1] == [CANCELLED] else RECEIPT for _, cells in lines[2:-1]]
    for kind, (line, cells) in zip([SIGNATURE, _HEAD, *receipts, _TOTAL], lines, strict=True):
        if cells[:1] != [kind] or len(cells) != _FIELDS[kind]:
            found = A_LINE.filled(kind=quoted(cells[0] if cells else ""), count=len(cells))
            raise RecordBroken(at=f"{name}:{line}", found=found, expected=_line_of(kind))
    if lines[0][1][1] != VERSION:
        raise FieldUnreadable(at=f"{name}:1 version", value=quoted(lines[0][1][1]), expected=VERSION_1)


def _line_of(kind: str) -> Text:
    return A_LINE.filled(kind=kind, count=_FIELDS[kind])


def _bank_line(line: Line, code: str, name: str) -> BankLine:
    number, (kind, reference, day, amount, payer, text) = line
    place = f"{name}:{number}"
    value_on = _day(day, at=f"{place} value_on")
    return BankLine(
        line=number,
        bank_reference=checks.plain_text(reference, at=f"{place} bank_reference"),
        booked_on=value_on,
        value_on=value_on,
        amount=checks.above_zero(_money(amount, code, at=f"{place} amount"), at=f"{place} amount"),
        payer_name=checks.plain_text(payer, at=f"{place} payer_name"),
        text=checks.plain_text(text, at=f"{place} text"),
        cancels=kind == CANCELLED,
    )


def _check_totals(statement: BankStatement, total: list[str], *, at: str) -> None:
    counts = [checks.whole_number(count, checks.COUNT, at=at) for count in (total[1], total[3])]
    sums = [_money(amount, statement.currency, at=at) for amount in (total[2], total[4])]
    checks.refuse_unless_totals_agree(statement, (counts[0], sums[0]), (counts[1], sums[1]), at=at)


def _money(text: str, code: str, *, at: str) -> Money:
    try:
        return Money.parse(text, code)
    except Refusal:
        raise FieldUnreadable(at=at, value=quoted(text), expected=checks.AMOUNT.filled(currency=code)) from None


def _day(text: str, *, at: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise FieldUnreadable(at=at, value=quoted(text), expected=A_DAY)
    return day


def _figure(amount: Money) -> str:
    return f"{amount.as_decimal():f}"
