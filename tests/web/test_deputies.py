"""Deputies at their pages: named, seen, at work for somebody, back again; and deals handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import OpportunityId
from kanjo.foundation.texts import Language
from kanjo.platform.audit.models import Change
from kanjo.platform.deputies.models import Deputation
from kanjo.platform.identity.queries import house
from kanjo.platform.notices.models import Notice
from kanjo.platform.outbox.operations import deliver
from tests.builders import TODAY, an_actor
from tests.web.office import APPROVAL, Desk, Office, quoted
from tests.web.pages import Page
from tests.web.test_every_page import look_at, story_data

ON = {"on": TODAY.isoformat()}


def a_colleague(office: Office, *more: Role) -> Actor:
    return an_actor(Role.CXO, *more, companies=[office.company_id], name="代理 次郎")


def named(office: Office, deputy: Actor, *, by: Desk | None = None) -> int:
    """Name a deputy of the CxO from today for a week; return the deputation."""
    today = timezone.localdate()
    (by or office.desk(Role.CXO)).do(
        "name-deputy",
        absent=office.people[Role.CXO].id,
        deputy=deputy.id,
        starts_on=today.isoformat(),
        last_on=(today + timedelta(days=7)).isoformat(),
        company=office.company_id,
        because="出張",
    )
    return int(Deputation.objects.latest("id").pk)


def at(name: str, key: int) -> str:
    return f"{reverse(name)}?d={key}"


def asked(office: Office) -> int:
    deal = quoted(office, net="9,000")
    return office.desk(Role.SALES_REP).do("submit-quote", deal.quote, **ON)


class TestAtWork:
    @pytest.mark.row("SFP-1")
    @pytest.mark.parametrize("language", list(Language))
    def test_for_the_absent_cxo(self, office: Office, language: Language) -> None:
        """A colleague sees what waits for the absent CxO, works for it, decides, and goes back; the trail says so."""
        request, cxo = asked(office), office.people[Role.CXO]
        colleague = a_colleague(office)
        key, desk = named(office, colleague), Desk.of(colleague, language)
        home = look_at(desk.client.get("/"), language, story_data())
        assert any(f"d={key}" in href for href in home.hrefs)
        look_at(desk.client.get(at("stand-in", key)), language, story_data())
        assert desk.client.post(at("stand-in", key)).status_code == 302
        at_work = look_at(desk.client.get("/"), language, story_data())
        item = desk.key("decide-item", "approval", request)
        assert reverse("decide-item", args=[item]) in at_work.hrefs
        desk.do("decide-item", item, **ON, **APPROVAL)
        page = look_at(desk.client.get(reverse("approval", args=[request])), language, story_data())
        assert any(cxo.name in said and colleague.name in said for said in page.said)
        assert 'action="/deputies/back"' in desk.see("home")
        desk.client.post(reverse("stand-back"))
        assert 'action="/deputies/back"' not in desk.see("home")
        assert Change.objects.filter(verb="approvals.decide-item", for_id=cxo.id).exists()

    def test_a_form_of_the_other_hat_is_refused(self, office: Office) -> None:
        """A form that was opened for oneself is not sent for somebody else, nor the other way round."""
        colleague = a_colleague(office)
        key, desk = named(office, colleague), Desk.of(colleague)
        sent = {"for-whom": str(office.people[Role.CXO].id)}
        assert "deputies.other-hat" in desk.refused("choose-told", **sent)[1]
        desk.client.post(at("stand-in", key))
        assert "deputies.other-hat" in desk.refused("choose-told", **{"for-whom": ""})[1]

    def test_when_it_ends_the_next_press_does_nothing(self, office: Office) -> None:
        """The absent person is back and ends it: what the deputy sends then is refused, and it is itself again."""
        request = asked(office)
        colleague = a_colleague(office)
        key, legal = named(office, colleague), Desk.of(colleague)
        legal.client.post(at("stand-in", key))
        item = legal.key("decide-item", "approval", request)
        office.desk(Role.CXO).client.post(at("end-deputation", key))
        status, page = legal.refused("decide-item", item, **ON, **APPROVAL)
        assert (status, "deputies.ended" in page) == (403, True)
        assert not Change.objects.exclude(for_id=None).exists()
        assert legal.see("home")


class TestNaming:
    def test_is_seen_by_both_and_by_nobody_else(self, office: Office) -> None:
        """An administrator makes itself deputy of the CxO: both find a notice and the deputation; a rep finds none."""
        chief = Desk.of(a_colleague(office, Role.ADMINISTRATOR))
        key = named(office, chief.actor, by=chief)
        for desk in (office.desk(Role.CXO), chief):
            assert "出張" in desk.see("notices")
            assert desk.client.get(at("deputation", key)).status_code == 200
        rep = office.desk(Role.SALES_REP)
        assert "出張" not in rep.see("deputies")
        assert rep.client.get(at("deputation", key)).status_code == 404
        assert rep.client.get(at("end-deputation", key)).status_code == 404
        assert rep.client.get(at("stand-in", key)).status_code == 404

    def test_a_rep_names_nobody_for_another(self, office: Office) -> None:
        """The form offers a person itself alone; whatever else is sent is refused, and a deputy at work names none."""
        with pytest.raises(AssertionError):
            named(office, a_colleague(office), by=office.desk(Role.SALES_REP))
        colleague = a_colleague(office)
        key, legal = named(office, colleague), Desk.of(colleague)
        legal.client.post(at("stand-in", key))
        with pytest.raises(AssertionError, match=r"deputies\.as-deputy"):
            named_by(legal, office)
        assert Deputation.objects.count() == 1

    @pytest.mark.parametrize("language", list(Language))
    def test_pages_stand_in_both_languages(self, office: Office, language: Language) -> None:
        key = named(office, a_colleague(office))
        desk = office.desk(Role.CXO, language)
        for name in ("deputation", "end-deputation"):
            look_at(desk.client.get(at(name, key)), language, [*story_data(), "出張", "kanjo-jp"])


def named_by(desk: Desk, office: Office) -> None:
    today = timezone.localdate().isoformat()
    desk.do(
        "name-deputy",
        absent=desk.actor.id,
        deputy=office.people[Role.HR].id,
        starts_on=today,
        last_on=today,
        because="出張",
    )


class TestHandOver:
    @pytest.mark.row("SFP-1")
    def test_one_deal_goes_on_with_a_colleague(self, office: Office) -> None:
        """The manager gives the deal to a colleague with what waits for the old owner; both are told."""
        colleague = an_actor(Role.SALES_REP, companies=[office.company_id], name="後任 花子")
        deal = quoted(office)
        office.desk(Role.SALES_REP).do("submit-quote", deal.quote, **ON)
        manager = office.desk(Role.SALES_MANAGER)
        manager.do("hand-over", deal.opportunity, to=colleague.id, because="休職", on=timezone.localdate().isoformat())
        row = get_opportunity(OpportunityId(deal.opportunity), colleague)
        assert row.owner == "後任 花子"
        assert reverse("quote", args=[deal.quote]) in Page(Desk.of(colleague).see("home")).hrefs
        deliver(by=house(), at=timezone.now())
        told = set(Notice.objects.filter(subject="opportunities_opportunity").values_list("person_id", flat=True))
        assert told == {colleague.id, office.people[Role.SALES_REP].id}

    @pytest.mark.row("SFP-1")
    def test_all_deals_of_who_left(self, office: Office) -> None:
        """Everything open goes over at once; a second time there is nothing left, and it says so."""
        colleague = an_actor(Role.SALES_REP, companies=[office.company_id], name="後任 花子")
        deals = [quoted(office).opportunity for _ in range(2)]
        operations = office.desk(Role.SALES_OPERATIONS)
        typed = {"from": office.people[Role.SALES_REP].id, "to": colleague.id, "because": "退職", **ON}
        operations.do("hand-over-all", **typed)
        assert {get_opportunity(OpportunityId(key), colleague).owner for key in deals} == {"後任 花子"}
        assert operations.refused("hand-over-all", **typed)[0] == 400

    def test_not_to_who_does_not_sell(self, office: Office) -> None:
        """A new owner sells in that company; a rep hands nothing over."""
        deal = quoted(office)
        manager = office.desk(Role.SALES_MANAGER)
        status, page = manager.refused(
            "hand-over", deal.opportunity, to=office.people[Role.HR].id, because="休職", **ON
        )
        assert (status, "opportunities.not-a-seller" in page) == (400, True)
        status, _ = office.desk(Role.SALES_REP).refused("hand-over", deal.opportunity, to=1, because="休職", **ON)
        assert status == 403
