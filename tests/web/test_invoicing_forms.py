"""Forms on how things are invoiced: the limit of runs, what stands together, instalments and milestones."""

from __future__ import annotations

import re
from datetime import time
from itertools import islice

import pytest
from django.utils import timezone

from kanjo.domains.billing.models import Charge, Plan
from kanjo.foundation.actors import Role
from kanjo.foundation.rhythms import DAY, InForce, Rhythm, Timetable, days_due
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.processes.bill_by_schedule import take_turns
from tests.api.programs import program_of
from tests.builders import TODAY, a_company, an_actor
from tests.web.office import Desk, Office, faults, ordered
from tests.web.pages import Page
from tests.web.test_forms import everything

ON = {"on": TODAY.isoformat()}
SOON = timezone.now().date() + 2 * DAY


class TestLimit:
    def test_above_it_only_the_cfo_approves(self, office: Office) -> None:
        """The CFO finds the act on the list of runs; a run above the amount waits for the CFO."""
        cfo = office.desk(Role.CFO)
        assert 'href="/runs/limit"' in cfo.see("runs")
        cfo.do("set-run-limit", amount="￥１，０００", **ON)
        ordered(office)
        run = office.desk(Role.RECEIVABLES).do("preview-billing", because="月次請求", on="2026-04-30")
        assert "¥1,000" in cfo.see("run", run)
        status, page = office.desk(Role.SALES_OPERATIONS).refused("approve-run", run)
        assert (status, "runs.above-limit" in faults(page)) == (403, True)
        cfo.do("approve-run", run)

    def test_it_holds_from_its_day(self, office: Office) -> None:
        """A run for a day before is not above it."""
        office.desk(Role.CFO).do("set-run-limit", amount="1,000", on="2026-05-01")
        ordered(office)
        run = office.desk(Role.RECEIVABLES).do("preview-billing", because="月次請求", on="2026-04-30")
        office.desk(Role.SALES_OPERATIONS).do("approve-run", run)


class TestSchedule:
    def test_it_is_set_shown_and_paused(self, office: Office) -> None:
        """The CFO sets it; the page says the days to come; receivables pause it and nothing comes any more."""
        cfo, clerk = office.desk(Role.CFO, Language.ENGLISH), office.desk(Role.RECEIVABLES, Language.ENGLISH)
        assert 'href="/runs/schedule"' in cfo.see("runs")
        assert "Nothing is billed by schedule." in clerk.see("billing-schedule")
        given = {"rhythm": "monthly", "month_days": "１０、31", "at_time": "７：30", "because": "月2回", "on": SOON}
        cfo.do("set-billing-schedule", **given)
        page = clerk.see("billing-schedule")
        # Both what holds, or begins soon, and the history say so.
        assert page.count("On day 10, the last day of every month") == 2
        twice = Timetable(Rhythm.MONTHLY, (10, 31), time(7, 30))
        coming = islice(days_due([InForce(SOON, twice)], after=None, until=SOON + 400 * DAY), 5)
        assert [day for day in coming if day.isoformat() not in page] == []
        assert len(re.findall(r">\s*07:30\s*<", page)) == 7
        assert clerk.refused("set-billing-schedule", **given)[0] == 403
        clerk.do("pause-billing-schedule", because="確認", on=SOON)
        page = clerk.see("billing-schedule")
        assert ("Nothing is billed by schedule." in page, page.count("Paused")) == (True, 2)
        assert "On day 10, the last day of every month (set aside by a later pause)" in page

    @pytest.mark.row("BIL-4")
    def test_a_run_leads_to_the_schedule_that_made_it(self, office: Office) -> None:
        """Page and API say when, since when, by whom and why; nobody gave the run itself a reason."""
        ordered(office)
        cfo, clerk = office.desk(Role.CFO), office.desk(Role.RECEIVABLES, Language.ENGLISH)
        cfo.do("set-billing-schedule", rhythm="daily", at_time="07:30", because="月次", on=SOON)
        program, on = program_of(office, Role.RECEIVABLES), TODAY.isoformat()
        assert clerk.refused("preview-billing", because=" ", on=on)[0] == 400
        program.refused(f"companies/{office.company_id}/billing-runs", 422, because=" ", on=on)
        (run_id,) = take_turns(by=house(), now=lambda: timezone.now() + 3 * DAY)
        name = office.people[Role.CFO].name
        said = f"Every day, 07:30; from {SOON} on, set by {name}: 月次"
        assert re.search(rf'<a [^>]*href="/runs/schedule"[^>]*>{said}', clerk.see("run", run_id))
        told = program.asks(f"runs/{run_id}")
        assert (told["because"], told["schedule"]["because"]) == ("", "月次")


class TestGrouping:
    def test_what_is_ticked_keeps_lines_apart(self, office: Office) -> None:
        """Two contracts stand on one invoice once nothing keeps them apart; the form shows what holds."""
        desk, customer = office.desk(Role.RECEIVABLES), office.customer_id
        assert f'href="/customers/{customer}/grouping"' in desk.see("customer", customer)
        assert ticked(desk.see("choose-grouping", customer)) == ["contract"]
        for _ in range(2):
            ordered(office)
        before = desk.see("run", desk.do("preview-billing", because="月次請求", on="2026-04-30"))
        desk.do("choose-grouping", customer, **ON)
        assert ticked(desk.see("choose-grouping", customer)) == []
        after = desk.see("run", desk.do("preview-billing", because="月次請求", on="2026-04-29"))
        assert [invoices_in(page) for page in (before, after)] == [2, 1]
        desk.do("choose-grouping", customer, keys=["tag", "line"], on="2099-01-01")
        assert ticked(desk.see("choose-grouping", customer)) == []

    def test_it_is_for_the_company_at_hand(self, office: Office) -> None:
        """What one company chose for a payer changes nothing in another."""
        office.desk(Role.RECEIVABLES).do("choose-grouping", office.customer_id, keys=["line"], **ON)
        other = Desk.of(an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")], name="隣社 花子"))
        assert ticked(other.see("choose-grouping", office.customer_id)) == ["contract"]


CUT = {"count": "3", "first_on": "2026-05-31", "months": "1", "remainder": "last", "because": "分割払い", **ON}
"""A line in three, as it is typed: at the ends of May, June and July."""
GO_LIVE = {"milestone": "20,000", "milestone_ja": "本稼働", "milestone_en": "Go-live"}


@pytest.fixture
def order(office: Office) -> int:
    """A year of cloud, and an appliance for 50,000 yen that nobody accepted yet."""
    return ordered(office).order


def choices(desk: Desk, form: str, order: int, name: str) -> list[str]:
    """Return what a form lets one choose from."""
    return re.findall(
        r'<option value="([^"]+)"', desk.see(form, order).partition(f'name="{name}"')[2].partition("</select>")[0]
    )


def days_and_amounts(page: str) -> list[tuple[str, ...]]:
    """Return the rows of the preview: number, day or milestone, amount."""
    shown = page.partition("分割後の請求")[2].partition("</section>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", shown.partition("<tbody>")[2].partition("</tbody>")[0], re.DOTALL)
    return [
        tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL))
        for row in rows
    ]


class TestInstalments:
    def test_the_days_and_amounts_stand_there_first(self, office: Office, order: int) -> None:
        """What the form shows is what is planned; to look plans nothing, and the line is cut once."""
        desk = office.desk(Role.DEAL_MANAGEMENT)
        assert f'href="/orders/{order}/instalments"' in desk.see("order", order)
        [line] = choices(desk, "plan-instalments", order, "line")
        before = everything()
        _, page = desk.refused("plan-instalments", order, **CUT, line=line, look="1")
        shown = [("1", "2026-05-31", "¥16,666"), ("2", "2026-06-30", "¥16,666"), ("3", "2026-07-31", "¥16,668")]
        assert days_and_amounts(page) == shown
        assert everything() == before
        desk.do("plan-instalments", order, **CUT, line=line)
        assert desk.see("order", order).count("分割払い") == 3
        parts = Plan.objects.filter(order_line_id=int(line), part__gt=0).order_by("part")
        assert [(str(one.part), str(one.due_from), f"¥{one.net_minor:,}") for one in parts] == shown
        assert "分割できる一時課金の明細はありません" in desk.see("plan-instalments", order)
        status, _ = desk.refused("plan-instalments", order, **CUT, line=line)
        assert status == 400

    @pytest.mark.parametrize(("remainder", "first"), [("first", 16_668), ("last", 16_666), ("spread", 16_666)])
    def test_what_does_not_divide_goes_where_it_is_told(
        self, office: Office, order: int, remainder: str, first: int
    ) -> None:
        """All of the line is planned, whoever takes the rest."""
        desk = office.desk(Role.SALES_OPERATIONS)
        [line] = choices(desk, "plan-instalments", order, "line")
        desk.do("plan-instalments", order, **{**CUT, "remainder": remainder}, line=line)
        nets = [
            *Plan.objects.filter(order_line_id=int(line), part__gt=0)
            .order_by("part")
            .values_list("net_minor", flat=True)
        ]
        assert (nets[0], sum(nets)) == (first, 50_000)

    def test_a_part_now_and_the_rest_at_its_milestone(self, office: Office, order: int) -> None:
        """Thirty thousand on a day, twenty once the customer went live; that is noted once."""
        desk, operations = office.desk(Role.RECEIVABLES), office.desk(Role.SALES_OPERATIONS)
        assert "マイルストーン待ちの分割請求はありません" in desk.see("reach-milestone", order)
        [line] = choices(desk, "plan-instalments", order, "line")
        operations.do("plan-instalments", order, **{**CUT, "count": "1"}, **GO_LIVE, line=line)
        assert "¥20,000" in desk.see("reach-milestone", order)
        [part] = choices(desk, "reach-milestone", order, "part")
        assert part == f"{line}-2"
        assert sum(billed_by(desk, order, "2026-06-30", line)) == 30_000
        desk.do("reach-milestone", order, part=part, reached_on="2026-06-10")
        assert sorted(billed_by(desk, order, "2026-06-30", line)) == [20_000, 30_000]
        assert choices(desk, "reach-milestone", order, "part") == []
        assert desk.refused("reach-milestone", order, part=part, reached_on="2026-06-11")[0] == 400

    @pytest.mark.parametrize("language", list(Language))
    def test_a_seller_cuts_the_own_line_once_it_is_accepted(
        self, office: Office, order: int, language: Language
    ) -> None:
        """Before the acceptance the rule says whom to ask; another seller's deal is out of reach before and after."""
        rep = office.desk(Role.SALES_REP, language)
        another = Desk.of(an_actor(Role.SALES_REP, companies=[office.company_id], name="隣席 花子"), language)
        [line] = choices(rep, "plan-instalments", order, "line")
        status, page = rep.refused("plan-instalments", order, **{**CUT, "because": " "}, line=line)
        assert (status, "form.missing" in faults(page)) == (400, True)
        status, page = rep.refused("plan-instalments", order, **CUT, line=line)
        assert (status, "billing.instalments-before-acceptance" in faults(page)) == (403, True)
        office.desk(Role.DEAL_MANAGEMENT).do("accept-delivery", order, line=line, on="2026-04-10", evidence="検収書")
        status, page = another.refused("plan-instalments", order, **CUT, line=line)
        assert (status, "billing.anothers-deal" in faults(page)) == (403, True)
        assert not Plan.objects.filter(part__gt=0, order_line_id=int(line)).exists()
        rep.do("plan-instalments", order, **CUT, line=line)

    @pytest.mark.parametrize("language", list(Language))
    @pytest.mark.parametrize(
        "case",
        [
            ({"line": "999999"}, "form.not-a-choice", "line"),
            ({"count": "0"}, "form.not-whole", "count"),
            ({"count": "121"}, "billing.instalments-count", "count"),
            ({"months": "5"}, "form.not-a-choice", "months"),
            ({"remainder": "moon"}, "form.not-a-choice", "remainder"),
            ({"first_on": "2026-02-30"}, "days.no-such-day", "first_on"),
            ({"first_on": "9999-10-31"}, "periods.last-day", "first_on"),
            ({"first_on": "9999-12-01"}, "periods.", ""),
            ({**GO_LIVE, "milestone_en": ""}, "form.missing", "milestone_en"),
            ({**GO_LIVE, "milestone": ""}, "form.missing", "milestone"),
            ({**GO_LIVE, "milestone": "50,000"}, "form.milestone-no-part", "milestone"),
            ({**GO_LIVE, "milestone": "-1"}, "form.milestone-no-part", "milestone"),
            ({**GO_LIVE, "milestone": "49,998"}, "billing.instalment-unplaced", "count"),
            ({**GO_LIVE, "milestone_ja": "長" * 81}, "form.too-long", "milestone_ja"),
        ],
        ids=str,
    )
    def test_what_cannot_be_is_refused_beside_its_field(
        self, office: Office, order: int, case: tuple[dict[str, str], str, str], language: Language
    ) -> None:
        """To look, to check while it is typed and to send are refused alike; nothing is planned."""
        (typed, rule, at), desk = case, office.desk(Role.SALES_OPERATIONS, language)
        [line] = choices(desk, "plan-instalments", order, "line")
        before = everything()
        sent = {**CUT, "line": line, **typed}
        for button in ({}, {"look": "1"}):
            status, page = desk.refused("plan-instalments", order, **sent, **button)
            assert (status, f"<code>{rule}" in faults(page)) == (400, True), faults(page)
            assert [one["name"] for one in Page(page).fields if "aria-invalid" in one] == ([at] if at else [])
        _, page = desk.refused("plan-instalments", order, **sent, check="1")
        assert f"<code>{rule}" in faults(page)
        assert everything() == before

    def test_a_stranger_finds_no_order(self, office: Office, order: int) -> None:
        """Whoever works in another company is told that there is none."""
        stranger = Desk.of(an_actor(*Role, companies=[a_company("OTHER")], name="隣社 花子"))
        for form in ("plan-instalments", "reach-milestone"):
            stranger.see(form, order, status=404)


def billed_by(desk: Desk, order: int, on: str, line: str) -> list[int]:
    """Return what of a line was billed after its order was billed by hand on a day."""
    desk.do("issue-invoice", order, on=on, because="依頼")
    return [*Charge.objects.filter(plan__order_line_id=int(line)).values_list("amount_minor", flat=True)]


def ticked(page: str) -> list[str]:
    """Return the codes of the boxes that are ticked."""
    return re.findall(r'value="(\w+)" checked', page)


def invoices_in(page: str) -> int:
    """Return how many invoices a run would issue, by its preview."""
    found = re.search(r"請求書件数.*?>(\d+)<", page, re.DOTALL)
    assert found
    return int(found[1])


class TestTaxRounding:
    @pytest.mark.parametrize("language", list(Language))
    def test_a_payer_is_rounded_otherwise(self, office: Office, language: Language) -> None:
        """The act stands on the customer's page, the form shows what holds, and the next invoice follows it."""
        desk, customer = office.desk(Role.RECEIVABLES, language), office.customer_id
        assert f'href="/customers/{customer}/tax-rounding"' in desk.see("customer", customer)
        assert chosen(desk.see("choose-tax-rounding", customer)) == ""
        desk.do("choose-tax-rounding", customer, rounding="ceiling", **ON)
        assert chosen(desk.see("choose-tax-rounding", customer)) == "ceiling"
        desk.do("choose-tax-rounding", customer, rounding="", **ON)
        assert chosen(desk.see("choose-tax-rounding", customer)) == ""


def chosen(page: str) -> str:
    """Return which option of the form is chosen, "" for the first."""
    found = re.search(r'<option value="(\w*)"[^>]* selected', page)
    return found[1] if found else ""
