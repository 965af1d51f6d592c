"""The command answers before it has read the house: what a word needs is imported when the word is said."""

from __future__ import annotations

import subprocess
import sys

LOADED = "import sys, kanjo.surfaces.console.main as main; main.command_line(); print(*sys.modules)"
LATE = {"django.apps", "django.db", "polars", "typst", "kanjo.platform.audit.anchor", "kanjo.surfaces.console.checks"}


def test_nothing_of_the_house_is_imported_at_the_start() -> None:
    """The command knows all its words without Django, the columns, or the anchor of the audit trail."""
    told = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    assert "kanjo.surfaces.console.verify" in told.stdout.split()
    assert sorted(LATE & set(told.stdout.split())) == []


WHOLE = """
import os, polars
before = len(os.listdir("/proc/self/task"))
import django
django.setup()
import kanjo.config.urls, kanjo.processes.demonstration, kanjo.processes.verify_books, kanjo.surfaces.console.main
print(len(os.listdir("/proc/self/task")) - before)
"""


def test_nothing_is_computed_while_the_house_is_imported() -> None:
    """No module works in columns while it is imported: a process forked after that would wait for ever."""
    told = subprocess.run([sys.executable, "-c", WHOLE], check=True, capture_output=True, text=True)
    assert told.stdout.split() == ["0"]
