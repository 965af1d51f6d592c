"""Tokens: told once, for a person and its roles of this moment, until they end."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.access.models import Token
from kanjo.platform.access.operations import MOST, EndsTooLate, TooManyTokens, make_token, revoke_token
from kanjo.platform.access.queries import digest_of, list_living, list_tokens
from kanjo.platform.access.scopes import Scope
from kanjo.platform.audit.models import Change
from kanjo.platform.identity.operations import dismiss_person, unassign_company, withdraw_role
from kanjo.platform.identity.queries import house
from kanjo.platform.tables import NotFound
from tests.api.programs import ON, Program, a_program, opened_given, program_of
from tests.builders import NOW, TODAY, an_actor
from tests.web.office import Office

TOKYO = ZoneInfo("Asia/Tokyo")


@transaction.atomic
def made(person: Actor, *, name: str = "x", last_on: date = TODAY) -> str:
    """Make a token of the person on the day of the tests."""
    return make_token(name=name, scope=Scope.ACT, last_on=last_on, zone=TOKYO, by=person, at=NOW)


class TestMaking:
    def test_the_secret_is_kept_nowhere(self, office: Office) -> None:
        """The row holds a digest; the trail names who made it, and holds neither secret nor digest."""
        rep = program_of(office, Role.SALES_REP)
        token = Token.objects.get()
        assert token.digest == digest_of(rep.secret)
        assert rep.secret.startswith("kanjo_")
        change = Change.objects.get(subject="access_token")
        assert (change.verb, change.actor) == ("access.make-token", office.people[Role.SALES_REP].name)
        assert change.after
        assert "digest" not in change.after
        assert rep.secret not in str(change.after)

    @pytest.mark.parametrize("days", [-1, 366])
    def test_it_ends_within_a_year(self, office: Office, days: int) -> None:
        """A token without an end in sight is refused, and so is one that was over yesterday."""
        with pytest.raises(EndsTooLate):
            made(house(), last_on=TODAY + timedelta(days=days))
        assert Token.objects.count() == 0

    def test_its_last_day_is_whole(self, office: Office) -> None:
        """Today in Tokyo is an end, and so is the same day of next year; the token lives until midnight there."""
        for last_on in (TODAY, TODAY + timedelta(days=365)):
            made(house(), last_on=last_on)
        first, second = (token.until.astimezone(TOKYO) for token in Token.objects.order_by("id"))
        assert (first.date(), second.date()) == (TODAY + timedelta(days=1), TODAY + timedelta(days=366))
        assert (first.hour, second.hour) == (0, 0)

    def test_a_person_has_so_many(self, office: Office) -> None:
        """One more than it may have is refused until one is revoked; a colleague has its own."""
        rep = office.people[Role.SALES_REP]
        for _ in range(MOST):
            made(rep)
        with pytest.raises(TooManyTokens) as refused:
            made(rep)
        assert refused.value.said_in("ja").startswith("有効なトークンが上限の20件に達しています。")
        made(office.people[Role.CXO])
        with transaction.atomic():
            revoke_token(token_id=list_living(rep, NOW)[0].id, by=rep, at=NOW)
        made(rep)
        assert len(list_living(rep, NOW)) == MOST

    def test_one_that_lives_is_always_listed(self, office: Office) -> None:
        """However many newer ones were revoked, the old one that lives is there to be revoked."""
        rep = office.people[Role.SALES_REP]
        for name in ("old", "new", "newest"):
            made(rep, name=name)
        for row in list_tokens(rep, NOW)[:2]:
            with transaction.atomic():
                revoke_token(token_id=row.id, by=rep, at=NOW)
        assert [row.name for row in list_tokens(rep, NOW, limit=1)] == ["newest", "old"]

    def test_each_person_has_its_own(self, office: Office) -> None:
        """Nobody sees or revokes the token of another; the answer is as if there were none."""
        program_of(office, Role.SALES_REP)
        colleague = office.people[Role.CXO]
        assert list_tokens(colleague, NOW) == []
        with pytest.raises(NotFound):
            revoke_token(token_id=Token.objects.get().pk, by=colleague, at=NOW)
        assert Token.objects.get().revoked_at is None


class TestLetsIn:
    def test_the_last_use_is_written_down(self, office: Office) -> None:
        """A token tells when it was used last, and that leaves no row in the trail."""
        rep = program_of(office, Role.SALES_REP)
        before = Change.objects.count()
        rep.asks("quotes")
        (row,) = list_tokens(office.people[Role.SALES_REP], NOW)
        assert row.last_used_at is not None
        assert Change.objects.count() == before

    @pytest.mark.row("A7")
    def test_a_revoked_one_lets_nobody_in(self, office: Office) -> None:
        """Revoked, it is refused at the next call, whatever it was allowed to do."""
        rep = program_of(office, Role.SALES_REP)
        with transaction.atomic():
            revoke_token(token_id=Token.objects.get().pk, by=office.people[Role.SALES_REP], at=timezone.now())
        self._shut(rep)

    def test_a_revoked_one_stays_revoked(self, office: Office) -> None:
        """Whoever writes: neither is the revocation taken back, nor its moment moved."""
        program_of(office, Role.SALES_REP)
        tokens = Token.objects.all()
        tokens.update(revoked_at=NOW)
        for moment in (None, NOW + timedelta(days=1)):
            with pytest.raises(DatabaseError, match="is frozen"), transaction.atomic():
                tokens.update(revoked_at=moment)
        tokens.update(last_used_at=NOW)
        assert tokens.get().revoked_at == NOW

    def test_one_that_is_over_lets_nobody_in(self, office: Office) -> None:
        """A token ends by itself."""
        self._shut(Program(made(office.people[Role.SALES_REP])))

    @pytest.mark.row("A7")
    def test_who_was_dismissed_is_shut_out(self, office: Office) -> None:
        """A person who left has no programs, either."""
        rep = program_of(office, Role.SALES_REP)
        with transaction.atomic():
            dismiss_person(person_id=office.people[Role.SALES_REP].id, by=house(), at=NOW)
        self._shut(rep)

    @pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer kanjo_x", "Basic a2FuOmpv", "Bearer \xff"])
    def test_nobody_else_comes_in(self, office: Office, sent: str) -> None:
        """No token, half a token and another one's scheme are strangers, and are told how to come in."""
        stranger = Program("")
        response = stranger.client.get("/api/v1/quotes", headers={"Authorization": sent})
        assert (response.status_code, response.json()["rule"]) == (401, "api.no-token")
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert "個人メニュー" in response.json()["remedy"]

    def test_a_session_is_no_token(self, office: Office) -> None:
        """Who is signed in to the pages does not call the API by that: no page of another site can either."""
        desk = office.desk(Role.SALES_REP)
        assert desk.client.get("/api/v1/quotes").status_code == 401
        assert desk.client.post("/api/v1/customers", {}, content_type="application/json").status_code == 401

    @staticmethod
    def _shut(program: Program) -> None:
        program.asks("quotes", status=401)
        assert program.sends("customers", {"name": "若葉"}).status_code == 401


class TestRights:
    def test_reading_is_not_acting(self, office: Office) -> None:
        """A token that reads is refused every act of its person."""
        reader = program_of(office, Role.SALES_REP, Scope.READ)
        reader.asks("quotes")
        assert reader.refused("opportunities", 403, **opened_given(office))["rule"] == "access.token-reads-only"

    @pytest.mark.row("A7")
    def test_a_role_withdrawn_is_gone_at_once(self, office: Office) -> None:
        """The next call after a role was taken away goes without it."""
        rep = program_of(office, Role.SALES_REP)
        rep.does("opportunities", **opened_given(office))
        with transaction.atomic():
            withdraw_role(person_id=office.people[Role.SALES_REP].id, role=Role.SALES_REP, by=house(), at=NOW)
        assert rep.refused("opportunities", 403, **opened_given(office))["rule"] == "access.not-your-door"

    @pytest.mark.row("A7")
    def test_a_company_taken_away_is_gone_at_once(self, office: Office) -> None:
        """The next call after a company was taken away sees nothing of it."""
        rep = program_of(office, Role.SALES_REP)
        deal = rep.does("opportunities", **opened_given(office))
        with transaction.atomic():
            unassign_company(
                person_id=office.people[Role.SALES_REP].id, company_id=office.company_id, by=house(), at=NOW
            )
        rep.asks(f"opportunities/{deal}", status=404)
        assert rep.asks("opportunities")["items"] == []
        assert rep.refused("opportunities", 404, **opened_given(office))["rule"] == "access.not-found"

    def test_the_trail_names_the_person(self, office: Office) -> None:
        """What a program did, its person did."""
        rep = program_of(office, Role.SALES_REP)
        deal = rep.does("opportunities", **opened_given(office))
        change = Change.objects.get(subject="opportunities_opportunity", subject_id=deal)
        assert (change.verb, change.actor) == ("opportunities.open", office.people[Role.SALES_REP].name)

    @pytest.mark.row("A4")
    def test_who_made_it_does_not_approve_it(self, office: Office) -> None:
        """Two halves of a pair of duties stay apart in the API."""
        both = a_program(an_actor(Role.SALES_REP, Role.CXO, companies=[CompanyId(office.company_id)]))
        deal = both.does("opportunities", **opened_given(office))
        lines = [{"product_id": office.box, "quantity": 1, "net_minor": 40_000}]
        offer = {"lines": lines, "payment_terms": "close:31:1:31:none", "starts_on": "2026-04-01"}
        quote = both.does(f"opportunities/{deal}/quotes", **offer, valid_until="2026-05-01", **ON)
        request = both.does(f"quotes/{quote}/submit", **ON)
        item = both.asks(f"approvals/{request}")["items"][0]["id"]
        told = both.refused(f"approvals/items/{item}/decide", 403, decision="approve", **ON)
        assert told["rule"] == "duties.apart"
