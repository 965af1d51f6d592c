"""Many acts sent together: each done or refused alone, by the rules and rights of whoever sent them, once."""

from __future__ import annotations

import json
import os
import signal
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from kanjo.domains.customers.models import Customer
from kanjo.foundation.actors import Role
from kanjo.platform.identity.operations import withdraw_role
from kanjo.platform.jobs.watchdog import rescue_stuck
from kanjo.platform.runs.models import Run, Shard
from kanjo.processes.execute_run import stop_lost
from kanjo.surfaces.api.verbs.batches import MOST
from tests.api.programs import Program, a_batch, a_program, offer_given, program_of, quoted
from tests.builders import NOW, a_company, an_actor
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows
from tests.processes.test_bill import blocked, held, wait_until
from tests.processes.test_execute_run import a_worker
from tests.web.office import Office, an_office
from tests.worker import let_work, waiting

GOOD: dict[str, object] = {"name": "株式会社青葉"}
NO_COUNTRY: dict[str, object] = {"name": "株式会社若葉", "country": "どこか"}
NO_NAME: dict[str, object] = {"country": "JP", "nonsense": 1}


def items_of(program: Program, batch: int, **asked: Any) -> list[dict[str, Any]]:
    """Return what became of each item."""
    items: list[dict[str, Any]] = program.asks("batch-items", batch_id=batch, **asked)["items"]
    return items


class TestBatch:
    def test_what_is_bad_stops_nobody_else(self, office: Office) -> None:
        """Of five customers two are refused, one by its schema and one by its rule; the others are registered."""
        rep = program_of(office, Role.SALES_REP)
        sent = a_batch(office.company_id, GOOD, NO_NAME, GOOD | {"name": "緑山"}, NO_COUNTRY, GOOD | {"name": "白川"})
        answer = rep.sends("batches", sent)
        batch = json.loads(answer.content)["id"]
        assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/v1/batches/{batch}")
        assert json.loads(answer.content)["state"] == "approved"
        assert {one["state"] for one in items_of(rep, batch)} == {"waiting"}
        assert let_work() == 1
        told = rep.asks(f"batches/{batch}")
        assert (told["state"], told["items"], told["done"], told["refused"]) == ("executed", 5, 3, 2)
        items = items_of(rep, batch)
        assert [(one["number"], one["state"]) for one in items] == [
            (1, "done"), (2, "refused"), (3, "done"), (4, "refused"), (5, "done"),
        ]  # fmt: skip
        names = Customer.objects.filter(pk__in=[one["made_id"] for one in items if one["made_id"]]).order_by("id")
        assert [one.name for one in names] == ["株式会社青葉", "緑山", "白川"]

    def test_each_refusal_is_the_problem_it_would_have_been_alone(self, office: Office) -> None:
        """Rule, status, place, remedy and faulty fields, in the language of who reads."""
        rep = program_of(office, Role.SALES_REP)
        batch = rep.does("batches", **a_batch(office.company_id, NO_NAME, NO_COUNTRY))
        let_work()
        for language in ("en", "ja"):
            reader = Program(rep.secret, language)
            for item, sent in zip(items_of(reader, batch), (NO_NAME, NO_COUNTRY), strict=True):
                assert item["problem"] == reader.refused("customers", 422, **sent)

    def test_it_is_done_by_who_sent_it(self, office: Office) -> None:
        """The trail names the person of the token and the verb of the act; what was sent is forgotten."""
        rep = program_of(office, Role.SALES_REP)
        batch = rep.does("batches", **a_batch(office.company_id, GOOD))
        let_work()
        made = items_of(rep, batch)[0]["made_id"]
        trail = f"SELECT actor, verb FROM audit_change WHERE subject = 'customers_customer' AND subject_id = {made}"
        assert rows(trail) == [(office.people[Role.SALES_REP].name, "customers.register")]
        assert Shard.objects.get(run_id=batch).scope == {}

    def test_many_items_cost_no_more_questions(self, office: Office, django_assert_max_num_queries: Any) -> None:
        """The items of a batch are paged, and neither they nor its counts ask the more the more there are."""
        rep = program_of(office, Role.SALES_REP)
        batch = rep.does("batches", **a_batch(office.company_id, *[{}] * 450))
        let_work()
        pages, cursor = list[list[int]](), ""
        while not pages or cursor:
            with django_assert_max_num_queries(8):
                page = rep.asks("batch-items", batch_id=batch, limit=200, state="refused", cursor=cursor)
            pages.append([one["number"] for one in page["items"]])
            cursor = page["next"] or ""
        assert [len(page) for page in pages] == [200, 200, 50]
        assert [number for page in pages for number in page] == [*range(1, 451)]
        with django_assert_max_num_queries(8):
            assert rep.asks(f"batches/{batch}")["refused"] == 450

    @pytest.mark.row("M7")
    def test_the_same_key_is_the_same_batch(self, office: Office) -> None:
        """A retry is answered with the batch that is there, whether it waits or is done."""
        rep, sent = program_of(office, Role.SALES_REP), a_batch(office.company_id, GOOD)
        first, again = (rep.sends("batches", sent, key="a") for _ in range(2))
        assert (again.content, len(waiting())) == (first.content, 1)
        let_work()
        late = rep.sends("batches", sent, key="a")
        assert (late.content, waiting(), Run.objects.filter(kind="batch").count()) == (first.content, [], 1)
        assert Customer.objects.filter(name=GOOD["name"]).count() == 1

    def test_only_what_was_seen_is_acted_on(self, office: Office) -> None:
        """An item with an ETag of before a change is refused, one with that of now is done."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        address = f"/api/v1/quotes/{deal.quote}"
        tags = [str(rep.client.get(address, headers=rep.headers).headers["ETag"])]
        rep.does(f"quotes/{deal.quote}/revise", **offer_given(office, net=8_000))
        tags.append(str(rep.client.get(address, headers=rep.headers).headers["ETag"]))
        items = [{"key": deal.quote, "given": {"on": "2026-04-01"}, "if_match": tag} for tag in tags]
        batch = rep.does("batches", company_id=office.company_id, act="quotes/{key}/submit", items=items)
        let_work()
        told = items_of(rep, batch)
        assert [one["state"] for one in told] == ["refused", "done"]
        assert told[0]["problem"]["rule"] == "api.stale"


class TestRights:
    def test_what_is_not_theirs_is_not_found(self, office: Office) -> None:
        """An item about a thing of another company answers as one about nothing."""
        rep, deal = program_of(office, Role.SALES_REP), quoted(office)
        other = a_company(code="other")
        stranger = an_actor(Role.SALES_REP, companies=[other], name="他社 太郎")
        theirs = a_program(stranger)
        items = [{"key": key, "given": {"on": "2026-04-01"}} for key in (deal.quote, 999_999)]
        batch = theirs.does("batches", company_id=other, act="quotes/{key}/submit", items=items)
        let_work()
        assert [one["problem"]["rule"] for one in items_of(theirs, batch)] == ["access.not-found"] * 2
        assert rep.asks(f"batches/{batch}", status=404)["rule"] == "access.not-found"
        assert (items_of(rep, batch), rep.asks("batches")["items"]) == ([], [])

    def test_the_role_counts_when_it_is_done(self, office: Office) -> None:
        """Who lost the role in between does nothing any more."""
        rep, boss = program_of(office, Role.SALES_REP), an_actor(Role.ADMINISTRATOR, companies=[office.company_id])
        batch = rep.does("batches", **a_batch(office.company_id, GOOD))
        with transaction.atomic():
            withdraw_role(person_id=office.people[Role.SALES_REP].id, role=Role.SALES_REP, by=boss, at=NOW)
        let_work()
        assert items_of(rep, batch)[0]["problem"]["rule"] == "access.not-your-door"

    @pytest.mark.parametrize(
        ("change", "status", "rule"),
        [
            ({"act": "customers/nonsense"}, 422, "api.literal-error"),
            ({"act": "batches"}, 422, "api.literal-error"),
            ({"act": "runs/{key}/execute"}, 422, "api.literal-error"),
            ({"items": []}, 422, "api.too-short"),
            ({"items": [{"given": GOOD}] * (MOST + 1)}, 422, "api.too-long"),
            ({"items": [{"given": GOOD}, {"act": "quotes", "given": GOOD}]}, 422, "api.extra-forbidden"),
            ({"act": "periods/{key}/lock"}, 403, "access.not-your-door"),
            ({"company_id": 999_999}, 404, "access.not-found"),
        ],
    )
    def test_what_is_no_batch_is_refused_whole(
        self, office: Office, change: dict[str, Any], status: int, rule: str
    ) -> None:
        """An unknown act, none or too many items, mixed acts, acts or a company of others: nothing is kept."""
        rep = program_of(office, Role.SALES_REP)
        told = rep.refused("batches", status, **{**a_batch(office.company_id, GOOD), **change})
        assert rule in {told["rule"], *(one["rule"] for one in told["errors"])}
        assert (waiting(), Run.objects.filter(kind="batch").count()) == ([], 0)


def test_a_batch_that_stopped_goes_on(office: Office) -> None:
    """A batch whose job is gone says so, and its sender lets it go on; nobody else can, and not twice."""
    rep, manager = program_of(office, Role.SALES_REP), program_of(office, Role.SALES_MANAGER)
    batch = rep.does("batches", **a_batch(office.company_id, GOOD))
    assert rep.refused(f"batches/{batch}/resume", 409)["rule"] == "runs.wrong-state"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'runs'")
    stop_lost(at=timezone.now() + timedelta(minutes=2))
    assert rep.asks(f"batches/{batch}")["stopped_rule"] == "runs.lost"
    assert manager.refused(f"batches/{batch}/resume", 404)["rule"] == "access.not-found"
    rep.does(f"batches/{batch}/resume")
    let_work()
    assert rep.asks(f"batches/{batch}")["done"] == 1


@pytest.mark.row("R1")
def test_killed_in_the_middle_each_is_done_once(fresh_database: FreshDatabase) -> None:
    """kill -9 within the first of five; the watchdog queues the job again, and the rest is done."""
    office = an_office()
    rep = program_of(office, Role.SALES_REP)
    batch = rep.does("batches", **a_batch(office.company_id, *(GOOD | {"name": f"青葉{n}"} for n in range(5))))
    with held(fresh_database, "LOCK TABLE customers_customer IN SHARE MODE") as holder:
        process = a_worker(fresh_database)
        wait_until(lambda: blocked(fresh_database), process)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        holder.rollback()
    with psycopg.connect(fresh_database.application.conninfo(), autocommit=True) as watchdog:
        rescue_stuck(watchdog, gone_after=0)
    a_worker(fresh_database).communicate(timeout=120)
    told = rep.asks(f"batches/{batch}")
    assert (told["state"], told["done"], told["refused"]) == ("executed", 5, 0)
    assert Customer.objects.filter(name__startswith="青葉").count() == 5
