"""Rows on their way: typed values and the faults found so far, one row at a time and row against row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from kanjo.connectors.crm import faults
from kanjo.connectors.crm.cells import Finding, Value, cell_reader, sentence_of
from kanjo.connectors.crm.faults import Cure, Fault, Severity, proposal_of
from kanjo.connectors.crm.mapping import Column, Source, StageRule
from kanjo.connectors.crm.mapping import Mapping as Declared
from kanjo.connectors.crm.proposals import proposer
from kanjo.connectors.crm.rows import Entity
from kanjo.connectors.crm.tables import Record, Table
from kanjo.foundation.texts import Text

ENTITY_NAMES = {
    Entity.PRODUCTS: Text(en="the products", ja="製品一覧"),
    Entity.AGENTS: Text(en="the agents", ja="営業担当者一覧"),
    Entity.ACCOUNTS: Text(en="the accounts", ja="取引先一覧"),
    Entity.OPPORTUNITIES: Text(en="the opportunities", ja="商談一覧"),
}
EVERY_ROW = Text(en="every row", ja="この一覧")
THE_STAGE = Text(en="the stage {stage}", ja="段階「{stage}」")


@dataclass(slots=True)
class Draft:
    """One row while it is checked."""

    source: Source
    record: Record
    values: dict[str, Value]
    faults: list[Fault] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether the row cannot be taken."""
        return any(fault.severity is Severity.QUARANTINED for fault in self.faults)

    @property
    def key(self) -> str:
        """The name of the row; blank when it has none."""
        return str(self.values.get(self.source.key) or "")

    def find(self, column: Column, finding: Finding) -> None:
        """Add the finding as a fault of this row, with the cure it proposes."""
        file, value = self.source.file, self.record.cells[column.name]
        cure = Cure(file, column.name, finding.nearest, value) if finding.nearest and value else None
        said = sentence_of(finding, field=column.name, value=value)
        self.faults.append(
            Fault(file, self.record.line, column.name, value, finding.rule, finding.severity, said, cure)
        )


def drafts_of(table: Table, source: Source, declared: Declared) -> list[Draft]:
    """Return the rows of a table with every fault that one row alone can show."""
    readers = [(column, cell_reader(column, declared, dict(source.stages))) for column in source.columns]
    drafts = []
    for record in table.records:
        readings = [(column, read(record.cells[column.name])) for column, read in readers]
        draft = Draft(source, record, {column.field: reading.value for column, reading in readings})
        for column, reading in readings:
            if reading.finding:
                draft.find(column, reading.finding)
        _check_presence(draft)
        _check_order_of_days(draft)
        drafts.append(draft)
    _check_keys(drafts, source)
    return drafts


def _check_presence(draft: Draft) -> None:
    """Find required columns that are blank, and note those that the stage need not know yet."""
    cells = draft.record.cells
    stage = draft.values.get("stage")
    for column in draft.source.columns:
        if cells[column.name]:
            continue
        if column.required:
            draft.find(column, _blank(faults.REQUIRED_MISSING, Severity.QUARANTINED, needed_by=EVERY_ROW))
        elif isinstance(stage, StageRule):
            needed = column.name in stage.requires
            needed_by = THE_STAGE.filled(stage=cells[_stage_column(draft.source)])
            missing = _blank(faults.REQUIRED_MISSING, Severity.QUARANTINED, needed_by=needed_by)
            unknown_yet = _blank(faults.NOT_YET_KNOWN, Severity.NOTE, stage=cells[_stage_column(draft.source)])
            draft.find(column, missing if needed else unknown_yet)


def _blank(rule: str, severity: Severity, **facts: object) -> Finding:
    return Finding(rule, severity, tuple(facts.items()))


def _stage_column(source: Source) -> str:
    column = source.column_of("stage")
    return column.name if column else ""


def _check_order_of_days(draft: Draft) -> None:
    engaged, closed = draft.values.get("engaged_on"), draft.values.get("closed_on")
    first, last = draft.source.column_of("engaged_on"), draft.source.column_of("closed_on")
    if first and last and isinstance(engaged, date) and isinstance(closed, date) and closed < engaged:
        before = draft.record.cells[first.name]
        draft.find(last, _blank(faults.DAYS_REVERSED, Severity.QUARANTINED, field_before=first.name, before=before))


def _check_keys(drafts: Iterable[Draft], source: Source) -> None:
    """Find rows whose key stands on an earlier line."""
    column = source.column_of(source.key)
    first_lines: dict[str, int] = {}
    for draft in drafts:
        first = first_lines.setdefault(draft.key, draft.record.line)
        if column and draft.key and first != draft.record.line:
            draft.find(column, _blank(faults.KEY_TWICE, Severity.QUARANTINED, first=first))


def check_references(drafts: Mapping[Entity, list[Draft]]) -> None:
    """Find references to rows that are not there, then to rows that are held, until nothing more is held."""
    by_key = {entity: {draft.key: draft for draft in reversed(rows) if draft.key} for entity, rows in drafts.items()}
    proposers = {entity: proposer(known) for entity, known in by_key.items()}
    for draft, column, target, value in _references(drafts):
        if value not in by_key[target]:
            nearest = proposers[target](value)
            facts = (("target", ENTITY_NAMES[target]), ("proposal", proposal_of(nearest)))
            draft.find(column, Finding(faults.UNKNOWN_REFERENCE, Severity.QUARANTINED, facts, nearest))
    found = True
    while found:
        found = False
        for draft, column, target, value in _references(drafts):
            referred = by_key[target].get(value)
            if referred and referred.held and not draft.held:
                quarantined = _blank(faults.REFERENCE_QUARANTINED, Severity.QUARANTINED, target=ENTITY_NAMES[target])
                draft.find(column, quarantined)
                found = True


def _references(drafts: Mapping[Entity, list[Draft]]) -> Iterator[tuple[Draft, Column, Entity, str]]:
    """Yield every reference that holds a readable value."""
    for rows in drafts.values():
        columns = [(column, column.refers_to) for column in rows[0].source.columns] if rows else []
        for column, target in columns:
            if target:
                for draft in rows:
                    value = draft.values[column.field]
                    if value:
                        yield draft, column, target, str(value)
