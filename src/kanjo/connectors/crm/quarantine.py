"""Quarantined rows on paper: written as CSV to be mended by hand, and read again."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kanjo.connectors.crm.cells import FORMULA_STARTS
from kanjo.connectors.crm.faults import Quarantined
from kanjo.connectors.crm.refusals import FolderMissing, MappingWrong
from kanjo.connectors.crm.rows import Entity
from kanjo.connectors.crm.tables import Record, Table, read_table
from kanjo.foundation.texts import Language, Text

LINE, FAULTS = "kanjo_line", "kanjo_faults"
_GUARD = "'"

NOT_A_LINE = Text(en="“{value}” is no line of {file}.", ja="「{value}」は{file}の行番号ではありません。")


@dataclass(frozen=True, slots=True)
class Mended:
    """A row as a person corrected it; it takes the place of the row on *line* of *file*."""

    file: str
    line: int
    cells: Mapping[str, str]


def write_quarantine(rows: Sequence[Quarantined], folder: Path, *, language: Language) -> list[Path]:
    """Write one CSV per source file, under its name, with the line and the reasons first; return the paths.

    A spreadsheet opens it without running anything: cells that start like a formula carry a leading apostrophe,
    which `read_mended` takes off again. Encoded UTF-8 with a byte-order mark, as spreadsheets expect it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for file, group in groupby(sorted(rows, key=lambda row: (row.file, row.line)), key=lambda row: row.file):
        held = list(group)
        path = folder / file
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([LINE, FAULTS, *held[0].cells])
            for row in held:
                reasons = " / ".join(fault.sentence.said_in(language) for fault in row.faults)
                writer.writerow([row.line, _guarded(reasons), *map(_guarded, row.cells.values())])
        paths.append(path)
    return paths


def read_mended(folder: Path) -> tuple[Mended, ...]:
    """Return the rows of the CSV files that `write_quarantine` wrote, as mended by hand."""
    if not folder.is_dir():
        raise FolderMissing(at=folder.name)
    mended = []
    for path in sorted(folder.glob("*.csv")):
        table = read_table(path, encoding="utf-8", columns=(LINE,))
        for record in table.records:
            cells = {name: _unguarded(value) for name, value in record.cells.items() if name not in (LINE, FAULTS)}
            mended.append(Mended(path.name, _line(record, path.name), cells))
    return tuple(mended)


def with_mended(tables: Mapping[Entity, Table], mended: Sequence[Mended]) -> dict[Entity, Table]:
    """Return the tables with mended rows in the place of those they mend; refuses one that mends no row."""
    waiting = {(row.file, row.line): row for row in mended}
    mended_tables = {}
    for entity, table in tables.items():
        records = tuple(_replaced(record, waiting.pop((table.file, record.line), None)) for record in table.records)
        mended_tables[entity] = Table(table.file, table.columns, records)
    for file, line in waiting:
        raise MappingWrong(at=f"{file}:{line}", problem=NOT_A_LINE.filled(value=line, file=file))
    return mended_tables


def _replaced(record: Record, mended: Mended | None) -> Record:
    return record if mended is None else Record(record.line, {**record.cells, **mended.cells})


def _line(record: Record, file: str) -> int:
    value = record.cells[LINE]
    if not (value.isascii() and value.isdigit()):
        raise MappingWrong(at=f"{file}:{record.line}", problem=NOT_A_LINE.filled(value=value, file=file))
    return int(value)


def _guarded(value: str) -> str:
    return f"{_GUARD}{value}" if value.lstrip().startswith(FORMULA_STARTS) or value.startswith(_GUARD) else value


def _unguarded(value: str) -> str:
    return value.removeprefix(_GUARD)
