"""A small export cut out of the real one: some customers with all kinds of deals, declared as the sender would."""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections import Counter
from pathlib import Path

MAVEN = Path(__file__).parents[2] / "examples" / "maven-crm"
CUSTOMERS = 12
STAGES = {"Won": 32, "Lost": 8, "Engaging": 6, "Prospecting": 4}
"""How many deals of each stage are taken; of the open ones some wait for an account, as in the real export."""

Rows = list[dict[str, str]]


def cut_export(folder: Path, *, seed: int = 12, stages: dict[str, int] | None = None) -> Path:
    """Write the deals of twelve customers, with everything they refer to, into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    accounts = chance.sample(_read("accounts.csv"), CUSTOMERS)
    names = {row["account"] for row in accounts} | {""}
    deals = [deal for deal in _read("sales_pipeline.csv") if deal["account"] in names]
    wanted = stages or STAGES
    kept = [
        deal
        for stage, number in wanted.items()
        for deal in chance.sample([one for one in deals if one["deal_stage"] == stage], number)
    ]
    agents = {deal["sales_agent"] for deal in kept}
    parents = {row["subsidiary_of"] for row in accounts} - {""}
    files = {
        "accounts.csv": [row for row in _read("accounts.csv") if row["account"] in names | parents],
        "products.csv": _read("products.csv"),
        "sales_teams.csv": [row for row in _read("sales_teams.csv") if row["sales_agent"] in agents],
        "sales_pipeline.csv": sorted(kept, key=lambda deal: deal["opportunity_id"]),
    }
    for name, rows in files.items():
        _write(folder / name, rows)
    shutil.copy(MAVEN / "cures.toml", folder)
    _declare(folder, files)
    return folder


def won(folder: Path) -> Rows:
    """Return the won deals of an export."""
    return [deal for deal in _read("sales_pipeline.csv", folder) if deal["deal_stage"] == "Won"]


def _declare(folder: Path, files: dict[str, Rows]) -> None:
    """Let the mapping say what the export holds, as the sender's does."""
    text = (MAVEN / "mapping.toml").read_text("utf-8")
    names = {"accounts.csv": "accounts", "products.csv": "products", "sales_teams.csv": "agents"}
    counts = {names.get(file, "opportunities"): len(rows) for file, rows in files.items()}
    kept = Counter(row["deal_stage"] for row in files["sales_pipeline.csv"])
    counts |= {stage.lower(): kept[stage] for stage in STAGES}
    for name, number in counts.items():
        text = re.sub(rf"^{name} = \d+$", f"{name} = {number}", text, flags=re.MULTILINE)
    (folder / "mapping.toml").write_text(text, "utf-8")


def _read(name: str, folder: Path = MAVEN) -> Rows:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
