"""The bell and what it leads to: what is new for a person, read and unread, and how it chose to be told."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.queries import house
from kanjo.platform.notices.kinds import Kind, kinds_for
from kanjo.platform.notices.operations import tell
from kanjo.platform.notices.queries import choices_of, count_unread
from kanjo.platform.outbox.operations import deliver
from kanjo.surfaces.doors import BOOKS
from tests.builders import TODAY, a_company, an_actor
from tests.web.office import Desk, Office, ordered, quoted

SETTINGS = {
    "way-mine": "mail",
    "way-queue": "nothing",
    "way-answer": "digest",
    "way-deal": "product",
    "way-run": "mail",
    "way-payment": "digest",
    "digest_hour": "18",
    "quiet_from": "２２：００",
    "quiet_until": "7:30",
    "closed_days": "yes",
    "time_zone": "Europe/Berlin",
}


def unread(desk: Desk) -> int:
    """Return the number on the bell."""
    found = re.search(r'aria-label="(?:お知らせ（未読 (\d+)件）|お知らせ（未読なし）)"', desk.see("home"))
    assert found is not None
    return int(found[1] or 0)


def links(desk: Desk, page: str, **asked: str) -> list[str]:
    return re.findall(r'href="(/notices/open\?n=[^"]*)"', desk.see(page, status=200, **asked))


class TestTheBell:
    @pytest.mark.row("SFQ-2")
    def test_an_order_is_on_the_bell_of_the_back_office(self, office: Office) -> None:
        """What Deal Management concludes is new work for Accounts Receivable as soon as it is told on."""
        receivables = office.desk(Role.RECEIVABLES)
        assert unread(receivables) == 0
        ordered(office)
        deliver(by=house(), at=timezone.now())
        assert unread(receivables) == 1
        (link,) = links(receivables, "new-work")
        answer = receivables.client.get(link)
        assert (answer.status_code, answer.headers["Location"].startswith("/orders/")) == (302, True)
        assert unread(receivables) == 0

    def test_what_is_done_is_new_to_nobody(self, office: Office) -> None:
        """A request waits for every CxO; once one of them answered it is new to none."""
        cxo, other = office.desk(Role.CXO), Desk.of(an_actor(Role.CXO, companies=[office.company_id], name="役員"))
        deal = quoted(office, net="9,000")
        request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
        assert (unread(cxo), unread(other)) == (1, 1)
        item = cxo.key("decide-item", "approval", request)
        cxo.do("decide-item", item, on=TODAY.isoformat(), decision="approve", **{"conditions-count": "0"})
        assert (unread(cxo), unread(other)) == (0, 0)
        assert unread(office.desk(Role.SALES_REP)) == 1

    def test_all_is_marked_as_read(self, office: Office) -> None:
        """One press, and the bell is quiet; the work stays on the queue, and what comes later rings again."""
        cxo = office.desk(Role.CXO)
        for number in range(3):
            deal = quoted(office, net="9,000")
            office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
            self._told(office, number)
        assert unread(cxo) == 6
        cxo.do("read-notices")
        assert unread(cxo) == 0
        assert len(links(cxo, "new-work", read="True")) == 3
        self._told(office, 9)
        assert unread(cxo) == 1

    def test_of_another_company_and_of_somebody_else_nothing(self, office: Office) -> None:
        """A notice is its person's, and only as long as that person may open what it is about."""
        cxo, rep = office.desk(Role.CXO), office.desk(Role.SALES_REP)
        self._told(office, 1)
        (link,) = links(cxo, "notices")
        assert rep.client.get(link).status_code == 404
        other = a_company("second")
        says = Text(en="Secret.", ja="秘密。")
        subject = ("quotes_quote", 1)
        tell(persons=[cxo.actor.id], kind=Kind.ANSWER, subject=subject, says=says, key="x", company_id=other)
        tell(persons=[rep.actor.id], kind=Kind.RUN, subject=("runs_run", 1), says=says, key="y")
        assert (unread(cxo), unread(rep)) == (1, 0)
        assert "秘密" not in cxo.see("notices") + rep.see("notices")

    def test_who_may_open_a_run_is_said_in_one_way(self, office: Office) -> None:
        """The roles that are told of runs are those that the door of the run lets in."""
        assert {role for role, one in office.people.items() if Kind.RUN in kinds_for(one)} == set(BOOKS.roles)

    def _told(self, office: Office, number: int) -> None:
        says = Text(en=f"News {number}.", ja=f"お知らせ {number}。")
        subject = ("customers_customer", office.customer_id)
        tell(persons=[office.people[Role.CXO].id], kind=Kind.DEAL, subject=subject, says=says, key=f"n{number}")


class TestMySettings:
    @pytest.mark.parametrize("language", list(Language))
    def test_are_chosen_and_shown(self, office: Office, language: Language) -> None:
        """Each kind its way, the hour of the digest, the quiet hours, also typed in full width."""
        desk = office.desk(Role.SALES_REP, language)
        desk.do("choose-told", **SETTINGS)
        chosen = choices_of(desk.actor.id)
        assert {kind.value: way.value for kind, way in chosen.ways.items()} == {
            "mine": "mail",
            "queue": "nothing",
            "answer": "digest",
            "deal": "product",
            "run": "mail",
            "payment": "digest",
            "deputy": "mail",
            "sign-in": "mail",
        }
        page = desk.see("told")
        assert "22:00" in page
        assert "07:30" in page
        assert "Europe/Berlin" in page

    @pytest.mark.parametrize(
        ("typed", "rule"),
        [
            ({"quiet_until": ""}, "notices.half-quiet"),
            ({"quiet_from": "25:00"}, "form.not-a-clock"),
            ({"time_zone": "Mars/Olympus"}, "notices.no-such-zone"),
            ({"way-run": "pigeon"}, ""),
        ],
    )
    def test_are_refused_beside_the_field(self, office: Office, typed: dict[str, str], rule: str) -> None:
        status, page = office.desk(Role.SALES_REP).refused("choose-told", **(SETTINGS | typed))
        assert status == 400
        assert rule in page

    def test_what_is_told_not_at_all_does_not_ring(self, office: Office) -> None:
        """Who wants no word of the work of its roles has a quiet bell and a full queue."""
        cxo = office.desk(Role.CXO)
        deal = quoted(office, net="9,000")
        office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
        assert count_unread(cxo.actor) == 1
        cxo.do("choose-told", **SETTINGS)
        assert count_unread(cxo.actor) == 0
