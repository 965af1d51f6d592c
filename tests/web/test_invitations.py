"""Invitations: a link that is good once, for one person, for a week, and is told to nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kanjo.config.environment import CompanySignIn
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.texts import Language
from kanjo.platform.identity.invitations import (
    GOOD_FOR,
    AlreadyIn,
    InvitationOver,
    NobodyAsked,
    NotAnAddress,
    NotYoursToGive,
    accept_invitation,
    get_invitation,
    invite_again,
    invite_person,
    withdraw_invitation,
)
from kanjo.platform.identity.models import Invitation, Person
from kanjo.platform.identity.operations import PersonKnown
from kanjo.platform.identity.queries import get_actor, list_actors
from kanjo.platform.tables import NotFound
from tests.processes.end_state import rows
from tests.races import at_once
from tests.web.issuer import CLIENT, SECRET, Issuer, issuing
from tests.web.office import Office, an_office
from tests.web.signing_in import PASSWORD, is_in, sends
from tests.web.test_company_sign_in import comes_back, goes_there, round_trip

EMAIL = "newcomer@kanjo.example"
TYPED = {
    "email": EMAIL,
    "name": "新入 花子",
    "language": "ja",
    "roles-count": "2",
    "roles-0-role": "cxo",
    "roles-1-role": "approver",
    "companies-count": "1",
}
CHOSEN = {"password1": PASSWORD, "password2": PASSWORD}


@transaction.atomic
def invited(office: Office, *roles: Role, by: Role = Role.ADMINISTRATOR, email: str = EMAIL) -> tuple[int, str]:
    return invite_person(
        email=email,
        name="新入 花子",
        roles=roles or (Role.CXO,),
        companies=[office.company_id],
        language=Language.JAPANESE,
        by=office.people[by],
        at=timezone.now(),
    )


def opened(secret: str, client: Client | None = None) -> Client:
    client = client or Client()
    client.get(reverse("open-invitation", args=[secret]))
    return client


def comes_in(client: Client) -> int:
    return int(client.post(reverse("invitation"), CHOSEN).status_code)


@pytest.mark.row("S5")
class TestThroughThePages:
    def test_from_the_form_to_the_first_page(self, office: Office) -> None:
        """HR invites, the message arrives, the person chooses a password and is in, with its roles and company."""
        desk = office.desk(Role.HR)
        typed = {**TYPED, "companies-0-company": str(office.company_id)}
        status, page = desk.refused("invite-person", **typed, once="a" * 22)
        assert status == 200
        link = re.search(r"http://testserver(/invitation/[\w-]+)", page)
        assert link is not None
        assert "2回送信されました" in desk.refused("invite-person", **typed, once="a" * 22)[1]
        message = mail.outbox[-1]
        assert (message.to, link[1] in message.body) == ([EMAIL], True)
        assert len(mail.outbox) == 1
        newcomer = Client()
        answer = newcomer.get(link[1])
        assert (answer.headers["Location"], answer.headers["Referrer-Policy"]) == (
            reverse("invitation"),
            "no-referrer",
        )
        shown = newcomer.get(reverse("invitation"))
        assert shown.headers["Referrer-Policy"] == "same-origin"
        assert all(word in shown.content.decode() for word in ("新入 花子", EMAIL, "hr 太郎"))
        assert link[1].rpartition("/")[2] not in shown.content.decode()
        for wrong in ({"password1": "short", "password2": "short"}, {**CHOSEN, "password2": "another one"}):
            assert newcomer.post(reverse("invitation"), wrong).status_code == 400
        assert newcomer.post(reverse("invitation"), CHOSEN).headers["Location"] == "/"
        assert is_in(newcomer)
        person = get_actor(PersonId(Person.objects.get(email=EMAIL).id))
        assert person.roles == {Role.CXO, Role.APPROVER}
        assert person.sees(office.company_id)
        asked = "SELECT DISTINCT actor FROM audit_change WHERE verb = 'identity.accept-invitation'"
        assert rows(asked) == [("新入 花子",)]

    def test_again_and_withdrawn(self, office: Office) -> None:
        """A new link takes the place of the old, a withdrawn one is good no more; the person's page tells it."""
        person_id, first = invited(office)
        desk = office.desk(Role.ADMINISTRATOR)
        assert "招待中" in desk.see("person", person_id)
        status, page = desk.refused("invite-again", person_id)
        second = page.partition("/invitation/")[2].partition("<")[0]
        assert status == 200
        assert comes_in(opened(first)) == 404
        desk.do("withdraw-invitation", person_id)
        assert "招待期限切れ" in desk.see("person", person_id)
        assert comes_in(opened(second)) == 404
        assert not Person.objects.get(pk=person_id).is_active

    def test_who_is_not_in_yet_does_not_get_in_another_way(self, office: Office) -> None:
        """Neither by a password nor by the link of who forgot one; and nothing is handed to it."""
        person_id, _secret = invited(office)
        stranger = Client()
        sends(stranger, EMAIL, "")
        sends(stranger, EMAIL, PASSWORD)
        assert not is_in(stranger)
        stranger.post(reverse("account_reset_password"), {"email": EMAIL})
        assert not any("/password/reset/key/" in message.body for message in mail.outbox)
        assert person_id not in {one.id for one in list_actors(office.company_id, Role.CXO)}


@pytest.mark.row("S5")
class TestLink:
    def test_is_good_once(self, office: Office) -> None:
        """Whoever comes second, with the link or with the page of before, is told that it is over."""
        _, secret = invited(office)
        first, second = opened(secret), opened(secret)
        assert comes_in(first) == 302
        assert comes_in(second) == 404
        assert comes_in(opened(secret)) == 404
        page = second.get(reverse("invitation")).content.decode()
        assert "identity.invitation-over" in page

    def test_ends(self, office: Office) -> None:
        """After a week it is good no more, and the clock that counts is that of the acceptance."""
        person_id, _ = invited(office)
        row = Invitation.objects.get(person_id=person_id)
        by, last = get_actor(PersonId(row.person_id)), row.until - timedelta(seconds=1)
        assert row.until - row.recorded_at < GOOD_FOR + timedelta(minutes=1)
        with pytest.raises(InvitationOver), transaction.atomic():
            accept_invitation(digest=row.digest, password=PASSWORD, by=by, at=row.until)
        assert get_invitation(row.digest, last).email == EMAIL
        with transaction.atomic():
            accept_invitation(digest=row.digest, password=PASSWORD, by=by, at=last)

    def test_is_of_one_person(self, office: Office) -> None:
        """The link of one person lets no other in, and a guess is none."""
        invited(office)
        other_id, _ = invited(office, email="other@kanjo.example")
        digest = Invitation.objects.get(person__email=EMAIL).digest
        with pytest.raises(InvitationOver), transaction.atomic():
            accept_invitation(digest=digest, password=PASSWORD, by=get_actor(PersonId(other_id)), at=timezone.now())
        assert comes_in(opened("x" * 43)) == 404
        assert comes_in(Client()) == 404

    def test_is_kept_nowhere(self, office: Office) -> None:
        """The database holds a digest, the trail not even that; the browser's session neither the secret."""
        _, secret = invited(office)
        client = opened(secret)
        kept = [Invitation.objects.get().digest, str(dict(client.session.items()))]
        trail = str(rows("SELECT before, after FROM audit_change WHERE subject = 'identity_invitation'"))
        assert not any(secret in one for one in [*kept, trail])
        assert kept[0] not in trail

    def test_of_two_at_once_one(self, fresh_database: Any) -> None:
        """The row is locked: of eight acceptances at once one is taken."""
        _, secret = invited(an_office())
        clients = [opened(secret) for _ in range(8)]
        assert sorted(map(int, map(str, at_once(lambda: comes_in(clients.pop()))))) == [302, *[404] * 7]


class TestInvitePerson:
    @pytest.mark.parametrize("email", ["nobody", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "@"])
    def test_to_one_address(self, office: Office, email: str) -> None:
        """Anything else is refused before anybody is enrolled."""
        with pytest.raises(NotAnAddress):
            invited(office, email=email)

    def test_mail_that_fails(self, office: Office, settings: Any) -> None:
        """The person stays invited, and the link is told to whoever invites."""
        settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
        typed = {**TYPED, "companies-0-company": str(office.company_id)}
        status, page = office.desk(Role.HR).refused("invite-person", **typed)
        assert status == 200
        assert "送信に失敗しました" in page
        assert comes_in(opened(page.partition("/invitation/")[2].partition("<")[0])) == 302

    def test_who_may_give_what(self, office: Office) -> None:
        """HR gives no powers, nobody gives nothing, a company that one does not see, or a known address."""
        with pytest.raises(NotYoursToGive):
            invited(office, Role.ADMINISTRATOR, by=Role.HR)
        invited(office, Role.ADMINISTRATOR, email="second@kanjo.example")
        for by, error in (
            (replace(office.people[Role.HR], companies=frozenset()), NotFound),
            (office.people[Role.HR], NobodyAsked),
        ):
            with pytest.raises(error), transaction.atomic():
                invite_person(
                    email=EMAIL,
                    name="誰か",
                    roles=[Role.CXO] if error is NotFound else [],
                    companies=[office.company_id],
                    language=Language.JAPANESE,
                    by=by,
                    at=timezone.now(),
                )
        with pytest.raises(PersonKnown):
            invited(office, email=Person.objects.get(pk=office.people[Role.CXO].id).email.upper())
        assert not Person.objects.filter(email=EMAIL).exists()

    def test_who_is_in_is_not_invited_again(self, office: Office) -> None:
        """A link for who is in, or was dismissed, would be a second password."""
        person: Actor = office.people[Role.CXO]
        for act in (invite_again, withdraw_invitation):
            with pytest.raises(AlreadyIn), transaction.atomic():
                act(person_id=person.id, by=office.people[Role.ADMINISTRATOR], at=timezone.now())


@pytest.fixture
def issuer(settings: Any) -> Iterator[Issuer]:
    with issuing() as started:
        settings.COMPANY_SIGN_IN = CompanySignIn(started.address, CLIENT, SECRET, "Kanjo ID")
        yield started


@pytest.mark.row("S4", "S5")
class TestByTheCompany:
    def test_without_a_password(self, office: Office, issuer: Issuer) -> None:
        """The account of the invited address is connected and lets in from then on; another one is refused."""
        _, secret = invited(office)
        client = opened(secret)
        issuer.email = "stranger@kanjo.example"
        there = client.get(reverse("invitation-by-company")).headers["Location"]
        assert comes_back(client, goes_there(there)).status_code == 403
        assert not Person.objects.get(email=EMAIL).is_active
        issuer.email = EMAIL
        there = client.get(reverse("invitation-by-company")).headers["Location"]
        assert comes_back(client, goes_there(there)).status_code == 302
        assert is_in(client)
        assert not Person.objects.get(email=EMAIL).has_usable_password()
        round_trip(later := Client())
        assert is_in(later)
        assert client.get(reverse("invitation-by-company")).status_code == 404
