"""Who asks too often is told when to come again: a program by a problem, a person by a page; others go on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.access.pace import Pace
from kanjo.surfaces import pacing
from tests.api.programs import opened_given, program_of
from tests.web.office import Office, an_office
from tests.web.test_forms import everything

A_MINUTE = 3


@pytest.fixture
def office(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose house takes three calls and three searches a minute."""
    for name in ("CALLS", "SEARCHES"):
        monkeypatch.setattr(pacing, name, Pace(tmp_path / name, A_MINUTE))
    return an_office()


@pytest.mark.row("A11")
class TestCalls:
    def test_one_too_many_is_told_when_to_come_again(self, office: Office) -> None:
        """The fourth call within a minute is answered 429 in the caller's language; another token goes on."""
        program = program_of(office, Role.SALES_REP)
        for _ in range(A_MINUTE):
            program.asks("customers")
        told = program.asks("customers", status=429)
        assert (told["rule"], told["title"], told["status"]) == ("house.too-often", "Too many calls", 429)
        assert told["detail"] == "Calls with one token are taken 3 times a minute; nothing was done."
        refused = program.client.get("/api/v1/customers", headers={**program.headers, "Accept-Language": "ja"})
        assert 0 < int(refused.headers["Retry-After"]) <= 20
        assert refused.headers["Content-Type"] == "application/problem+json"
        again = f"{refused.headers['Retry-After']} 秒後にもう一度お試しください。"
        assert (refused.json()["title"], refused.json()["remedy"]) == ("呼び出しが多すぎます", again)
        assert program_of(office, Role.SALES_REP).asks("customers")["items"]

    def test_an_act_too_many_is_not_done(self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It leaves nothing, and its key may be sent again."""
        program = program_of(office, Role.SALES_REP)
        for _ in range(A_MINUTE):
            program.asks("customers")
        before = everything()
        answer = program.sends("opportunities", opened_given(office), key="the-one")
        assert (answer.status_code, json.loads(answer.content)["rule"]) == (429, "house.too-often")
        assert everything() == before
        monkeypatch.setattr(pacing, "CALLS", Pace(tmp_path / "another minute", A_MINUTE))
        answer = program.sends("opportunities", opened_given(office), key="the-one")
        assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (200, None)

    def test_a_stranger_is_not_counted(self, office: Office) -> None:
        """Who has no token is told so, as often as it asks."""
        program = program_of(office, Role.SALES_REP)
        headers = {"Authorization": "Bearer none"}
        answers = [program.client.get("/api/v1/customers", headers=headers).status_code for _ in range(A_MINUTE + 2)]
        assert set(answers) == {401}


@pytest.mark.row("A11")
class TestSearches:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (Language.JAPANESE, "1 人の検索は 1 分間に 3 回までです。"),
            (Language.ENGLISH, "Searches of one person are taken 3 times a minute"),
        ],
    )
    def test_one_too_many_is_told_on_a_page(self, office: Office, language: Language, words: str) -> None:
        """The fourth search of a person within a minute is refused by a page; other pages and people go on."""
        desk = office.desk(Role.SALES_REP, language)
        for _ in range(A_MINUTE):
            desk.see("search", q="青葉")
        answer = desk.client.get("/search", {"q": "青葉"})
        page = answer.content.decode()
        assert (answer.status_code, 0 < int(answer.headers["Retry-After"]) <= 20) == (429, True)
        assert words in page
        assert "house.too-often" in page
        assert "青葉" in desk.see("customers", q="青葉")
        assert desk.see("search")
        assert "青葉" in office.desk(Role.AUDITOR, language).see("search", q="青葉")
