"""The second factor: who has one shows it before any page, whose role asks for one gets it before any page."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.identity.factors import has_factor
from kanjo.platform.identity.models import Person
from tests.api.programs import program_of
from tests.plumbing import FreshDatabase
from tests.web.addressed import every_address
from tests.web.office import Office, an_office
from tests.web.signing_in import PASSWORD, a_person, email_of, is_in, signs_in

NEW = "battery horse correct"
OF_AN_ACCOUNT = 5


def with_an_app(person: Actor) -> str:
    """Give a person an authenticator app; return its secret."""
    secret = str(generate_totp_secret())
    TOTP.activate(Person.objects.get(pk=person.id), secret)
    return secret


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def shows(client: Client, code: str) -> bool:
    """Send a code; return whether the browser is signed in after it."""
    client.post(reverse("mfa_authenticate"), {"code": code})
    return is_in(client)


@pytest.fixture
def cxo(office: Office) -> Actor:
    return a_person(Role.CXO, companies=[office.company_id])


@pytest.mark.row("S2")
class TestHalfSignedIn:
    def test_after_the_password_only_the_factor_answers(self, cxo: Actor) -> None:
        """Whatever is asked for on the way, by reading or by sending: the sign-in, and no page of the house."""
        with_an_app(cxo)
        client = signs_in(cxo)
        tried = [one for one in every_address() if not one[1].public and not one[0].endswith("openapi.json")]
        assert len(tried) > 150
        for address, who in tried:
            for answer in (client.get(address), client.post(address)):
                if who.by_token:
                    assert answer.status_code in {401, 404, 405}, address
                else:
                    assert answer.status_code == 302, address
                    assert answer.headers["Location"].startswith(reverse("account_login")), address
        assert client.get(reverse("mfa_authenticate")).status_code == 200

    def test_whose_role_asks_for_one_gets_it_first(self, office: Office, cxo: Actor, settings: Any) -> None:
        """Signed in without the factor that its role asks for, a person reaches where one is set up, and no page."""
        settings.SECOND_FACTOR = {Role.CXO}
        client = signs_in(cxo)
        here = reverse("mfa_index")
        for address, who in every_address():
            if who.public or who.unproven or who.by_token:
                continue
            for answer in (client.get(address), client.post(address)):
                assert (answer.status_code, answer.headers.get("Location")) == (302, here), address
        page = client.get(here).content.decode()
        assert "2段階認証が必要です" in page
        assert "kj-nav" not in page
        assert reverse("quotes") not in page

    def test_once_it_is_there_all_pages_open(self, cxo: Actor, settings: Any) -> None:
        """Through the pages: the password once more, the code of the app, and the house is open."""
        settings.SECOND_FACTOR = {Role.CXO}
        client = signs_in(cxo)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        secret = page.partition('id="secret" value="')[2].partition('"')[0]
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
        assert has_factor(cxo.id)
        assert is_in(client)
        settings.SECOND_FACTOR = {Role.CFO}
        assert is_in(signs_in(a_person(Role.CXO)))

    def test_a_program_does_not_go_round_it(self, office: Office, settings: Any) -> None:
        """The token of a person who lacks the factor is refused, and says what to do."""
        program = program_of(office, Role.CXO)
        program.asks("quotes")
        settings.SECOND_FACTOR = {Role.CXO}
        assert "access.no-second-factor" in str(program.asks("quotes", status=403))
        with_an_app(office.people[Role.CXO])
        program.asks("quotes")

    def test_a_new_password_does_not_go_round_it(self, cxo: Actor) -> None:
        """Who forgot the password and has a link by e-mail still shows the factor."""
        secret, client = with_an_app(cxo), Client()
        client.post(reverse("account_reset_password"), {"email": email_of(cxo)})
        link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
        form = client.get(link.partition("testserver")[2] or link, follow=True)
        path = form.redirect_chain[-1][0]
        client.post(path, {"password1": NEW, "password2": NEW})
        assert not is_in(client)
        assert not is_in(signs_in(cxo, client, password=NEW))
        assert shows(client, code_of(secret))


@pytest.mark.row("S2")
class TestCodes:
    def test_is_taken_once(self, cxo: Actor) -> None:
        """Whoever looked over a shoulder does not use the code a second time."""
        code = code_of(with_an_app(cxo))
        assert shows(signs_in(cxo), code)
        assert not shows(signs_in(cxo), code)

    def test_a_recovery_code_is_taken_once(self, cxo: Actor) -> None:
        """It lets in when the app is lost, and then never again."""
        with_an_app(cxo)
        code = RecoveryCodes.activate(Person.objects.get(pk=cxo.id)).get_unused_codes()[0]
        assert shows(signs_in(cxo), code)
        assert not shows(signs_in(cxo), code)

    def test_so_many_are_tried(self, fresh_database: FreshDatabase) -> None:
        """A thousand guesses, sixteen at a time, from one half signed-in session: five are tried, the right one not."""
        person = a_person(Role.CXO, companies=[an_office().company_id])
        secret = with_an_app(person)
        half = signs_in(person)
        with ThreadPoolExecutor(16) as crowd:
            answers = Counter(crowd.map(lambda number: _guess(half, f"{number:06}"), range(1_000)))
        assert set(answers) == {"wrong", "locked"}
        assert 1 <= answers["wrong"] <= OF_AN_ACCOUNT
        assert not shows(half, code_of(secret))
        cache.clear()
        assert shows(half, code_of(secret))


def _guess(half: Client, code: str) -> str:
    client = Client()
    client.cookies = half.cookies
    try:
        page = client.post(reverse("mfa_authenticate"), {"code": code}).content.decode()
        return "locked" if "上限" in page else "wrong"
    finally:
        connection.close()


@pytest.mark.row("S2")
class TestFreshProof:
    def aged(self, client: Client, seconds: int) -> None:
        """Let the proofs of a session be older."""
        session = client.session
        for proof in session[AUTHENTICATION_METHODS_SESSION_KEY]:
            proof["at"] = time.time() - seconds
        session[AUTHENTICATION_METHODS_SESSION_KEY] = list(session[AUTHENTICATION_METHODS_SESSION_KEY])
        session.save()

    def test_a_policy_is_put_in_force_by_who_proved_it_just_now(self, office: Office, cxo: Actor) -> None:
        """Five minutes after the password it is asked for again, and then leads back to the form."""
        client = signs_in(cxo)
        where = reverse("activate-matrix", args=[office.desk(Role.CXO).key("matrix", "company")])
        assert client.get(where).status_code == 200
        self.aged(client, 301)
        for answer in (client.get(where), client.post(where)):
            assert answer.headers["Location"] == f"{reverse('account_reauthenticate')}?next={where.replace('/', '%2F')}"
        again = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": where})
        assert again.headers["Location"] == where
        assert client.get(where).status_code == 200

    def test_who_has_a_factor_shows_the_factor(self, office: Office, cxo: Actor) -> None:
        """The password alone is no fresh proof for who has more."""
        secret = with_an_app(cxo)
        client = signs_in(cxo)
        assert shows(client, code_of(secret))
        self.aged(client, 301)
        where = reverse("activate-matrix", args=[office.desk(Role.CXO).key("matrix", "company")])
        assert client.get(where).headers["Location"].startswith(reverse("mfa_reauthenticate"))
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": where})
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] += [{"method": "password", "at": time.time()}]
        session.save()
        assert client.get(where).headers["Location"].startswith(reverse("mfa_reauthenticate"))
        cache.clear()
        client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret), "next": where})
        assert client.get(where).status_code == 200

    def test_who_may_not_is_told_so_first(self, office: Office) -> None:
        """Nobody is asked for a proof for what its role does not do."""
        client = signs_in(a_person(Role.HR, companies=[office.company_id]))
        self.aged(client, 301)
        where = reverse("activate-matrix", args=[office.desk(Role.CXO).key("matrix", "company")])
        assert client.get(where).status_code == 403


@pytest.mark.row("S1")
def test_another_factor_ends_the_other_sessions(fresh_database: FreshDatabase) -> None:
    """Whoever is in elsewhere without the factor is out, and this session goes on under a new key."""
    cxo = a_person(Role.CXO, companies=[an_office().company_id])
    here, there = signs_in(cxo), signs_in(cxo)
    before = here.cookies["sessionid"].value
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = here.get(reverse("mfa_activate_totp")).content.decode()
    secret = page.partition('id="secret" value="')[2].partition('"')[0]
    here.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert (is_in(here), here.cookies["sessionid"].value != before) == (True, True)
    assert not is_in(there)
