"""So many times a minute: as a bucket that fills again, for each alone, in all threads and processes together."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjo.platform.access.pace import Pace

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
_FILES = count()
MANY = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, UTC
from pathlib import Path
from kanjo.platform.access.pace import Pace
pace, now = Pace(Path(sys.argv[1]), 1_000), datetime(2026, 4, 1, 9, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.read()
with ThreadPoolExecutor(4) as crowd:
    print(sum(not one for one in crowd.map(lambda _: pace.wait(7, now), range(400))))
"""


def after(seconds: float) -> datetime:
    """Return a moment of the test."""
    return NOW + timedelta(seconds=seconds)


@pytest.mark.row("A11")
class TestPace:
    @given(steps=st.lists(st.integers(0, 20_000_000), max_size=60), a_minute=st.sampled_from([1, 3, 10, 60]))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_as_a_bucket_that_fills_again(self, tmp_path: Path, steps: list[int], a_minute: int) -> None:
        """It takes whom a bucket of so many drops, which fills in a minute, has a drop for; and tells when there is."""
        pace, at, drops = Pace(tmp_path / f"pace-{next(_FILES)}", a_minute), NOW, 60_000_000
        for step in steps:
            at, drops = at + timedelta(microseconds=step), min(60_000_000, drops + step)
            lacking = 60_000_000 // a_minute - drops
            seconds = pace.wait(1, at)
            assert seconds == max(0, -(-lacking // 1_000_000))
            if not seconds:
                drops = -lacking

    def test_who_waits_as_told_is_taken(self, tmp_path: Path) -> None:
        """Ten at once, then one in six seconds; each has its own, and a pause gives no more than a minute's."""
        pace = Pace(tmp_path / "pace", 10)
        assert [pace.wait(3, NOW) for _ in range(11)] == [*[0] * 10, 6]
        assert pace.wait(4, NOW) == 0
        assert [pace.wait(3, after(seconds)) for seconds in (5.9, 6, 6)] == [1, 0, 6]
        assert [pace.wait(3, after(3_600)) for _ in range(11)] == [*[0] * 10, 6]

    def test_a_clock_put_back_shuts_nobody_out(self, tmp_path: Path) -> None:
        """What was paid for an hour that is to come again is forgotten."""
        pace = Pace(tmp_path / "pace", 1)
        assert pace.wait(3, after(3_600)) == 0
        assert [pace.wait(3, NOW), pace.wait(3, NOW)] == [0, 60]

    def test_all_processes_count_together(self, tmp_path: Path) -> None:
        """Of 1,600 that four processes ask in four threads each, at one moment, a thousand are taken."""
        command = [sys.executable, "-c", MANY, str(tmp_path / "pace")]
        processes = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
        ]
        assert [process.stdout.readline() for process in processes if process.stdout] == ["ready\n"] * 4
        with ThreadPoolExecutor(4) as crowd:  # whose input ends, begins
            assert sum(crowd.map(lambda process: int(process.communicate()[0]), processes)) == 1_000

    def test_nobody_is_refused_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        """Without its file there is no limit, and the house goes on."""
        pace = Pace(tmp_path / "gone" / "pace", 1)
        assert [pace.wait(3, NOW), pace.wait(3, NOW)] == [0, 0]

    def test_the_file_is_nobody_elses(self, tmp_path: Path) -> None:
        """It is the account's alone, and as small as those who ask are few."""
        pace = Pace(tmp_path / "pace", 1)
        pace.wait(1_000_000, NOW)
        found = pace.file.stat()
        assert (found.st_mode & 0o777, found.st_blocks * 512 < 100_000) == (0o600, True)
