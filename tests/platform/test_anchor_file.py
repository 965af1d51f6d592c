"""The file of the anchors: each line is there whole or not at all, and one that cannot be read is named."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from kanjo.config.environment import environment
from kanjo.platform.audit.anchor import AnchorUnreadable, anchor, anchor_file, last_anchor
from kanjo.surfaces.console.checks import anchored
from tests.mortals import forge
from tests.plumbing import FreshDatabase

AT = datetime(2026, 5, 15, 9, 0, tzinfo=UTC)


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let the system refuse this process to write further into a file, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestUnreadable:
    @pytest.mark.parametrize("line", [b'{"taken_at": "2026-05-1', b"{}", b"[]", b'{"shape": 1}', b"\xff", b""])
    def test_a_line_that_is_no_anchor_is_named(
        self, fresh_database: FreshDatabase, tmp_path: Path, line: bytes
    ) -> None:
        """A line cut short stops whoever compares, in words of both languages; the file is left as it is."""
        file = tmp_path / "anchors.jsonl"
        anchor(file, at=AT)
        file.write_bytes(damaged := file.read_bytes() + line + b"\n")
        for ask in (lambda: anchor(file, at=AT), lambda: last_anchor(file)):
            with pytest.raises(AnchorUnreadable) as told:
                ask()
            sentence = told.value.sentence
            assert (f"Line 2 of {file}" in sentence.en, f"{file} の 2 行目" in sentence.ja) == (True, True)
        assert file.read_bytes() == damaged

    def test_doctor_and_verify_tell_it(self, fresh_database: FreshDatabase) -> None:
        """`doctor` goes on to its other questions; `verify` ends with the refusal."""
        file = anchor_file(environment().home, fresh_database.owner.database)
        anchor(file, at=AT)
        file.write_text(file.read_text()[:-20])
        with psycopg.connect(fresh_database.application.conninfo()) as asking:
            found = anchored(asking)
        assert (found.state, str(file) in found.says.en, str(file) in found.says.ja) == ("fail", True, True)
        with forge(fresh_database.environment) as kanjo:
            told = kanjo.types("verify", "--json")
        assert (told.code != 0, "is no anchor" in told.err) == (True, True)
        assert "Traceback" not in told.out + told.err
        file.unlink()


class TestWriting:
    def test_a_full_disk_leaves_the_anchors_as_they_were(self, fresh_database: FreshDatabase, tmp_path: Path) -> None:
        """Half a line is never written, and nothing is left lying about."""
        file = tmp_path / "anchors.jsonl"
        anchor(file, at=AT)
        before = file.read_bytes()
        with pytest.raises(OSError, match="File too large"), no_file_longer_than(len(before) + 10):
            anchor(file, at=AT)
        assert (file.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (before, [file.name])
        assert anchor(file, at=AT) == []
        assert file.read_bytes().startswith(before)
        assert (len(file.read_text().splitlines()), file.stat().st_mode & 0o077) == (2, 0)
