"""Reads the worked tables of the algorithm pages."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "algorithms"


def worked_rows(page: str) -> list[dict[str, str]]:
    """Return the rows of the last table of a page, each by its column heads."""
    lines = (PAGES / page).read_text(encoding="utf-8").split("## Worked tables")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, _, *rows = cells
    return [dict(zip(head, row, strict=True)) for row in rows]
