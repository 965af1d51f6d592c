"""Sessions: a new key whenever it counts, an end in any case, and a list of which each can be ended."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.access.models import Token
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.models import Session
from kanjo.platform.identity.operations import dismiss_person, end_sessions_of, grant_role, set_password
from kanjo.platform.identity.queries import house
from kanjo.platform.identity.sessions import SessionStore, named
from tests.api.programs import program_of
from tests.builders import NOW, an_actor
from tests.web.office import Office
from tests.web.signing_in import PASSWORD, a_person, is_in, signs_in

NEW = "battery horse correct"
CHANGED = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


def key_of(client: Client) -> str:
    return str(client.cookies["sessionid"].value)


def older(client: Client, **moments: timedelta) -> None:
    now = timezone.now()
    Session.objects.filter(session_key=key_of(client)).update(**{name: now - age for name, age in moments.items()})


@pytest.mark.row("S1")
class TestKey:
    def test_a_planted_key_is_not_signed_in_with(self, office: Office) -> None:
        """Whoever knew the key of before the sign-in knows nothing after it."""
        client = Client()
        client.session.save()
        planted = key_of(client)
        signs_in(a_person(Role.CXO, companies=[office.company_id]), client)
        assert is_in(client)
        assert key_of(client) != planted
        thief = Client()
        thief.cookies["sessionid"] = planted
        assert not is_in(thief)

    def test_a_new_role_brings_a_new_key(self, office: Office) -> None:
        """The key of a session that may less does not open the one that may more."""
        person = a_person(Role.CXO, companies=[office.company_id])
        client = signs_in(person)
        assert is_in(client)
        before = key_of(client)
        assert is_in(client)
        assert key_of(client) == before
        with transaction.atomic():
            grant_role(person_id=person.id, role=Role.CFO, by=house(), at=NOW)
        assert is_in(client)
        assert key_of(client) != before
        thief = Client()
        thief.cookies["sessionid"] = before
        assert not is_in(thief)

    def test_a_new_password_brings_a_new_key(self, office: Office) -> None:
        """The person goes on working, under another key."""
        client = signs_in(a_person(Role.CXO, companies=[office.company_id]))
        before = key_of(client)
        client.post(reverse("account_change_password"), CHANGED)
        assert is_in(client)
        assert key_of(client) != before
        assert not Session.objects.filter(session_key=before).exists()

    @pytest.mark.parametrize("role", list(Role))
    def test_who_signed_out_is_out(self, office: Office, role: Role) -> None:
        """The key of before the sign-out opens nothing, for whoever kept it."""
        client = signs_in(a_person(role, companies=[office.company_id]))
        kept = key_of(client)
        client.post(reverse("account_logout"))
        thief = Client()
        thief.cookies["sessionid"] = kept
        assert not is_in(thief)


@pytest.mark.row("S1")
class TestEnd:
    @pytest.mark.parametrize(
        "ages", [{"expire_date": timedelta(seconds=1)}, {"seen_at": timedelta(hours=2, seconds=1)}]
    )
    def test_over_or_idle(self, office: Office, ages: dict[str, timedelta]) -> None:
        """So long after the sign-in, or so long after the last request, a session opens nothing."""
        client = signs_in(a_person(Role.CXO, companies=[office.company_id]))
        assert is_in(client)
        older(client, **ages)
        assert not is_in(client)
        SessionStore.clear_expired()
        assert Session.objects.filter(person__isnull=False).count() == 0

    def test_work_does_not_push_the_end_away(self, office: Office) -> None:
        """A session ends twelve hours after the sign-in, however often its data are written."""
        client = signs_in(a_person(Role.CXO, companies=[office.company_id]))
        row = Session.objects.get(session_key=key_of(client))
        assert row.expire_date == row.began_at + timedelta(hours=12)
        client.post(reverse("look"), {"theme": "dark"})
        session = client.session
        session["more"] = 1
        session.save()
        assert Session.objects.get(session_key=key_of(client)).expire_date == row.expire_date

    def test_a_request_is_noted(self, office: Office) -> None:
        """Who works is not idle."""
        client = signs_in(a_person(Role.CXO, companies=[office.company_id]))
        older(client, seen_at=timedelta(minutes=90))
        assert is_in(client)
        assert Session.objects.get(session_key=key_of(client)).seen_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.row("S1")
class TestSessions:
    def test_one_is_ended(self, office: Office) -> None:
        """A person sees where it is signed in and ends one place or all others; this one stays."""
        person = a_person(Role.CXO, companies=[office.company_id])
        here = signs_in(person, HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0", REMOTE_ADDR="192.0.2.7")
        there, elsewhere = (signs_in(person, HTTP_USER_AGENT=one) for one in ("Telephone/1", "Tablet/1"))
        page = here.get(reverse("sessions")).content.decode()
        assert all(word in page for word in ("192.0.2.7", "Chrome", "Linux", "Telephone/1", "Tablet/1"))
        assert key_of(there) not in page
        name = next(row for row in _options(here) if "Telephone" in row[1])[0]
        assert here.post(reverse("end-session"), {"session": name}).status_code == 302
        assert (is_in(here), is_in(there), is_in(elsewhere)) == (True, False, True)
        here.post(reverse("end-other-sessions"))
        assert (is_in(here), is_in(elsewhere)) == (True, False)

    def test_nobody_ends_those_of_others(self, office: Office) -> None:
        """The name of somebody else's session is not on the list."""
        mine, theirs = (signs_in(a_person(Role.CXO, companies=[office.company_id])) for _ in range(2))
        assert mine.post(reverse("end-session"), {"session": named(key_of(theirs))}).status_code == 400
        assert is_in(theirs)

    def test_the_administrator_ends_all_of_a_person(self, office: Office) -> None:
        """And nobody else does; the person may sign in again."""
        person = a_person(Role.CXO, companies=[office.company_id])
        client = signs_in(person)
        with pytest.raises(NotYourRole), transaction.atomic():
            end_sessions_of(person_id=person.id, by=office.people[Role.CFO], at=NOW)
        assert is_in(client)
        with transaction.atomic():
            assert end_sessions_of(person_id=person.id, by=an_actor(Role.ADMINISTRATOR), at=NOW) == 1
        assert not is_in(client)
        assert is_in(signs_in(person))


@pytest.mark.row("S1")
class TestNewPassword:
    def living(self, person: Actor) -> int:
        return Token.objects.filter(person_id=person.id, revoked_at=None).count()

    def test_of_ones_own(self, office: Office) -> None:
        """It ends the other sessions and the tokens, whoever holds them."""
        person = office.people[Role.CXO]
        with transaction.atomic():
            set_password(person_id=person.id, password=PASSWORD, by=house(), at=NOW)
        here, there = signs_in(person), signs_in(person)
        program = program_of(office, Role.CXO)
        assert here.post(reverse("account_change_password"), CHANGED).status_code == 302
        assert (is_in(here), is_in(there)) == (True, False)
        assert self.living(person) == 0
        program.asks("quotes", status=401)
        assert is_in(signs_in(person, password=NEW))

    def test_by_the_administrator(self, office: Office) -> None:
        """The same for a password that the administrator sets, and when a person is shut out."""
        acts: list[Callable[[Actor], None]] = [
            lambda one: set_password(person_id=one.id, password=NEW, by=house(), at=NOW),
            lambda one: dismiss_person(person_id=one.id, by=house(), at=NOW),
        ]
        for act in acts:
            person = office.people[Role.CFO]
            with transaction.atomic():
                set_password(person_id=person.id, password=PASSWORD, by=house(), at=NOW)
            client = signs_in(person)
            program_of(office, Role.CFO)
            with transaction.atomic():
                act(person)
            assert not is_in(client)
            assert self.living(person) == 0
            assert Session.objects.filter(person_id=person.id).count() == 0


def _options(client: Client) -> list[tuple[str, str]]:
    page = client.get(reverse("end-session")).content.decode()
    return re.findall(r'<option value="([0-9a-f]+)"[^>]*>([^<]+)', page)
