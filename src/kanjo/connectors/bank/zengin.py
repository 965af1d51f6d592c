"""The Zengin notice of incoming transfers (全銀 振込入金通知, type 01, format A): fixed records of 200 bytes.

One header, data records, one trailer with counts and totals, one end record; single-byte kana, days in the
Japanese era without its letter. Records follow each other directly or are ended by CR+LF.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from hashlib import sha256

from kanjo.connectors.bank import checks
from kanjo.connectors.bank.refusals import (
    EncodingUnreadable,
    FieldUnreadable,
    FileCut,
    RecordBroken,
    SeveralAccounts,
)
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.foundation.eras import day_of_era_digits, in_era
from kanjo.foundation.kana import ZenginField, zengin_kana
from kanjo.foundation.money import Money
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

RECORD_BYTES = 200
YEN = "JPY"
HEADER_START = b"101"
_ENCODING = "cp932"
_HEADER, _DATA, _TRAILER, _END = "1", "2", "8", "9"
_CANCELS = "1"
# A day of the near future is still of the present era; a value day may lie a little ahead of the file.
_AHEAD = timedelta(days=31)

# Name to (first byte counted from 1, length), as the bank's layout gives them.
HEADER = {
    "code_set": (4, 1),
    "made_on": (5, 6),
    "from_on": (11, 6),
    "to_on": (17, 6),
    "bank": (23, 4),
    "branch": (42, 3),
    "kind": (60, 1),
    "number": (61, 7),
    "holder": (68, 40),
}
DATA = {
    "bank_reference": (2, 6),
    "booked_on": (8, 6),
    "value_on": (14, 6),
    "amount": (20, 10),
    "uncleared": (30, 10),
    "payer_code": (40, 10),
    "payer_name": (50, 48),
    "cancels": (128, 1),
    "text": (129, 20),
}
TRAILER = {"received_count": (2, 6), "received": (8, 12), "cancelled_count": (20, 6), "cancelled": (26, 12)}

A_DAY = Text(en="a date in the Japanese era (YYMMDD)", ja="和暦の日付（YYMMDD）")
CODE_SET = Text(en="code set 0 (JIS)", ja="コード区分0（JIS）")
A_REFERENCE = Text(en="a reference of six digits", ja="6桁の照会番号")
AN_ACCOUNT = Text(
    en="an account written as bank-branch-kind-number (0001-123-1-1234567)",
    ja="銀行-支店-種目-番号の形式（0001-123-1-1234567）の口座",
)
A_RECORD = Text(en="a record of kind {kind} with {length} bytes", ja="データ区分{kind}・{length}バイトのレコード")

Record = tuple[int, str]


def read_notice(data: bytes, name: str, *, received_on: date) -> BankStatement:
    """Return the notice; refuses the whole file, naming record and field, when anything in it is not true.

    *received_on* is the day the file came: era years are read as the latest that do not lie beyond it.
    """
    records = _records(data, name)
    _refuse_unless_shaped(records, name)
    header, trailer = records[0][1], records[-2]
    not_after = received_on + _AHEAD
    place = f"{name}:1"
    if _field(header, HEADER["code_set"]) not in ("0", ""):
        raise FieldUnreadable(at=f"{place} code_set", value=_field(header, HEADER["code_set"]), expected=CODE_SET)
    statement = BankStatement(
        account="-".join(_field(header, HEADER[part]) for part in ("bank", "branch", "kind", "number")),
        holder=_field(header, HEADER["holder"]),
        currency=YEN,
        from_on=_day(header, HEADER, "from_on", not_after, at=place),
        to_on=_day(header, HEADER, "to_on", not_after, at=place),
        lines=tuple(_bank_line(record, not_after, name) for record in records[1:-2]),
        name=name,
        digest=sha256(data).hexdigest(),
    )
    checks.refuse_unless_true(statement)
    _check_totals(statement, trailer, name)
    return statement


def write_notice(statement: BankStatement, *, line_ends: bool = True) -> bytes:
    """Return the statement as a notice; refuses names a bank file has no characters or no room for."""
    account = re.fullmatch(r"(\d{4})-(\d{3})-(\d)-(\d{7})", statement.account, re.ASCII)
    if not account or statement.currency != YEN:
        raise FieldUnreadable(at="account", value=quoted(statement.account), expected=AN_ACCOUNT)
    header = {
        "code_set": "0",
        "made_on": _era_digits(statement.to_on),
        "from_on": _era_digits(statement.from_on),
        "to_on": _era_digits(statement.to_on),
        **dict(zip(("bank", "branch", "kind", "number"), account.groups(), strict=True)),
        "holder": zengin_kana(statement.holder, length=40, at="holder"),
    }
    totals = {
        "received_count": _digits(statement.received_count, 6),
        "received": _digits(statement.received.minor, 12),
        "cancelled_count": _digits(statement.cancelled_count, 6),
        "cancelled": _digits(statement.cancelled.minor, 12),
    }
    records = [
        _laid_out("101", HEADER, header),
        *(_laid_out(_DATA, DATA, _data_fields(line)) for line in statement.lines),
        _laid_out(_TRAILER, TRAILER, totals),
        _laid_out(_END, {}, {}),
    ]
    return (("\r\n" if line_ends else "").join([*records, ""])).encode(_ENCODING)


def _records(data: bytes, name: str) -> list[Record]:
    data = data.removesuffix(b"\x1a")
    ended = b"\r\n" in data
    parts = data.removesuffix(b"\r\n").split(b"\r\n") if ended else _cut(data)
    records = []
    for number, part in enumerate(parts, start=1):
        try:
            text = part.decode(_ENCODING)
        except UnicodeDecodeError:
            raise EncodingUnreadable(at=f"{name}:{number}", encoding="JIS X 0201 (cp932)") from None
        records.append((number, text))
    return records


def _cut(data: bytes) -> list[bytes]:
    return [data[start : start + RECORD_BYTES] for start in range(0, len(data), RECORD_BYTES)]


def _refuse_unless_shaped(records: list[Record], name: str) -> None:
    """Refuse records that are not header, data, trailer and end, each of 200 single-byte characters."""
    last_number, last = records[-1]
    kinds = [text[:1] for _, text in records]
    if len(last) < RECORD_BYTES or kinds[-1] != _END or len(records) < len((_HEADER, _TRAILER, _END)):
        raise FileCut(at=f"{name}:{last_number}")
    if kinds.count(_HEADER) > 1:
        raise SeveralAccounts(at=f"{name}:{kinds.index(_HEADER, 1) + 1}")
    expected = [_HEADER, *[_DATA] * (len(records) - 3), _TRAILER, _END]
    for kind, (number, text) in zip(expected, records, strict=True):
        if text[:1] != kind or len(text) != RECORD_BYTES:
            found = A_RECORD.filled(kind=quoted(text[:1]), length=len(text.encode(_ENCODING)))
            wanted = A_RECORD.filled(kind=kind, length=RECORD_BYTES)
            raise RecordBroken(at=f"{name}:{number}", found=found, expected=wanted)


def _bank_line(record: Record, not_after: date, name: str) -> BankLine:
    number, text = record
    place = f"{name}:{number}"
    amount = Money(checks.whole_number(_field(text, DATA["amount"]), checks.COUNT, at=f"{place} amount"), YEN)
    booked_on = _day(text, DATA, "booked_on", not_after, at=place)
    value_given = _field(text, DATA["value_on"]).strip("0")
    return BankLine(
        line=number,
        bank_reference=_field(text, DATA["bank_reference"]),
        booked_on=booked_on,
        value_on=_day(text, DATA, "value_on", not_after, at=place) if value_given else booked_on,
        amount=checks.above_zero(amount, at=f"{place} amount"),
        payer_name=checks.plain_text(_field(text, DATA["payer_name"]), at=f"{place} payer_name"),
        text=checks.plain_text(_field(text, DATA["text"]), at=f"{place} text"),
        payer_code=_field(text, DATA["payer_code"]),
        cancels=_field(text, DATA["cancels"]) == _CANCELS,
    )


def _check_totals(statement: BankStatement, trailer: Record, name: str) -> None:
    number, text = trailer
    place = f"{name}:{number}"
    said = {
        field: checks.whole_number(_field(text, where) or "0", checks.COUNT, at=f"{place} {field}")
        for field, where in TRAILER.items()
    }
    received = (said["received_count"], Money(said["received"], YEN))
    cancelled = (said["cancelled_count"], Money(said["cancelled"], YEN))
    checks.refuse_unless_totals_agree(statement, received, cancelled, at=place)


def _field(record: str, where: tuple[int, int]) -> str:
    first, length = where
    return record[first - 1 : first - 1 + length].rstrip(" ")


def _day(record: str, layout: dict[str, tuple[int, int]], field: str, not_after: date, *, at: str) -> date:
    digits = _field(record, layout[field])
    try:
        return day_of_era_digits(digits, not_after=not_after)
    except Refusal:
        raise FieldUnreadable(at=f"{at} {field}", value=quoted(digits), expected=A_DAY) from None


def _data_fields(line: BankLine) -> dict[str, str]:
    place = f"line {line.line}"
    if not re.fullmatch(r"(\d{6})?", line.bank_reference, re.ASCII):
        raise FieldUnreadable(at=f"{place} bank_reference", value=quoted(line.bank_reference), expected=A_REFERENCE)
    return {
        "bank_reference": line.bank_reference,
        "booked_on": _era_digits(line.booked_on),
        "value_on": _era_digits(line.value_on),
        "amount": _digits(line.amount.minor, 10),
        "uncleared": _digits(0, 10),
        "payer_code": line.payer_code,
        "payer_name": zengin_kana(line.payer_name, length=48, at=f"{place} payer_name"),
        "cancels": _CANCELS if line.cancels else "0",
        "text": zengin_kana(line.text, field=ZenginField.EDI, length=20, at=f"{place} text"),
    }


def _laid_out(start: str, layout: dict[str, tuple[int, int]], values: dict[str, str]) -> str:
    record = start.ljust(RECORD_BYTES)
    for field, value in values.items():
        first, length = layout[field]
        if len(value) > length:
            fits = Text(en="at most {length} characters", ja="{length}文字以内").filled(length=length)
            raise FieldUnreadable(at=field, value=quoted(value), expected=fits)
        record = record[: first - 1] + value.ljust(length) + record[first - 1 + length :]
    return record


def _digits(number: int, length: int) -> str:
    return str(number).rjust(length, "0")


def _era_digits(day: date) -> str:
    return "".join(part.rjust(2, "0") for part in re.findall(r"\d+", in_era(day).replace("元", "1")))
