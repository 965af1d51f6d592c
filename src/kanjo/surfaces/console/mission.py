"""Reads the rows of the mission and of trust from `docs/`, and which tests carry them from the tests' marks."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROW: Final = re.compile(r"^\| (?P<id>[A-Z][A-Z0-9]*-[A-Za-z0-9-]+|[A-Z]\d+) \|(?P<cells>.*)\|\s*$")
DOCUMENTS: Final = ("mission.md", "trust.md")
_WEIGHTS: Final = {"A", "B", "C"}
_Marked = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class MissionRow:
    """One row, of the mission or a promise of trust: `weight` A (core), B or C; empty in tables that carry none."""

    id: str
    weight: str
    meaning: str


def known_rows(sources: Path) -> list[MissionRow]:
    """Return the rows of all documents, the mission first."""
    return [row for name in DOCUMENTS for row in rows_of(sources / "docs" / name)]


def rows_of(document: Path) -> list[MissionRow]:
    """Return the rows in the order of the document."""
    found = [match for line in document.read_text("utf-8").splitlines() if (match := _ROW.match(line))]
    return [_row(match["id"], [cell.strip() for cell in match["cells"].split("|")]) for match in found]


def _row(row_id: str, cells: list[str]) -> MissionRow:
    at = next((n for n, cell in enumerate(cells) if cell in _WEIGHTS), len(cells))
    return MissionRow(row_id, cells[at] if at < len(cells) else "", cells[at - 1] if at else "")


def carried(directories: Iterable[Path], sources: Path) -> dict[str, list[str]]:
    """Return, for each row id, the tests marked with it: on themselves, on their class or on their module."""
    tests: dict[str, list[str]] = defaultdict(list)
    for directory in directories:
        for path in sorted(directory.rglob("test_*.py")):
            where = path.relative_to(sources).as_posix()
            for row, name in _marks(ast.parse(path.read_text("utf-8"))):
                tests[row].append(f"{where}::{name}")
    return dict(tests)


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    everywhere = [
        row
        for node in module.body
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "pytestmark" for target in node.targets)
        for row in _rows_in(ast.walk(node.value))
    ]
    for outer in module.body:
        if isinstance(outer, ast.ClassDef):
            above = [*everywhere, *_rows_of(outer)]
            for inner in outer.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                    yield from ((row, f"{outer.name}::{inner.name}") for row in [*above, *_rows_of(inner)])
        elif isinstance(outer, ast.FunctionDef) and outer.name.startswith("test"):
            yield from ((row, outer.name) for row in [*everywhere, *_rows_of(outer)])


def _rows_of(node: _Marked) -> list[str]:
    return _rows_in(inner for decorator in node.decorator_list for inner in ast.walk(decorator))


def _rows_in(nodes: Iterable[ast.AST]) -> list[str]:
    calls = [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "row"]
    return [str(arg.value) for call in calls for arg in call.args if isinstance(arg, ast.Constant)]
