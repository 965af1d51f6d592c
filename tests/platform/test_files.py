"""A file is kept under its digest and read back as it was stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, FileId
from kanjo.platform.files.models import StoredFile
from kanjo.platform.files.operations import LARGEST, FileDamaged, FileTooLarge, read, store
from kanjo.platform.tables import NotFound


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


def keep(company_id: CompanyId, by: Actor, content: bytes = b"signed", name: str = "contract.pdf") -> FileId:
    return store(content=content, name=name, media_type="application/pdf", company_id=company_id, by=by)


class TestStore:
    def test_what_is_read_is_what_was_stored(self, company_id: CompanyId, clerk: Actor) -> None:
        row, content = read(keep(company_id, clerk), by=clerk)
        assert (row.name, content) == ("contract.pdf", b"signed")

    def test_the_same_bytes_are_kept_once(self, company_id: CompanyId, clerk: Actor, tmp_path: Path) -> None:
        keep(company_id, clerk)
        keep(company_id, clerk, name="again.pdf")
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
        assert StoredFile.objects.count() == 2

    @pytest.mark.row("X11")
    def test_a_name_is_data_and_no_path(self, company_id: CompanyId, clerk: Actor, tmp_path: Path) -> None:
        keep(company_id, clerk, name="../../etc/passwd")
        assert StoredFile.objects.get().name == "passwd"

    @pytest.mark.row("X11")
    def test_a_file_over_the_limit_is_refused(self, company_id: CompanyId, clerk: Actor, tmp_path: Path) -> None:
        with pytest.raises(FileTooLarge):
            keep(company_id, clerk, content=b"x" * (LARGEST + 1))
        assert not StoredFile.objects.exists() and not list(tmp_path.iterdir())


class TestRead:
    def test_damage_is_found(self, company_id: CompanyId, clerk: Actor, tmp_path: Path) -> None:
        file_id = keep(company_id, clerk)
        (stored,) = [path for path in tmp_path.rglob("*") if path.is_file()]
        stored.write_bytes(b"forged")
        with pytest.raises(FileDamaged):
            read(file_id, by=clerk)

    @pytest.mark.row("A1")
    def test_another_company_s_file_is_not_there(self, company_id: CompanyId, clerk: Actor, stranger: Actor) -> None:
        file_id = keep(company_id, clerk)
        with pytest.raises(NotFound):
            read(file_id, by=stranger)
