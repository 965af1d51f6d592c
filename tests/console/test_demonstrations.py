"""What `kanjo up` begins a house with: the made-up company and the export's, each with its people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import signs_in_with
from kanjo.surfaces.console.sign_ins import password, print_sign_ins
from kanjo.surfaces.console.steps import STEPS, play_demonstration, play_history
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state, rows
from tests.processes.exported import cut_export
from tests.processes.play import cut_script

AUDITED = "SELECT count(*) FROM audit_change"


def report(done: int, total: int, what: Text) -> None:
    """Tell nobody."""


def begin() -> list[bool]:
    """Take the last two steps of `up`, and return which changed anything."""
    assert [step.act for step in STEPS[-2:]] == [play_history, play_demonstration]
    return [step.act(report) for step in STEPS[-2:]]


@pytest.fixture
def examples(settings: Settings, tmp_path: Path) -> tuple[Path, ...]:
    """Let a new house begin with a short history and a small export."""
    folders = (cut_script(tmp_path / "script", months=2), cut_export(tmp_path / "export", stages={"Won": 2}))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path / "home", examples=folders)
    return folders


def test_a_new_house_begins_with_both_and_is_not_begun_again(
    fresh_database: FreshDatabase, examples: tuple[Path, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two companies side by side; the second time nothing changes; one sign-in is printed per role and company."""
    assert begin() == [True, True]
    assert rows("SELECT code FROM companies_sellingcompany ORDER BY 1") == [("maven",), ("suginamiki",)]
    before, audited = end_state(), rows(AUDITED)
    assert begin() == [False, False]
    assert (end_state(), rows(AUDITED)) == (before, audited)
    print_sign_ins()
    printed = capsys.readouterr().out
    assert printed.count(password()) == 2 * len(Role)
    for email in ("kurata@suginamiki.example", "deal-management@maven.example"):
        assert email in printed
        assert signs_in_with(email, password())


def test_one_folder_begins_a_house_with_that_company_alone(
    fresh_database: FreshDatabase, examples: tuple[Path, ...], settings: Settings
) -> None:
    """KANJO_EXAMPLE names the made-up company; named later, the other one is played beside it."""
    both = settings.ENVIRONMENT
    settings.ENVIRONMENT = replace(both, examples=examples[:1])
    assert begin() == [True, False]
    assert rows("SELECT code FROM companies_sellingcompany") == [("suginamiki",)]
    settings.ENVIRONMENT = both
    assert begin() == [False, True]
