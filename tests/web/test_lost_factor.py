"""A lost second factor: an administrator takes it away, the person is told, and sets a new one up before any page."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse

from kanjo.foundation.actors import Actor, Role
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.factors import has_factor
from kanjo.platform.identity.operations import NoFactorThere, NotYourOwnFactor, remove_factors
from kanjo.platform.notices.kinds import CHOSEN, USUAL, Kind, Way
from kanjo.platform.notices.models import Notice
from tests.api.programs import program_of
from tests.builders import NOW
from tests.processes.end_state import rows
from tests.web.office import Desk, Office
from tests.web.signing_in import PASSWORD, a_person, is_in, signs_in
from tests.web.test_factors import code_of, shows, with_an_app

pytestmark = pytest.mark.row("S2")
WHY = "電話で本人確認済み"


@pytest.fixture
def rep(office: Office) -> Actor:
    """A sales rep with an authenticator app that its role does not ask for."""
    person = a_person(Role.SALES_REP, companies=[office.company_id])
    with_an_app(person)
    return person


def removed(person: Actor, *, by: Actor) -> None:
    with transaction.atomic():
        remove_factors(person_id=person.id, because=WHY, by=by, at=NOW)


class TestRemoveFactors:
    def test_the_next_sign_in_sets_a_new_one_up(self, office: Office, rep: Actor) -> None:
        """By the page with a reason: sessions end, no page opens before a new factor stands, then all do."""
        before = Desk.of(rep)
        before.see("quotes")
        administrator = office.desk(Role.ADMINISTRATOR)
        assert administrator.refused("remove-factors", rep.id)[0] == 400
        administrator.do("remove-factors", rep.id, because=WHY)
        assert before.client.get(reverse("quotes")).headers["Location"].startswith(reverse("account_login"))
        assert not Authenticator.objects.filter(user_id=rep.id).exists()
        client, here = signs_in(rep), reverse("mfa_index")
        for name in ("home", "quotes", "customers", "sessions", "tokens"):
            assert client.get(reverse(name)).headers["Location"] == here
        assert "2段階認証が必要です" in client.get(here).content.decode()
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(reverse("mfa_activate_totp")).content.decode()
        secret = page.partition('id="secret" value="')[2].partition('"')[0]
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
        assert (has_factor(rep.id), is_in(client)) == (True, True)
        assert "2段階認証は設定されていません" not in administrator.see("person", rep.id)

    def test_a_person_cannot_go_without_one_any_more(self, office: Office, rep: Actor) -> None:
        """Whoever lost one keeps one: taken away again by itself, no page opens."""
        removed(rep, by=office.people[Role.ADMINISTRATOR])
        secret = with_an_app(rep)
        client = signs_in(rep)
        assert shows(client, code_of(secret))
        Authenticator.objects.filter(user_id=rep.id).delete()
        assert client.get(reverse("home")).headers["Location"] == reverse("mfa_index")

    def test_its_programs_are_out(self, office: Office) -> None:
        """A token of the person is revoked with it."""
        person = office.people[Role.SALES_REP]
        program = program_of(office, Role.SALES_REP)
        program.asks("quotes")
        with_an_app(person)
        removed(person, by=office.people[Role.ADMINISTRATOR])
        program.asks("quotes", status=401)

    def test_the_person_is_told(self, office: Office, rep: Actor) -> None:
        """Who did it and why, by mail and in the product; the notice leads to where a new one is set up."""
        administrator = office.people[Role.ADMINISTRATOR]
        removed(rep, by=administrator)
        notice = Notice.objects.get(person_id=rep.id)
        assert (USUAL[Kind(notice.kind)], Kind(notice.kind) in CHOSEN) == (Way.MAIL, False)
        assert (administrator.name in notice.says_ja, administrator.name in notice.says_en) == (True, True)
        with_an_app(rep)
        desk = Desk.of(rep)
        page = desk.see("notices")
        assert WHY in page
        opened = desk.client.get(reverse("open-notice") + "?" + page.partition("notices/open?")[2].partition('"')[0])
        assert opened.headers["Location"] == reverse("mfa_index")

    def test_the_trail_says_who_and_why(self, office: Office, rep: Actor) -> None:
        """Each time anew, although the same happens to the same person."""
        administrator = office.people[Role.ADMINISTRATOR]
        for minute in (0, 1):
            with transaction.atomic():
                if minute:
                    with_an_app(rep)
                at = NOW + timedelta(minutes=minute)
                remove_factors(person_id=rep.id, because=WHY, by=administrator, at=at)
        asked = (
            "SELECT actor, because FROM audit_change"
            " WHERE verb = 'identity.remove-factors' AND subject = 'identity_person'"
        )
        assert rows(asked) == [(administrator.name, WHY)] * 2

    def test_who_may_not(self, office: Office, rep: Actor) -> None:
        """Not of oneself, not without the role, not where there is none: the factor and the sessions stay."""
        administrator = a_person(Role.ADMINISTRATOR, companies=[office.company_id], name="管理 次郎")
        with_an_app(administrator)
        client = Desk.of(rep).client
        with pytest.raises(NotYourOwnFactor):
            removed(administrator, by=administrator)
        with pytest.raises(NotYourRole):
            removed(rep, by=office.people[Role.HR])
        with pytest.raises(NoFactorThere):
            removed(office.people[Role.HR], by=administrator)
        assert (has_factor(rep.id), has_factor(administrator.id), is_in(client)) == (True, True, True)

    def test_the_administrator_proves_itself_anew(self, office: Office, rep: Actor) -> None:
        """An open session of an administrator is not enough: the password or factor is shown again."""
        client = signs_in(a_person(Role.ADMINISTRATOR, companies=[office.company_id]))
        session = client.session
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() - 301}]
        session.save()
        where = reverse("remove-factors", args=[rep.id])
        assert client.post(where, {"because": WHY}).headers["Location"].startswith(reverse("account_reauthenticate"))
        assert has_factor(rep.id)
