"""Decision tables: rows that together answer for every deal, each deal by exactly one row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from kanjo.domains.approvals.facts import RowDraft
from kanjo.domains.approvals.rules.cells import Cell, Choice, Interval, Value, read_cell
from kanjo.domains.approvals.rules.inputs import INPUTS, input_named
from kanjo.foundation.actors import Role
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

APPROVING_ROLES = (
    Role.CXO,
    Role.CFO,
    Role.CLO,
    Role.APPROVER,
    Role.SALES_MANAGER,
    Role.LEGAL,
    Role.REV_REC,
    Role.MANAGEMENT,
)
"""The roles a matrix may ask."""

CXO_ROLES = frozenset({Role.CXO, Role.CFO, Role.CLO})


class RowIncomplete(Refusal):
    """A row that leaves out what people need to read."""

    rule = "approvals.row-incomplete"
    says = Text(en="The row has no {what}.", ja="行に{what}がありません。")
    remedy = Text(en="Give it in both languages.", ja="日本語と英語の両方で記入してください。")


class RoleDoesNotApprove(Refusal):
    """A role that the house does not let approve."""

    rule = "approvals.role-does-not-approve"
    says = Text(en="{role} does not approve deals.", ja="{role} は案件を承認する役割ではありません。")
    remedy = Text(en="Use one of: {known}.", ja="使用できる役割: {known}。")


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is evaluated; `number` is its place in the matrix, from 1. A missing cell accepts anything."""

    id: int
    number: int
    item: str
    item_name: Text
    reason: Text
    stage: int
    role: Role | None
    cells: Mapping[str, Cell]

    def accepts(self, values: Mapping[str, Value]) -> bool:
        """Return whether every cell accepts its value."""
        return all(cell.accepts(values[name]) for name, cell in self.cells.items())


@dataclass(frozen=True, slots=True)
class Region:
    """A part of all possible deals that the same rows answer for."""

    cells: Mapping[str, Cell]
    rows: tuple[Row, ...]

    @property
    def shown(self) -> Text:
        """The region as people read it; inputs without a bound are left out."""
        bounds = [(INPUTS[name], cell) for name, cell in self.cells.items() if cell != INPUTS[name].possible]
        if not bounds:
            return Text(en="any deal", ja="すべての案件")
        return Text(
            en=", ".join(f"{one.label.en} {one.shown(cell)}" for one, cell in bounds),
            ja="、".join(f"{one.label.ja} {one.shown(cell)}" for one, cell in bounds),
        )


def read_row(draft: RowDraft, number: int, *, row_id: int = 0) -> Row:
    """Return the written row ready for evaluation; refuses what it cannot read, naming the row."""
    place = f"row {number}"
    for what, text in (("item name", draft.item_name), ("reason", draft.reason)):
        if not text.en.strip() or not text.ja.strip():
            raise RowIncomplete(what=what, at=place)
    if draft.role is not None and draft.role not in APPROVING_ROLES:
        raise RoleDoesNotApprove(role=draft.role, known=", ".join(APPROVING_ROLES), at=place)
    cells = {
        name: read_cell(cell, input_named(name, at=place).kind, at=f"{place}, {name}")
        for name, cell in draft.when.items()
    }
    return Row(
        id=row_id,
        number=number,
        item=draft.item,
        item_name=draft.item_name,
        reason=draft.reason,
        stage=draft.stage,
        role=draft.role,
        cells=cells,
    )


def tables(rows: Sequence[Row]) -> dict[tuple[int, str], list[Row]]:
    """Return the decision tables of a matrix by stage and item: within one, exactly one row answers for a deal."""
    ordered = sorted(rows, key=lambda row: (row.stage, row.item, row.number))
    return {place: list(found) for place, found in groupby(ordered, key=lambda row: (row.stage, row.item))}


def regions(rows: Sequence[Row], within: Mapping[str, Cell] | None = None) -> Iterator[Region]:
    """Return regions that show every set of rows which some possible deal meets; *within* narrows the deals."""
    limits = {name: one.possible for name, one in INPUTS.items()} | dict(within or {})
    names = [name for name in INPUTS if name in (within or {}) or any(name in row.cells for row in rows)]
    return _regions(tuple(rows), names, limits, {})


def _regions(
    rows: tuple[Row, ...], names: Sequence[str], limits: Mapping[str, Cell], cells: Mapping[str, Cell]
) -> Iterator[Region]:
    if not names or not rows:
        yield Region(cells={**cells, **{name: limits[name] for name in names}}, rows=rows)
        return
    name, rest = names[0], names[1:]
    looked_at: set[tuple[int, ...]] = set()
    for segment in _segments([row.cells[name] for row in rows if name in row.cells], limits[name]):
        met = tuple(row for row in rows if name not in row.cells or _covers(row.cells[name], segment))
        # Segments that meet the same rows lead to the same answers below: one look keeps large tables fast.
        numbers = tuple(row.number for row in met)
        if numbers not in looked_at:
            looked_at.add(numbers)
            yield from _regions(met, rest, limits, {**cells, name: segment})


def _segments(cells: Sequence[Cell], limit: Cell) -> list[Cell]:
    """Return the limit cut into parts that every cell accepts wholly or not at all."""
    if isinstance(limit, Choice):
        listed = sorted({value for cell in cells if isinstance(cell, Choice) for value in cell.values})
        return [*(Choice(frozenset({value})) for value in listed), Choice(frozenset(listed), listed=False)]
    bounds = {bound for cell in cells if isinstance(cell, Interval) for bound in (cell.low, cell.high)}
    inside = {bound for bound in bounds if limit.low < bound < limit.high}
    return [Interval(low, high) for low, high in pairwise(sorted({limit.low, *inside, limit.high}))]


def _covers(cell: Cell, segment: Cell) -> bool:
    if isinstance(cell, Choice):
        return isinstance(segment, Choice) and cell.covers(segment)
    return isinstance(segment, Interval) and cell.covers(segment)
