"""What differs stands in one form everywhere, and is read without colours."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.surfaces.web.differences import ADDED, CHANGED, REMOVED, changes_of
from tests.web.office import Office, offer_of, quoted
from tests.web.test_stale import amended

NAMES = st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 3) | st.none(), max_size=5)
ROWS = re.compile(r"<tr>((?:(?!</tr>).)*<(?:del|ins)(?:(?!</tr>).)*)</tr>", re.DOTALL)


def changes(page: str) -> list[list[str]]:
    """Return the rows of the differences on a page, as they are read."""
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in ROWS.findall(page)
    ]


class TestChangesOf:
    @given(before=NAMES, after=NAMES)
    def test_what_is_told_leads_from_one_to_the_other(
        self, before: dict[str, int | None], after: dict[str, int | None]
    ) -> None:
        """Doing the changes to what was gives what is; nothing that stayed is told."""
        became = {name: value for name, value in before.items() if value is not None}
        for one in changes_of(list(before.items()), list(after.items())):
            assert one.was != one.became
            assert one.word == (ADDED if one.was is None else REMOVED if one.became is None else CHANGED)
            became.pop(str(one.what), None)
            if one.became is not None:
                became[str(one.what)] = int(str(one.became))
        assert became == {name: value for name, value in after.items() if value is not None}


class TestQuotes:
    def test_the_versions_of_a_quote(self, office: Office) -> None:
        """A quote tells which lines came, went and changed with the last version, and both totals."""
        rep, deal = office.desk(Role.SALES_REP), quoted(office)
        assert changes(rep.see("quote", deal.quote)) == []
        revised = {
            **offer_of(office, net="9,000"),
            "lines-0-quantity": "12",
            "lines-1-product": str(office.cloud),
            "lines-1-first_on": "2026-04-01",
            "lines-1-last_on": "2027-03-31",
            "valid_on": "2026-05-31",
        }
        rep.do("revise-quote", deal.quote, **revised)
        page = rep.see("quote", deal.quote)
        assert "第1版から第2版への変更" in page
        assert [row[:2] for row in changes(page)] == [
            ["見積有効期限", "変更"],
            ["クラウド利用料（月額）: 数量", "変更"],
            ["クラウド利用料（月額）: 提供価格", "変更"],
            ["クラウド利用料（月額）: 合計（税抜）", "変更"],
            ["専用機器", "削除"],
            ["クラウド利用料（月額）（2）", "追加"],
            ["合計（税抜）", "変更"],
        ]
        assert [row[2:] for row in changes(page)][1] == ["10", "12"]

    def test_what_a_revision_would_change_stands_below_the_form(self, office: Office) -> None:
        """While a quote is revised the page tells what differs from the version at hand."""
        rep, deal = office.desk(Role.SALES_REP), quoted(office)
        typed = {**offer_of(office), "lines-0-quantity": "12", "check": "1"}
        page = rep.client.post(reverse("revise-quote", args=[deal.quote]), typed).content.decode()
        assert ["クラウド利用料（月額）: 数量", "変更", "10", "12"] in changes(page)


class TestOthers:
    @pytest.mark.parametrize(
        ("language", "told"),
        [(Language.JAPANESE, ["住所", "変更"]), (Language.ENGLISH, ["Address", "Changed"])],
    )
    def test_a_customer(self, office: Office, language: Language, told: list[str]) -> None:
        """Before a customer is amended the page tells what would differ."""
        desk = office.desk(Role.SALES_REP, language)
        desk.do("amend-customer", office.customer_id, **amended(office, address="札幌市中央区1-1"))
        typed = {**amended(office, address="仙台市青葉区2-2"), "look": "1"}
        page = desk.client.post(reverse("amend-customer", args=[office.customer_id]), typed).content.decode()
        assert [*told, "札幌市中央区1-1", "仙台市青葉区2-2"] in changes(page)

    def test_a_matrix(self, office: Office) -> None:
        """A version of the matrix tells which rows it adds to and leaves out of the one in force."""
        desk = office.desk(Role.APPROVER)
        matrix = desk.do("draft-matrix", base="standard", without="discount")
        told = changes(desk.see("matrix", matrix))
        assert {row[1] for row in told} == {"削除"}
        assert all(row[3] == "—" for row in told)
        desk.do(
            "add-matrix-row",
            matrix,
            **{
                "item": "extra",
                "name_ja": "特例",
                "name_en": "Special",
                "stage": "1",
                "role": "cxo",
                "reason_ja": "特例のため",
                "reason_en": "It is special",
                "when-count": "0",
            },
        )
        assert ["特例（段階1）: すべての案件", "追加", "—", "CxO（役員）。特例のため"] in changes(
            desk.see("matrix", matrix)
        )

    def test_an_entry_of_the_trail(self, office: Office) -> None:
        """An entry of the timeline tells the same words below it."""
        desk = office.desk(Role.SALES_REP)
        desk.do("amend-customer", office.customer_id, **amended(office, address="札幌市中央区1-1"))
        page = desk.see("customer", office.customer_id)
        assert re.search(r'>住所</dt><dd><span class="sub">(変更|追加)</span>', page)
        assert re.search(r"<ins[^>]*>札幌市中央区1-1</ins>", page)
