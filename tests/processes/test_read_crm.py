"""An export is named by all that went into it, so that it is taken in once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kanjo.connectors.crm.rows import Entity
from kanjo.processes.read_crm import CrmExport, read_crm
from tests.connectors.exports import PIPELINE, add_line, replace, small_export

CURES = '[[cure]]\nfile = "accounts.csv"\nfield = "sector"\nfrom = "retail"\nto = "services"\n'
MENDED = "kanjo_line,kanjo_faults,account\n4,,Acme\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two sound deals, and one that lacks its account."""
    folder = tmp_path / "export"
    folder.mkdir()
    small_export(folder)
    add_line(folder, PIPELINE, "A3,Moses Frase,MG Special,,Engaging,10/25/2016,,")
    return folder


def mended(folder: Path) -> CrmExport:
    """Read it with the account filled in by hand."""
    beside = folder.parent / "mended"
    beside.mkdir(exist_ok=True)
    (beside / PIPELINE).write_text(MENDED, "utf-8")
    return read_crm(folder, mended=beside)


def cured(folder: Path) -> CrmExport:
    """Read it with a cure accepted."""
    cures = folder.parent / "cures.toml"
    cures.write_text(CURES, "utf-8")
    return read_crm(folder, cures=cures)


def changed(folder: Path, file: str, old: str, new: str) -> CrmExport:
    """Read it with something else in a file."""
    replace(folder, file, old, new)
    return read_crm(folder)


class TestRead:
    def test_every_row_is_taken_or_waits(self, folder: Path) -> None:
        """Three deals read: two taken, one in quarantine; the files are known by their digests."""
        export = read_crm(folder)
        counts = export.reading.counts
        deals = Entity.OPPORTUNITIES
        assert (counts.read[deals], counts.taken[deals], counts.quarantined[deals]) == (3, 2, 1)
        assert set(export.files) == {"mapping.toml", *(source.file for source in export.sources.values())}
        assert export.files[PIPELINE] == hashlib.sha256((folder / PIPELINE).read_bytes()).hexdigest()

    def test_a_mended_row_takes_the_place_of_its_line(self, folder: Path) -> None:
        """The third deal is taken, and known as mended by file and line."""
        export = mended(folder)
        assert export.reading.counts.taken[Entity.OPPORTUNITIES] == 3
        assert export.mended == {(PIPELINE, 4)}
        assert f"mended/{PIPELINE}" in export.files

    def test_a_cure_is_applied_before_anything_is_checked(self, folder: Path) -> None:
        """The account has the sector that the owner of the data accepted."""
        assert cured(folder).reading.accounts[1].sector == "services"


class TestDigest:
    def test_the_same_export_elsewhere_has_the_same_name(self, folder: Path, tmp_path: Path) -> None:
        """It is known by its contents, not by where it lies."""
        elsewhere = shutil.copytree(folder, tmp_path / "elsewhere")
        assert read_crm(elsewhere).digest == read_crm(folder).digest

    @pytest.mark.parametrize(
        "change",
        [
            mended,
            cured,
            lambda folder: read_crm(folder, encoding="cp932"),
            lambda folder: changed(folder, "accounts.csv", "Bluth,retail", "Bluth,medical"),
            lambda folder: changed(folder, "mapping.toml", "Maven Hardware", "Maven"),
        ],
        ids=["mended", "cured", "encoding", "a cell", "the mapping"],
    )
    def test_whatever_went_in_otherwise_gives_it_another(
        self, folder: Path, change: Callable[[Path], CrmExport]
    ) -> None:
        """A row mended, a cure, another encoding, one cell, the mapping: each is another export."""
        before = read_crm(folder).digest
        assert change(folder).digest != before
