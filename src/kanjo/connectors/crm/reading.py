"""Read a whole export: rows that can be taken, rows that must wait, and every fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from kanjo.connectors.crm import cures as curing
from kanjo.connectors.crm import faults
from kanjo.connectors.crm.cells import Finding
from kanjo.connectors.crm.drafts import Draft, check_references, drafts_of
from kanjo.connectors.crm.faults import Cure, Fault, Quarantined, Severity
from kanjo.connectors.crm.mapping import Mapping as Declared
from kanjo.connectors.crm.mapping import StageRule, read_mapping
from kanjo.connectors.crm.quarantine import Mended, with_mended
from kanjo.connectors.crm.refusals import ControlDiffers
from kanjo.connectors.crm.rows import Account, Agent, Entity, Opportunity, Product, Stage
from kanjo.connectors.crm.tables import Table, read_table
from kanjo.foundation.texts import Text

AnyRow = TypeVar("AnyRow", Account, Product, Agent, Opportunity)

ROWS_OF = Text(en="Rows of {file}", ja="{file}の行数")
STAGE_OF = Text(en="Opportunities at the stage {stage}", ja="段階「{stage}」の商談数")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows were read, taken and quarantined per entity (read = taken + quarantined), and what cures did."""

    read: Mapping[Entity, int]
    taken: Mapping[Entity, int]
    quarantined: Mapping[Entity, int]
    stages: Mapping[Stage, int]
    severities: Mapping[Severity, int]
    cures: Mapping[Cure, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """An export as read. Every row of every file is either among the typed rows or quarantined."""

    company: str
    currency: str
    accounts: tuple[Account, ...]
    products: tuple[Product, ...]
    agents: tuple[Agent, ...]
    opportunities: tuple[Opportunity, ...]
    faults: tuple[Fault, ...]
    quarantined: tuple[Quarantined, ...]
    counts: Counts


def read_export(
    folder: Path,
    *,
    mapping: Path | None = None,
    cures: Sequence[Cure] = (),
    mended: Sequence[Mended] = (),
    encoding: str | None = None,
) -> Reading:
    """Return the export in *folder*, read through its mapping (`mapping.toml` in the folder unless given).

    Cures are applied before anything is checked, mended rows take the place of the rows they mend. A file that is
    cut, undecodable or lacks a column, or control totals that differ, refuse the whole export; nothing is returned.
    *encoding* overrides the one of the mapping.
    """
    declared = read_mapping(mapping or folder / "mapping.toml")
    tables = {entity: _table(folder, entity, declared, encoding) for entity in Entity}
    cure_faults: list[Fault] = []
    used: Counter[Cure] = Counter(dict.fromkeys(cures, 0))
    for entity, table in tables.items():
        tables[entity], found, uses = curing.cured(table, cures)
        cure_faults += found
        used.update(uses)
    _check_controls(tables, declared)
    tables = with_mended(tables, mended)
    drafts = {entity: drafts_of(table, declared.sources[entity], declared) for entity, table in tables.items()}
    check_references(drafts)
    _note_idle_agents(drafts)
    return _reading(drafts, declared, [*cure_faults, *curing.unused(used)], used)


def _table(folder: Path, entity: Entity, declared: Declared, encoding: str | None) -> Table:
    source = declared.sources[entity]
    return read_table(
        folder / source.file,
        encoding=encoding or declared.encoding,
        columns=tuple(column.name for column in source.columns),
        ends_with_newline=declared.ends_with_newline,
    )


def _check_controls(tables: Mapping[Entity, Table], declared: Declared) -> None:
    """Refuse an export that holds something else than its sender declares."""
    for entity, count in declared.rows.items():
        found = len(tables[entity].records)
        if found != count:
            file = tables[entity].file
            raise ControlDiffers(at=file, what=ROWS_OF.filled(file=file), found=found, declared=count)
    source = declared.sources[Entity.OPPORTUNITIES]
    column = source.column_of("stage")
    written = Counter(record.cells[column.name] for record in tables[Entity.OPPORTUNITIES].records) if column else {}
    for stage, count in declared.stages.items():
        found = sum(written[name] for name, rule in source.stages.items() if rule.means is stage and name in written)
        if found != count:
            raise ControlDiffers(at=source.file, what=STAGE_OF.filled(stage=stage.shown), found=found, declared=count)


def _note_idle_agents(drafts: Mapping[Entity, list[Draft]]) -> None:
    busy = {draft.values["agent"] for draft in drafts[Entity.OPPORTUNITIES]}
    for draft in drafts[Entity.AGENTS]:
        column = draft.source.column_of("name")
        if column and draft.key and draft.key not in busy:
            draft.find(column, Finding(faults.WITHOUT_OPPORTUNITIES, Severity.NOTE))


def _reading(
    drafts: Mapping[Entity, list[Draft]], declared: Declared, cure_faults: list[Fault], used: Mapping[Cure, int]
) -> Reading:
    every = [*cure_faults, *(fault for rows in drafts.values() for draft in rows for fault in draft.faults)]
    return Reading(
        company=declared.company,
        currency=declared.currency,
        accounts=_rows(drafts[Entity.ACCOUNTS], Account),
        products=_rows(drafts[Entity.PRODUCTS], Product),
        agents=_rows(drafts[Entity.AGENTS], Agent),
        opportunities=_rows(drafts[Entity.OPPORTUNITIES], Opportunity),
        faults=tuple(sorted(every, key=lambda fault: (fault.file, fault.line))),
        quarantined=tuple(_quarantined(draft) for rows in drafts.values() for draft in rows if draft.held),
        counts=_counts(drafts, every, used),
    )


def _rows(drafts: Sequence[Draft], kind: type[AnyRow]) -> tuple[AnyRow, ...]:
    return tuple(kind(line=draft.record.line, **_values(draft)) for draft in drafts if not draft.held)


def _values(draft: Draft) -> dict[str, Any]:
    return {name: value.means if isinstance(value, StageRule) else value for name, value in draft.values.items()}


def _quarantined(draft: Draft) -> Quarantined:
    source, record = draft.source, draft.record
    return Quarantined(source.entity, source.file, record.line, record.cells, tuple(draft.faults))


def _counts(drafts: Mapping[Entity, list[Draft]], every: Sequence[Fault], used: Mapping[Cure, int]) -> Counts:
    held = {entity: sum(draft.held for draft in rows) for entity, rows in drafts.items()}
    stages = Counter(
        rule.means for draft in drafts[Entity.OPPORTUNITIES] if isinstance(rule := draft.values["stage"], StageRule)
    )
    return Counts(
        read={entity: len(rows) for entity, rows in drafts.items()},
        taken={entity: len(rows) - held[entity] for entity, rows in drafts.items()},
        quarantined=held,
        stages=dict(stages),
        severities=dict(Counter(fault.severity for fault in every)),
        cures=dict(used),
    )
