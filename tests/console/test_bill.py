"""`kanjo bill` as a person at a terminal meets it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from django.db import transaction

from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.catalog.operations import set_tax_rate
from kanjo.platform.identity.queries import house
from kanjo.platform.worklist.queries import list_queue
from tests.builders import NOW, a_customer
from tests.harness.office import Office, an_office
from tests.mortals import Forge, forge
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state, rows

APRIL = ("bill", "--company", "kanjo-jp", "--on", "2026-04-01")
MAY = ("bill", "--company", "kanjo-jp", "--on", "2026-05-01")


@pytest.fixture
def office(fresh_database: FreshDatabase) -> Office:
    """Ten users at 10,000 yen a month for one customer, five for another."""
    office = an_office()
    office.sell(a_customer(), [office.users(10)])
    office.sell(a_customer("株式会社若葉", name_kana=""), [office.users(5)])
    return office


@pytest.fixture
def kanjo(office: Office, fresh_database: FreshDatabase) -> Iterator[Forge]:
    with forge({**fresh_database.environment, "COLUMNS": "120"}) as kanjo:
        yield kanjo


def cells(out: str) -> list[list[str]]:
    """Return the rows of a printed table."""
    return [[cell.strip() for cell in line.strip("│ ").split("│")] for line in out.splitlines() if line.startswith("│")]


class TestBill:
    def test_a_preview_issues_nothing(self, kanjo: Forge) -> None:
        """It shows what would be issued, in the reader's language, and leaves a run that waits for its approval."""
        told = kanjo.types(*APRIL, "--preview", KANJO_LANGUAGE="ja")
        assert told.code == 0, told.err
        assert cells(told.out) == [
            ["請求書", "2", "0"],
            ["明細", "2", "0"],
            ["税抜 JPY", "15,000", "0"],
            ["消費税 JPY", "1,500", "0"],
            ["税込合計 JPY", "16,500", "0"],
        ]
        assert "プレビューのみです" in told.out
        assert end_state()["invoices"] == []
        assert rows("SELECT state FROM runs_run") == [("previewed",)]

    def test_it_issues_what_it_previewed_and_a_second_one_nothing(self, kanjo: Forge) -> None:
        """The same words again: nothing is due; the month after is compared with this one."""
        previewed = json.loads(kanjo.types(*APRIL, "--preview", "--json").out)
        issued = json.loads(kanjo.types(*APRIL, "--json").out)
        assert (previewed["issued"], issued["issued"]) == (False, True)
        assert issued["made"] == {**previewed["made"], "failed": 0}
        before = end_state()["invoices"]
        assert [row[7] for row in before] == [11_000, 5_500]
        again = kanjo.types(*APRIL)
        assert (again.code, "nothing is due" in again.out) == (0, True)
        assert end_state()["invoices"] == before
        may = json.loads(kanjo.types(*MAY, "--json").out)
        assert (may["made"]["total_JPY"], may["before"]["total_JPY"]) == (16_500, 16_500)

    def test_what_cannot_be_billed_is_told_and_becomes_work(
        self, kanjo: Forge, office: Office, fresh_database: FreshDatabase
    ) -> None:
        """Without a tax rate both accounts fail with their cause on a queue; once it is set they are billed."""
        with psycopg.connect(fresh_database.owner.conninfo()) as owner:
            owner.execute("ALTER TABLE catalog_taxrate DISABLE TRIGGER USER")
            owner.execute("DELETE FROM catalog_taxrate")
        told = kanjo.types(*APRIL)
        assert (told.code, "2 accounts could not be billed" in told.out) == (0, True)
        assert end_state()["invoices"] == []
        assert [row.kind for row in list_queue(office.receivables)] == ["billing.failed"] * 2
        with transaction.atomic():
            set_tax_rate(tax_class=TaxClass.STANDARD, rate="10%", effective_on=date(2019, 10, 1), by=house(), at=NOW)
        assert kanjo.types(*APRIL).code == 0
        assert len(end_state()["invoices"]) == 2
        assert list_queue(office.receivables) == []

    def test_locked_books_refuse_and_stay_as_they_were(self, kanjo: Forge, office: Office) -> None:
        """The CFO has locked April: code 2 with the way out, no invoice and no number."""
        office.lock(date(2026, 4, 1))
        for language in ("en", "ja"):
            told = kanjo.types(*APRIL, KANJO_LANGUAGE=language)
            assert (told.code, "Traceback" in told.err) == (2, False)
        assert end_state()["invoices"] == []
        assert rows("SELECT next_number FROM numbering_series WHERE kind = 'invoice'") == []
