"""Figures: what was measured, beside the limit measured in the same run; printed, and kept in results.jsonl.

How to read them: docs/performance.md.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[1] / "results.jsonl"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `ratio` is what `bar` judges: at least the bar, or at most where `at_most` says so.

    `limit` is what the machine can do at best, in the same unit, measured in the same run. Without a bar the figure is
    told and judges nothing.
    """

    figure: str
    value: float
    unit: str
    limit: float | None = None
    ratio: float | None = None
    bar: float | None = None
    at_most: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the ratio keeps its bar; None where there is none."""
        if self.bar is None or self.ratio is None:
            return None
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar


def tell(figures: Iterable[Figure]) -> None:
    """Append the figures to the results, print them, and end with 1 when one misses its bar."""
    figures = list(figures)
    at, commit = datetime.now(UTC).isoformat(timespec="seconds"), _commit()
    with RESULTS.open("a", encoding="utf-8") as results:
        for one in figures:
            line = {name: value for name, value in asdict(one).items() if name != "at_most"}
            results.write(json.dumps({**_rounded(line), "holds": one.holds, "at": at, "commit": commit}) + "\n")
    _print(figures)
    sys.exit(any(one.holds is False for one in figures))


def _rounded(line: dict[str, object]) -> dict[str, object]:
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in line.items()}


def _print(figures: Iterable[Figure]) -> None:
    table = Table("figure", "value", "unit", "limit", "ratio", "bar", "holds")
    for one in figures:
        bar = "" if one.bar is None else f"{'≤' if one.at_most else '≥'} {one.bar:g}"
        verdict = {None: "", True: "✓", False: "✗"}[one.holds]
        table.add_row(one.figure, _short(one.value), one.unit, _short(one.limit), _short(one.ratio), bar, verdict)
    Console().print(table)


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def _commit() -> str:
    def git(*words: str) -> str:
        command = [shutil.which("git") or "git", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=RESULTS.parent).stdout

    changed = any(not line.endswith("results.jsonl") for line in git("status", "--porcelain").splitlines())
    return git("rev-parse", "--short", "HEAD").strip() + ("+" if changed else "")
