"""`kanjo import crm` as a person at a terminal meets it: the real command on a real database, files good and bad."""

from __future__ import annotations

import codecs
import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kanjo.foundation.texts import Language
from kanjo.surfaces.console.main import REFUSED, app
from tests.builders import a_company
from tests.connectors.exports import PIPELINE, add_line, replace, small_export
from tests.plumbing import FreshDatabase


@dataclass(frozen=True)
class Told:
    """What the command said."""

    code: int
    out: str
    err: str


Types = Callable[..., Told]


@pytest.fixture
def types(db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Types:
    """Type `kanjo import crm ...` where Maven Hardware was founded; *language* is the terminal's."""
    a_company("maven", currency="USD", name="Maven Hardware", name_en="Maven Hardware", language=Language.ENGLISH)

    def typed(*words: str | Path, language: str = "en") -> Told:
        monkeypatch.setenv("KANJO_LANGUAGE", language)
        monkeypatch.setattr(sys, "argv", ["kanjo", "import", "crm", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            app()
        said = capsys.readouterr()
        return Told(int(left.value.code or 0), said.out, said.err)

    return typed


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Two deals whose sender declares two, and one that waits for its account."""
    folder = tmp_path / "export"
    folder.mkdir()
    small_export(folder, controls="[controls.rows]\nopportunities = 3\n\n")
    add_line(folder, PIPELINE, "A3,Moses Frase,MG Special,,Engaging,10/25/2016,,")
    return folder


def stored() -> dict[str, int]:
    tables = ("imports_import", "imports_quarantinedrow", "customers_customer", "opportunities_opportunity")
    with connection.cursor() as cursor:
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")  # our own words
            [(counts[table],)] = cursor.fetchall()
    return counts


def cut(export: Path) -> None:
    path = export / PIPELINE
    path.write_bytes(path.read_bytes()[:-20])


def in_shift_jis(export: Path) -> None:
    replace(export, "accounts.csv", "Bluth,retail", "株式会社アクメ,retail")
    path = export / "accounts.csv"
    path.write_bytes(path.read_text("utf-8").encode("cp932"))


def without_a_column(export: Path) -> None:
    replace(export, "products.csv", "sales_price", "price")


def empty(export: Path) -> None:
    (export / "sales_teams.csv").write_text("", "utf-8")


def cut_neatly(export: Path) -> None:
    replace(export, PIPELINE, "A3,Moses Frase,MG Special,,Engaging,10/25/2016,,\n", "")


def with_an_endless_cell(export: Path) -> None:
    replace(export, "accounts.csv", "Acme,technology", f"{'A' * 10_000},technology")


@pytest.mark.parametrize(
    ("spoil", "place", "sentences"),
    [
        (cut, "sales_pipeline.csv:4: ", ("the file was cut", "ファイルが途中で切れています")),
        (in_shift_jis, "accounts.csv:3: ", ("They read as Shift_JIS", "Shift_JIS（cp932）のようです")),
        (without_a_column, "products.csv:1: ", ("lacks sales_price", "見出し行にsales_priceがありません")),
        (empty, "sales_teams.csv: ", ("The file is empty", "ファイルが空です")),
        (cut_neatly, "sales_pipeline.csv: ", ("holds 2, the sender declares 3", "送り手の申告は3件")),
        (with_an_endless_cell, "accounts.csv:2: ", ("10,000 characters", "10,000文字")),
    ],
)
def test_a_bad_file_is_refused_whole(
    types: Types, export: Path, spoil: Callable[[Path], None], place: str, sentences: tuple[str, str]
) -> None:
    """A file that cannot be trusted stores nothing; the sentence names file and line, in the reader's language."""
    spoil(export)
    for language, sentence in zip(("en", "ja"), sentences, strict=True):
        told = types(export, language=language)
        assert (told.code, told.out.strip()) == (REFUSED, "")
        assert told.err.startswith(place)
        assert sentence in told.err
    assert set(stored().values()) == {0}


def test_shift_jis_is_read_when_it_is_named(types: Types, export: Path) -> None:
    """The way out that the refusal names is a way out."""
    in_shift_jis(export)
    replace_in = export / "sales_pipeline.csv"
    replace_in.write_bytes(replace_in.read_text("utf-8").replace("Bluth", "株式会社アクメ").encode("cp932"))
    told = types(export, "--encoding", "cp932")
    assert told.code == 0, told.err
    assert stored()["opportunities_opportunity"] == 2


def test_a_byte_order_mark_is_no_part_of_the_first_column(types: Types, export: Path) -> None:
    """Files as Excel writes them are taken like any other."""
    for path in export.glob("*.csv"):
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    told = types(export)
    assert told.code == 0, told.err
    assert stored()["opportunities_opportunity"] == 2


def test_a_cure_that_is_proposed_can_be_accepted(types: Types, export: Path, tmp_path: Path) -> None:
    """A misspelt product holds its deal; the printed cure, accepted in cures.toml, takes it, and is told."""
    replace(export, PIPELINE, "GTX Pro", "GTXPro")
    held = types(export)
    assert (held.code, "GTX Pro" in held.out) == (0, True)
    assert stored()["opportunities_opportunity"] == 1
    cures = tmp_path / "cures.toml"
    cures.write_text(
        f'[[cure]]\nfile = "{PIPELINE}"\nfield = "product"\nfrom = "GTXPro"\nto = "GTX Pro"\n', encoding="utf-8"
    )
    cured = _json(types(export, "--cures", cures, "--json"))
    assert (cured["new"]["opportunities"], cured["waiting"], cured["faults"]["crm.cure-applied"]) == (1, 1, 1)
    assert _json(types(export, "--cures", cures, "--json"))["again"]


def test_a_folder_or_company_that_is_not_there_is_refused(types: Types, export: Path, tmp_path: Path) -> None:
    """A wrong word on the command line is told, and nothing is stored."""
    nowhere = types(tmp_path)
    assert nowhere.code == REFUSED
    assert nowhere.err.startswith("mapping.toml: ")
    nobody = types(export, "--company", "nobody", language="ja")
    assert nobody.code == REFUSED
    assert "販売会社「nobody」はありません" in nobody.err
    assert "--company コード（maven）" in nobody.err
    assert set(stored().values()) == {0}


def test_the_story_of_an_import(types: Types, export: Path, tmp_path: Path) -> None:
    """Read, told, mended by hand, taken, and never doubled."""
    faults, quarantine = tmp_path / "faults.csv", tmp_path / "quarantine"
    told = types(export, "--faults", faults, "--quarantine", quarantine)
    assert told.code == 0, told.err
    assert "Rows waiting in quarantine: 1" in told.out
    assert "crm.required-missing" in told.out
    assert "sales_pipeline.csv:4 account: account is blank" in told.out
    assert "保留" in types(export, language="ja").out

    assert [row["line"] for row in _csv(faults) if row["rule"] == "crm.required-missing"] == ["4"]
    again = _json(types(export, "--json"))
    assert (again["again"], set(again["new"].values()), again["waiting"]) == (True, {0}, 1)
    assert (again["read"]["opportunities"], again["taken"]["opportunities"]) == (3, 2)
    assert again["quarantined"]["opportunities"] == 1

    _mend(quarantine / PIPELINE, account="Acme")
    mended = _json(types(export, "--mended", quarantine, "--json"))
    assert (mended["new"]["opportunities"], mended["mended"], mended["waiting"]) == (1, 1, 0)
    assert _json(types(export, "--mended", quarantine, "--json"))["again"]
    assert stored()["opportunities_opportunity"] == 3


def test_a_cell_that_looks_like_a_formula_stays_inert(types: Types, export: Path, tmp_path: Path) -> None:
    """A cell that a spreadsheet would run is held, and no file we write would run it."""
    replace(export, "accounts.csv", "Bluth,retail", "Bluth,=1+1|' /C calc'!A1")
    faults, quarantine = tmp_path / "faults.csv", tmp_path / "quarantine"
    told = types(export, "--faults", faults, "--quarantine", quarantine)
    assert told.code == 0, told.err
    [row] = [row for row in _csv(faults) if row["rule"] == "crm.formula"]
    assert (row["file"], row["line"], row["value"]) == ("accounts.csv", "3", "'=1+1|' /C calc'!A1")
    written = [cell for path in quarantine.glob("*.csv") for row in _csv(path) for cell in row.values()]
    assert written
    assert not [cell for cell in written if cell.startswith("=")]


def test_another_process_finds_what_was_imported(fresh_database: FreshDatabase, export: Path) -> None:
    """The command in a process of its own commits: a second one finds everything done."""
    a_company("maven", currency="USD", name="Maven Hardware", name_en="Maven Hardware", language=Language.ENGLISH)
    kanjo = Path(sys.executable).parent / "kanjo"
    results = []
    for _ in range(2):
        told = subprocess.run(
            [str(kanjo), "import", "crm", str(export), "--json"],
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
            env=fresh_database.environment,
        )
        assert told.returncode == 0, told.stderr
        results.append(json.loads(told.stdout))
    assert [(result["again"], result["new"]["opportunities"]) for result in results] == [(False, 2), (True, 0)]
    assert stored()["imports_quarantinedrow"] == 1


def _json(told: Told) -> Any:
    assert told.code == 0, told.err
    return json.loads(told.out)


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _mend(path: Path, *, account: str) -> None:
    """Fill in the account of every row of a quarantine file, as a person would."""
    rows = [{**row, "account": account} for row in _csv(path)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
