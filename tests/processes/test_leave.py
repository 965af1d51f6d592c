"""A person leaves: its work is shown, handed over, and all its doors are shut, in one act."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.urls import reverse

from kanjo.domains.opportunities.models import Opportunity
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.access.models import Token
from kanjo.platform.acts import NotYourRole
from kanjo.platform.deputies.models import Deputation
from kanjo.platform.deputies.operations import name_deputy
from kanjo.platform.deputies.queries import list_stands
from kanjo.platform.identity.models import Person, Session
from kanjo.platform.identity.operations import (
    LastAdministrator,
    NotYourself,
    dismiss_person,
    grant_role,
    readmit_person,
    withdraw_role,
)
from kanjo.platform.identity.queries import get_actor, house
from kanjo.platform.notices.models import Notice
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.operations import put
from kanjo.processes.leave import CanNotTakeOver, GoneToo, NobodyTakesOver, leave
from kanjo.reports.leaving import Kind, work_of
from tests.api.programs import program_of
from tests.builders import NOW, TODAY, an_actor
from tests.processes.end_state import rows
from tests.web.office import Desk, Office, an_office, ordered, quoted
from tests.web.signing_in import a_person

WHY = Text(en="Look at it", ja="確認してください")


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.fixture
def rep(office: Office) -> Actor:
    """A sales rep with a deal on its way, a contract in force and something that waits for nobody else."""
    quoted(office)
    ordered(office)
    person = office.people[Role.SALES_REP]
    with transaction.atomic():
        put(
            kind="quotes.answered",
            subject=("quotes_quote", 99),
            company_id=office.company_id,
            role=Role.SALES_REP,
            why=WHY,
            owner_id=person.id,
        )
    return person


def leaves(person: Actor, to: Actor | None, by: Actor) -> int:
    with transaction.atomic():
        return leave(person_id=person.id, to=to.id if to else None, by=by, at=NOW)


@transaction.atomic
def stands_in(absent: Actor, deputy: Actor) -> None:
    """Let *deputy* act for *absent* for ten days."""
    name_deputy(
        absent_id=absent.id,
        deputy_id=deputy.id,
        starts_on=TODAY,
        last_on=TODAY + timedelta(days=10),
        zone=ZoneInfo("Asia/Tokyo"),
        because="出張",
        by=absent,
        at=NOW,
    )


def in_hands(person_id: PersonId) -> list[Kind]:
    return sorted(one.kind for one in work_of(person_id))


class TestLeave:
    def test_everything_goes_to_the_successor(self, office: Office, rep: Actor) -> None:
        """Deals, contracts and waiting work are the successor's; the person has no door left; what is done stays."""
        desk, program = office.desk(Role.SALES_REP), program_of(office, Role.SALES_REP)
        desk.see("quotes")
        program.asks("quotes")
        successor, administrator = office.people[Role.RENEWAL_REP], office.people[Role.ADMINISTRATOR]
        before, others = in_hands(rep.id), in_hands(successor.id)
        assert {Kind.OPPORTUNITY, Kind.CONTRACT, Kind.WORK} <= set(before)
        won = Opportunity.objects.filter(owner_id=rep.id, stage="won").count()
        assert won
        assert leaves(rep, successor, administrator) == len(before)
        assert (in_hands(rep.id), in_hands(successor.id)) == ([], sorted(before + others))
        assert Opportunity.objects.filter(owner_id=rep.id, stage="won").count() == won
        assert not Person.objects.get(pk=rep.id).is_active
        assert desk.client.get(reverse("quotes")).status_code == 302
        program.asks("quotes", status=401)
        assert Session.objects.filter(person_id=rep.id).count() == 0
        assert Token.objects.filter(person_id=rep.id, revoked_at=None).count() == 0
        told = {
            verb for (verb,) in rows(f"SELECT DISTINCT verb FROM audit_change WHERE actor = '{administrator.name}'")
        }
        assert {"opportunities.hand-over", "contracts.hand-over", "worklist.hand-over"} <= told

    def test_waiting_work_falls_to_the_role(self, office: Office) -> None:
        """Who owns no deal leaves without a successor; its work waits for whoever holds the role."""
        person = office.people[Role.LEGAL]
        with transaction.atomic():
            put(
                kind="approvals.decide",
                subject=("approvals_approvalitem", 98),
                company_id=office.company_id,
                role=Role.LEGAL,
                why=WHY,
                owner_id=person.id,
            )
        assert leaves(person, None, office.people[Role.ADMINISTRATOR]) == 1
        assert WorkItem.objects.get(subject_id=98).owner_id is None

    @pytest.mark.row("A5")
    def test_its_deputies_end_with_it(self, office: Office, rep: Actor) -> None:
        """Nobody stands in for who left, and whom it stood in for the successor does, where it holds the role."""
        successor, administrator = (
            a_person(Role.SALES_REP, companies=[office.company_id]),
            office.people[Role.ADMINISTRATOR],
        )
        colleague = an_actor(Role.SALES_REP, Role.LEGAL, companies=[office.company_id], name="同僚 花子")
        lawyer = an_actor(Role.LEGAL, companies=[office.company_id], name="法務 花子")
        with transaction.atomic():
            grant_role(person_id=rep.id, role=Role.LEGAL, by=administrator, at=NOW)
        for absent, deputy in ((rep, colleague), (colleague, rep), (lawyer, rep), (successor, rep)):
            stands_in(absent, deputy)
        leaves(rep, successor, administrator)
        assert Deputation.objects.filter(ended_at=None).count() == 1
        [stand] = list_stands(successor, NOW)
        assert (stand.actor.for_id, set(stand.actor.roles)) == (colleague.id, {Role.SALES_REP})
        assert list_stands(colleague, NOW) == []
        told = set(
            Notice.objects.filter(kind="deputy", key__startswith="deputies.ended").values_list("person_id", flat=True)
        )
        assert {rep.id, colleague.id, lawyer.id, successor.id} <= told
        with transaction.atomic():
            readmit_person(person_id=rep.id, password=None, by=an_actor(Role.ADMINISTRATOR), at=NOW)
        assert (list_stands(rep, NOW), list_stands(colleague, NOW)) == ([], [])

    def test_what_is_refused(self, office: Office, rep: Actor) -> None:
        """Deals without an owner, a successor who sees them not or is gone, an act of others: nothing moves."""
        administrator, stranger = office.people[Role.ADMINISTRATOR], an_actor(Role.SALES_REP)
        before = in_hands(rep.id)
        with pytest.raises(NobodyTakesOver):
            leaves(rep, None, administrator)
        with pytest.raises(CanNotTakeOver, match="kanjo-jp"):
            leaves(rep, stranger, administrator)
        with pytest.raises(GoneToo):
            leaves(rep, rep, administrator)
        with pytest.raises(NotYourRole):
            leaves(rep, office.people[Role.RENEWAL_REP], office.people[Role.CFO])
        with pytest.raises(NotYourself):
            leaves(administrator, office.people[Role.CFO], administrator)
        assert in_hands(rep.id) == before
        assert Person.objects.get(pk=rep.id).is_active

    def test_hr_lets_go(self, office: Office, rep: Actor) -> None:
        """All goes over and all doors are shut, done by HR; not itself, and it lets nobody in again."""
        successor, hr = office.people[Role.RENEWAL_REP], office.people[Role.HR]
        count = len(in_hands(rep.id))
        assert leaves(rep, successor, hr) == count
        assert (in_hands(rep.id), Person.objects.get(pk=rep.id).is_active) == ([], False)
        told = {verb for (verb,) in rows(f"SELECT DISTINCT verb FROM audit_change WHERE actor = '{hr.name}'")}
        assert {
            "opportunities.hand-over",
            "contracts.hand-over",
            "worklist.hand-over",
            "identity.dismiss-person",
        } <= told
        with pytest.raises(NotYourself):
            leaves(hr, successor, hr)
        with pytest.raises(NotYourRole), transaction.atomic():
            readmit_person(person_id=rep.id, password=None, by=hr, at=NOW)

    def test_the_last_administrator_stays(self, office: Office) -> None:
        """Of two, HR lets one go, not the other; whoever has the machine may."""
        hr, last = office.people[Role.HR], office.people[Role.ADMINISTRATOR]
        Person.objects.filter(grants__role=Role.ADMINISTRATOR).exclude(pk=last.id).update(is_active=False)
        leaves(an_actor(Role.ADMINISTRATOR, name="管理 次郎"), None, hr)
        with pytest.raises(LastAdministrator, match="is the last administrator"):
            leaves(last, None, hr)
        assert Person.objects.get(pk=last.id).is_active
        with transaction.atomic():
            dismiss_person(person_id=last.id, by=house(), at=NOW)
        assert not Person.objects.get(pk=last.id).is_active

    def test_the_last_administrator_keeps_the_role(self, office: Office) -> None:
        """Of two, one gives the role of the other back, not its own; whoever has the machine may take it."""
        last = office.people[Role.ADMINISTRATOR]
        Person.objects.filter(grants__role=Role.ADMINISTRATOR).exclude(pk=last.id).update(is_active=False)
        second = an_actor(Role.ADMINISTRATOR, name="管理 次郎")
        with transaction.atomic():
            withdraw_role(person_id=second.id, role=Role.ADMINISTRATOR, by=last, at=NOW)
        desk = office.desk(Role.ADMINISTRATOR)
        assert desk.refused("withdraw-role", last.id, role=Role.ADMINISTRATOR.value)[0] == 409
        assert Role.ADMINISTRATOR in get_actor(last.id).roles
        with transaction.atomic():
            withdraw_role(person_id=last.id, role=Role.ADMINISTRATOR, by=house(), at=NOW)
        assert Role.ADMINISTRATOR not in get_actor(last.id).roles


class TestPage:
    def test_hr_finds_the_act(self, office: Office, rep: Actor) -> None:
        """The page of the person leads HR to the form, which says what goes over and does it."""
        desk = office.desk(Role.HR)
        assert f'href="/people/{rep.id}/let-go"' in desk.see("person", rep.id)
        assert "商談" in desk.see("leave", rep.id)
        desk.do("leave", rep.id, to=str(a_person(Role.SALES_REP, companies=[office.company_id]).id))
        assert "利用停止" in desk.see("person", rep.id)
        assert desk.refused("leave", desk.actor.id)[0] == 409
        assert office.desk(Role.AUDITOR).refused("leave", office.people[Role.CXO].id)[0] == 403

    def test_it_is_shown_first(self, office: Office, rep: Actor) -> None:
        """The form lists what goes over, by number and customer; sent, it leads back to a person who is out."""
        desk = office.desk(Role.ADMINISTRATOR)
        page = desk.see("leave", rep.id)
        assert all(word in page for word in ("商談", "契約", "株式会社青葉商事", "確認してください"))
        assert desk.refused("leave", rep.id)[0] == 400
        desk.do("leave", rep.id, to=str(a_person(Role.SALES_REP, companies=[office.company_id]).id))
        assert "利用停止" in desk.see("person", rep.id)
        second = an_actor(Role.ADMINISTRATOR, companies=[office.company_id], name="管理 次郎")
        assert desk.refused("readmit-person", rep.id)[0] in {403, 409}
        Desk.of(second).do("readmit-person", rep.id)
        assert Person.objects.get(pk=rep.id).is_active
        assert not Person.objects.get(pk=rep.id).has_usable_password()
