"""The books are opened a year at a time, by whom it is for."""

from __future__ import annotations

import re
from datetime import date

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import PeriodMissing, post
from kanjo.platform.ledger.queries import list_periods
from kanjo.reports.before_lock import unfinished
from tests.api.programs import program_of
from tests.builders import BOOKS, lock_books
from tests.web.office import Office, a_bank_file, billed, faults, ordered
from tests.web.test_forms import everything

NEXT = {"year": BOOKS.until.isoformat()}


def entry(office: Office) -> JournalEntry:
    """Return an entry in the first month after the books."""
    return JournalEntry(
        company_id=office.company_id,
        effective_on=BOOKS.until.replace(day=10),
        currency="JPY",
        source="billing_invoice",
        source_id=7,
        sides=(Side(AccountCode.RECEIVABLE, 1100), Side(AccountCode.CONTRACT_LIABILITY, -1100)),
    )


class TestOpenTheNextYear:
    @pytest.mark.parametrize("role", [Role.REV_REC, Role.CFO, Role.ADMINISTRATOR])
    def test_what_was_refused_is_then_accepted(self, office: Office, role: Role) -> None:
        """Rev/Rec or the CFO opens the twelve months after the last period, and an entry dated there is taken."""
        with pytest.raises(PeriodMissing):
            post([entry(office)])
        desk, before = office.desk(role), Period.objects.count()
        assert "次年度の会計期間を開始" in desk.see("periods")
        assert "2030-04-01 から 2031-03-31" in desk.see("open-year")
        desk.do("open-year", **NEXT)
        assert Period.objects.count() == before + 12
        assert len(post([entry(office)])) == 1
        assert Period.objects.latest("start").until == date(2031, 4, 1)

    def test_a_form_out_of_date_opens_nothing(self, office: Office) -> None:
        """Two who open the same year open it once."""
        office.desk(Role.REV_REC).do("open-year", **NEXT)
        before = Period.objects.count()
        status, page = office.desk(Role.CFO).refused("open-year", **NEXT)
        assert status == 400
        assert "form.not-a-choice" in faults(page)
        assert Period.objects.count() == before

    @pytest.mark.parametrize("role", [Role.RECEIVABLES, Role.SALES_REP, Role.AUDITOR])
    def test_is_not_for_others(self, office: Office, role: Role) -> None:
        """Who neither recognises revenue nor answers for the books opens none."""
        before = Period.objects.count()
        status, page = office.desk(role).refused("open-year", **NEXT)
        assert status == 403
        assert "access.not-your-page" in faults(page)
        assert Period.objects.count() == before


def _words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


class TestTheListOfPeriods:
    @pytest.mark.row("T4")
    @pytest.mark.parametrize(
        ("language", "marks"),
        [
            (Language.ENGLISH, ("Open, current", "Open, to come")),
            (Language.JAPANESE, ("未締め（当月）", "未締め（今後）")),
        ],
    )
    def test_begins_with_the_period_in_work(self, office: Office, language: Language, marks: tuple[str, str]) -> None:
        """First the current month, then those before it; behind the first of the books the months to come."""
        today = date.today()  # noqa: DTZ011  # the doors ask the same clock
        now = Period.objects.get(company_id=office.company_id, start__lte=today, until__gt=today)
        desk = office.desk(Role.CFO, language)
        page = desk.see("periods")
        keys = [int(key) for key in re.findall(r'href="/periods/(\d+)"', page)]
        starts = list(map(dict(Period.objects.values_list("pk", "start")).__getitem__, dict.fromkeys(keys)))
        begun, ahead = [s for s in starts if s <= today], [s for s in starts if s > today]
        assert starts[0] == now.start
        assert starts == [*sorted(begun, reverse=True), *sorted(ahead)]
        assert begun[-1] == BOOKS.start
        words = _words(page)
        assert words.index(marks[0]) < words.index(marks[1])
        assert words.count(marks[0]) == 1

    def test_pages_of_it_hold_every_period_once(self, office: Office) -> None:
        """Read ten at a time, forth, no period is missed or told twice."""
        cfo, seen, at = office.people[Role.CFO], list[int](), ""
        while True:
            page = list_periods(cfo, on=date(2026, 4, 15), limit=10, at=at)
            seen += [row.id for row in page]
            at = page.after
            if not at:
                break
        assert len(seen) == len(set(seen)) == Period.objects.count()
        assert list_periods(cfo, on=date(2026, 4, 15), limit=1)[0].start == date(2026, 4, 1)


@pytest.mark.row("T4")
class TestLock:
    def test_the_form_says_what_is_not_finished_and_that_there_is_no_way_back(self, office: Office) -> None:
        """An order of April that nobody billed or recognised is told with its amounts, in both languages."""
        ordered(office)
        april = Period.objects.get(company_id=office.company_id, start=date(2026, 4, 1))
        words = _words(office.desk(Role.CFO, Language.ENGLISH).see("lock-period", april.pk))
        assert "there is no way back: a locked period is not opened again" in words
        assert "2025-04 before it is open: lock it first." in words
        left = unfinished(office.company_id, until=april.until, today=april.until)
        [(charges, due)], [(months, earned)] = left.not_invoiced, left.not_recognised
        assert (charges, due.minor, left.not_allocated) == (1, 9_000, [])
        assert f"Charges due and not invoiced {charges} {due.shown(Language.ENGLISH)}" in words
        assert f"Months with revenue not recognised {months} {earned.shown(Language.ENGLISH)}" in words
        assert "請求時期が来て未請求の明細" in office.desk(Role.CFO).see("lock-period", april.pk)

    def test_the_form_says_which_receipts_are_not_allocated(self, office: Office) -> None:
        """Money of May that nobody knows is told with its amount when May is locked, and not for April before it."""
        office.desk(Role.RECEIVABLES).do("take-bank-file", statement=a_bank_file("不明", 777), on="2026-05-30")
        cfo, words = office.desk(Role.CFO, Language.ENGLISH), "Receipts with something left to allocate"
        april, may = (Period.objects.get(company_id=office.company_id, start=date(2026, month, 1)) for month in (4, 5))
        assert words not in _words(cfo.see("lock-period", april.pk))
        assert f"{words} 1 JPY 777" in _words(cfo.see("lock-period", may.pk))

    def test_a_finished_period_is_told_so(self, office: Office) -> None:
        """The first month of the books has nothing left: it is locked, and then is told to be locked."""
        first = Period.objects.filter(company_id=office.company_id).earliest("start").pk
        cfo = office.desk(Role.CFO, Language.ENGLISH)
        assert "Nothing is left to do in this period." in cfo.see("lock-period", first)
        cfo.do("lock-period", first)
        assert "It is locked." in cfo.see("lock-period", first)

    @pytest.mark.parametrize("api", [False, True])
    def test_a_period_to_come_is_refused_at_every_door(self, office: Office, api: bool) -> None:
        """The last month of the books is over in years: neither the page nor the API locks it."""
        last = Period.objects.filter(company_id=office.company_id).latest("start")
        program = program_of(office, Role.CFO)
        before = everything()
        if api:
            problem = program.refused(f"periods/{last.pk}/lock", 409)
            assert problem["rule"] == "ledger.period-not-over"
        else:
            status, page = office.desk(Role.CFO).refused("lock-period", last.pk)
            assert (status, "<code>ledger.period-not-over" in faults(page)) == (409, True), faults(page)
        assert everything() == before


class TestLockedMeanwhile:
    @pytest.mark.row("T3", "T4")
    def test_a_page_opened_before_the_lock_does_nothing_after_it(self, office: Office) -> None:
        """The form stands open with a day of April; the CFO locks April; what is sent then is refused."""
        deal, clerk = billed(office), office.desk(Role.RECEIVABLES)
        invoice = clerk.key("invoice", "order", deal.order)
        typed = {"on": "2026-04-30", "because": "誤請求"}
        assert "2026" in clerk.see("credit-invoice", invoice)
        lock_books(office.company_id, through=date(2026, 3, 1), by=office.people[Role.CFO])
        april = Period.objects.get(company_id=office.company_id, start=date(2026, 4, 1))
        office.desk(Role.CFO).do("lock-period", april.pk)
        before = everything()
        status, page = clerk.refused("credit-invoice", invoice, **typed)
        assert (status, "<code>ledger.period-locked" in faults(page)) == (409, True), faults(page)
        assert everything() == before
        assert clerk.do("credit-invoice", invoice, **{**typed, "on": "2026-05-01"}) > 0
