"""Accepted cures: values to write in place of others, applied before anything is checked, every use counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from kanjo.connectors.crm import faults
from kanjo.connectors.crm.faults import Cure, Fault, Severity
from kanjo.connectors.crm.mapping import read_toml
from kanjo.connectors.crm.refusals import MappingWrong
from kanjo.connectors.crm.tables import Record, Table
from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Text

NEEDS = Text(
    en="A cure needs file, field, to, and from or line.", ja="修正にはfile・field・toと、fromまたはlineが必要です。"
)


def read_cures(path: Path) -> tuple[Cure, ...]:
    """Return the cures of a `cures.toml`: a list of `[[cure]]` with file, field, to, and from or line."""
    cures = []
    for number, given in enumerate(read_toml(path).get("cure", []), start=1):
        complete = {"file", "field", "to"} <= given.keys() and not {"from", "line"}.isdisjoint(given)
        if not complete:
            raise MappingWrong(at=f"{path.name} cure {number}", problem=NEEDS)
        cures.append(
            Cure(
                file=given["file"],
                field=given["field"],
                becomes=str(given["to"]),
                replaces=given.get("from"),
                line=given.get("line"),
                because=given.get("because", ""),
            )
        )
    return tuple(cures)


def cured(table: Table, cures: Sequence[Cure]) -> tuple[Table, list[Fault], Counter[Cure]]:
    """Return the table with its cures applied, one fault per use, and how often each was used."""
    own = [cure for cure in cures if cure.file == table.file]
    used: Counter[Cure] = Counter(dict.fromkeys(own, 0))
    found: list[Fault] = []
    records = tuple(_cured(record, own, used, found) for record in table.records)
    return Table(table.file, table.columns, records), found, used


def _cured(record: Record, cures: Iterable[Cure], used: Counter[Cure], found: list[Fault]) -> Record:
    cells = record.cells
    for cure in cures:
        value = cells.get(cure.field)
        on_this_line = cure.line in (None, record.line)
        if value is None or not on_this_line or cure.replaces not in (None, value) or value == cure.becomes:
            continue
        cells = {**cells, cure.field: cure.becomes}
        used[cure] += 1
        found.append(_applied(cure, record.line, value))
    return Record(record.line, cells)


def _applied(cure: Cure, line: int, value: str) -> Fault:
    sentence = faults.SENTENCES[faults.CURE_APPLIED].filled(value=quoted(value), becomes=quoted(cure.becomes))
    return Fault(cure.file, line, cure.field, value, faults.CURE_APPLIED, Severity.CURED, sentence)


def unused(used: Counter[Cure]) -> list[Fault]:
    """Return a note for every cure that found nothing to mend."""
    return [
        Fault(
            cure.file,
            cure.line or 0,
            cure.field,
            cure.replaces or "",
            faults.CURE_UNUSED,
            Severity.NOTE,
            faults.SENTENCES[faults.CURE_UNUSED].filled(value=cure.replaces or cure.becomes),
        )
        for cure, count in used.items()
        if not count
    ]
