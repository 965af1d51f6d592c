"""The made-up company's files: written by its author, sound in every number, name and reference."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.corporate_numbers import has_true_check_digit
from kanjo.foundation.kana import payer_key, zengin_kana
from kanjo.processes.history import Script, read_script
from kanjo.processes.history.paying import Manner
from tools.make_suginamiki import written

FOLDER = Path(__file__).parents[2] / "examples" / "suginamiki"
PARTNERS = {"販売代理店": 2, "マーケットプレイス": 1}


@pytest.fixture(scope="module")
def script() -> Script:
    return read_script(FOLDER)


class TestFiles:
    @pytest.mark.parametrize("name", sorted(written()))
    def test_are_what_their_author_writes(self, name: str) -> None:
        """The same words and seed give the same bytes: who changes a file changes its author."""
        assert (FOLDER / name).read_bytes() == written()[name]

    def test_have_one_row_per_key(self) -> None:
        """Nobody stands twice."""
        for name in ("people.csv", "customers.csv", "deals.csv"):
            with (FOLDER / name).open(encoding="utf-8") as stream:
                keys = Counter(row["key"] for row in csv.DictReader(stream))
            assert max(keys.values()) == 1, name


class TestCustomers:
    def test_are_sixty_with_two_resellers_and_a_marketplace(self, script: Script) -> None:
        """And the large ones order by several departments."""
        assert len(script.customers) == 60
        sectors = Counter(one.sector for one in script.customers)
        assert {sector: sectors[sector] for sector in PARTNERS} == PARTNERS
        several = [one for one in script.customers if len(one.departments) > 1]
        assert len(several) >= 10

    def test_have_numbers_of_nobody_with_a_true_check_digit(self, script: Script) -> None:
        """The base begins with a registry office that is not there; the company's own number too."""
        numbers = [one.corporate_number for one in script.customers]
        numbers.append(script.charter.registration_number.removeprefix("T"))
        assert all(has_true_check_digit(number) and number[1:5] == "9900" for number in numbers)
        assert len(set(numbers)) == 61

    def test_are_read_in_katakana_and_known_to_the_bank(self, script: Script) -> None:
        """The name the bank writes is the reading with its legal form, and means one customer only."""
        for one in script.customers:
            assert re.fullmatch(r"[ァ-ヴー]+", one.name_kana), one.name
            assert zengin_kana(one.payer, length=48) == one.payer
            assert payer_key(one.payer) == payer_key(one.name_kana)
            assert re.fullmatch(r"[ -~]+", one.name_en)
        assert len({payer_key(one.name_kana) for one in script.customers}) == 60

    def test_pay_in_every_manner(self, script: Script) -> None:
        """Late, in part, with a fee deducted, several at once, not at all."""
        assert {one.pays for one in script.customers} == set(Manner)


class TestDeals:
    def test_refer_to_what_is_there(self, script: Script) -> None:
        """Customers, owners, products and the deals they renew."""
        people = {one.key for one in script.people}
        customers = {one.key for one in script.customers}
        products = {one.code for one in script.products}
        deals = {one.key: one for one in script.deals}
        for deal in script.deals:
            assert deal.customer in customers
            assert deal.owner in people
            assert {line.product for line in deal.lines} <= products
            assert not deal.renews or deals[deal.renews].outcome == "won"

    def test_stand_at_every_place(self, script: Script) -> None:
        """From a first talk to a lost renewal, over eighteen months."""
        outcomes = Counter(deal.outcome for deal in script.deals)
        assert set(outcomes) == {
            "prospecting", "engaging", "drafted", "submitted", "conditional", "rejected", "approved", "sent", "expired",
            "withdrawn", "won", "lost", "lapsed",
        }  # fmt: skip
        assert outcomes["won"] > 60
        closed = {deal.closed.month for deal in script.deals if deal.closed and deal.outcome == "won"}
        assert closed == set(range(1 - script.months, 1))

    def test_sell_all_that_is_sold(self, script: Script) -> None:
        """Subscriptions, licenses with maintenance, services."""
        assert {line.product for deal in script.deals for line in deal.lines if deal.outcome == "won"} == {
            one.code for one in script.products
        }


class TestPeople:
    def test_hold_every_role(self, script: Script) -> None:
        """One at least, so that each queue has its person."""
        assert {one.role for one in script.people} == set(Role)
