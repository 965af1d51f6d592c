"""Long work may be left and is found again: in the top bar, on the home page and at its own address, to its end."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from kanjo.foundation.actors import Role
from kanjo.foundation.ids import RunId
from kanjo.foundation.texts import Language
from kanjo.platform.runs.operations import RunPlan, ShardResult, ShardTask, approve_run, execute_run, preview_run
from kanjo.platform.runs.queries import get_run
from tests.plumbing import FreshDatabase
from tests.web.browsing import served
from tests.web.office import Office, an_office, billed
from tests.web.test_checks import seated
from tests.worker import at_work, let_work

HTMX = {"HX-Request": "true"}
PARTS = 4


class Killed(BaseException):
    """The machine stops."""


def a_run(office: Office, *, done: int) -> RunId:
    """Make a run of four parts and execute it until so many are done."""
    clerk, second = office.people[Role.RECEIVABLES], office.people[Role.SALES_OPERATIONS]
    now = timezone.now()
    plan = RunPlan("billing", "2026-04-30", office.company_id, date(2026, 4, 30), now, tuple({} for _ in range(PARTS)))
    with transaction.atomic():
        run_id = preview_run(plan=plan, by=clerk, at=now)
        approve_run(run_id=run_id, by=second, at=now)
    go_on(office, run_id, until=done)
    return run_id


def go_on(office: Office, run_id: RunId, *, until: int) -> None:
    """Execute a run until so many parts are done; all of them end it."""

    def work(task: ShardTask) -> ShardResult:
        if task.number >= until:
            raise Killed
        return ShardResult({"invoices": 1})

    begun = timezone.now() - timedelta(seconds=30)
    try:
        execute_run(run_id=run_id, work=work, by=office.people[Role.RECEIVABLES], at=begun)
    except Killed:
        assert until < PARTS


class TestUnderWay:
    def test_is_found_again(self, office: Office) -> None:
        """A run of which one part of four is done stands in the top bar, on the home page and on its own page."""
        run_id, desk = a_run(office, done=1), office.desk(Role.RECEIVABLES)
        for page in (desk.see("home"), desk.see("customers"), desk.see("run", run_id)):
            assert f'href="{reverse("run", args=[run_id])}"' in page
            assert "25%" in page
        assert "4区分中1区分が完了 · 残り3区分 · 失敗 0件 · 残り約2分" in desk.see("home")

    def test_who_runs_nothing_is_not_told(self, office: Office) -> None:
        """The bar is for those who may run; nobody else is asked to look."""
        a_run(office, done=1)
        assert "kj-work" not in office.desk(Role.SALES_REP).see("home")

    def test_what_is_not_begun_is_not_under_way(self, office: Office) -> None:
        """An approved run that nobody started is told by the queue, not by the bar."""
        a_run(office, done=0)
        assert "kj-work" not in office.desk(Role.RECEIVABLES).see("home")

    def test_its_page_asks_again_until_the_end(self, office: Office) -> None:
        """The part that tells how far it is asks again while it runs, and no more when it has told the end."""
        run_id, desk = a_run(office, done=1), office.desk(Role.RECEIVABLES)
        address = reverse("run-progress", args=[run_id])
        assert 'hx-trigger="every 2s"' in desk.client.get(address, headers=HTMX).content.decode()
        go_on(office, run_id, until=PARTS)
        answer = desk.client.get(address, headers=HTMX).content.decode()
        assert "hx-trigger" not in answer
        assert "4区分中4区分が完了 · 失敗 0件 · 完了しました。" in answer
        assert "kj-work" not in desk.see("home")

    def test_an_address_of_a_part_leads_to_its_page(self, office: Office) -> None:
        """Opened as a page, the part leads to the page it is a part of."""
        run_id, desk = a_run(office, done=1), office.desk(Role.RECEIVABLES)
        assert desk.client.get(reverse("run-progress", args=[run_id])).headers["Location"] == f"/runs/{run_id}"


def previewed(office: Office) -> RunId:
    """Preview and approve the billing run of May through the pages."""
    run_id = office.desk(Role.RECEIVABLES).do("preview-billing", because="月次請求", on="2026-05-31")
    office.desk(Role.SALES_OPERATIONS).do("approve-run", run_id)
    return RunId(run_id)


class TestItsEnd:
    def test_is_told_to_who_started_it_and_left(self, office: Office) -> None:
        """Who started a run and went elsewhere finds its end in the top bar until it was looked at."""
        deal, desk = billed(office), office.desk(Role.RECEIVABLES)
        run_id = previewed(office)
        desk.client.post(reverse("execute-run", args=[run_id]))
        page = desk.see("order", deal.order)
        assert ("kj-work" in page, "0%" in page, "100%" in page) == (True, True, False)
        let_work()
        page = desk.see("order", deal.order)
        assert ("kj-work" in page, "100%" in page) == (True, True)
        desk.see("run", run_id)
        assert "kj-work" not in desk.see("order", deal.order)


def test_in_a_browser_it_moves_by_itself(fresh_database: FreshDatabase, browser: Browser) -> None:
    """The bar grows while the page stands open, and tells the end."""
    office = an_office()
    run_id = a_run(office, done=1)
    with served() as home:
        clerk = seated(browser, home, office, Role.RECEIVABLES, Language.ENGLISH)
        clerk.goes(f"/runs/{run_id}")
        bar = clerk.page.locator("main progress")
        expect(bar).to_have_attribute("value", "1")
        shown, pane = bar.bounding_box(), clerk.page.locator("main .progress").bounding_box()
        assert shown
        assert pane
        assert pane["height"] > 4 * shown["height"], "the name and the words stand around the bar"
        go_on(office, run_id, until=3)
        expect(bar).to_have_attribute("value", "3")
        go_on(office, run_id, until=PARTS)
        expect(clerk.page.locator("main .progress")).to_contain_text("Finished.")
        clerk.waits_for("Executed")
        assert clerk.complaints == []
        clerk.page.context.close()


def test_in_a_browser_a_short_run_shows_its_result_by_itself(fresh_database: FreshDatabase, browser: Browser) -> None:
    """Who executes a run sees what came of it on the same page, without touching anything, once the worker is done."""
    office = an_office()
    billed(office)
    run_id = previewed(office)
    with served() as home, at_work():
        clerk = seated(browser, home, office, Role.RECEIVABLES, Language.ENGLISH)
        clerk.page.goto(f"{home}/runs/{run_id}/execute")
        clerk.page.get_by_role("button", name="Execute", exact=True).click()
        clerk.waits_for("Executed by")
        clerk.waits_for("Finished.")
        assert get_run(office.people[Role.RECEIVABLES], run_id).report["invoices"] == 1
        expect(clerk.page.locator("main .progress")).not_to_have_attribute("hx-get", re.compile("."))
        assert clerk.complaints == []
        clerk.page.context.close()
