"""From a bank's file to invoices that are paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.zengin import write_notice
from kanjo.domains.receivables.facts import Doubt, MatchRule
from kanjo.domains.receivables.queries import list_open_items, list_receipts
from kanjo.foundation.refusals import Refusal
from tests.builders import a_customer
from tests.harness.office import APRIL, FEE, Office, an_office
from tests.processes.end_state import end_state

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 31)


@pytest.fixture
def office() -> Office:
    """Four customers owe 11,000, 22,000, 33,000 and 44,000 yen."""
    office = an_office()
    for number, (name, kana) in enumerate(NAMES.items(), start=1):
        office.sell(a_customer(name, name_kana=kana), [office.users(10 * number)])
    office.bill(APRIL)
    return office


NAMES = {
    "株式会社若葉": "カブシキガイシャワカバ",
    "株式会社双葉": "カブシキガイシャフタバ",
    "株式会社青葉": "カブシキガイシャアオバ",
    "株式会社紅葉": "カブシキガイシャモミジ",
}


def lines(office: Office) -> list[Any]:
    """Named in full; by its payer; less the fee; in part; from a stranger."""
    return [
        office.line(11_000, on=DAY, payer="ドコカノダレカ", text="INV-2026-000001"),
        office.line(22_000, on=DAY, payer="カ)フタバ"),
        office.line(33_000 - FEE, on=DAY, payer="カ)アオバ"),
        office.line(40_000, on=DAY, payer="カ)モミジ", text="INV-2026-000004"),
        office.line(777, on=DAY, payer="ナゾノカイシャ"),
    ]


class TestTake:
    @pytest.mark.row("AR-4", "SCL-4")
    def test_what_is_sure_is_settled_and_what_is_doubtful_waits(self, office: Office) -> None:
        """Five lines, four ways to be sure, one stranger; 4,000 yen stay open."""
        taken = office.bank(lines(office), on=DAY)
        assert (taken.again, taken.new) == (False, 5)
        assert taken.matched.by_rule == {
            MatchRule.NUMBER: 1,
            MatchRule.PAYER_AND_AMOUNT: 1,
            MatchRule.FEE_DEDUCTED: 1,
            MatchRule.PART_PAYMENT: 1,
        }
        assert taken.matched.by_doubt == {Doubt.PAYER_UNKNOWN: 1}
        assert (taken.matched.allocated_minor, taken.matched.fees_minor) == (
            {"JPY": 11_000 + 22_000 + 32_340 + 40_000},
            {"JPY": 660},
        )
        assert [(item.number, item.open_minor) for item in list_open_items(office.receivables)] == [
            ("INV-2026-000004", 4_000)
        ]

    def test_the_same_file_again_brings_nothing(self, office: Office) -> None:
        """Taken before: told so, and nothing changes."""
        content = write_statement(office.statement(lines(office), on=DAY))
        office.bank_again(content, on=DAY)
        before = end_state()
        again = office.bank_again(content, on=DAY)
        assert (again.again, again.new, again.matched.settled) == (True, 0, 0)
        assert end_state() == before

    def test_a_file_that_overlaps_brings_only_its_new_lines(self, office: Office) -> None:
        """The statement of the whole month after that of its first lines: no yen arrives twice."""
        arrived = lines(office)
        office.bank(arrived[:3], on=DAY)
        taken = office.bank(arrived, on=DAY)
        assert (taken.again, taken.new, len(list_receipts(office.receivables))) == (False, 2, 5)


class TestRefused:
    @pytest.mark.parametrize("write", [write_statement, write_notice], ids=["plain", "全銀"])
    def test_a_file_cut_in_the_middle(self, office: Office, write: Any) -> None:
        """Half a file is no file: nothing of it is taken, and the sentence names the file."""
        arrived = [replace(line, bank_reference=f"{n:06}", line=n) for n, line in enumerate(lines(office), start=1)]
        content = write(office.statement(arrived, on=DAY))
        before = end_state()
        with pytest.raises(Refusal, match=r"nyukin\.csv"):
            office.bank_again(content[: len(content) // 2], on=DAY)
        assert end_state() == before

    def test_money_of_a_day_in_locked_books(self, office: Office) -> None:
        """Refused as a whole: nothing of the file is taken."""
        office.lock(DAY)
        before = end_state()
        with pytest.raises(Refusal):
            office.bank(lines(office), on=DAY)
        assert end_state() == before
