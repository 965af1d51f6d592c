"""The machine's time zone moves no date and no yen of a deal (T1): the same story ends in the same bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.worlds import a_world_like
from tests.plumbing import FreshDatabase

ZONES = ("Asia/Tokyo", "UTC", "America/Juneau", "Pacific/Kiritimati", "Australia/Lord_Howe")
ROOT = Path(__file__).parents[2]


@pytest.mark.row("T1")
def test_a_deal_is_the_same_in_every_zone(fresh_database: FreshDatabase) -> None:
    """Quote, paper, contract, invoices, receipts, revenue and books, told by programs of five zones."""
    told = []
    for zone in ZONES:
        with a_world_like(fresh_database) as world:
            program = [sys.executable, "-m", "tests.processes.told_in_zone"]
            environment = {**world.environment, "TZ": zone, "PGTZ": zone}
            done = subprocess.run(program, check=False, capture_output=True, cwd=ROOT, env=environment)
        assert done.returncode == 0, done.stderr.decode()
        told.append(done.stdout)
    story = json.loads(told[0])
    assert {name for name, rows in story.items() if not rows} <= {"people", "waiting rows", "licenses"}
    assert sum(len(rows) for rows in story.values()) > 80
    assert set(told) == {told[0]}
