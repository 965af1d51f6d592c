"""A deputy does what the absent person could do, and nothing that either of the two could not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.domains.approvals.facts import Decision, RequestState
from kanjo.domains.approvals.models import ApprovalDecision
from kanjo.domains.approvals.rules.outcome import Beneficiary, NotYourItem, refuse_wrong_decider
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalItemId, ApprovalRequestId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.audit.models import Change
from kanjo.platform.audit.queries import broken_links
from kanjo.platform.deputies.models import Deputation
from kanjo.platform.deputies.operations import end_deputation, name_deputy
from kanjo.platform.deputies.queries import list_deputations, list_stands
from kanjo.platform.deputies.rules import (
    AsDeputy,
    DeputyOfOneself,
    NobodyThere,
    NothingInCommon,
    NotYourAbsence,
    WrongDays,
)
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.operations import dismiss_person, grant_role, withdraw_role
from kanjo.platform.identity.queries import get_actor, house
from kanjo.platform.notices.models import Notice
from kanjo.platform.worklist.operations import put
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes.ask_approval import decide_item
from tests.builders import a_company, a_customer, an_actor
from tests.harness.office import APRIL, Office, an_office, morning
from tests.processes.end_state import end_state

pytestmark = pytest.mark.django_db

TOKYO = ZoneInfo("Asia/Tokyo")
LAST = date(2026, 4, 10)


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def legal(office: Office) -> Actor:
    """A colleague who holds what others hold, too, and has nothing to do with their deals."""
    roles = (Role.LEGAL, Role.CXO, Role.SALES_REP, Role.CFO, Role.HR)
    return an_actor(*roles, companies=[office.company_id], name="代理 次郎")


@transaction.atomic
def name(absent: Actor, deputy: Actor, *, by: Actor | None = None, **given: object) -> int:
    asked: dict[str, object] = {"starts_on": APRIL, "last_on": LAST, "because": "出張", **given}
    return name_deputy(
        absent_id=absent.id,
        deputy_id=deputy.id,
        zone=TOKYO,
        by=by or absent,
        at=morning(APRIL),
        **asked,  # type: ignore[arg-type]  # by name
    )


def stand(deputy: Actor, at: datetime | None = None) -> Actor | None:
    """Return the deputy at work for whom it stands in, if it does."""
    found = list_stands(get_actor(deputy.id), at or morning(APRIL))
    return found[0].actor if found else None


def standing(deputy: Actor) -> Actor:
    actor = stand(deputy)
    assert actor is not None
    return actor


def asked(office: Office, *, by: Actor | None = None) -> ApprovalRequestId:
    """Ask for ten percent off, which a CxO decides."""
    quote_id = office.quote(a_customer(), [office.users(10, 9_000)], by=by)
    return office.submit(quote_id, by=by)


@transaction.atomic
def decide(office: Office, request_id: ApprovalRequestId, by: Actor) -> RequestState:
    [item_id] = office.open_items(request_id)
    return decide_item(item_id=ApprovalItemId(item_id), decision=Decision.APPROVE, on=APRIL, by=by, at=morning(APRIL))


class TestAnAbsentOwnersDeal:
    @pytest.mark.row("SFP-1")
    def test_the_deputy_sees_and_decides_what_waits(self, office: Office, legal: Actor) -> None:
        """What waits for the absent CxO in person waits for the deputy at work for it; the trail says for whom."""
        request_id = asked(office)
        put(
            kind="test",
            subject=("quotes_quote", 1),
            company_id=office.company_id,
            role=Role.CXO,
            why=Text(en="Yours.", ja="本人宛"),
            owner_id=office.cxo.id,
        )
        name(office.cxo, legal)
        deputy = standing(legal)
        assert [row.id for row in list_queue(deputy)] == [row.id for row in list_queue(office.cxo)]
        assert len(list_queue(deputy)) == len(list_queue(get_actor(legal.id))) + 1
        assert decide(office, request_id, deputy) is RequestState.APPROVED
        assert ApprovalDecision.objects.get().decided_by_id == legal.id
        change = Change.objects.filter(subject="approvals_approvalitem").latest("id")
        assert (change.actor, change.for_id, change.for_name) == ("代理 次郎", office.cxo.id, office.cxo.name)

    @pytest.mark.row("SFP-1")
    def test_a_deputy_goes_on_with_an_absent_reps_quote(self, office: Office, legal: Actor) -> None:
        """The deputy of a rep hands the quote of the rep in; an approver decides on it."""
        quote_id = office.quote(a_customer(), [office.users(10, 9_000)])
        name(office.rep, legal)
        assert decide(office, office.submit(quote_id, by=standing(legal)), office.cxo) is RequestState.APPROVED

    def test_what_one_does_at_ones_own_desk_is_for_nobody(self, office: Office, legal: Actor) -> None:
        """The trail is whole with and without deputies in it, and only an act for somebody says so."""
        request_id = asked(office)
        name(office.cxo, legal)
        decide(office, request_id, standing(legal))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert broken_links() == []
        assert {change.verb for change in Change.objects.exclude(for_id=None)} == {
            "approvals.decide-item",
            "quotes.note-approval",
        }


class TestDuties:
    """However the hats are put on, nobody answers its own request."""

    def refused(self, office: Office, request_id: ApprovalRequestId, by: Actor, whose: Actor) -> None:
        before = end_state()
        with pytest.raises(DutiesConflict) as refusal:
            decide(office, request_id, by)
        assert whose.name in str(refusal.value)
        assert end_state() == before

    @pytest.mark.row("A4")
    def test_who_asked_is_made_deputy_of_who_answers(self, office: Office) -> None:
        """The CxO is away and its deputy is the founder: the request of the founder itself stays for another."""
        request_id = asked(office, by=office.founder)
        name(office.cxo, office.founder)
        self.refused(office, request_id, standing(office.founder), office.founder)
        assert decide(office, request_id, office.deputy) is RequestState.APPROVED

    @pytest.mark.row("A4")
    def test_the_absent_person_asked(self, office: Office, legal: Actor) -> None:
        """The founder sells and approves: its deputy does not answer what the founder asked."""
        request_id = asked(office, by=office.founder)
        name(office.founder, legal)
        self.refused(office, request_id, standing(legal), office.founder)

    @pytest.mark.row("A4")
    def test_a_deputy_asked_for_the_absent_person(self, office: Office, legal: Actor) -> None:
        """What a deputy asked for the founder is answered neither by the founder nor by another deputy of it."""
        name(office.founder, legal)
        request_id = asked(office, by=standing(legal))
        other = an_actor(Role.CXO, companies=[office.company_id], name="代理 三郎")
        name(office.founder, other)
        self.refused(office, request_id, get_actor(office.founder.id), office.founder)
        self.refused(office, request_id, standing(other), office.founder)
        self.refused(office, request_id, standing(legal), legal)

    @pytest.mark.row("A4")
    def test_who_asked_as_a_deputy_does_not_answer_in_its_own_right(self, office: Office) -> None:
        """A founder that asked in the place of a rep is no approver of that request, in no place."""
        name(office.rep, office.founder)
        request_id = asked(office, by=standing(office.founder))
        self.refused(office, request_id, get_actor(office.founder.id), office.founder)
        name(office.cxo, office.founder)
        as_cxo = [one.actor for one in list_stands(office.founder, morning(APRIL)) if one.name == office.cxo.name]
        self.refused(office, request_id, as_cxo[0], office.founder)

    def test_the_absent_person_benefits(self, office: Office, legal: Actor) -> None:
        """Who benefits from a deal does not decide on it through a deputy either."""
        name(office.cxo, legal)
        for benefits in (office.cxo, legal):
            with pytest.raises(Beneficiary) as refusal:
                refuse_wrong_decider(Role.CXO, [benefits.id], standing(legal))
            assert benefits.name in str(refusal.value)

    @pytest.mark.row("A5")
    def test_no_chain(self, office: Office, legal: Actor) -> None:
        """A deputy's deputy holds what the deputy itself holds, and nothing of what it holds for another."""
        request_id = asked(office)
        third = an_actor(Role.LEGAL, companies=[office.company_id], name="代理 四郎")
        name(office.cxo, legal)
        name(legal, third)
        deputy = standing(third)
        assert deputy.roles == {Role.LEGAL}
        with pytest.raises(NotYourItem):
            decide(office, request_id, deputy)
        with pytest.raises(AsDeputy):
            name(office.cxo, third, by=standing(legal))
        with pytest.raises(AsDeputy):
            name(legal, third, by=standing(legal))


class TestBounds:
    def test_from_the_first_to_the_last_day(self, office: Office, legal: Actor) -> None:
        """It begins at midnight of the first day and ends by itself at the end of the last."""
        name(office.cxo, legal, starts_on=date(2026, 4, 3))
        begins, ends = datetime(2026, 4, 3, tzinfo=TOKYO), datetime(2026, 4, 11, tzinfo=TOKYO)
        moments = [begins - timedelta(seconds=1), begins, ends - timedelta(seconds=1), ends]
        assert [stand(legal, at) is not None for at in moments] == [False, True, True, False]

    @pytest.mark.parametrize("who", ["cxo", "legal", "administrator"])
    def test_is_ended_before(self, office: Office, legal: Actor, who: str) -> None:
        """The absent person, its deputy or an administrator ends it; ended twice changes nothing."""
        administrator = an_actor(Role.ADMINISTRATOR, name="管理 花子")
        by = {"cxo": office.cxo, "legal": legal, "administrator": administrator}[who]
        key = name(office.cxo, legal)
        for at in (morning(APRIL), morning(LAST)):
            with transaction.atomic():
                end_deputation(deputation_id=key, by=by, at=at)
        assert stand(legal) is None
        assert Deputation.objects.get().ended_at == morning(APRIL)
        with pytest.raises(NotYourAbsence):
            end_deputation(deputation_id=key, by=office.rep, at=morning(APRIL))

    def test_in_the_companies_of_both(self, office: Office, legal: Actor) -> None:
        """A deputy sees no company it does not belong to, and with one named no other."""
        other = a_company("second")
        absent = an_actor(Role.CXO, companies=[office.company_id, other], name="役員 二郎")
        name(absent, legal)
        assert standing(legal).companies == {office.company_id}
        with pytest.raises(NothingInCommon):
            name(absent, legal, company_id=other)

    @pytest.mark.row("A5")
    def test_nobodys_rights_grow(self, office: Office) -> None:
        """A deputy acts in roles that it holds itself; who holds none of them is no deputy."""
        with pytest.raises(NothingInCommon):
            name(office.cxo, office.rep)
        name(office.founder, office.rep)
        assert standing(office.rep).roles == {Role.SALES_REP}

    def test_in_the_roles_named(self, office: Office, legal: Actor) -> None:
        """Only in the roles named, and only as long as the absent person holds them."""
        absent = an_actor(Role.CXO, Role.CFO, companies=[office.company_id], name="役員 三郎")
        name(absent, legal, roles=[Role.CFO])
        assert standing(legal).roles == {Role.CFO}
        with transaction.atomic():
            withdraw_role(person_id=absent.id, role=Role.CFO, by=house(), at=morning(APRIL))
        assert stand(legal) is None

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
    def test_rights_and_audit_are_not_deputised(self, office: Office, legal: Actor, role: Role) -> None:
        """Whoever gives rights or audits does so in person, also where the deputy holds that role itself."""
        absent = an_actor(role, Role.HR, companies=[office.company_id], name="管理 太郎")
        legal = an_actor(role, Role.HR, companies=[office.company_id], name="管理 次郎")
        name(absent, legal)
        assert standing(legal).roles == {Role.HR}
        with pytest.raises(NothingInCommon):
            name(absent, legal, roles=[role])
        with pytest.raises(NotYourRole):
            grant_role(person_id=legal.id, role=Role.CXO, by=standing(legal), at=morning(APRIL))

    def test_who_left_has_no_deputy(self, office: Office, legal: Actor) -> None:
        """The roles of a dismissed person are gone for its deputy, too."""
        name(office.cxo, legal)
        with transaction.atomic():
            dismiss_person(person_id=office.cxo.id, by=house(), at=morning(APRIL))
        assert stand(legal) is None
        with pytest.raises(NobodyThere):
            name(office.cxo, legal, by=house())

    def test_what_is_refused_when_it_is_named(self, office: Office, legal: Actor) -> None:
        """No deputy of oneself, none for a stranger's absence, none for days that are over or too many."""
        with pytest.raises(DeputyOfOneself):
            name(office.cxo, office.cxo)
        with pytest.raises(NotYourAbsence):
            name(office.cxo, legal, by=legal)
        for first, last in ((APRIL, date(2026, 3, 31)), (date(2026, 4, 11), LAST), (APRIL, date(2027, 4, 3))):
            with pytest.raises(WrongDays):
                name(office.cxo, legal, starts_on=first, last_on=last)
        assert not Deputation.objects.exists()

    @pytest.mark.parametrize("column", ["until = until + interval '1 year'", "deputy_id = 1", "roles = '[]'"])
    def test_the_table_keeps_what_was_agreed(self, office: Office, legal: Actor, column: str) -> None:
        """Nobody prolongs, widens or hands on a deputation, and what is ended stays ended."""
        key = name(office.cxo, legal, roles=[Role.CXO])
        with transaction.atomic():
            end_deputation(deputation_id=key, by=legal, at=morning(APRIL))
        for changed in (column, "ended_at = NULL"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"UPDATE deputies_deputation SET {changed}")


class TestInTheOpen:
    def test_an_administrator_makes_itself_deputy_and_is_seen(self, office: Office) -> None:
        """Both are told, whatever they chose; the trail has who, for whom and why; the list shows it to both."""
        administrator = an_actor(Role.ADMINISTRATOR, Role.CXO, companies=[office.company_id], name="管理 花子")
        key = name(office.cxo, administrator, by=administrator, because="急病")
        assert {notice.person_id for notice in Notice.objects.all()} == {office.cxo.id, administrator.id}
        assert "管理 花子 さんが" in Notice.objects.all()[0].says_ja
        assert "急病" in Notice.objects.all()[0].says_ja
        change = Change.objects.get(subject="deputies_deputation")
        assert (change.actor, change.verb, change.because) == ("管理 花子", "deputies.name", "急病")
        assert change.after is not None and change.after["absent_id"] == office.cxo.id
        assert [row.id for row in list_deputations(office.cxo)] == [key]
        assert list_deputations(office.rep) == []
        assert Person.objects.get(pk=PersonId(office.cxo.id)).is_active
