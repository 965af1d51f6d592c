"""The books of every company are checked in one look at the database."""

from __future__ import annotations

import pytest
from django.db import connection

from kanjo.foundation.texts import Language, Text
from kanjo.processes.verify_books import verify_books
from kanjo.reports.identities import IDENTITIES
from tests.builders import a_company
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows

NAMES = [one.name for one in IDENTITIES]


def told(done: int, total: int, what: Text) -> None:
    """Tell nobody."""


@pytest.fixture(autouse=True)
def two_companies(fresh_database: FreshDatabase) -> None:
    """A Japanese and an American seller."""
    a_company("kanjo-jp")
    a_company("kanjo-us", currency="USD", language=Language.ENGLISH)


class TestVerify:
    def test_every_company_is_checked_against_every_identity(self) -> None:
        """By code, in the order of the catalogue."""
        found = verify_books(report=told)
        assert {code: [one.name for one in checks] for code, checks in found.items()} == {
            "kanjo-jp": NAMES,
            "kanjo-us": NAMES,
        }

    def test_one_company_alone_when_it_is_named(self) -> None:
        """The others are not read."""
        assert list(verify_books(company_code="kanjo-us", report=told)) == ["kanjo-us"]

    def test_it_tells_how_far_it_is(self) -> None:
        """Before each identity of each company, in both languages."""
        heard: list[tuple[int, int, str]] = []
        verify_books(report=lambda done, total, what: heard.append((done, total, what.ja)))
        assert heard == [(n, len(NAMES), one.says.ja) for n, one in enumerate(IDENTITIES)] * 2

    def test_what_is_committed_meanwhile_is_not_seen_and_nothing_can_be_written(self) -> None:
        """All companies are read at one moment: what changes in between cannot make the sides differ."""
        counts: list[int] = []

        def look(done: int, total: int, what: Text) -> None:
            if done == 0:
                [(count,)] = rows("SELECT count(*) FROM companies_sellingcompany")
                counts.append(count)
                [(isolation,)] = rows("SHOW transaction_isolation")
                [(read_only,)] = rows("SHOW transaction_read_only")
                assert (isolation, read_only) == ("repeatable read", "on")

        verify_books(report=look)
        assert counts == [2, 2]
        assert not connection.in_atomic_block
