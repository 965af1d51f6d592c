"""Workers side by side, runs that load by columns, and what a worker that died left: each fact goes out once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from django.db import connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.texts import Text
from kanjo.platform.bulk.loading import Live, Loading, Staged, prepare_stage, settle
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.loading import TABLE, load_facts
from kanjo.platform.outbox.operations import record
from kanjo.platform.runs.models import Run
from kanjo.platform.webhooks.models import Endpoint, Sending, TakenUp
from kanjo.platform.webhooks.offer import OFFER
from kanjo.platform.webhooks.operations import LEASE, register_endpoint
from kanjo.platform.webhooks.sending import TOGETHER, send_next, send_waiting, take_up_runs
from tests.platform.conftest import AT, make_actor, make_company
from tests.platform.test_webhooks import KINDS, BellRung
from tests.plumbing import FreshDatabase
from tests.receiver import Receiver, status


@pytest.fixture(autouse=True)
def offered() -> Iterator[None]:
    """Bells may be told outside."""
    names, fields = dict(OFFER._names), OFFER.fields
    OFFER.connect({**names, BellRung.kind: Text(en="A bell was rung", ja="鐘")}, {*fields, "bell"})
    yield
    OFFER.connect(names, fields)


class Site:
    """A company whose bells somebody outside hears."""

    def __init__(self, receiver: Receiver) -> None:
        self.company_id = make_company()
        self.clerk = make_actor(self.company_id, Role.RECEIVABLES)
        self.administrator = make_actor(self.company_id, Role.ADMINISTRATOR, email="administrator@example.com")
        self.endpoint_id = self.registers(receiver)

    def registers(self, receiver: Receiver) -> int:
        with transaction.atomic():
            return register_endpoint(
                company_id=self.company_id, name="x", url=receiver.url, kinds=KINDS, by=self.administrator, at=AT
            )[0]

    def rings(self, *bells: int) -> None:
        with transaction.atomic():
            for bell in bells:
                fact = BellRung(company_id=self.company_id, effective_on=date(2026, 4, 1), bell=bell)
                record(fact, by=self.clerk, at=AT)


@pytest.fixture
def site(fresh_database: FreshDatabase, receiver: Receiver) -> Site:
    return Site(receiver)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.row("O1")
def test_workers_side_by_side_send_each_once(site: Site, receiver: Receiver) -> None:
    """Four workers with several calls each: every message arrives once, and some of them travel together."""

    def slowly(handler: Any) -> None:
        time.sleep(0.02)
        status(200)(handler)

    receiver.answers = [slowly]
    site.rings(*range(60))
    barrier = threading.Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            send_waiting(by=house(), now=now)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    arrived = Counter(got.headers["webhook-id"] for got in receiver.got)
    assert (len(arrived), set(arrived.values())) == (60, {1})
    assert receiver.most_under_way > 1
    assert set(Sending.objects.values_list("state", "attempts")) == {("received", 1)}


def test_who_was_only_slow_notes_nothing(site: Site, receiver: Receiver) -> None:
    """A call that outlives its time is made again by somebody else; its own end then changes nothing."""
    site.rings(1)
    answers: list[bool | None] = []

    def meanwhile(handler: Any) -> None:
        receiver.answers = [status(503, "second")]
        try:
            late = datetime.now(UTC) + LEASE + timedelta(seconds=1)
            answers.append(send_next(endpoint_id=site.endpoint_id, by=house(), now=lambda: late))
        finally:
            connection.close()
        status(200, "first")(handler)

    receiver.answers = [meanwhile]
    assert send_next(endpoint_id=site.endpoint_id, by=house(), now=now) is True
    sending = Sending.objects.get()
    assert (answers, sending.state, sending.attempts, sending.last_answer) == ([False], "waiting", 1, "second")


def test_one_endpoint_that_hangs_does_not_hold_up_another(site: Site, receiver: Receiver) -> None:
    """Each endpoint has its own turn."""
    Endpoint.objects.filter(pk=site.endpoint_id).update(url=receiver.url.replace("/hook", "/slow"))
    site.registers(receiver)
    site.rings(1, 2)

    def by_path(handler: Any) -> None:
        time.sleep(0.3 if handler.path.startswith("/slow") else 0)
        status(503 if handler.path.startswith("/slow") else 200)(handler)

    receiver.answers = [by_path]
    assert send_waiting(by=house(), now=now) == 2
    assert set(Sending.objects.exclude(endpoint_id=site.endpoint_id).values_list("state", flat=True)) == {"received"}


def test_what_fails_together_counts_once(site: Site, receiver: Receiver) -> None:
    """Several calls that were under way when the receiver went down are one failure of it, not several."""

    def slowly(handler: Any) -> None:
        time.sleep(0.3)
        status(503)(handler)

    receiver.answers = [slowly]
    site.rings(*range(20))
    assert send_waiting(by=house(), now=now) == 0
    assert 1 < len(receiver.got) <= TOGETHER
    assert Endpoint.objects.get().failures == 1
    assert sorted(Sending.objects.values_list("attempts", flat=True))[-len(receiver.got) :] == [1] * len(receiver.got)


class TestColumns:
    @pytest.mark.row("O1")
    def test_loaded_live_they_wait_at_once(self, site: Site, receiver: Receiver) -> None:
        with transaction.atomic():
            load_bells(site.company_id, site.clerk, Live(), count=5)
        assert send_waiting(by=house(), now=now) == 5

    @pytest.mark.row("O1")
    def test_of_a_run_they_are_taken_up_once_it_is_settled(self, site: Site, receiver: Receiver) -> None:
        """Nothing waits while the run is under way; then a job takes up each fact once, however often it is begun."""
        run = a_run(site)
        loads(run, site, shards=2, count=25)
        assert (take_up_runs(), Sending.objects.count()) == (0, 0)
        settled(run)
        assert take_up_runs(chunk=7) == 50
        assert (take_up_runs(), TakenUp.objects.get().next_id) == (0, None)
        assert send_waiting(by=house(), now=now) == 50
        bells = Counter(got.body for got in receiver.got)
        assert (len(bells), len({got.headers["webhook-id"] for got in receiver.got})) == (50, 50)

    def test_stopped_half_way_it_goes_on(self, site: Site) -> None:
        """What was taken up before a crash is not taken up again."""
        run = a_run(site)
        loads(run, site, shards=1, count=20)
        settled(run)
        before = Sending.objects.create(
            endpoint_id=site.endpoint_id, kind=BellRung.kind, message="msg_x", fact_id=first_fact()
        )
        take_up_runs(chunk=6)
        assert Sending.objects.count() == 20 and Sending.objects.filter(pk=before.pk).exists()

    def test_whoever_came_later_does_not_hear_it(self, site: Site, receiver: Receiver) -> None:
        """An endpoint hears what is recorded from its registration on; the rest a person asks for."""
        run = a_run(site)
        loads(run, site, shards=1, count=3)
        later = site.registers(receiver)
        settled(run)
        take_up_runs()
        assert set(Sending.objects.values_list("endpoint_id", flat=True)) == {site.endpoint_id} != {later}

    def test_where_nobody_hears_nothing_is_read(self, site: Site, django_assert_num_queries: Any) -> None:
        Endpoint.objects.update(state="ended")
        run = a_run(site)
        loads(run, site, shards=1, count=3)
        settled(run)
        assert (take_up_runs(), TakenUp.objects.get().next_id, Sending.objects.count()) == (0, None, 0)
        with django_assert_num_queries(1):
            take_up_runs()

    def test_a_run_does_no_work_per_fact(self, site: Site, django_assert_num_queries: Any) -> None:
        """Loading the facts of a shard asks as often for one as for a thousand, and settling writes none."""
        for count in (1, 1_000):
            run = a_run(site, key=str(count))
            prepare_stage(run_id=RunId(run.pk), shards=1, tables=[TABLE])
            loading = Staged(RunId(run.pk), 0)
            with transaction.atomic(), django_assert_num_queries(1):
                load_bells(site.company_id, site.clerk, loading, count=count)
            settled(run)
        assert Sending.objects.count() == 0


def a_run(site: Site, key: str = "bells") -> Run:
    return Run.objects.create(
        company_id=site.company_id,
        kind="test",
        key=key,
        target_on=AT.date(),
        known_at=AT,
        made_by_id=site.clerk.id,
        state="approved",
    )


def loads(run: Run, site: Site, *, shards: int, count: int) -> None:
    run_id = RunId(run.pk)
    with transaction.atomic():
        prepare_stage(run_id=run_id, shards=shards, tables=[TABLE])
        for shard in range(shards):
            load_bells(site.company_id, site.clerk, Staged(run_id, shard), count=count, first=shard * 1_000)


def settled(run: Run) -> None:
    with transaction.atomic():
        settle(run_id=RunId(run.pk), tables=[TABLE])
        Run.objects.filter(pk=run.pk).update(state="executed")


def first_fact() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM outbox_fact")
        return int(cursor.fetchone()[0])


def load_bells(company_id: CompanyId, by: Actor, loading: Loading, *, count: int, first: int = 0) -> None:
    """Write down by columns that bells were rung."""
    bells = pl.DataFrame({"bell": range(first, first + count)}).with_columns(
        pl.lit(company_id, dtype=pl.Int64).alias("company_id"),
        pl.lit(date(2026, 4, 1)).alias("effective_on"),
        pl.lit(0, dtype=pl.Int64).alias("amount_minor"),
    )
    load_facts(bells, kind=BellRung.kind, subject="bell", company_id=company_id, by=by, loading=loading)
