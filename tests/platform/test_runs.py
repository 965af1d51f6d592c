"""A run can be killed anywhere, shared by many workers, and makes nothing twice."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import date

import pytest
from django.db import connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.models import Entry
from kanjo.platform.ledger.operations import post
from kanjo.platform.runs.models import Run, Shard
from kanjo.platform.runs.operations import (
    Failed,
    RunPlan,
    ShardResult,
    ShardTask,
    WrongRunState,
    approve_run,
    execute_run,
    preview_run,
    withdraw_run,
)
from kanjo.platform.worklist.models import WorkItem
from tests.platform.conftest import AT, make_actor, make_company
from tests.plumbing import FreshDatabase
from tests.races import until_somebody_waits

DAY = date(2026, 4, 10)


class NoPrice(Refusal):
    """A thing without a price."""

    rule = "test.no-price"
    says = Text(en="Thing {key} has no price.", ja="{key} に価格がありません。")
    remedy = Text(en="Give it one.", ja="価格を設定してください。")


def plan(company_id: CompanyId, shards: int = 5, key: str = "april") -> RunPlan:
    return RunPlan(
        kind="test",
        key=key,
        company_id=company_id,
        target_on=DAY,
        known_at=AT,
        shards=tuple({"thing": n} for n in range(shards)),
        preview={"things": shards},
    )


def post_one(task: ShardTask) -> ShardResult:
    """Post one entry per shard; the thing 3 has no price."""
    thing = int(task.scope["thing"])
    if thing == 3:
        return ShardResult({"posted": 0}, (Failed(("test_thing", thing), NoPrice(key=thing)),))
    post(
        [
            JournalEntry(
                company_id=task.company_id,
                effective_on=task.target_on,
                currency="JPY",
                source="test_thing",
                source_id=thing,
                sides=(Side(AccountCode.BANK, 100), Side(AccountCode.REVENUE, -100)),
            )
        ]
    )
    return ShardResult({"posted": 1})


class Setting:
    """A company, a maker, an approver and an approved run, committed."""

    def __init__(self) -> None:
        self.company_id = make_company()
        self.maker = make_actor(self.company_id, Role.RECEIVABLES)
        self.approver = make_actor(self.company_id, Role.REV_REC, email="second@example.com")

    def approved(self, shards: int = 5, key: str = "april") -> RunId:
        with transaction.atomic():
            run_id = preview_run(plan=plan(self.company_id, shards, key), by=self.maker, at=AT)
            approve_run(run_id=run_id, by=self.approver, at=AT)
        return run_id


@pytest.fixture
def setting(fresh_database: FreshDatabase) -> Setting:
    return Setting()


class TestPreview:
    def test_the_same_key_is_the_same_run(self, company_id: CompanyId, clerk: Actor) -> None:
        first = preview_run(plan=plan(company_id), by=clerk, at=AT)
        assert preview_run(plan=plan(company_id), by=clerk, at=AT) == first
        assert Shard.objects.filter(run_id=first).count() == 5


class TestApprove:
    def test_its_maker_may_not_approve_a_run(self, company_id: CompanyId, clerk: Actor) -> None:
        run_id = preview_run(plan=plan(company_id), by=clerk, at=AT)
        with pytest.raises(DutiesConflict):
            approve_run(run_id=run_id, by=clerk, at=AT)
        assert Run.objects.get(pk=run_id).state == "previewed"

    def test_a_withdrawn_run_is_not_approved(self, company_id: CompanyId, clerk: Actor) -> None:
        other = make_actor(company_id, Role.REV_REC, email="second@example.com")
        run_id = preview_run(plan=plan(company_id), by=clerk, at=AT)
        withdraw_run(run_id=run_id, by=clerk, at=AT, because="wrong day")
        with pytest.raises(WrongRunState):
            approve_run(run_id=run_id, by=other, at=AT)


class TestExecute:
    def test_every_shard_is_done_and_reported(self, setting: Setting) -> None:
        run_id = setting.approved()
        report = execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT)
        assert report == {"posted": 4, "failed": 1}
        assert Run.objects.get(pk=run_id).state == "executed"

    @pytest.mark.row("R2")
    def test_what_fails_becomes_work_with_its_cause(self, setting: Setting) -> None:
        execute_run(run_id=setting.approved(), work=post_one, by=setting.maker, at=AT)
        item = WorkItem.objects.get(kind="test.failed")
        assert (item.subject, item.subject_id) == ("test_thing", 3)
        assert item.why_ja == "3 に価格がありません。価格を設定してください。"

    def test_a_second_execution_makes_nothing(self, setting: Setting) -> None:
        run_id = setting.approved()
        first = execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT)
        assert execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT) == first
        assert Entry.objects.count() == 4

    def test_a_run_that_was_not_approved_is_not_executed(self, setting: Setting) -> None:
        with transaction.atomic():
            run_id = preview_run(plan=plan(setting.company_id), by=setting.maker, at=AT)
        with pytest.raises(WrongRunState):
            execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT)

    @pytest.mark.row("R1")
    def test_a_crash_in_a_shard_costs_only_that_shard(self, setting: Setting) -> None:
        run_id = setting.approved()

        def crash_at_two(task: ShardTask) -> ShardResult:
            result = post_one(task)
            if task.scope["thing"] == 2:
                raise KeyboardInterrupt
            return result

        with pytest.raises(KeyboardInterrupt):
            execute_run(run_id=run_id, work=crash_at_two, by=setting.maker, at=AT)
        assert Shard.objects.filter(run_id=run_id, done=True).count() == 2
        assert Entry.objects.count() == 2
        assert execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT) == {"posted": 4, "failed": 1}
        assert Entry.objects.count() == 4

    def test_a_run_is_not_withdrawn_while_a_shard_is_being_done(self, setting: Setting) -> None:
        """Who withdraws waits for the shard and finds it done; withdrawn first, no shard is done any more."""
        run_id = setting.approved(shards=2)
        withdrawn: list[Future[None]] = []

        def withdraw() -> None:
            with closing(connection), transaction.atomic():
                withdraw_run(run_id=run_id, by=setting.maker, at=AT, because="wrong day")

        def meanwhile(task: ShardTask) -> ShardResult:
            if not withdrawn:
                withdrawn.append(threads.submit(withdraw))
                until_somebody_waits()
            return post_one(task)

        with ThreadPoolExecutor(1) as threads:
            execute_run(run_id=run_id, work=meanwhile, by=setting.maker, at=AT)
            with pytest.raises(WrongRunState):
                withdrawn[0].result()
        execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT)  # what the other held meanwhile
        assert Run.objects.get(pk=run_id).state == Run.State.EXECUTED
        given_up = setting.approved(shards=2, key="may")
        with transaction.atomic():
            withdraw_run(run_id=given_up, by=setting.maker, at=AT, because="wrong day")
        with pytest.raises(WrongRunState):
            execute_run(run_id=given_up, work=post_one, by=setting.maker, at=AT)

    def test_four_threads_make_what_one_makes(self, setting: Setting) -> None:
        run_id, worked = setting.approved(shards=40), list[int]()
        report = execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT, progress=worked.append, workers=4)
        assert sorted(worked) == list(range(40))
        assert report == {"posted": 39, "failed": 1}
        assert Entry.objects.count() == 39

    def test_a_thread_that_fails_stops_the_others_and_the_run_goes_on_later(self, setting: Setting) -> None:
        run_id = setting.approved(shards=40)

        def falls_at_the_second(task: ShardTask) -> ShardResult:
            if task.number == 1:
                raise MemoryError
            return post_one(task)

        with pytest.raises(MemoryError):
            execute_run(run_id=run_id, work=falls_at_the_second, by=setting.maker, at=AT, workers=2)
        assert Run.objects.get(pk=run_id).state == Run.State.APPROVED
        priced = Shard.objects.filter(run_id=run_id, done=True).exclude(number=3)
        assert Entry.objects.count() == priced.count() < 39
        assert execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT)["posted"] == 39

    def test_four_workers_make_what_one_makes(self, setting: Setting) -> None:
        run_id = setting.approved(shards=40)
        worked: list[int] = []

        def work() -> None:
            try:
                execute_run(run_id=run_id, work=post_one, by=setting.maker, at=AT, progress=worked.append)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(worked) == list(range(40))
        assert Run.objects.get(pk=run_id).report == {"posted": 39, "failed": 1}
        assert Entry.objects.count() == 39
