"""Files that cannot be trusted: each is refused whole, with file, line and rule, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kanjo.connectors.crm.reading import read_export
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Language
from tests.connectors.exports import PIPELINE, add_line, replace, small_export


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_export(tmp_path)


def refusal_of(folder: Path) -> Refusal:
    """Return the refusal of the whole export; it says both its sentences in full."""
    with pytest.raises(Refusal) as caught:
        read_export(folder)
    refusal = caught.value
    english, japanese = refusal.said_in(Language.ENGLISH), refusal.said_in(Language.JAPANESE)
    assert english.startswith(f"{refusal.at}: ")
    assert japanese.startswith(f"{refusal.at}: ")
    assert english != japanese
    assert "{" not in english + japanese
    return refusal


def test_a_file_cut_in_the_middle_of_a_line(folder: Path) -> None:
    """The last line lacks columns: the file was cut there."""
    path = folder / PIPELINE
    path.write_bytes(path.read_bytes()[:-25])
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.column-count", f"{PIPELINE}:3")
    assert "the file was cut" in refusal.sentence.en
    assert "ファイルが途中で切れています" in refusal.sentence.ja


def test_a_file_cut_in_the_last_cell(folder: Path) -> None:
    """All columns are there, but the last line does not end: 1054 may have become 10."""
    replace(folder, PIPELINE, "A2,Moses Frase,MG Special,Bluth,Engaging,10/25/2016,,\n", "")
    path = folder / PIPELINE
    path.write_bytes(path.read_bytes()[:-3])
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.last-line-cut", f"{PIPELINE}:2")


@pytest.mark.parametrize(
    ("controls", "said"),
    [("[controls.rows]\nopportunities = 3\n", "Rows of"), ("[controls.stages]\nwon = 2\n", "at the stage Won")],
)
def test_a_file_cut_between_lines(tmp_path: Path, controls: str, said: str) -> None:
    """Only the sender's own count shows it: one row fewer than declared is refused."""
    refusal = refusal_of(small_export(tmp_path, controls=controls))
    assert (refusal.rule, refusal.at) == ("crm.control-total", PIPELINE)
    assert said in refusal.sentence.en


def test_shift_jis_is_recognised_and_can_be_asked_for(folder: Path) -> None:
    """Bytes of Shift_JIS are refused with the option that reads them; with it they are read."""
    add_line(folder, "accounts.csv", "株式会社アクメ,retail,1990,1,1,Japan,")
    path = folder / "accounts.csv"
    path.write_bytes(path.read_text("utf-8").encode("cp932"))
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.encoding", "accounts.csv:4")
    assert "Shift_JIS" in refusal.sentence.en
    assert "--encoding cp932" in refusal.sentence.ja
    assert read_export(folder, encoding="cp932").accounts[2].name == "株式会社アクメ"


def test_a_western_encoding_is_not_called_shift_jis(folder: Path) -> None:
    """Latin-1 bytes are refused without a wrong guess."""
    add_line(folder, "accounts.csv", "Café Noir,retail,1990,1,1,Japan,")
    path = folder / "accounts.csv"
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    refusal = refusal_of(folder)
    assert refusal.rule == "crm.encoding"
    assert "Shift_JIS" not in refusal.sentence.en


def test_an_encoding_nobody_knows(folder: Path) -> None:
    """An encoding that does not exist is refused by its name."""
    with pytest.raises(Refusal, match="sjiss") as caught:
        read_export(folder, encoding="sjiss")
    assert caught.value.rule == "crm.encoding-unknown"


def test_a_byte_order_mark_is_tolerated(folder: Path) -> None:
    """A file as spreadsheets save it, with a byte-order mark, is read like any other."""
    before = read_export(folder)
    path = folder / PIPELINE
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_export(folder) == before


def test_windows_line_ends_are_tolerated(folder: Path) -> None:
    """CRLF changes nothing, not even the line numbers."""
    before = read_export(folder)
    path = folder / PIPELINE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_export(folder) == before


def test_a_missing_column_is_named(folder: Path) -> None:
    """The head line lacks a column that the mapping needs."""
    replace(folder, PIPELINE, "deal_stage", "stage")
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.column-missing", f"{PIPELINE}:1")
    assert "deal_stage" in refusal.sentence.ja


def test_a_column_that_stands_twice(folder: Path) -> None:
    """Two columns of one name: which of them counts, nobody can say."""
    replace(folder, "products.csv", "product,series", "product,product,series")
    assert refusal_of(folder).rule == "crm.column-twice"


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file(folder: Path, content: str) -> None:
    """A file without a head line is empty."""
    (folder / "products.csv").write_text(content, "utf-8")
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.file-empty", "products.csv")


def test_a_missing_file(folder: Path) -> None:
    """A file that the mapping names is not in the folder."""
    (folder / "products.csv").unlink()
    assert (refusal_of(folder).rule, refusal_of(folder).at) == ("crm.file-missing", "products.csv")


@pytest.mark.parametrize("length", [10_000, 300_000])
def test_a_cell_of_ten_thousand_characters(folder: Path, length: int) -> None:
    """A cell longer than any field, even beyond what CSV readers take, is refused with its line."""
    add_line(folder, PIPELINE, f"A3,Moses Frase,GTX Pro,{'x' * length},Won,1/2/2017,3/1/2017,10")
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.cell-size", f"{PIPELINE}:4")
    assert f"{length:,}" in refusal.sentence.en


def test_a_quotation_mark_that_never_closes(folder: Path) -> None:
    """The rest of the file would vanish into one cell; it is refused at the line where it opens."""
    replace(folder, PIPELINE, "A2,Moses Frase", 'A2,"Moses Frase')
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.quotes", f"{PIPELINE}:3")


def test_a_stray_comma_in_the_middle(folder: Path) -> None:
    """A shifted line is refused, and not called cut."""
    replace(folder, PIPELINE, "A1,Moses Frase", "A1,Moses,Frase")
    refusal = refusal_of(folder)
    assert (refusal.rule, refusal.at) == ("crm.column-count", f"{PIPELINE}:2")
    assert "cut" not in refusal.sentence.en


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('dates = "month/day/year"', 'dates = "as they come"', "as they come"),
        ('currency = "USD"', 'currency = "ZZZ"', "ZZZ"),
        ('key = "name"', 'key = "code"', "code"),
        ('field = "list_price"', 'field = "price"', "price"),
        ('type = "money", required = true', 'type = "money"', "list_price"),
        ('file = "products.csv"', 'file = "../products.csv"', "../products.csv"),
        ('requires = ["engage_date"]', 'requires = ["engaged"]', "engaged"),
        ('company = "Maven Hardware"', "company = ", "mapping"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(folder: Path, old: str, new: str, said: str) -> None:
    """A mapping that names what is not there is refused before any file is read."""
    replace(folder, "mapping.toml", old, new)
    refusal = refusal_of(folder)
    assert refusal.at.startswith("mapping.toml")
    assert said in refusal.said_in(Language.ENGLISH)
