"""What goes into an import and what is read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NewType

from kanjo.foundation.texts import Text

ImportId = NewType("ImportId", int)


@dataclass(frozen=True, slots=True)
class HeldFault:
    """One reason why a row waits: the rule, the field and its value, and the sentence that says so."""

    rule: str
    field: str
    value: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that could not be taken; *key* names it inside its entity: its own key, or `file:line`."""

    entity: str
    key: str
    file: str
    line: int
    cells: Mapping[str, str]
    faults: tuple[HeldFault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """An import as it is shown."""

    id: ImportId
    company: str
    source: str
    digest: str
    counts: Mapping[str, Any]
    effective_on: date
    made_by: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedShown:
    """A quarantined row as it is shown: the import that held it and, once mended, the one that took it."""

    id: int
    company: str
    source: str
    row: HeldRow
    mended: bool
    found_in: ImportId
    mended_in: ImportId | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What an import did to the quarantine: rows it added, rows it mended."""

    import_id: ImportId
    added: int
    mended: int
