"""The house bills the days of a schedule: each once, in order, also after nothing worked for a while."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.billing.models import Invoice, Plan
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.rhythms import Rhythm, Timetable
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run, Turn
from kanjo.platform.runs.queries import get_run
from kanjo.platform.runs.schedules import (
    NothingScheduled,
    ScheduleInPast,
    get_schedule,
    pause_schedule,
    schedule_of,
    set_schedule,
)
from kanjo.platform.runs.states import RunState
from kanjo.platform.worklist.models import WorkItem
from kanjo.processes import bill
from kanjo.processes.bill_by_schedule import take_turn, take_turns
from kanjo.processes.execute_run import Lost, start
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor, lock_books
from tests.deals import a_deal
from tests.plumbing import FreshDatabase
from tests.races import at_once
from tests.worker import let_work

pytestmark = pytest.mark.row("SCL-3")

TOKYO = ZoneInfo("Asia/Tokyo")
SIX = time(6, 0)
DAILY = Timetable(Rhythm.DAILY, (), SIX)
TENTH = date(2026, 4, 10)


def at(day: date, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TOKYO)


def a_house(*due: date, name: str = "kanjo-jp", nameless: int = 0) -> CompanyId:
    """A company with an order of 11,000 yen with tax a month for each of these days, first due on it.

    So many of them have no name of what is billed.
    """
    company = a_company(name)
    product = a_product(company, "A")
    for number, day in enumerate(due):
        customer = a_customer(f"株式会社{name}{number}", name_kana="")
        deal = a_deal(company, customer, [a_line(product)])
        (line,) = deal.order.lines
        with transaction.atomic():
            billing.plan(
                company_id=company,
                customer_id=customer,
                payer_id=customer,
                order_id=deal.order.order_id,
                contract_id=deal.contract_id,
                currency="JPY",
                payment_terms="close:31:1:31:none",
                lines=[
                    LineToBill(
                        order_line_id=line.order_line_id,
                        description=Text(en="", ja="") if number < nameless else line.terms.name,
                        charge=line.terms.charge,
                        timing=line.terms.timing,
                        interval_months=line.terms.interval_months,
                        net_minor=line.net_minor,
                        tax_class=line.terms.tax_class,
                        service=line.service,
                        quantity=line.quantity,
                        due_from=day,
                    )
                ],
                by=house(),
                at=NOW,
                on=TODAY,
            )
    return company


def let(company: CompanyId, given: Timetable = DAILY, *, on: date = TENTH, set_at: datetime = NOW) -> None:
    """Let the CFO set the schedule."""
    cfo = an_actor(Role.CFO, companies=[company])
    with transaction.atomic():
        set_schedule(company_id=company, kind="billing", given=given, on=on, because="月次", by=cfo, at=set_at)


def tick(moment: datetime) -> list[RunId]:
    """Let the worker come by once and do what it finds; return the runs that were made."""
    made = take_turns(by=house(), now=lambda: moment)
    let_work()
    return made


def issued(company: CompanyId) -> list[tuple[date, int]]:
    rows = Invoice.objects.filter(company_id=company).order_by("issued_on", "id")
    return list(rows.values_list("issued_on", "total_minor"))


def work(company: CompanyId) -> list[tuple[str, str]]:
    items = WorkItem.objects.filter(company_id=company, state="open", kind__startswith="runs.").order_by("kind")
    return list(items.values_list("kind", "owner_role"))


@contextmanager
def kept_waiting(company: CompanyId) -> Iterator[None]:
    """Let somebody else plan runs of a company on a connection of its own; here nobody waits for it long."""
    other = connection.copy()
    try:
        with other.cursor() as theirs, connection.cursor() as ours:
            theirs.execute("SELECT pg_advisory_lock(hashtext('runs.billing'), %s)", [company])
            ours.execute("SET LOCAL lock_timeout = '50ms'")
            yield
            ours.execute("SET LOCAL lock_timeout = 0")
    finally:
        other.close()


@pytest.mark.django_db
class TestTurns:
    def test_the_day_is_billed_at_its_hour_once(self) -> None:
        """Not before six where the company is; then at once, dated that day; asked again, nothing is made."""
        company = a_house(TENTH)
        let(company)
        assert (tick(at(TENTH, 5, 59)), issued(company)) == ([], [])
        (made,) = tick(at(TENTH))
        assert issued(company) == [(TENTH, 11_000)]
        row = get_run(house(), made)
        assert (row.state, row.target_on, row.made_by, row.started_by) == (RunState.EXECUTED, TENTH, "Kanjo", "Kanjo")
        assert [tick(at(TENTH, hour)) for hour in (7, 23)] == [[], []]
        assert (Turn.objects.count(), work(company)) == (1, [])

    def test_three_days_nothing_worked(self) -> None:
        """What was missed is made up for: each day by its own run, in order, each invoice dated its day."""
        days = [TENTH + timedelta(days=number) for number in range(3)]
        company = a_house(*days)
        let(company)
        back = at(days[-1], 12)
        made = [tick(back) for _ in range(4)]
        assert [len(one) for one in made] == [1, 1, 1, 0]
        assert [get_run(house(), one[0]).target_on for one in made[:3]] == days
        assert issued(company) == [(day, 11_000) for day in days]

    def test_a_run_above_the_limit_waits_and_so_do_the_days_after(self) -> None:
        """The CFO and the receivables are told; the next days come when the CFO has approved and it was executed."""
        days = [TENTH, TENTH + timedelta(days=1)]
        company = a_house(*days)
        let(company)
        cfo = an_actor(Role.CFO, companies=[company])
        with transaction.atomic():
            runs.set_limit(
                company_id=company, kind="billing", currency="JPY", amount_minor=10_999, on=TODAY, by=cfo, at=NOW
            )
        (above,) = tick(at(TENTH))
        assert (get_run(house(), above).state, issued(company)) == (RunState.PREVIEWED, [])
        assert work(company) == [("runs.above-limit", "cfo"), ("runs.schedule-waits", "receivables")]
        assert (tick(at(days[1])), len(work(company))) == ([], 2)
        with transaction.atomic():
            runs.approve_run(run_id=above, by=cfo, at=at(days[1]))
        assert tick(at(days[1])) == []
        clerk = an_actor(Role.RECEIVABLES, companies=[company])
        execute(above, clerk)
        assert (issued(company), work(company)) == ([(TENTH, 11_000)], [])
        assert len(tick(at(days[1]))) == 1
        assert Turn.objects.count() == 2

    def test_exactly_the_limit_is_not_above_it(self) -> None:
        """11,000 up to 11,000 is executed at once."""
        company = a_house(TENTH)
        let(company)
        cfo = an_actor(Role.CFO, companies=[company])
        with transaction.atomic():
            runs.set_limit(
                company_id=company, kind="billing", currency="JPY", amount_minor=11_000, on=TODAY, by=cfo, at=NOW
            )
        tick(at(TENTH))
        assert issued(company) == [(TENTH, 11_000)]

    def test_a_locked_period(self) -> None:
        """The run stops and says why, nothing is half done; withdrawn, the next day bills what was due."""
        end, first = date(2026, 4, 30), date(2026, 5, 1)
        company = a_house(end)
        let(company, on=end)
        lock_books(company, through=end, by=an_actor(Role.CFO, companies=[company]))
        (stopped,) = tick(at(first))
        row = get_run(house(), stopped)
        assert (row.state, row.stopped_rule, issued(company)) == (RunState.APPROVED, "ledger.period-locked", [])
        assert work(company) == [("runs.stopped", "receivables")]
        assert tick(at(first)) == []
        clerk = an_actor(Role.RECEIVABLES, companies=[company])
        with transaction.atomic():
            runs.withdraw_run(run_id=stopped, because="4月は締め済み", by=clerk, at=at(first))
        assert work(company) == []
        (made,) = tick(at(first))
        assert (get_run(house(), made).target_on, issued(company)) == (first, [(first, 22_000)])

    def test_a_bad_contract_stops_nobody_else(self) -> None:
        """It is work of the receivables with its cause; the others are invoiced, and the next day comes as usual."""
        company = a_house(TENTH, TENTH, nameless=1)
        bad = Plan.objects.get(company_id=company, description_ja="")
        let(company)
        (made,) = tick(at(TENTH))
        assert (get_run(house(), made).state, issued(company)) == (RunState.EXECUTED, [(TENTH, 11_000)])
        item = WorkItem.objects.get(company_id=company, state="open", kind="billing.failed")
        assert (item.subject, item.subject_id) == ("contracts_contract", bad.contract_id)
        assert (item.owner_role, "no description" in item.why_en) == ("receivables", True)
        assert work(company) == []
        assert len(tick(at(TENTH + timedelta(days=1)))) == 1

    def test_it_waits_behind_what_somebody_began_by_hand(self) -> None:
        """A run by hand is finished by people: the schedule neither approves it nor overtakes it, and says so."""
        company = a_house(TENTH)
        let(company)
        clerk = an_actor(Role.RECEIVABLES, companies=[company])
        with transaction.atomic():
            by_hand = bill.preview(company_id=company, on=TENTH, because="先に確認", by=clerk, at=NOW)
        assert tick(at(TENTH)) == []
        assert work(company) == [("runs.schedule-waits", "receivables")]
        assert get_run(house(), by_hand).state is RunState.PREVIEWED
        with transaction.atomic():
            runs.withdraw_run(run_id=by_hand, because="自動に任せる", by=clerk, at=NOW)
        assert work(company) == []
        tick(at(TENTH))
        assert issued(company) == [(TENTH, 11_000)]

    def test_a_company_that_fails_stops_no_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A mistake of ours is raised for the doctor and is work of the receivables, until the turn is taken."""
        broken, sound = a_house(TENTH), a_house(TENTH, name="kanjo-b")
        let(broken)
        let(sound)
        preview = bill.preview

        def breaking(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> RunId:
            if company_id == broken:
                raise ZeroDivisionError
            return preview(company_id=company_id, on=on, by=by, at=at)

        monkeypatch.setattr(bill, "preview", breaking)
        with pytest.raises(ExceptionGroup):
            take_turns(by=house(), now=lambda: at(TENTH))
        let_work()
        assert (issued(broken), issued(sound)) == ([], [(TENTH, 11_000)])
        assert work(broken) == [("runs.schedule-failed", "receivables")]
        monkeypatch.undo()
        tick(at(TENTH, 7))
        assert (issued(broken), work(broken)) == ([(TENTH, 11_000)], [])

    def test_a_company_that_the_database_keeps_waiting_stops_no_other(self) -> None:
        """A lock not got in time is work of that company alone; set anew to mend it, success ends that work, too."""
        broken, sound = a_house(TENTH), a_house(TENTH, name="kanjo-b")
        let(broken)
        let(sound)
        with kept_waiting(broken), pytest.raises(ExceptionGroup) as told:
            take_turns(by=house(), now=lambda: at(TENTH))
        assert [type(one) for one in told.value.exceptions] == [OperationalError]
        let_work()
        assert (issued(broken), issued(sound)) == ([], [(TENTH, 11_000)])
        assert (work(broken), work(sound)) == ([("runs.schedule-failed", "receivables")], [])
        let(broken)
        tick(at(TENTH, 7))
        assert (issued(broken), work(broken)) == ([(TENTH, 11_000)], [])

    def test_it_fails_again_after_it_was_set_anew(self) -> None:
        """There is one item of work for it, whatever was set meanwhile."""
        company = a_house(TENTH)
        for _ in range(2):
            let(company)
            with kept_waiting(company), pytest.raises(ExceptionGroup):
                take_turns(by=house(), now=lambda: at(TENTH))
            assert work(company) == [("runs.schedule-failed", "receivables")]

    def test_what_waited_is_executed_by_the_command(self) -> None:
        """Executed at the console, where nobody starts it, a run that waited is no work any more."""
        company = a_house(TENTH)
        clerk, second = (an_actor(Role.RECEIVABLES, companies=[company]) for _ in range(2))
        run_id = bill.preview(company_id=company, on=TENTH, because="先に確認", by=clerk, at=NOW)
        let(company)
        assert tick(at(TENTH)) == []
        bill.approve(run_id=run_id, by=second, at=NOW)
        assert work(company) == [("runs.schedule-waits", "receivables")]
        bill.execute(company_id=company, run_id=run_id, by=clerk, at=NOW)
        assert (issued(company), work(company)) == ([(TENTH, 11_000)], [])

    def test_what_stopped_is_executed_by_the_command(self) -> None:
        """So is one that the worker gave up."""
        company = a_house(TENTH)
        clerk, second = (an_actor(Role.RECEIVABLES, companies=[company]) for _ in range(2))
        run_id = bill.preview(company_id=company, on=TENTH, because="月次", by=clerk, at=NOW)
        bill.approve(run_id=run_id, by=second, at=NOW)
        runs.start_run(run_id=run_id, by=clerk, at=NOW)
        runs.note_stop(run_id=run_id, refusal=Lost(), by=house(), at=NOW)
        assert work(company) == [("runs.stopped", "receivables")]
        bill.execute(company_id=company, run_id=run_id, by=clerk, at=NOW)
        assert (issued(company), work(company)) == ([(TENTH, 11_000)], [])


def execute(run_id: RunId, by: Actor) -> None:
    with transaction.atomic():
        start(run_id=run_id, by=by, at=NOW)
    let_work()


@pytest.mark.usefixtures("fresh_database")
class TestRaces:
    def test_two_workers_at_the_same_moment(self, fresh_database: FreshDatabase) -> None:
        """Of four that come by at once one takes the turn; there is one run and every invoice once."""
        company = a_house(TENTH)
        let(company)
        acting = house()
        made = at_once(lambda: take_turn(company_id=company, by=acting, at=at(TENTH)), times=4)
        assert sorted(one is None for one in made) == [False, True, True, True]
        assert (Run.objects.count(), Turn.objects.count()) == (1, 1)
        let_work()
        assert issued(company) == [(TENTH, 11_000)]

    def test_the_database_goes_away(self, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then the others are not tried in vain; when it is back, all of them are billed."""
        companies = [a_house(TENTH), a_house(TENTH, name="kanjo-b")]
        for company in companies:
            let(company)

        def going_away() -> datetime:
            end_session()
            monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
            return at(TENTH)

        with pytest.raises(ExceptionGroup) as told:
            take_turns(by=house(), now=going_away)
        assert [type(one) for one in told.value.exceptions] == [OperationalError]
        monkeypatch.undo()
        assert [work(company) for company in companies] == [[], []]
        for _ in companies:
            tick(at(TENTH))
        assert [issued(company) for company in companies] == [[(TENTH, 11_000)]] * 2


def end_session() -> None:
    """Cut our session of the database off, as a network does."""
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


@pytest.mark.django_db
class TestSchedule:
    def test_who_sets_it(self) -> None:
        """It stands in for the second person of a run: the CFO sets it, who prepares runs may only pause it."""
        company = a_house()
        clerk = an_actor(Role.RECEIVABLES, companies=[company])
        with pytest.raises(NotYourRole):
            set_schedule(company_id=company, kind="billing", given=DAILY, on=TENTH, because="自動化", by=clerk, at=NOW)
        with pytest.raises(NothingScheduled):
            pause_schedule(company_id=company, kind="billing", on=TENTH, because="確認", by=clerk, at=NOW)
        let(company)
        pause_schedule(company_id=company, kind="billing", on=TENTH, because="確認", by=clerk, at=NOW)
        with pytest.raises(NothingScheduled):
            pause_schedule(company_id=company, kind="billing", on=TENTH, because="再度", by=clerk, at=NOW)

    def test_it_does_not_begin_in_the_past(self) -> None:
        """A schedule from yesterday would bill days that are over."""
        company = a_house()
        with pytest.raises(ScheduleInPast):
            let(company, on=TODAY - timedelta(days=1))

    def test_paused_days_are_not_made_up_for(self) -> None:
        """Paused on the tenth and set anew from the twelfth: the twelfth bills what was due since."""
        company = a_house(TENTH)
        let(company)
        clerk = an_actor(Role.RECEIVABLES, companies=[company])
        pause_schedule(company_id=company, kind="billing", on=TENTH, because="確認", by=clerk, at=NOW)
        twelfth = TENTH + timedelta(days=2)
        assert tick(at(TENTH, 12)) == []
        let(company, on=twelfth)
        tick(at(twelfth))
        assert issued(company) == [(twelfth, 11_000)]

    def test_a_pause_holds_until_something_is_set_after_it(self) -> None:
        """What was set before for a later day does not end the pause; what is set after it does."""
        company = a_house(TENTH)
        let(company)
        twelfth, clerk = TENTH + timedelta(days=2), an_actor(Role.RECEIVABLES, companies=[company])
        let(company, on=twelfth)
        pause_schedule(company_id=company, kind="billing", on=TENTH, because="確認", by=clerk, at=NOW)
        assert [tick(at(day)) for day in (TENTH, twelfth, twelfth + timedelta(days=1))] == [[], [], []]
        view = get_schedule(clerk, company, "billing", at=at(twelfth))
        assert (view.next_on, view.in_force and view.in_force.paused) == ((), True)
        assert [row.set_aside for row in view.versions] == [True, False, True]
        with pytest.raises(NothingScheduled):
            pause_schedule(company_id=company, kind="billing", on=twelfth, because="再度", by=clerk, at=NOW)
        fourteenth = TENTH + timedelta(days=4)
        let(company, on=fourteenth)
        tick(at(fourteenth))
        assert issued(company) == [(fourteenth, 11_000)]

    def test_what_begins_later_is_paused_before_it_begins(self) -> None:
        """Also while nothing holds yet, or a pause does: a second pause takes back what was set after the first."""
        company, clerk = a_house(TENTH), an_actor(Role.SALES_OPERATIONS, companies=[a_company()])
        twelfth = TENTH + timedelta(days=2)
        for _ in range(2):
            let(company, on=twelfth)
            pause_schedule(company_id=company, kind="billing", on=TENTH, because="確認", by=clerk, at=NOW)
            assert tick(at(twelfth)) == []

    def test_a_pause_of_a_later_day_leaves_what_comes_before(self) -> None:
        """Set from the tenth and from the eleventh, paused from the twelfth: two days are billed."""
        days = [TENTH + timedelta(days=number) for number in range(3)]
        company = a_house(*days)
        let(company)
        let(company, on=days[1])
        clerk = an_actor(Role.RECEIVABLES, companies=[company])
        pause_schedule(company_id=company, kind="billing", on=days[2], because="確認", by=clerk, at=NOW)
        assert [len(tick(at(days[2]))) for _ in range(3)] == [1, 1, 0]
        assert issued(company) == [(day, 11_000) for day in days[:2]]

    def test_what_comes_next(self) -> None:
        """The page shows the days to come, of the version that will hold on each, and the turns that were taken."""
        company = a_house(TENTH)
        let(company, Timetable(Rhythm.MONTHLY, (10, 31), SIX))
        let(company, Timetable(Rhythm.WEEKLY, (1,), time(7, 30)), on=date(2026, 5, 1))
        reader = an_actor(Role.AUDITOR, companies=[company])
        view = get_schedule(reader, company, "billing", at=at(TENTH, 1))
        assert [day.isoformat()[5:] for day in view.next_on] == ["04-10", "04-30", "05-04", "05-11", "05-18"]
        assert view.in_force is not None
        assert view.in_force.timetable.shown.en == "On day 10, the last day of every month"
        tick(at(TENTH))
        view = get_schedule(reader, company, "billing", at=at(TENTH, 7))
        assert view.next_on[0] == date(2026, 4, 30)
        assert [(turn.on, turn.state, turn.made["total_JPY"]) for turn in view.turns] == [
            (TENTH, RunState.EXECUTED, 11_000)
        ]

    @pytest.mark.parametrize("table", ["runs_schedule", "runs_turn"])
    def test_what_was_set_is_kept(self, table: str) -> None:
        """Neither a version nor a turn is ever changed: the application may not, whatever it tries."""
        company = a_house(TENTH)
        let(company)
        tick(at(TENTH))
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET kind = 'other'")


@pytest.mark.row("BIL-4")
def test_its_run_says_by_which_schedule_it_was_made(fresh_database: FreshDatabase) -> None:
    """By the version that was set then, whatever is set or paused later; a run by hand is by none."""
    company = a_house(TENTH)
    cfo, clerk = (an_actor(role, companies=[company]) for role in (Role.CFO, Role.RECEIVABLES))
    let(company)
    (made,) = take_turns(by=house(), now=lambda: at(TENTH))
    with transaction.atomic():
        pause_schedule(company_id=company, kind="billing", on=TENTH, because="確認", by=cfo, at=NOW)
    let(company, Timetable(Rhythm.MONTHLY, (10,), SIX))
    with transaction.atomic():
        by_hand = bill.preview(company_id=company, on=TENTH - timedelta(days=1), because="臨時", by=clerk, at=NOW)
    found = schedule_of(clerk, made)
    assert found is not None
    assert (found.timetable, found.effective_on, found.because) == (DAILY, TENTH, "月次")
    assert schedule_of(clerk, by_hand) is None
    assert schedule_of(an_actor(Role.RECEIVABLES, companies=[a_company("OTHER")]), made) is None
