"""The rows of the mission, and which tests carry them."""

from __future__ import annotations

from pathlib import Path

from kanjo.surfaces.console.mission import MissionRow, carried, known_rows, rows_of

SOURCES = Path(__file__).parents[2]

DOCUMENT = """
| ID | Source | Meaning | W | Shows |
| --- | --- | --- | --- | --- |
| OPS-1a | 反社チェック |  | anti-social-forces check | A | evidence kept |
| CIR-1 | 新規顧客 | new customer stage | B | derived |
| M10 | credited twice | given back once | A | eight callers |
"""
TESTS = """
import pytest
pytestmark = pytest.mark.row("ALL-1")

@pytest.mark.row("OPS-1a", "CIR-1")
class TestCheck:
    @pytest.mark.row("OPS-2")
    def test_hit(self): ...
    def helper(self): ...

def test_alone(): ...
"""


class TestMissionRows:
    def test_reads_the_document(self, tmp_path: Path) -> None:
        """A row is read with its weight and meaning, whichever column they stand in."""
        (tmp_path / "mission.md").write_text(DOCUMENT)
        assert rows_of(tmp_path / "mission.md") == [
            MissionRow("OPS-1a", "A", "anti-social-forces check"),
            MissionRow("CIR-1", "B", "new customer stage"),
            MissionRow("M10", "A", "given back once"),
        ]

    def test_reads_our_mission_whole(self) -> None:
        """Our own mission has the number of rows it says it has, each once and each with a weight."""
        rows = rows_of(SOURCES / "docs" / "mission.md")
        assert len(rows) == len({row.id for row in rows}) == 272
        assert {row.weight for row in rows} == {"A", "B", "C"}

    def test_every_promise_of_trust_is_told_once_and_carried_by_a_test(self) -> None:
        """What is promised now has a test; what is not yet so is no row."""
        rows = rows_of(SOURCES / "docs" / "trust.md")
        assert len(rows) == len({row.id for row in rows}) >= 28
        carrying = carried([SOURCES / "tests", SOURCES / "src" / "kanjo"], SOURCES)
        assert [row.id for row in rows if row.id not in carrying] == []

    def test_a_row_of_the_mission_is_no_promise_of_trust(self) -> None:
        """A mark says by itself which document it belongs to."""
        names = [row.id for row in known_rows(SOURCES)]
        assert len(names) == len(set(names))


class TestCarried:
    def test_marks_on_module_class_and_test(self, tmp_path: Path) -> None:
        """A test carries the rows named on itself, on its class and on its module."""
        (tmp_path / "test_it.py").write_text(TESTS)
        hit, alone = "test_it.py::TestCheck::test_hit", "test_it.py::test_alone"
        assert carried([tmp_path], tmp_path) == {
            "ALL-1": [hit, alone],
            "OPS-1a": [hit],
            "CIR-1": [hit],
            "OPS-2": [hit],
        }

    def test_every_mark_is_a_row(self) -> None:
        """No test of ours names a row that neither mission nor trust has."""
        marked = carried([SOURCES / "tests", SOURCES / "src" / "kanjo"], SOURCES).keys()
        assert marked - {row.id for row in known_rows(SOURCES)} == set()
