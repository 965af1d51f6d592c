"""Facts are written with the act, delivered once, tried again, and given up in sight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.platform.acts import NotYourRole
from kanjo.platform.audit.models import Change
from kanjo.platform.bulk.loading import Live, Loading, Staged, prepare_stage, settle
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.outbox.loading import TABLE, await_delivery, load_facts
from kanjo.platform.outbox.models import Delivery, FactRow
from kanjo.platform.outbox.operations import MOST_ATTEMPTS, WIRING, NotGivenUp, deliver, deliver_again, record
from kanjo.platform.runs.models import Run
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.models import WorkItem
from tests.platform.conftest import AT, make_actor, make_company
from tests.plumbing import FreshDatabase

seen: list[Fact] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Fact):
    """A lamp was lit."""

    kind: ClassVar[str] = "test.lamp-lit"
    lamp: int
    colours: tuple[str, ...] = ()
    until: date | None = None

    @property
    def subject_id(self) -> int:
        return self.lamp


def remember(fact: LampLit, by: Actor, at: datetime) -> None:
    """Answer by remembering."""
    seen.append(fact)
    SellingCompany.objects.filter(pk=fact.company_id).update(bank_account=str(fact.lamp))


def stumble(fact: LampLit, by: Actor, at: datetime) -> None:
    """Answer by doing half, then failing."""
    SellingCompany.objects.filter(pk=fact.company_id).update(bank_account="half")
    raise ValueError("no oil")


@pytest.fixture
def wired() -> Iterator[None]:
    """Two reactions to a lamp, for one test."""
    kinds, reactions = dict(WIRING._kinds), dict(WIRING._reactions)
    seen.clear()
    WIRING.connect({LampLit: [remember, stumble]})
    yield
    WIRING._kinds, WIRING._reactions = kinds, reactions


@pytest.fixture
def lit(wired: None, company_id: CompanyId, clerk: Actor) -> LampLit:
    fact = LampLit(
        company_id=company_id, effective_on=date(2026, 4, 1), lamp=7, colours=("red", "青"), until=date(2027, 4, 1)
    )
    return record(fact, by=clerk, at=AT)


class TestDeliver:
    def test_a_reaction_gets_the_fact_as_it_was_recorded(self, lit: LampLit, clerk: Actor) -> None:
        assert deliver(by=clerk, at=AT) == 1
        assert seen == [lit]

    @pytest.mark.row("O1")
    def test_a_fact_is_delivered_once(self, lit: LampLit, clerk: Actor) -> None:
        deliver(by=clerk, at=AT)
        deliver(by=clerk, at=AT)
        assert len(seen) == 1

    @pytest.mark.row("O1")
    def test_what_a_failed_reaction_did_is_undone(self, lit: LampLit, clerk: Actor, company_id: CompanyId) -> None:
        deliver(by=clerk, at=AT)
        assert SellingCompany.objects.get(pk=company_id).bank_account == "7"

    @pytest.mark.row("SFA-2")
    def test_what_a_reaction_changes_is_told_in_the_trail(self, lit: LampLit, clerk: Actor) -> None:
        deliver(by=clerk, at=AT)
        change = Change.objects.filter(subject="companies_sellingcompany").latest("id")
        assert (change.after, change.actor_id, change.verb, change.because) == (
            {"bank_account": "7"},
            clerk.id,
            "outbox.deliver",
            "test.lamp-lit",
        )

    @pytest.mark.row("J2")
    def test_a_failed_reaction_is_tried_later_and_at_last_is_dead(self, lit: LampLit, clerk: Actor) -> None:
        now = AT
        failed = Delivery.objects.get(reaction__endswith="stumble")
        for attempt in range(1, MOST_ATTEMPTS + 1):
            deliver(by=clerk, at=now)
            failed.refresh_from_db()
            assert failed.attempts == attempt
            assert deliver(by=clerk, at=now) == 0, "it waits before it is tried again"
            now += timedelta(minutes=2 ** (attempt - 1))
        failed.refresh_from_db()
        assert (failed.state, failed.error) == ("dead", "ValueError: no oil")
        work = WorkItem.objects.get(subject="outbox_delivery", subject_id=failed.pk)
        assert (work.state, work.owner_role) == ("open", Role.ADMINISTRATOR)
        assert "ValueError: no oil" in work.why_en
        assert [change.verb for change in _changes(failed)] == ["outbox.deliver"]


class TestDeliverAgain:
    @pytest.fixture
    def dead(self, lit: LampLit, clerk: Actor) -> Delivery:
        for days in range(MOST_ATTEMPTS):
            deliver(by=clerk, at=AT + timedelta(days=days))
        return Delivery.objects.get(reaction__endswith="stumble")

    @pytest.fixture
    def administrator(self, company_id: CompanyId) -> Actor:
        return make_actor(company_id, Role.ADMINISTRATOR, email="administrator@example.com")

    def test_what_was_given_up_is_tried_anew(self, dead: Delivery, administrator: Actor) -> None:
        deliver_again(delivery_id=dead.pk, by=administrator, at=AT)
        dead.refresh_from_db()
        assert (dead.state, dead.attempts, dead.error, dead.due_at) == ("waiting", 0, "", AT)
        assert WorkItem.objects.get(subject="outbox_delivery", subject_id=dead.pk).state == "done"
        deliver(by=administrator, at=AT)
        dead.refresh_from_db()
        assert (dead.state, dead.attempts, dead.error) == ("waiting", 1, "ValueError: no oil")

    def test_it_does_not_vanish(self, dead: Delivery) -> None:
        """What was given up stays in sight, and so does what it was about."""
        with pytest.raises(DatabaseError, match="are kept"), transaction.atomic():
            dead.delete()
        assert Delivery.objects.get(reaction__endswith="stumble").state == "dead"

    @pytest.mark.row("SFA-2")
    def test_the_trail_tells_who_and_after_which_failure(self, dead: Delivery, administrator: Actor) -> None:
        deliver_again(delivery_id=dead.pk, by=administrator, at=AT)
        change = _changes(dead)[-1]
        assert (change.verb, change.actor_id) == ("outbox.deliver-again", administrator.id)
        assert (change.before or {})["error"] == "ValueError: no oil"

    def test_only_once_by_an_administrator_of_the_company(
        self, dead: Delivery, administrator: Actor, clerk: Actor, stranger: Actor
    ) -> None:
        for by, refusal in ((clerk, NotYourRole), (stranger, NotFound)):
            with pytest.raises(refusal):
                deliver_again(delivery_id=dead.pk, by=by, at=AT)
        assert Delivery.objects.get(pk=dead.pk).state == "dead"
        deliver_again(delivery_id=dead.pk, by=administrator, at=AT)
        with pytest.raises(NotGivenUp):
            deliver_again(delivery_id=dead.pk, by=administrator, at=AT)


def _changes(delivery: Delivery) -> list[Change]:
    return list(Change.objects.filter(subject="outbox_delivery", subject_id=delivery.pk).order_by("id"))


@pytest.mark.row("O1")
def test_a_fact_of_a_withdrawn_act_was_never_recorded(wired: None, fresh_database: FreshDatabase) -> None:
    company_id = make_company()
    clerk = make_actor(company_id, Role.REV_REC)
    with pytest.raises(RuntimeError), transaction.atomic():
        record(LampLit(company_id=company_id, effective_on=date(2026, 4, 1), lamp=1), by=clerk, at=AT)
        raise RuntimeError
    assert not FactRow.objects.exists() and not Delivery.objects.exists()


class TestLoadFacts:
    def test_a_fact_loaded_live_is_delivered_like_one_recorded(
        self, wired: None, company_id: CompanyId, clerk: Actor
    ) -> None:
        load_lamps(company_id, clerk, Live())
        deliver(by=clerk, at=datetime.now(UTC))
        assert sorted(fact.subject_id for fact in seen) == [1, 2]

    def test_facts_of_a_staged_run_are_delivered_once_it_is_settled(
        self, wired: None, company_id: CompanyId, clerk: Actor
    ) -> None:
        run = Run.objects.create(
            company_id=company_id, kind="test", key="lamps", target_on=AT.date(), known_at=AT, made_by_id=clerk.id
        )
        run_id = RunId(run.pk)
        prepare_stage(run_id=run_id, shards=1, tables=[TABLE])
        load_lamps(company_id, clerk, Staged(run_id, 0))
        assert deliver(by=clerk, at=datetime.now(UTC)) == 0
        settle(run_id=run_id, tables=[TABLE])
        for _ in range(2):
            await_delivery(run_id=run_id, kind=LampLit.kind)
        deliver(by=clerk, at=datetime.now(UTC))
        assert sorted(fact.subject_id for fact in seen) == [1, 2]


def load_lamps(company_id: CompanyId, by: Actor, loading: Loading) -> None:
    """Write down by columns that two lamps were lit."""
    lit = [LampLit(company_id=company_id, effective_on=date(2026, 4, 1), lamp=lamp) for lamp in (1, 2)]
    types: dict[str, pl.DataType] = {"colours": pl.List(pl.String), "until": pl.Date()}
    lamps = pl.DataFrame([asdict(one) for one in lit], schema_overrides=types)
    load_facts(lamps, kind=LampLit.kind, subject="lamp", company_id=company_id, by=by, loading=loading)


@pytest.mark.row("O1")
def test_two_deliverers_do_not_deliver_the_same_fact(wired: None, fresh_database: FreshDatabase) -> None:
    company_id = make_company()
    clerk = make_actor(company_id, Role.REV_REC)
    with transaction.atomic():
        for lamp in range(40):
            record(LampLit(company_id=company_id, effective_on=date(2026, 4, 1), lamp=lamp), by=clerk, at=AT)
    barrier = threading.Barrier(4)

    def work() -> None:
        try:
            barrier.wait()
            deliver(by=clerk, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fact.subject_id for fact in seen) == list(range(40))
