"""A small CRM export on disk, to be spoilt by a test."""

from __future__ import annotations

import re
from pathlib import Path

MAVEN = Path(__file__).parents[2] / "examples" / "maven-crm"

FILES = {
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55.50\n",
    "sales_teams.csv": "sales_agent,manager,regional_office\nMoses Frase,Dustin Brinkmann,Central\n",
    "accounts.csv": (
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Acme,technology,1996,1100.04,2822,United States,\n"
        "Bluth,retail,1993,1242.32,3027,Japan,Acme\n"
    ),
    "sales_pipeline.csv": (
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Moses Frase,GTX Pro,Acme,Won,10/20/2016,3/1/2017,1054\n"
        "A2,Moses Frase,MG Special,Bluth,Engaging,10/25/2016,,\n"
    ),
}
PIPELINE = "sales_pipeline.csv"


def small_export(folder: Path, *, controls: str = "") -> Path:
    """Write two deals, two accounts, two products and one agent, mapped as the Maven export is."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    declared = (MAVEN / "mapping.toml").read_text("utf-8")
    declared = re.sub(r"\[controls\.rows\].*?(?=\[products\])", controls, declared, flags=re.DOTALL)
    (folder / "mapping.toml").write_text(declared, "utf-8")
    return folder


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Write *new* where *old* stands in the file."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def add_line(folder: Path, file: str, line: str) -> None:
    """Append a line to the file."""
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")
