"""`kanjo match FILE` as a person at a terminal meets it: real command, real database, files good and cut."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.statements import BankLine, BankStatement
from kanjo.domains.receivables.tests.desk import Desk
from kanjo.foundation.money import Money
from tests.builders import a_company
from tests.plumbing import FreshDatabase

KANJO = Path(sys.executable).parent / "kanjo"
REFUSED = 2
DAY = date(2026, 4, 30)

Types = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def desk(fresh_database: FreshDatabase) -> Desk:
    """A company with one open invoice of 110,000 yen."""
    desk = Desk(a_company("kanjo-jp"))
    desk.invoices((1, desk.customer("Acme Corporation"), 110_000))
    return desk


@pytest.fixture
def types(fresh_database: FreshDatabase, desk: Desk) -> Types:
    """Type `kanjo match ...` at that house."""

    def typed(*words: str | Path, language: str = "en") -> subprocess.CompletedProcess[str]:
        environment = {**fresh_database.environment, "KANJO_LANGUAGE": language, "COLUMNS": "200"}
        command = [str(KANJO), "match", *map(str, words)]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, env=environment)

    return typed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A statement with a receipt that names the invoice and one from nobody."""
    told = [(110_000, "x", "INV-2026-000001"), (70, "ﾀﾞﾚｶ", "")]
    lines = tuple(
        BankLine(
            line=number,
            bank_reference=f"R{number}",
            booked_on=DAY,
            value_on=DAY,
            amount=Money(amount, "JPY"),
            payer_name=payer,
            text=text,
        )
        for number, (amount, payer, text) in enumerate(told, 1)
    )
    statement = BankStatement(account="1234567", holder="Kanjo", currency="JPY", from_on=DAY, to_on=DAY, lines=lines)
    path = tmp_path / "april.csv"
    path.write_bytes(write_statement(statement))
    return path


class TestMatch:
    def test_settles_what_is_sure_and_tells_what_waits_for_a_person(self, types: Types, desk: Desk, file: Path) -> None:
        done = types(file, "--company", "kanjo-jp", "--on", "2026-04-30", "--json")
        told = json.loads(done.stdout)
        assert (told["new"], told["settled"], told["by_doubt"]) == (2, 1, {"payer_unknown": 1})
        assert desk.open(1) == 0

    def test_the_same_file_again_changes_nothing(self, types: Types, desk: Desk, file: Path) -> None:
        words = (file, "--company", "kanjo-jp", "--on", "2026-04-30")
        types(*words)
        before = desk.everything()
        assert "取込済み" in types(*words, language="ja").stdout
        assert desk.everything() == before

    def test_a_file_cut_in_the_middle_is_refused_whole_with_file_and_line(
        self, types: Types, desk: Desk, file: Path
    ) -> None:
        file.write_bytes(file.read_bytes()[:-20])
        before = desk.everything()
        done = types(file, "--company", "kanjo-jp", "--on", "2026-04-30")
        assert (done.returncode, done.stdout) == (REFUSED, "")
        assert done.stderr.startswith("april.csv:")
        assert desk.everything() == before

    def test_an_unknown_company_is_told_with_those_that_are_known(self, types: Types, file: Path) -> None:
        done = types(file, "--company", "nobody")
        assert done.returncode == REFUSED
        assert "kanjo-jp" in done.stderr
