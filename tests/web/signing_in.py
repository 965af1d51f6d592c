"""People with a password, and what they send to the sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import set_password
from kanjo.platform.identity.queries import get_actor, house
from tests.builders import NOW, an_actor

PASSWORD = "correct horse battery"


def a_person(
    *roles: Role, companies: Sequence[CompanyId] = (), language: Language = Language.JAPANESE, name: str = "鍵 守"
) -> Actor:
    """Let a person in who has the password."""
    actor = an_actor(*roles, companies=companies, name=name, language=language)
    with transaction.atomic():
        set_password(person_id=actor.id, password=PASSWORD, by=house(), at=NOW)
    return get_actor(actor.id)


def email_of(actor: Actor) -> str:
    """Return the address that a person signs in with."""
    return Person.objects.get(pk=actor.id).email


def signs_in(actor: Actor, client: Client | None = None, *, password: str = PASSWORD, **extra: Any) -> Client:
    """Send the form of the sign-in; return the browser, signed in or not."""
    client = client or Client()
    sends(client, email_of(actor), password, **extra)
    return client


def sends(client: Client, email: str, password: str, **extra: Any) -> Any:
    """Send the form of the sign-in and return the answer."""
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def is_in(client: Client) -> bool:
    """Return whether the browser is signed in: its queue answers."""
    return client.get(reverse("home")).status_code == 200
