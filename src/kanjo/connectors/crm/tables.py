"""A CSV file as records with the line they start on, or a refusal of the whole file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kanjo.connectors.crm import refusals
from kanjo.foundation.texts import Text

LONGEST_CELL = 5_000

LOOKS_JAPANESE = Text(en=" They read as Shift_JIS (cp932).", ja="Shift_JIS（cp932）のようです。")
LOOKS_UTF_16 = Text(en=" They read as UTF-16.", ja="UTF-16のようです。")
LOOKS_LIKE_NOTHING = Text(en="", ja="")
ITS_NAME = Text(en="<its name>", ja="＜文字コード名＞")
# Bytes of a Western encoding often pass as rare kanji; kana or a legal form show that Japanese was written.
_JAPANESE = re.compile("[\u3041-\u30ff\uff66-\uff9f]|株式|有限")
CUT_HERE = Text(en=" It is the last line: the file was cut.", ja="最終行であり、ファイルが途中で切れています。")
NOT_CUT = Text(en="", ja="")


@dataclass(frozen=True, slots=True)
class Record:
    """One row as text; *line* is the physical line it starts on."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A whole file as text."""

    file: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


def read_table(path: Path, *, encoding: str, columns: tuple[str, ...], ends_with_newline: bool = False) -> Table:
    """Return the file with the named columns present, blanks around values removed; a byte-order mark is tolerated.

    Refuses the whole file, naming the line, when it is missing, empty, undecodable, cut, lacks a column, or has a
    line with another number of columns than its head.
    """
    if not path.is_file():
        raise refusals.FileMissing(at=path.name, folder=path.parent)
    text = _decoded(path.read_bytes(), path.name, encoding)
    if not text.strip():
        raise refusals.FileEmpty(at=path.name)
    lines = _lines(text, path.name)
    _, head = next(lines)
    head = [name.strip() for name in head]
    _check_head(head, columns, path.name)
    records = tuple(
        Record(line, dict(zip(head, map(str.strip, cells), strict=True)))
        for line, cells in _whole(lines, head, text, path.name)
    )
    if ends_with_newline and not text.endswith("\n"):
        raise refusals.LineCut(at=f"{path.name}:{text.count(chr(10)) + 1}")
    return Table(path.name, tuple(head), records)


def _decoded(data: bytes, file: str, encoding: str) -> str:
    try:
        codec = codecs.lookup(encoding).name
    except LookupError:
        raise refusals.EncodingUnknown(at=file, encoding=encoding) from None
    try:
        return data.decode("utf-8-sig" if codec == "utf-8" else codec)
    except UnicodeDecodeError as error:
        guess, option = _guess(data)
        line = data.count(b"\n", 0, error.start) + 1
        raise refusals.EncodingUnreadable(at=f"{file}:{line}", encoding=codec, guess=guess, option=option) from None


def _guess(data: bytes) -> tuple[Text, str | Text]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return LOOKS_UTF_16, "utf-16"
    if _JAPANESE.search(data.decode("cp932", errors="ignore")):
        return LOOKS_JAPANESE, "cp932"
    return LOOKS_LIKE_NOTHING, ITS_NAME


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every record that is not blank, with the physical line it starts on."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise refusals.QuotesBroken(at=f"{file}:{line}") from None
        _check_sizes(cells, f"{file}:{line}")
        if cells:
            yield line, cells
        line = reader.line_num + 1


def _check_sizes(cells: list[str], place: str) -> None:
    length = max(map(len, cells), default=0)
    if length > LONGEST_CELL:
        raise refusals.CellTooLarge(at=place, length=length, most=LONGEST_CELL)


def _check_head(head: list[str], needed: tuple[str, ...], file: str) -> None:
    missing = [name for name in needed if name not in head]
    if missing:
        raise refusals.ColumnMissing(at=f"{file}:1", columns=", ".join(missing))
    twice = [name for name, count in Counter(head).items() if count > 1]
    if twice:
        raise refusals.ColumnTwice(at=f"{file}:1", columns=", ".join(twice))


def _whole(
    lines: Iterator[tuple[int, list[str]]], head: list[str], text: str, file: str
) -> Iterator[tuple[int, list[str]]]:
    for line, cells in lines:
        if len(cells) != len(head):
            last = line >= text.rstrip("\r\n").count("\n") + 1
            cut = CUT_HERE if last and len(cells) < len(head) else NOT_CUT
            raise refusals.ColumnCount(at=f"{file}:{line}", found=len(cells), expected=len(head), cut=cut)
        yield line, cells
