"""A short history cut out of the whole one: a few months, some of the deals, and all that hang in the air."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

SUGINAMIKI = Path(__file__).parents[2] / "examples" / "suginamiki"
MONTHS = 4
Rows = list[dict[str, str]]


def cut_script(folder: Path, *, months: int = MONTHS) -> Path:
    """Write the last months of every third won deal and of all that is not over into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("people.csv", "products.csv", "customers.csv", "departments.csv", "credits.csv", "usage_prices.csv"):
        shutil.copy(SUGINAMIKI / name, folder)
    text = (SUGINAMIKI / "company.toml").read_text("utf-8")
    (folder / "company.toml").write_text(
        re.sub(r"^months = \d+$", f"months = {months}", text, flags=re.MULTILINE), "utf-8"
    )
    deals = [deal for deal in _read("deals.csv") if _within(deal["opened"], months) and not deal["renews"]]
    over = [deal for deal in deals if deal["outcome"] in {"won", "lost"}][::3]
    kept = [deal for deal in deals if deal in over or deal["outcome"] not in {"won", "lost"}]
    keys = {deal["key"] for deal in kept}
    _write(folder / "deals.csv", kept)
    _write(folder / "lines.csv", [line for line in _read("lines.csv") if line["deal"] in keys])
    _write(folder / "strays.csv", [one for one in _read("strays.csv") if _within(one["on"], months)])
    _write(folder / "credits.csv", [])
    _write(folder / "told.csv", [])
    _write(folder / "usage.csv", [one for one in _read("usage.csv") if one["deal"] in keys])
    return folder


def _within(day: str, months: int) -> bool:
    return int(day.split(":", maxsplit=1)[0]) > -months


def _read(name: str) -> Rows:
    with (SUGINAMIKI / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["deal"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
