"""A backup that is too old, or that there is none, is told by the doctor with the way out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from kanjo.surfaces.console.checks import Finding, backup_age

RECORD = "last-backup.json"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a backup."""
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, home=tmp_path))
    return tmp_path


def found(home: Path, *, hours: float) -> Finding:
    """Return what is found where the last backup is so many hours old."""
    taken_at = datetime.now(UTC) - timedelta(hours=hours)
    (home / RECORD).write_text(json.dumps({"taken_at": taken_at.isoformat()}))
    return backup_age()


@pytest.mark.row("E5")
class TestBackupAge:
    def test_none_is_told(self, home: Path) -> None:
        """Where there is none, both languages say how to write one."""
        none = backup_age()
        assert (none.state, none.says.en) == ("warn", "There is no backup. Write one: kanjo backup FILE")
        assert none.says.ja == "バックアップがありません。作成してください: kanjo backup FILE"

    def test_one_a_night_is_enough(self, home: Path) -> None:
        """Of 25.9 hours ago it is the last night's; of 26.1 hours ago one is missing."""
        assert (found(home, hours=25.9).state, found(home, hours=0).state) == ("ok", "ok")
        old = found(home, hours=26.1)
        assert (old.state, old.says.en) == ("warn", "The last backup is 26 h old. Write one: kanjo backup FILE")
