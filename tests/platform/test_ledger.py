"""The books balance, lock, and answer as known at a moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.times import AsKnown
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.ledger.entries import ACCOUNT_NAMES, AccountCode, JournalEntry, Side
from kanjo.platform.ledger.models import Entry, Period, Posting
from kanjo.platform.ledger.operations import (
    AccountMissing,
    EarlierPeriodOpen,
    PeriodLocked,
    PeriodMissing,
    PeriodNotOver,
    RunUnderWay,
    Unbalanced,
    complete_chart,
    lock_period,
    open_periods,
    post,
)
from kanjo.platform.ledger.queries import balance_of, balances
from kanjo.platform.runs.models import Run, Shard
from tests.builders import lock_books
from tests.platform.conftest import AT, make_actor, make_company
from tests.races import until_somebody_waits

APRIL = date(2026, 4, 10)
LATER = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def month_of_books(company_id: CompanyId, month: int, year: int = 2026) -> Period:
    return Period.objects.get(company_id=company_id, start=date(year, month, 1))


def entry(company_id: CompanyId, *, day: date = APRIL, amount: int = 1100, credit: int | None = None) -> JournalEntry:
    return JournalEntry(
        company_id=company_id,
        effective_on=day,
        currency="JPY",
        source="billing_invoice",
        source_id=7,
        sides=(
            Side(AccountCode.RECEIVABLE, amount, party_id=3),
            Side(AccountCode.CONTRACT_LIABILITY, -(credit or amount)),
        ),
    )


class TestPost:
    def test_an_entry_stands_on_both_accounts(self, company_id: CompanyId) -> None:
        post([entry(company_id)])
        standing = {row.code: row.amount_minor for row in balances(company_id, AsKnown(APRIL))}
        assert standing == {"1310": 1100, "2310": -1100}

    def test_an_entry_that_does_not_sum_to_zero_is_refused(self, company_id: CompanyId) -> None:
        with pytest.raises(Unbalanced):
            post([entry(company_id, credit=1099)])
        assert not Entry.objects.exists()

    def test_a_chart_without_the_account_is_completed(self, company_id: CompanyId) -> None:
        """The refusal names account, company and command; after that the entry is taken, and nothing is added twice."""
        company, house = SellingCompany.objects.get(pk=company_id), make_actor(company_id, Role.ADMINISTRATOR)
        company.pk, company.code = None, "bare"
        company.save()
        bare = CompanyId(company.pk)
        with pytest.raises(AccountMissing) as refused:
            post([entry(bare)])
        for sentence in (refused.value.sentence.en, refused.value.sentence.ja):
            assert ("1310" in sentence, "./kanjo company chart bare" in sentence) == (True, True)
        assert not Entry.objects.exists()
        added = [complete_chart(company_id=bare, by=house, at=AT) for _ in range(2)]
        assert added == [len(ACCOUNT_NAMES), 0]
        with pytest.raises(PeriodMissing):
            post([entry(bare)])

    def test_the_database_refuses_it_too(self, company_id: CompanyId) -> None:
        (entry_id,) = post([entry(company_id)])
        receivable = Posting.objects.get(entry_id=entry_id, amount_minor=1100).account_id
        with pytest.raises(DatabaseError, match="does not sum to zero"), transaction.atomic():
            Posting.objects.create(
                company_id=company_id,
                entry_id=entry_id,
                account_id=receivable,
                effective_on=APRIL,
                amount_minor=1,
                currency="JPY",
            )

    @pytest.mark.parametrize(("column", "value"), [("currency", "USD"), ("effective_on", date(2026, 4, 11))])
    def test_a_posting_must_agree_with_its_entry(self, company_id: CompanyId, column: str, value: object) -> None:
        (entry_id,) = post([entry(company_id)])
        one, two = Posting.objects.filter(entry_id=entry_id).order_by("id")
        for row in (one, two):
            row.pk = None
            setattr(row, column, value)
        with pytest.raises(DatabaseError, match="differs from it"), transaction.atomic():
            Posting.objects.bulk_create([one, two])

    @pytest.mark.row("T4")
    def test_a_day_without_an_open_period_is_refused(self, company_id: CompanyId) -> None:
        with pytest.raises(PeriodMissing):
            post([entry(company_id, day=date(2029, 1, 1))])


@pytest.mark.row("E3")
class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_posting SET amount_minor = 1",
            "DELETE FROM ledger_posting",
            "TRUNCATE ledger_posting",
            "UPDATE ledger_entry SET effective_on = effective_on - 1",
            "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
            "DROP TABLE ledger_posting",
        ],
    )
    def test_the_application_cannot_change_the_books(self, company_id: CompanyId, statement: str) -> None:
        post([entry(company_id)])
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert balance_of(company_id, AccountCode.RECEIVABLE, AsKnown(APRIL)) == 1100


@pytest.mark.row("T4")
class TestLockPeriod:
    def test_a_locked_period_takes_no_entry(self, company_id: CompanyId) -> None:
        lock_books(company_id, through=APRIL, by=make_actor(company_id, Role.CFO))
        with pytest.raises(PeriodLocked) as refused:
            post([entry(company_id)])
        assert refused.value.said_in("ja").startswith("2026-04-10 の会計期間は締められています。")
        post([entry(company_id, day=date(2026, 5, 1))])
        assert balance_of(company_id, AccountCode.RECEIVABLE, AsKnown(date(2026, 4, 30))) == 0

    def test_who_opened_the_period_may_not_lock_it(self, company_id: CompanyId) -> None:
        both = make_actor(company_id, Role.CFO, Role.REV_REC)
        open_periods(company_id=company_id, months=[(date(2028, 1, 1), date(2028, 2, 1))], by=both, at=AT)
        period = month_of_books(company_id, 1, 2028)
        with pytest.raises(Exception, match=r"ledger\.open-periods"):
            lock_period(period_id=period.pk, by=both, at=AT)

    def test_a_period_is_not_locked_over_a_run_that_is_half_done(self, company_id: CompanyId) -> None:
        """What the run has loaded could never be settled; when it is executed the period locks."""
        cfo = make_actor(company_id, Role.CFO)
        lock_books(company_id, through=date(2026, 3, 1), by=cfo)
        april = month_of_books(company_id, 4)
        run = Run.objects.create(
            company_id=company_id,
            kind="test",
            key="april",
            target_on=date(2026, 4, 10),
            known_at=AT,
            made_by_id=cfo.id,
            state=Run.State.APPROVED,
            staged=True,
        )
        Shard.objects.create(run=run, number=0, scope={}, done=True)
        with pytest.raises(RunUnderWay, match="april is half done"):
            lock_period(period_id=april.pk, by=cfo, at=LATER)
        Run.objects.filter(pk=run.pk).update(state=Run.State.EXECUTED)
        lock_period(period_id=april.pk, by=cfo, at=LATER)

    @pytest.mark.parametrize(
        ("at", "over"),
        [(datetime(2026, 4, 30, 14, 59, tzinfo=UTC), False), (datetime(2026, 4, 30, 15, 0, tzinfo=UTC), True)],
    )
    def test_a_period_is_locked_once_it_is_over_where_the_company_is(
        self, company_id: CompanyId, at: datetime, over: bool
    ) -> None:
        """April is over in Tokyo at 15:00 UTC of its last day; a minute before it is not, and stays open."""
        cfo = make_actor(company_id, Role.CFO)
        lock_books(company_id, through=date(2026, 3, 1), by=cfo)
        april = month_of_books(company_id, 4)
        with nullcontext() if over else pytest.raises(PeriodNotOver) as refused:
            lock_period(period_id=april.pk, by=cfo, at=at)
        april.refresh_from_db()
        assert april.state == ("locked" if over else "open")
        if refused:
            assert refused.value.said_in("en").endswith("Lock it on 2026-05-01 or later.")
            assert refused.value.said_in("ja").endswith("2026-05-01 以降に締めてください。")

    def test_periods_are_locked_in_their_order(self, company_id: CompanyId) -> None:
        """May is refused while February to April are open, by the name of the first; another company's do not count."""
        cfo = make_actor(company_id, Role.CFO)
        make_company("other")
        lock_books(company_id, through=date(2026, 1, 1), by=cfo)
        may = month_of_books(company_id, 5)
        with pytest.raises(EarlierPeriodOpen) as refused:
            lock_period(period_id=may.pk, by=cfo, at=LATER)
        may.refresh_from_db()
        assert may.state == "open"
        assert refused.value.said_in("en").endswith("Lock the periods in order, 2026-02 first.")
        assert refused.value.said_in("ja").endswith("2026-02 から順に締めてください。")
        lock_books(company_id, through=date(2026, 4, 1), by=cfo)
        lock_period(period_id=may.pk, by=cfo, at=LATER)

    def test_a_clerk_may_not_lock(self, company_id: CompanyId, clerk: Actor) -> None:
        period = Period.objects.get(company_id=company_id, start=date(2026, 4, 1))
        with pytest.raises(Exception, match="It is done by: CFO"):
            lock_period(period_id=period.pk, by=clerk, at=AT)


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.row("T3", "T4")
def test_a_posting_that_waited_for_the_lock_is_told_that_the_books_are_locked() -> None:
    company_id = make_company()
    cfo = make_actor(company_id, Role.CFO)

    def late() -> None:
        with closing(connection), transaction.atomic():
            post([entry(company_id)])

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            lock_books(company_id, through=APRIL, by=cfo)
            posting = threads.submit(late)
            until_somebody_waits()
        with pytest.raises(PeriodLocked):
            posting.result()


@pytest.mark.row("T5")
def test_a_past_balance_does_not_move_when_a_late_fact_arrives(company_id: CompanyId) -> None:
    """What was known on a moment stays readable after a back-dated entry."""
    post([entry(company_id)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (known_at,) = cursor.fetchone() or (None,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.01)")
    post([entry(company_id, day=date(2026, 4, 1), amount=500)])
    assert balance_of(company_id, AccountCode.RECEIVABLE, AsKnown(APRIL, known_at)) == 1100
    assert balance_of(company_id, AccountCode.RECEIVABLE, AsKnown(APRIL)) == 1600
