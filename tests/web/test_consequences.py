"""What cannot be undone says how many and how much before it is done; what was done is told after it."""

from __future__ import annotations

import re

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.builders import an_actor
from tests.web.office import Desk, Office, billed, opened
from tests.web.story import Told
from tests.web.test_doors import ACTS

EASILY_CHANGED = frozenset(
    {
        "register-customer",
        "place-under",
        "add-department",
        "open-opportunity",
        "engage-opportunity",
        "expect-close",
        "lose-opportunity",
        "draft-quote",
        "revise-quote",
        "submit-quote",
        "meet-condition",
        "allocate",
        "reverse-run",
    }
)
"""Forms that write what is written anew or taken back by the next form, or only prepare."""


class TestBefore:
    @pytest.mark.parametrize(
        ("name", "size"),
        [
            ("send-invoice", "¥9,900"),
            ("send-run", "未送付の請求書 1件"),
            ("credit-invoice", "¥9,900"),
            ("execute-run", "¥11,440"),
            ("terminate-contract", "¥158,000"),
            ("withdraw-quote", "¥170,000"),
            ("withdraw-run", "取り下げる内容"),
            ("write-off-fee", "未回収残高 ¥"),
        ],
    )
    def test_the_size_is_said(self, story: Told, name: str, size: str) -> None:
        """The form of an act that moves money or leaves the house names the amount that it is about."""
        roles = {"terminate-contract": Role.DEAL_MANAGEMENT, "withdraw-quote": Role.SALES_REP}
        assert size in story.office.desk(roles.get(name, Role.RECEIVABLES)).see(name, story.keys[name])

    def test_what_it_comes_to_is_said(self, story: Told) -> None:
        """Every form says what will come of it before it is done, but those whose result is changed as easily."""
        desk = Desk.of(an_actor(*Role, companies=[story.office.company_id], name="万能 花子"))
        pages = {name: desk.client.get(story.address(name)) for name in ACTS}
        said = re.compile(r'<p class="note[^"]*">')
        silent = {
            name
            for name, page in pages.items()
            if page.status_code == 200
            and not said.search(page.content.decode())
            and "data-draft" in page.content.decode()
        }
        assert silent <= EASILY_CHANGED


class TestAfter:
    @pytest.mark.parametrize(
        ("language", "told"),
        [(Language.JAPANESE, "完了しました：商談を登録"), (Language.ENGLISH, "Done: New opportunity")],
    )
    def test_what_was_done_is_told_once(self, office: Office, language: Language, told: str) -> None:
        """The page after a deed tells what was done; the page after that no more."""
        desk = office.desk(Role.SALES_REP, language)
        deal = desk.do("open-opportunity", office.customer_id, **opened(office))
        assert told in desk.see("opportunity", deal)
        assert told not in desk.see("opportunity", deal)

    def test_a_refusal_is_no_success(self, office: Office) -> None:
        """After a refused form nothing is told as done."""
        deal, desk = billed(office), office.desk(Role.RECEIVABLES)
        desk.refused("preview-billing", because="月次請求", on="nonsense")
        assert "完了しました" not in desk.see("order", deal.order)
