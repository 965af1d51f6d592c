"""The usage file: what was used of which order line on which day, under an id that the sender gives once.

event_id,order_line,used_on,quantity,corrects
m-0001,ORD-2026-000001-1,2026-05-31,1200,

The heading may be Japanese: イベントID,注文明細,利用日,数量,訂正対象
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

NEEDED = ("event_id", "order_line", "used_on", "quantity")
COLUMNS = (*NEEDED, "corrects")
JAPANESE = dict(zip(("イベントid", "注文明細", "利用日", "数量", "訂正対象"), COLUMNS, strict=True))
LONGEST_NUMBER = 18
LONGEST_CELL = 200


class UsageFileRefused(Refusal):
    """A usage file, or a line of it, that cannot be read; `at` names file, line and column."""

    remedy = Text(en="Correct the file; nothing was taken.", ja="ファイルを修正してください。何も取り込んでいません。")


class UsageFileUnreadable(UsageFileRefused):
    """Bytes that are not text in UTF-8."""

    rule = "usage.file-encoding"
    says = Text(en="The file is not text in UTF-8.", ja="ファイルの文字コードがUTF-8ではありません。")


class HeadingUnknown(UsageFileRefused):
    """A file without the columns that are needed, or with others."""

    rule = "usage.file-heading"
    says = Text(
        en="The first line must name the columns event_id, order_line, used_on, quantity; “corrects” may follow.",
        ja="1行目に列名「イベントID,注文明細,利用日,数量」を記載してください（「訂正対象」は任意）。",
    )


class RowBroken(UsageFileRefused):
    """A line with more or fewer cells than the heading has."""

    rule = "usage.file-row"
    says = Text(
        en="The line has {found} cells, the heading {expected}.", ja="{found}項目の行です（見出しは{expected}項目）。"
    )


class CellUnreadable(UsageFileRefused):
    """A cell that cannot be read as what its column holds."""

    rule = "usage.file-cell"
    says = Text(en="“{value}” is not {expected}.", ja="「{value}」は{expected}ではありません。")


A_DAY = Text(en="a date written as 2026-11-30", ja="「2026-11-30」の形式の日付")
A_NUMBER = Text(en="a whole number", ja="整数")
AN_ID = Text(en="text of 1 to 200 characters", ja="1〜200文字の文字列")


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One event; *place* is file and line, *order_line* the number of the order, a dash and the line's place in it."""

    place: str
    event_id: str
    order_line: str
    used_on: date
    quantity: int
    corrects: str


@dataclass(frozen=True, slots=True)
class UsageFile:
    """What could be read of a file, and what could not."""

    lines: tuple[UsageLine, ...]
    faults: tuple[UsageFileRefused, ...]


def read_usage_file(data: bytes, name: str) -> UsageFile:
    """Return the events in *data*; *name* leads the place of each fault. Refuses what is no such file at all."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageFileUnreadable(at=name) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[UsageLine] = []
    faults: list[UsageFileRefused] = []
    heading: list[str] = []
    try:
        for row in reader:
            if not heading:
                heading = _heading(row, name)
            elif row:
                _read(row, heading, f"{name}:{reader.line_num}", lines, faults)
    except csv.Error:
        faults.append(RowBroken(at=f"{name}:{reader.line_num}", found="?", expected=len(heading)))
    if not heading:
        raise HeadingUnknown(at=f"{name}:1")
    return UsageFile(tuple(lines), tuple(faults))


def _heading(row: list[str], name: str) -> list[str]:
    written = [cell.strip().lower() for cell in row]
    heading = [JAPANESE.get(cell, cell) for cell in written]
    if not set(NEEDED) <= set(heading) <= set(COLUMNS) or len(set(heading)) != len(heading):
        raise HeadingUnknown(at=f"{name}:1")
    return heading


def _read(
    row: list[str], heading: list[str], place: str, lines: list[UsageLine], faults: list[UsageFileRefused]
) -> None:
    try:
        if len(row) != len(heading):
            raise RowBroken(at=place, found=len(row), expected=len(heading))
        cells = dict(zip(heading, (cell.strip() for cell in row), strict=True))
        lines.append(_line(cells, place))
    except UsageFileRefused as fault:
        faults.append(fault)


def _line(cells: dict[str, str], place: str) -> UsageLine:
    for column in ("event_id", "order_line"):
        if not _is_text(cells[column]):
            raise CellUnreadable(at=f"{place} {column}", value=quoted(cells[column]), expected=AN_ID)
    return UsageLine(
        place,
        cells["event_id"],
        cells["order_line"],
        _day(cells["used_on"], f"{place} used_on"),
        _number(cells["quantity"], f"{place} quantity"),
        cells.get("corrects", ""),
    )


def _is_text(cell: str) -> bool:
    return 0 < len(cell) <= LONGEST_CELL and cell.isprintable()


def _day(cell: str, at: str) -> date:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise CellUnreadable(at=at, value=quoted(cell), expected=A_DAY) from None


def _number(cell: str, at: str) -> int:
    digits = cell.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
        raise CellUnreadable(at=at, value=quoted(cell), expected=A_NUMBER)
    return int(cell)
