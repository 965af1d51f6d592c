"""Whether an address belongs to somebody is told neither by an answer nor by the work that is done before it."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import dismiss_person
from kanjo.platform.identity.queries import house
from tests.api.programs import program_of
from tests.builders import NOW, an_actor
from tests.web.office import Office
from tests.web.signing_in import a_person, email_of, sends
from tests.web.test_factors import with_an_app

pytestmark = pytest.mark.row("A10")
UNKNOWN = "nobody.here@suginamiki.example"


class Counting(MD5PasswordHasher):
    """Counts how often a password is hashed: that is the slow part of a sign-in."""

    done: ClassVar[list[int]] = [0]

    def encode(self, password: str, salt: str, *args: Any, **kwargs: Any) -> str:
        self.done[0] += 1
        return super().encode(password, salt, *args, **kwargs)


@pytest.fixture
def addresses(office: Office, settings: Any) -> dict[str, str]:
    """One address of each standing, and one that nobody has."""
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    people = {name: a_person(Role.SALES_REP, companies=[office.company_id], name=name) for name in ("in", "app", "out")}
    people["no password"] = an_actor(Role.SALES_REP, companies=[office.company_id], name="招待 中")
    Person.objects.get(pk=people["no password"].id).set_unusable_password()
    with_an_app(people["app"])
    with transaction.atomic():
        dismiss_person(person_id=people["out"].id, by=house(), at=NOW)
    return {name: email_of(person) for name, person in people.items()} | {"unknown": UNKNOWN}


def answered(answer: Any, email: str) -> tuple[int, str, str]:
    """Return what came back, without what differs at each request: the token of the form and the address itself."""
    page = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", answer.content.decode())
    return answer.status_code, answer.headers.get("Location", ""), page.replace(email, "")


def test_at_the_sign_in(addresses: dict[str, str]) -> None:
    """A wrong password: the same page after the same hashing, whosever the address is or is not."""
    seen, hashed = {}, {}
    for name, email in addresses.items():
        Counting.done[0] = 0
        seen[name] = answered(sends(Client(), email, "wrong horse battery"), email)
        hashed[name] = Counting.done[0]
    assert len(set(seen.values())) == 1
    assert hashed == dict.fromkeys(addresses, 1)


def test_when_the_password_was_forgotten(addresses: dict[str, str]) -> None:
    """The same answer, and one letter to the address that was typed; only who may come in finds a link in it."""
    seen = {}
    for name, email in addresses.items():
        mail.outbox.clear()
        seen[name] = answered(Client().post(reverse("account_reset_password"), {"email": email}), email)
        assert [one.to for one in mail.outbox] == [[email]]
        assert ("/password/reset/key/" in mail.outbox[0].body) == (name not in {"out", "unknown"}), name
    assert len(set(seen.values())) == 1


def test_by_a_link_or_a_token(office: Office) -> None:
    """A link or token that was never made, and one that is no longer good, are answered alike."""
    program = program_of(office, Role.CXO)
    with transaction.atomic():
        dismiss_person(person_id=office.people[Role.CXO].id, by=house(), at=NOW)
    made_up = {**program.headers, "Authorization": "Bearer kanjo_" + "x" * 43}
    answers = [program.client.get("/api/v1/quotes", headers=one) for one in (program.headers, made_up)]
    assert [one.status_code for one in answers] == [401, 401]
    assert answers[0].content == answers[1].content
