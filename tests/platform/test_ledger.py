"""The books balance, lock, and answer as known at a moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

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
    PeriodLocked,
    PeriodMissing,
    RunUnderWay,
    Unbalanced,
    complete_chart,
    lock_period,
    open_periods,
    post,
)
from kanjo.platform.ledger.queries import balance_of, balances
from kanjo.platform.runs.models import Run, Shard
from tests.platform.conftest import AT, make_actor, make_company
from tests.races import until_somebody_waits

APRIL = date(2026, 4, 10)


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
        cfo = make_actor(company_id, Role.CFO)
        april = Period.objects.get(company_id=company_id, start=date(2026, 4, 1))
        lock_period(period_id=april.pk, by=cfo, at=AT)
        with pytest.raises(PeriodLocked) as refused:
            post([entry(company_id)])
        assert refused.value.said_in("ja").startswith("2026-04-10 の会計期間は締められています。")
        post([entry(company_id, day=date(2026, 5, 1))])
        assert balance_of(company_id, AccountCode.RECEIVABLE, AsKnown(date(2026, 4, 30))) == 0

    def test_who_opened_the_period_may_not_lock_it(self, company_id: CompanyId) -> None:
        both = make_actor(company_id, Role.CFO, Role.REV_REC)
        open_periods(company_id=company_id, months=[(date(2028, 1, 1), date(2028, 2, 1))], by=both, at=AT)
        period = Period.objects.get(company_id=company_id, start=date(2028, 1, 1))
        with pytest.raises(Exception, match=r"ledger\.open-periods"):
            lock_period(period_id=period.pk, by=both, at=AT)

    def test_a_period_is_not_locked_over_a_run_that_is_half_done(self, company_id: CompanyId) -> None:
        """What the run has loaded could never be settled; when it is executed the period locks."""
        cfo = make_actor(company_id, Role.CFO)
        april = Period.objects.get(company_id=company_id, start=date(2026, 4, 1))
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
            lock_period(period_id=april.pk, by=cfo, at=AT)
        Run.objects.filter(pk=run.pk).update(state=Run.State.EXECUTED)
        lock_period(period_id=april.pk, by=cfo, at=AT)

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
            lock_period(period_id=Period.objects.get(company_id=company_id, start=date(2026, 4, 1)).pk, by=cfo, at=AT)
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
