"""A list as a file: CSV and Excel. What people typed never becomes a formula; numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone

from kanjo.foundation.money import Money, Rate
from kanjo.foundation.texts import Text
from kanjo.surfaces.web.shown import Explained, Link, cell, said

EXPORTS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Kinds of export with their media types."""

CURRENCY = Text(en="Currency", ja="通貨")

_RISKY = re.compile(r"^[\s﻿]*[=+\-@＝＋−－＠]")  # full-width signs, too, start a formula


def exported(kind: str, name: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> HttpResponse:
    """Answer with the rows as a file of a *kind* of `EXPORTS`.

    An amount is a number of whole units, its currency stands in a column beside it.
    """
    plain = [[_plain(value) for value in row] for row in rows]
    money = [any(isinstance(row[index], Money) for row in plain) for index in range(len(heads))]
    table = [_spread(heads, money, lambda head: [head, said(CURRENCY)])]
    table.extend(_spread(row, money, _amount) for row in plain)
    response = HttpResponse(_csv(table) if kind == "csv" else _xlsx(table), content_type=EXPORTS[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    return response


def harmless(text: str) -> str:
    """Return a text as a cell of CSV that no spreadsheet takes for a formula: an apostrophe stands before it."""
    return f"'{text}" if _RISKY.match(text) or text[:1] in {"\t", "\r", "\n"} else text


def _plain(value: object) -> object:
    """Return a value without what only a page draws."""
    match value:
        case Link() | Explained():
            return _plain(value.value)
        case Money() | bool() | int() | date():
            return value
        case Rate() | Fraction():
            return cell(value).text
        case None | "":
            return ""
        case _:
            return cell(value).text


def _spread(values: Sequence[Any], money: Sequence[bool], both: Any) -> list[object]:
    return [
        one for value, is_money in zip(values, money, strict=True) for one in (both(value) if is_money else [value])
    ]


def _amount(value: object) -> list[object]:
    return [value.as_decimal(), value.currency] if isinstance(value, Money) else [value, ""]


def _csv(table: Sequence[Sequence[object]]) -> bytes:
    """Return the table as UTF-8 with a byte order mark, which Excel needs to read Japanese."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerows([harmless(one) if isinstance(one, str) else _written(one) for one in row] for row in table)
    return made.getvalue().encode("utf-8-sig")


def _written(value: object) -> object:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime) else value


def _decimals(value: int | Decimal) -> int:
    """Return how many decimals an amount is written with: those of its currency."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _xlsx(table: Sequence[Sequence[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        numbers = [book.add_format({"num_format": f"#,##0{'.' * bool(count)}{'0' * count}"}) for count in range(5)]
        sheet.freeze_panes(1, 0)
        for line, row in enumerate(table):
            for place, value in enumerate(row):
                match value:
                    case datetime():
                        sheet.write_datetime(line, place, timezone.localtime(value).replace(tzinfo=None), moment)
                    case date():
                        sheet.write_datetime(line, place, value, day)
                    case int() | Decimal():
                        sheet.write_number(line, place, value, numbers[_decimals(value)])
                    case _:
                        sheet.write_string(line, place, str(value), head if not line else None)
    return made.getvalue()
