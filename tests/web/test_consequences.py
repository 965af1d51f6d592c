"""What cannot be undone says how many and how much before it is done; what was done is told after it."""

from __future__ import annotations

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.web.office import Office, billed, opened
from tests.web.story import Told


class TestBefore:
    @pytest.mark.parametrize(
        ("name", "size"),
        [
            ("send-invoice", "¥9,900"),
            ("credit-invoice", "¥9,900"),
            ("execute-run", "¥9,900"),
            ("terminate-contract", "¥158,000"),
        ],
    )
    def test_the_size_is_said(self, story: Told, name: str, size: str) -> None:
        """The form of an act that moves money or leaves the house names the amount that it is about."""
        roles = {"terminate-contract": Role.DEAL_MANAGEMENT}
        assert size in story.office.desk(roles.get(name, Role.RECEIVABLES)).see(name, story.keys[name])


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
        desk.refused("preview-billing", on="nonsense")
        assert "完了しました" not in desk.see("order", deal.order)
