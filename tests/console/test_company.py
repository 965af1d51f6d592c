"""`kanjo company found` as a person at a terminal meets it: an empty house gets a company of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.mortals import Forge, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows
from tests.web.test_signed_papers import PASSWORD, certificate

FOUND = ("company", "found", "aozora", "--name", "株式会社あおぞら", "--name-en", "Aozora K.K.")
AT_AOZORA = ("--company", "aozora")
HOUSE = (
    "SELECT (SELECT count(*) FROM companies_sellingcompany), (SELECT count(*) FROM ledger_period),"
    " (SELECT count(*) FROM approvals_matrix)"
)


@pytest.fixture
def kanjo(fresh_database: FreshDatabase) -> Iterator[Forge]:
    """An empty house."""
    with forge({**fresh_database.environment, "COLUMNS": "300"}) as kanjo:
        yield kanjo


@pytest.fixture(scope="module")
def untouched(shared_database: FreshDatabase) -> Iterator[Forge]:
    """An empty house that stays empty: each test that is refused there looks whether it did."""
    with forge({**shared_database.environment, "COLUMNS": "300"}) as kanjo:
        yield kanjo


class TestFound:
    def test_its_chart_is_whole(self, kanjo: Forge) -> None:
        """Completing it adds nothing to what it was founded with."""
        assert kanjo.types(*FOUND).code == 0
        told = kanjo.types("company", "chart", "aozora")
        assert (told.code, "Accounts added: 0" in told.out) == (0, True)

    def test_a_company_begins_with_books_and_a_drafted_matrix(self, kanjo: Forge) -> None:
        """Two fiscal years are open around today; the matrix waits for somebody other than its maker."""
        told = kanjo.types(*FOUND, "--registration-number", "Ｔ1234567890123", "--address", "東京都", "--json")
        assert told.code == 0, told.err
        first, last = (date.fromisoformat(day) for day in json.loads(told.out)["books"])
        assert first <= date.today() <= last  # noqa: DTZ011 - within a year or two, wherever
        assert rows("SELECT code, name, name_en, currency, registration_number FROM companies_sellingcompany") == [
            ("aozora", "株式会社あおぞら", "Aozora K.K.", "JPY", "T1234567890123")
        ]
        assert rows(HOUSE) == [(1, 24, 1)]
        assert rows("SELECT state FROM approvals_matrix") == [("drafted",)]

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_it_says_what_comes_next(self, kanjo: Forge, language: str) -> None:
        """People are let in, and one of them, who has the role, puts the matrix in force; there is no second."""
        told = kanjo.types(*FOUND, KANJO_LANGUAGE=language)
        assert (told.code, "kanjo user add" in told.out, "company matrix aozora" in told.out) == (0, True, True), told
        for role in ("cfo", "auditor"):
            added = kanjo.types("user", "add", f"{role}@a.example", "--name", role, "--role", role, *AT_AOZORA)
            assert added.code == 0, added.err
        for who, code in (("nobody", 2), ("auditor", 2), ("cfo", 0), ("cfo", 2)):
            done = kanjo.types("company", "matrix", "aozora", "--by", f"{who}@a.example", KANJO_LANGUAGE=language)
            assert (done.code, "Traceback" in done.err) == (code, False), done
        assert rows("SELECT state, version FROM approvals_matrix") == [("active", 1)]

    @pytest.mark.parametrize("language", ["en", "ja"])
    @pytest.mark.parametrize(
        "wrong",
        [
            ("--registration-number", "123"),
            ("--currency", "YEN"),
            ("--time-zone", "Asia/Nowhere"),
            ("--language", "xx"),
            ("--first-month", "13"),
        ],
    )
    def test_what_cannot_be_is_refused(self, untouched: Forge, language: str, wrong: tuple[str, str]) -> None:
        """Nothing is founded."""
        told = untouched.types(*FOUND, *wrong, KANJO_LANGUAGE=language)
        assert (told.code, "Traceback" in told.err) == (2, False), told
        assert rows(HOUSE) == [(0, 0, 0)]

    def test_a_code_is_given_once(self, kanjo: Forge) -> None:
        """Founded again it is refused, and stays as it is; so is a code that cannot be one."""
        assert kanjo.types(*FOUND).code == 0
        again = kanjo.types(*FOUND)
        assert (again.code, "there already" in again.err) == (2, True), again
        assert kanjo.types("company", "found", "A B", *FOUND[3:]).code == 2
        assert rows(HOUSE) == [(1, 24, 1)]


class TestCertificate:
    def test_is_kept_in_the_home_or_refused(self, fresh_database: FreshDatabase, tmp_path: Path) -> None:
        """What opens is kept and its end told; what does not, or is no file, is refused with the way out."""
        for name, password in (("own.p12", PASSWORD), ("other.p12", "another")):
            (tmp_path / name).write_bytes(certificate(password=password)[0])
        own = {"KANJO_HOME": str(tmp_path), "KANJO_SIGNING_PASSWORD": PASSWORD, "COLUMNS": "300"}
        with forge({**fresh_database.environment, **own}) as kanjo:
            assert kanjo.types(*FOUND).code == 0
            for name, says in (("other.p12", "KANJO_SIGNING_PASSWORD"), ("nowhere.p12", "nowhere.p12")):
                refused = kanjo.types("company", "certificate", "aozora", tmp_path / name)
                assert (refused.code, says in refused.err) == (2, True), refused
            assert not (tmp_path / "certificates").exists()
            kept = kanjo.types("company", "certificate", "aozora", tmp_path / "own.p12")
        assert (kept.code, "valid until" in kept.out) == (0, True), kept
        assert (tmp_path / "certificates" / "aozora.p12").read_bytes() == (tmp_path / "own.p12").read_bytes()
