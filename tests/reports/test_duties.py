"""Who holds both halves of a pair, by roles and by what the trail says was done."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connections, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.platform import duties
from kanjo.platform.acts import VERBS
from kanjo.platform.identity.queries import get_actor
from kanjo.reports.duties import HeldPair, list_held_pairs
from kanjo.surfaces.web.words import VERB_NAMES
from tests.builders import TODAY, a_company, an_actor
from tests.plumbing import FreshDatabase
from tests.web.office import APPROVAL, Desk, an_office, quoted

pytestmark = pytest.mark.row("A6")
DECIDE, SUBMIT = "approvals.decide-item", "quotes.submit"


def of(person: Actor, rows: list[HeldPair], act: str, other: str) -> list[HeldPair]:
    return [row for row in rows if (row.person_id, row.act, row.other) == (person.id, act, other)]


def test_who_holds_both_roles_and_what_was_done(fresh_database: FreshDatabase) -> None:
    """Roles alone are told as such, acts on different things with their number; nobody did both to the same."""
    office = an_office()
    both = an_actor(Role.CXO, Role.SALES_REP, companies=[office.company_id], name="兼任 花子")
    deal = quoted(office, net="9,000")
    request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
    desk = Desk.of(both)
    desk.do("decide-item", desk.key("decide-item", "approval", request), on=TODAY.isoformat(), **APPROVAL)
    rows = list_held_pairs(office.people[Role.AUDITOR])
    [roles] = of(both, rows, DECIDE, SUBMIT)
    assert (roles.by_roles, roles.other_by_roles) == ((Role.CXO,), (Role.SALES_REP,))
    assert (roles.done, roles.other_done, roles.both) == (1, 0, 0)
    own = quoted(office, net="9,000")
    desk.do("submit-quote", own.quote, on=TODAY.isoformat())
    [acts] = of(both, list_held_pairs(office.people[Role.AUDITOR]), DECIDE, SUBMIT)
    assert (acts.done, acts.other_done, acts.both) == (1, 1, 0)
    assert of(office.people[Role.SALES_REP], rows, DECIDE, SUBMIT) == []


def test_what_got_behind_the_act_is_found(fresh_database: FreshDatabase) -> None:
    """The same person on both sides of one thing, however it came about, stands first; also through a deputy."""
    office = an_office()
    rep, cxo = office.people[Role.SALES_REP], office.people[Role.CXO]
    deal = quoted(office, net="9,000")
    request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY.isoformat())
    desk = office.desk(Role.CXO)
    desk.do("decide-item", desk.key("decide-item", "approval", request), on=TODAY.isoformat(), **APPROVAL)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE audit_change DISABLE TRIGGER USER")
        owner.execute("UPDATE audit_change SET for_id = %s WHERE verb = %s AND actor_id = %s", [rep.id, DECIDE, cxo.id])
        owner.execute("ALTER TABLE audit_change ENABLE TRIGGER USER")
    rows = list_held_pairs(office.people[Role.AUDITOR])
    assert {(row.person_id, row.other) for row in rows if row.both} == {
        (rep.id, other) for other in ("quotes.submit", "quotes.draft", "approvals.open-request")
    }
    assert all(row.both for row in rows[:3])
    page = office.desk(Role.AUDITOR).see("duty-pairs")
    assert "両方実行" in page
    stranger = an_actor(Role.AUDITOR, companies=[a_company("second")], name="監査 二郎")
    assert not any(row.done for row in list_held_pairs(stranger) if row.act == DECIDE)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_the_page_and_its_file_say_the_same(db: None, role: Role) -> None:
    """One line per person and pair, in words; no other role opens it."""
    office = an_office()
    both = an_actor(Role.RECEIVABLES, companies=[office.company_id], name="兼任 花子")
    desk = office.desk(role)
    answer = desk.client.get("/duties", {"as": "csv"})
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) - 1 == len(list_held_pairs(get_actor(desk.actor.id))) > 10
    said = [both.name, VERB_NAMES["runs.approve"].ja, VERB_NAMES["runs.preview"].ja]
    assert said in [[line[0], *line[2:4]] for line in lines]
    assert both.name in desk.see("duty-pairs")
    office.desk(Role.CFO).see("duty-pairs", status=403)


def test_every_pair_is_of_acts_that_there_are() -> None:
    """A pair that names no act would keep nobody apart."""
    assert {verb for pair in duties.pairs() for verb in pair} <= set(VERBS)
    assert len(duties.pairs()) >= 13
