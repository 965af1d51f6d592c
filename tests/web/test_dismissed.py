"""Who was dismissed is out: at the next request, and at the sign-in."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.acts import NotYourRole
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import (
    HouseStays,
    NotDismissed,
    NotYourself,
    assign_company,
    dismiss_person,
    readmit_person,
    set_password,
    unassign_company,
)
from kanjo.platform.identity.queries import get_actor, house, list_actors, signs_in_with
from tests.api.programs import program_of
from tests.builders import NOW, an_actor
from tests.processes.end_state import rows
from tests.web.office import Office

PASSWORD = "correct horse battery"


@transaction.atomic
def dismissed(person: Actor, *, by: Actor | None = None) -> None:
    dismiss_person(person_id=person.id, by=by or an_actor(Role.ADMINISTRATOR, name="管理 花子"), at=NOW)


def is_active(person: Actor) -> bool:
    return Person.objects.get(pk=person.id).is_active


class TestDismissPerson:
    def test_an_open_session_ends_at_the_next_request(self, office: Office) -> None:
        """The page that was there a moment ago leads to the sign-in, and an act does nothing."""
        desk = office.desk(Role.CXO)
        desk.see("quotes")
        dismissed(desk.actor)
        for answer in (desk.client.get(reverse("quotes")), desk.client.post(reverse("quotes"))):
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(reverse("account_login"))

    def test_the_right_password_signs_in_no_more(self, office: Office) -> None:
        """Whatever the sign-in answers, nobody is signed in after it."""
        person = office.people[Role.CXO]
        with transaction.atomic():
            set_password(person_id=person.id, password=PASSWORD, by=house(), at=NOW)
        email = Person.objects.get(pk=person.id).email
        assert signs_in_with(email, PASSWORD)
        dismissed(person)
        stranger = Client()
        answer = stranger.post(reverse("account_login"), {"login": email, "password": PASSWORD}, follow=True)
        assert answer.status_code == 200
        assert stranger.get(reverse("quotes")).status_code == 302
        assert not signs_in_with(email, PASSWORD)

    def test_nothing_is_handed_to_who_is_gone(self, office: Office) -> None:
        """Its roles and companies stay on record, and it is no longer among those who act."""
        person = office.people[Role.CXO]
        dismissed(person)
        assert person.id not in {one.id for one in list_actors(office.company_id, Role.CXO)}
        assert get_actor(person.id).roles == {Role.CXO}

    def test_its_tokens_are_revoked(self, office: Office) -> None:
        """The list of tokens tells it, and the trail names who shut the person out."""
        program_of(office, Role.CXO)
        dismissed(office.people[Role.CXO])
        asked = "SELECT actor FROM audit_change WHERE verb = 'identity.dismiss-person' AND subject = 'access_token'"
        assert rows(asked) == [("管理 花子",)]

    def test_it_is_audited_once(self, office: Office) -> None:
        """Dismissed again, nothing changes."""
        person = office.people[Role.CXO]
        for _ in range(2):
            dismissed(person)
        asked = "SELECT actor FROM audit_change WHERE verb = 'identity.dismiss-person' AND subject = 'identity_person'"
        assert rows(asked) == [("管理 花子",)]

    def test_who_may_not(self, office: Office) -> None:
        """Only an administrator, never itself, and never the house; nothing has changed after it."""
        person, administrator = office.people[Role.CXO], an_actor(Role.ADMINISTRATOR)
        with pytest.raises(NotYourRole):
            dismissed(person, by=office.people[Role.CFO])
        with pytest.raises(NotYourself):
            dismissed(administrator, by=administrator)
        with pytest.raises(HouseStays):
            dismissed(house(), by=administrator)
        assert is_active(person)
        assert is_active(administrator)


class TestReadmitPerson:
    def readmitted(self, person: Actor, *, by: Actor) -> None:
        with transaction.atomic():
            readmit_person(person_id=person.id, password=PASSWORD, by=by, at=NOW)

    def test_with_its_roles_and_a_new_password(self, office: Office) -> None:
        """It signs in with the new password and sees what it saw; a session of before stays closed."""
        desk, second = office.desk(Role.CXO), an_actor(Role.ADMINISTRATOR, name="管理 次郎")
        dismissed(desk.actor)
        self.readmitted(desk.actor, by=second)
        assert desk.client.get(reverse("quotes")).headers["Location"].startswith(reverse("account_login"))
        client = Client()
        email = Person.objects.get(pk=desk.actor.id).email
        client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
        assert client.get(reverse("quotes")).status_code == 200
        assert get_actor(desk.actor.id).roles == {Role.CXO}
        asked = "SELECT actor FROM audit_change WHERE verb = 'identity.readmit-person' AND subject = 'identity_person'"
        assert rows(asked) == [("管理 次郎",)]

    def test_no_token_of_before_lets_in(self, office: Office) -> None:
        """What was revoked with the person stays revoked, and so does what an earlier dismissal left."""
        program, earlier = program_of(office, Role.CXO), program_of(office, Role.CFO)
        program.asks("quotes")
        dismissed(office.people[Role.CXO])
        Person.objects.filter(pk=office.people[Role.CFO].id).update(is_active=False)
        second = an_actor(Role.ADMINISTRATOR, name="管理 次郎")
        for role in (Role.CXO, Role.CFO):
            self.readmitted(office.people[role], by=second)
        program.asks("quotes", status=401)
        earlier.asks("quotes", status=401)

    def test_not_by_whom_it_was_dismissed(self, office: Office) -> None:
        """Who shut a person out does not let it in again, nor does anybody but an administrator."""
        person, administrator = office.people[Role.CXO], an_actor(Role.ADMINISTRATOR)
        dismissed(person, by=administrator)
        with pytest.raises(DutiesConflict):
            self.readmitted(person, by=administrator)
        with pytest.raises(NotYourRole):
            self.readmitted(person, by=office.people[Role.CFO])
        assert not is_active(person)

    def test_only_who_was_dismissed(self, office: Office) -> None:
        """Nobody is given a password by the way."""
        person, before = office.people[Role.CXO], Person.objects.get(pk=office.people[Role.CXO].id).password
        with pytest.raises(NotDismissed):
            self.readmitted(person, by=an_actor(Role.ADMINISTRATOR))
        assert Person.objects.get(pk=person.id).password == before


class TestUnassignCompany:
    def test_the_next_request_goes_without_it(self, office: Office) -> None:
        """What the person saw of the company is gone, and comes back when it is assigned again."""
        person = office.people[Role.CXO]
        with transaction.atomic():
            for _ in range(2):
                unassign_company(person_id=person.id, company_id=office.company_id, by=house(), at=NOW)
        assert not get_actor(person.id).sees(office.company_id)
        with transaction.atomic():
            assign_company(person_id=person.id, company_id=office.company_id, by=house(), at=NOW)
        assert get_actor(person.id).sees(office.company_id)
