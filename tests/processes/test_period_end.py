"""What races with the lock of a period, or with midnight, is entirely old or entirely new (T3).

`KANJO_RACES` says how many invoices race (by default 16).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from kanjo.domains.billing.models import Charge, Invoice, InvoiceLine
from kanjo.domains.receivables.models import ItemBalance
from kanjo.foundation.ids import OrderId
from kanjo.foundation.texts import Language
from kanjo.platform.companies.queries import list_companies
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.models import Entry
from kanjo.platform.ledger.models import Period as BooksPeriod
from kanjo.platform.ledger.operations import PeriodLocked
from kanjo.platform.numbering.models import Issued
from kanjo.processes import bill
from tests.builders import a_company, a_customer, an_actor
from tests.harness.office import APRIL, Office, an_office, morning
from tests.harness.story import broken
from tests.plumbing import FreshDatabase

RACES = int(os.environ.get("KANJO_RACES", "16"))
LAST_OF_APRIL = date(2026, 4, 30)


def issue(office: Office, order_id: OrderId) -> bool:
    """Issue on the last day of April what the order owes, and return whether the books took it."""
    with closing(connection):
        try:
            with transaction.atomic():
                bill.issue_invoice(
                    company_id=office.company_id,
                    order_id=order_id,
                    on=LAST_OF_APRIL,
                    because="個別発行",
                    by=office.receivables,
                    at=morning(LAST_OF_APRIL),
                )
        except PeriodLocked:
            return False
    return True


@pytest.mark.row("T3", "T4")
def test_what_races_with_the_lock_is_whole_or_not_there(fresh_database: FreshDatabase) -> None:
    """Two desks issue while the CFO locks April: each invoice is there with all that belongs to it, or refused."""
    office, customer = an_office(), a_customer()
    orders = [office.sell(customer, [office.users(1 + number)]).order_id for number in range(RACES)]
    some, locked, together = Event(), Event(), Barrier(2)

    def desk(half: int) -> list[bool]:
        together.wait()
        answers = []
        for number, order_id in enumerate(orders[half::2]):
            if order_id == orders[-1]:
                # However late the lock gets its turn, one comes after it.
                locked.wait(timeout=60)
            answers.append(issue(office, order_id))
            if number == len(orders) // 6:
                some.set()
        return answers

    def cfo() -> None:
        with closing(connection):
            some.wait(timeout=60)
            office.lock(APRIL)
        locked.set()

    with ThreadPoolExecutor(3) as threads:
        lock = threads.submit(cfo)
        taken = [answer for half in threads.map(desk, range(2)) for answer in half]
        lock.result()
    assert 0 < sum(taken) < RACES
    assert BooksPeriod.objects.get(company_id=office.company_id, start=APRIL).state == "locked"
    counted = [
        *(table.objects.count() for table in (Invoice, InvoiceLine, Charge, ItemBalance)),
        Entry.objects.filter(source="billing_invoice").count(),
        Issued.objects.filter(series__kind="invoice").count(),
    ]
    assert counted == [sum(taken)] * len(counted)
    assert broken() == {}


@pytest.mark.row("T3", "T1")
def test_the_day_turns_at_midnight_of_the_company(db: None) -> None:
    """Two companies of one group are at two days at the same moment; each turns at its own midnight, summer or not."""
    an_actor(companies=[a_company("kanjo-jp"), a_company("kanjo-us", currency="USD", language=Language.ENGLISH)])
    tokyo, american = list_companies(house())
    chicago = replace(american, time_zone="America/Chicago")
    for midnight, view, day in (
        (datetime(2026, 4, 30, 15, tzinfo=UTC), tokyo, date(2026, 5, 1)),
        (datetime(2026, 5, 1, 5, tzinfo=UTC), chicago, date(2026, 5, 1)),
        (datetime(2026, 12, 1, 6, tzinfo=UTC), chicago, date(2026, 12, 1)),
    ):
        assert view.today(midnight - timedelta(seconds=2)) == day - timedelta(days=1)
        assert view.today(midnight) == day
