"""The search over everything: what it finds, for whom, and where a number leads."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.surfaces.web.doors import opens
from kanjo.surfaces.web.searching.pages import KINDS, SHOWN
from tests.builders import a_company, an_actor
from tests.web.crowd import COPIES, crowd
from tests.web.office import PAYER, Desk
from tests.web.story import Told
from tests.web.test_every_page import look_at, story_data

ODD = (
    "",
    " ",
    "・",
    "%",
    "_",
    "\\",
    "'; DROP TABLE quotes_quote; --",
    "<script>alert(1)</script>",
    "あ" * 10_000,
    "9" * 99,
)
NUMBERS = (
    ("Q-2026-000001", "quote"),
    ("C-2026-000001", "contract"),
    ("O-2026-000001", "order"),
    ("INV-2026-000001", "invoice"),
)


def lists(page: str) -> set[str]:
    """Return the lists that the groups of a page lead to."""
    return {urlsplit(href).path.strip("/") for href in re.findall(r'class="btn btn-sm" href="([^"]+\?q=[^"]*)"', page)}


class TestFinds:
    @pytest.mark.parametrize(
        ("typed", "found"),
        [
            ("青葉", {"customers", "opportunities", "quotes", "contracts", "orders", "invoices", "receivables"}),
            (
                "ｱｵﾊﾞｼｮｳｼﾞ",
                {"customers", "opportunities", "quotes", "contracts", "orders", "invoices", "receivables", "receipts"},
            ),
            ("cloud-m", {"products"}),
            ("クラウド導", {"opportunities"}),
            ("inv-2026", {"invoices", "receivables"}),
            ("64,900", {"invoices", "receivables", "receipts"}),
            ("￥６４９００", {"invoices", "receivables", "receipts"}),
            (PAYER, {"receipts"}),
            ("どこにもない", set()),
        ],
    )
    @pytest.mark.row("X13")
    def test_by_kind(self, story: Told, typed: str, found: set[str]) -> None:
        """Names in any writing, beginnings of numbers, product codes, payers and amounts are found where they stand."""
        assert found <= lists(story.office.desk(Role.RECEIVABLES).see("search", q=typed))
        if not found:
            assert lists(story.office.desk(Role.RECEIVABLES).see("search", q=typed)) == set()

    def test_all_of_them(self, story: Told) -> None:
        """Each group leads to its list, which shows at least the rows that the group does."""
        desk = story.office.desk(Role.AUDITOR)
        page = desk.see("search", q="青葉")
        groups = re.findall(r'<section class="pane">.*?</section>', page, re.DOTALL)
        assert groups
        for group in groups:
            href = re.findall(r'href="([^"]+\?q=[^"]+)"', group)[0].replace("&amp;", "&")
            assert parse_qs(urlsplit(href).query)["q"] == ["青葉"]
            rows = re.findall(r'<tr><td[^>]*><a href="([^"]+)"', group)
            assert 0 < len(rows) <= SHOWN
            listed = desk.client.get(href).content.decode()
            assert all(f'href="{row}"' in listed for row in rows)

    @pytest.mark.parametrize(("number", "page"), NUMBERS)
    @pytest.mark.row("X13")
    def test_a_number_leads_to_its_document(self, story: Told, number: str, page: str) -> None:
        """A number in full, in any case and width, opens the page of its document."""
        desk = story.office.desk(Role.AUDITOR)
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
        for typed in (number, number.lower(), wide, f" {number} "):
            answer = desk.client.get("/search", {"q": typed})
            assert (answer.status_code, number in desk.client.get(answer.headers["Location"]).content.decode()) == (
                302,
                True,
            )

    def test_a_department_leads_to_its_customer(self, story: Told) -> None:
        """The name of a department finds the customer that it belongs to."""
        rep = story.office.desk(Role.SALES_REP)
        rep.do("add-department", story.office.customer_id, name="横浜第二営業部")
        assert f'href="/customers/{story.office.customer_id}"' in rep.see("search", q="第二営業")


class TestForWhom:
    def test_nothing_of_another_company(self, story: Told) -> None:
        """Who works for another company finds what all share and nothing of this one, by name, amount or number."""
        stranger = Desk.of(an_actor(*Role, companies=[a_company("elsewhere")], name="他社 花子"))
        for typed in ("青葉", "64,900", "クラウド", "INV-2026", *(number for number, _page in NUMBERS)):
            assert lists(stranger.see("search", q=typed)) <= {"customers"}

    @pytest.mark.parametrize("role", list(Role))
    def test_only_what_the_role_may_open(self, story: Told, role: Role) -> None:
        """A group stands there only for those whose role may open its list."""
        desk = story.office.desk(role)
        opened = {kind.page.replace("open-items", "receivables") for kind in KINDS if opens(kind.page, desk.actor)}
        assert lists(desk.see("search", q="64,900")) == {"invoices", "receivables", "receipts"} & opened

    def test_a_receipt_is_not_for_everybody(self, story: Told) -> None:
        """Bank statements are read by those who keep the books."""
        assert not opens("receipts", story.office.desk(Role.SALES_REP).actor)
        assert opens("receipts", story.office.desk(Role.RECEIVABLES).actor)


class TestWhateverIsTyped:
    @pytest.mark.parametrize("language", list(Language))
    @pytest.mark.row("X6")
    def test_odd_text(self, story: Told, language: Language) -> None:
        """Anything gives a page in the reader's language, and nothing of it runs."""
        desk = story.office.desk(Role.AUDITOR, language)
        for typed in ODD:
            answer = desk.client.get("/search", {"q": typed})
            assert answer.status_code == 200
            look_at(answer, language, [*story_data(), typed, typed.strip()[:100]])
        assert "pages.unreadable" in desk.see("search", status=400, q="\0")

    def test_a_thousand_rows_cost_no_more_questions(self, story: Told) -> None:
        """The search asks the database as often for a thousand rows of each kind as for ten."""
        desk = story.office.desk(Role.AUDITOR)
        desk.see("home")  # the first request of a session notes that it is there
        asked = []
        for already, until in ((0, 10), (10, 1_000)):
            crowd(already, until, COPIES)
            with CaptureQueriesContext(connection) as queries:
                desk.see("search", q="顧客")
            asked.append(len(queries))
        assert asked[0] == asked[1]
