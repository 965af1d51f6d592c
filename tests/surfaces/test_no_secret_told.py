"""Secrets of the house and of people stand in no page, no error and no log; and every answer carries its headers."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kanjo.config.environment import CompanySignIn, MailServer, read_environment
from kanjo.foundation.actors import Role
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import house
from kanjo.surfaces.web.middleware import PERMISSIONS, POLICY
from tests.web.office import Office, an_office
from tests.web.signing_in import a_person, email_of, sends, signs_in

CANARIES = ("canary-key-9f3a", "canary-mail-9f3b", "canary-oidc-9f3c")
TYPED = "canary-password-9f3e"


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.fixture
def canaries(settings: Any) -> None:
    """Put a marked secret wherever the settings hold one."""
    settings.SECRET_KEY, mail, oidc = CANARIES
    settings.EMAIL_HOST_PASSWORD = mail
    settings.COMPANY_SIGN_IN = CompanySignIn("http://localhost:1", "kanjo", oidc, "Kanjo ID")


@pytest.mark.row("S6")
class TestCanaries:
    def broken(self, client: Client, settings: Any) -> list[bytes]:
        """Return every answer that something broke, or was refused, behind."""
        client.raise_request_exception = False
        person = a_person(Role.CXO)
        answers = [
            client.get("/nowhere"),
            sends(client, email_of(person), TYPED),
            client.get(reverse("company-sign-in")),
            client.get(reverse("open-invitation", args=[TYPED])),
            client.get(reverse("invitation")),
            client.get("/api/v1/quotes", headers={"Authorization": f"Bearer {TYPED}"}),
        ]
        signs_in(person, client)
        settings.ROOT_URLCONF = "tests.surfaces.broken_addresses"
        answers += [
            client.get("/broken", {"password": TYPED}),
            client.post("/broken", {"password": TYPED}),
        ]
        assert [one.status_code for one in answers[-2:]] == [500, 500]
        return [one.content + str(one.headers).encode() for one in answers]

    def test_of_the_settings_and_of_people(
        self, office: Office, canaries: None, settings: Any, caplog: pytest.LogCaptureFixture, capfd: Any
    ) -> None:
        """Whatever fails, with whatever was typed: no answer tells a secret, and no line of a log."""
        with caplog.at_level(logging.DEBUG):
            answers = self.broken(Client(), settings)
        printed = capfd.readouterr()
        formatter = logging.Formatter("%(message)s")
        told = [*map(formatter.format, (one for one in caplog.records if one.name != "django.db.backends"))]
        everything = b"".join(answers) + "".join([*told, printed.out, printed.err]).encode()
        assert b"broken on purpose" in everything
        assert len(password := connection.settings_dict["PASSWORD"]) > 20
        assert [secret for secret in (*CANARIES, TYPED, password) if secret.encode() in everything] == []

    def test_typed_secrets_print_as_nothing(self) -> None:
        """Who prints the settings of an installation prints no secret."""
        environment = read_environment(
            {
                "KANJO_MAIL_URL": f"smtp://kanjo:{CANARIES[1]}@mail.example.co.jp",
                "KANJO_OIDC_URL": "https://id.example.co.jp",
                "KANJO_OIDC_CLIENT": "kanjo",
                "KANJO_OIDC_SECRET": CANARIES[2],
                "KANJO_DATABASE_URL": f"postgresql://kanjo:{CANARIES[0]}@db.example.co.jp/kanjo",
            }
        )
        assert [secret for secret in CANARIES if secret in repr(environment)] == []
        assert isinstance(environment.mail, MailServer)


class TestHeaders:
    def test_of_every_answer(self, office: Office, settings: Any) -> None:
        """A page is framed by nobody, runs nothing of others, asks for no device, and is told to no other site."""
        settings.SECURE_HSTS_SECONDS = 31_536_000
        client = signs_in(a_person(Role.CXO, companies=[office.company_id]))
        for address in ("/accounts/login/", "/", "/quotes", "/nowhere", "/api/v1/quotes", "/health"):
            headers = client.get(address, secure=True).headers
            assert headers["Content-Security-Policy"] == POLICY
            assert "script-src 'self'" in POLICY
            assert "unsafe" not in POLICY
            assert headers["Permissions-Policy"] == PERMISSIONS
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert headers["Strict-Transport-Security"] == "max-age=31536000"

    def test_of_the_cookie(self, office: Office, settings: Any) -> None:
        """No script reads it, no other site sends it along with a form, and over https it goes no other way."""
        settings.SESSION_COOKIE_SECURE = True
        client = Client()
        answer = sends(client, email_of(a_person(Role.CXO)), "correct horse battery", secure=True)
        cookie = answer.cookies["sessionid"]
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)


@pytest.mark.row("S7")
class TestFirstStart:
    def test_an_empty_house_lets_nobody_in(self, db: None) -> None:
        """Before anybody was let in there is no account, no default password, and no page that makes one."""
        stranger, itself, passwords = Client(), house(), ("", "admin", "kanjo", "password")
        for email in ("admin@localhost", "kanjo@localhost", "admin", "root"):
            for password in passwords:
                sends(stranger, email, password)
        assert stranger.get("/").headers["Location"].startswith("/accounts/login/")
        for address in ("/accounts/signup/", "/setup", "/install", "/admin/", "/company/found", "/people/invite"):
            answer = stranger.post(address, {"email": "a@b.example", "password1": TYPED, "password2": TYPED})
            assert answer.status_code in {302, 404}
        assert not Person.objects.filter(is_system=False).exists()
        assert [person.pk for person in Person.objects.all()] == [itself.id]
        person = Person.objects.get()
        assert not person.is_active
        assert not any(person.check_password(password) for password in passwords)
