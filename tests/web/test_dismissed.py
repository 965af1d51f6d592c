"""Who was dismissed is out: at the next request, and at the sign-in."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import (
    HouseStays,
    NotYourself,
    assign_company,
    dismiss_person,
    set_password,
    unassign_company,
)
from kanjo.platform.identity.queries import get_actor, house, list_actors, signs_in_with
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
