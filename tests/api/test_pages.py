"""The pages around the API: one's own tokens, and what may be called."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.access.models import Token
from kanjo.platform.access.scopes import Scope
from tests.api.programs import Program
from tests.api.world import OPERATIONS
from tests.web.office import Desk, Office, faults
from tests.web.test_every_page import look_at, story_data

GIVEN = {"name": "会計連携", "scope": "act", "last_on": "2027-03-31"}


@pytest.mark.parametrize("language", list(Language))
class TestTokens:
    def test_made_and_shown_once(self, office: Office, language: Language) -> None:
        """A token is shown on the answer to the form and never again; it lets a program in, and its use is told."""
        desk = office.desk(Role.SALES_REP, language)
        answer = desk.client.post(reverse("make-token"), {**GIVEN, "once": "a" * 22})
        secret = _secret(answer.content.decode())
        look_at(answer, language, story_data())
        assert answer.headers["Cache-Control"] == "private, no-store"
        again = desk.client.post(reverse("make-token"), {**GIVEN, "once": "a" * 22})
        assert secret not in again.content.decode()
        assert Token.objects.count() == 1
        Program(secret).asks("quotes")
        listed = desk.client.get(reverse("tokens"))
        look_at(listed, language, {"会計連携", *story_data()})
        assert secret not in listed.content.decode()
        assert Scope.ACT.shown.said_in(language) in listed.content.decode()

    def test_revoked(self, office: Office, language: Language) -> None:
        """A revoked token lets nobody in, and is no choice any more."""
        desk = office.desk(Role.SALES_REP, language)
        secret = _secret(desk.client.post(reverse("make-token"), GIVEN).content.decode())
        form = desk.client.get(reverse("revoke-token"))
        look_at(form, language, {"会計連携", *story_data()})
        desk.do("revoke-token", token=str(Token.objects.get().pk))
        Program(secret).asks("quotes", status=401)
        status, page = desk.refused("revoke-token", token=str(Token.objects.get().pk))
        assert (status, "form.not-a-choice" in faults(page)) == (400, True)

    @pytest.mark.parametrize(
        ("last_on", "rule"),
        [
            *(("2026-01-01", "access.token-end"), ("2099-01-01", "access.token-end")),
            *(("9999-12-30", "access.token-end"), ("9999-12-31", "periods.last-day")),
        ],
    )
    def test_an_end_in_sight(self, office: Office, language: Language, last_on: str, rule: str) -> None:
        """A token that is over already or lives for ever is refused beside its field."""
        desk = office.desk(Role.SALES_REP, language)
        status, page = desk.refused("make-token", **{**GIVEN, "last_on": last_on})
        assert (status, rule in faults(page)) == (400, True)

    def test_the_list_of_calls(self, office: Office, language: Language) -> None:
        """Every operation stands on the page of the API in the reader's language, under the content policy."""
        desk = office.desk(Role.AUDITOR, language)
        page = desk.client.get(reverse("api"))
        look_at(page, language, story_data())
        text = page.content.decode()
        assert [one.path for one in OPERATIONS if f"{one.method.upper()} {one.path}<" not in text] == []
        assert f'href="{reverse("openapi")}"' in text


class TestTheDoor:
    def test_one_sees_ones_own(self, office: Office) -> None:
        """Nobody sees or revokes the token of a colleague."""
        office.desk(Role.SALES_REP).client.post(reverse("make-token"), GIVEN)
        colleague: Desk = office.desk(Role.CXO)
        assert "会計連携" not in colleague.see("tokens")
        status, _ = colleague.refused("revoke-token", token=str(Token.objects.get().pk))
        assert status == 400
        assert Token.objects.get().revoked_at is None

    def test_strangers_are_led_to_the_sign_in(self, office: Office) -> None:
        """The page of the API is for people of the house; its description is for any program."""
        assert Client().get(reverse("api")).status_code == 302
        described = Client().get(reverse("openapi"))
        assert described.json()["openapi"] == "3.1.0"

    def test_the_menu_leads_there(self, office: Office) -> None:
        """One's own menu leads to one's tokens."""
        page = office.desk(Role.SALES_REP).see("home")
        assert f'href="{reverse("tokens")}"' in page
        assert "APIトークン" in page


def _secret(page: str) -> str:
    found = re.search(r"kanjo_[\w-]+", page)
    assert found, page
    return found[0]
