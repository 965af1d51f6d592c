"""Business dates are dates: no machine's time zone moves them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_STORY = Path(__file__).with_name("story_of_days.py")
_ZONES = ("Asia/Tokyo", "UTC", "America/Juneau", "Pacific/Kiritimati", "Australia/Lord_Howe")


@pytest.mark.row("T1")
def test_results_are_equal_in_every_zone() -> None:
    """Periods, fractions, due dates and eras are the same bytes in Tokyo, Juneau, Kiritimati and Lord Howe."""
    stories = [
        subprocess.Popen([sys.executable, str(_STORY)], env={**os.environ, "TZ": zone}, stdout=subprocess.PIPE)
        for zone in _ZONES
    ]
    told = [story.communicate(timeout=60)[0] for story in stories]
    assert [story.returncode for story in stories] == [0] * len(_ZONES)
    assert len(told[0].splitlines()) > 300
    assert set(told) == {told[0]}
