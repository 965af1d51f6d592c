"""Revenue follows what was delivered: run by one person, approved by another, posted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from kanjo.domains.revenue.queries import list_obligations, list_slices
from kanjo.foundation.periods import month_of
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.times import AsKnown
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.queries import balance_of
from kanjo.processes.recognise import recognise, recognise_month
from tests.builders import a_customer
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.plumbing import FreshDatabase
from tests.processes.end_state import end_state, rows

JUNE = date(2026, 6, 1)


@pytest.fixture
def office(db: None) -> Office:
    """Ten users for a year at 10,000 yen a month, and a box that nobody has accepted."""
    return selling(an_office())


def selling(office: Office) -> Office:
    office.sell(a_customer(), [office.users(10), office.boxes(1)])
    return office


class TestRecognise:
    def test_each_month_is_earned_in_that_month(self, office: Office) -> None:
        """Run two months late: 328 or 329 yen a day, April 9,870 and May 10,199; the box not at all."""
        assert office.recognise(JUNE) == 2
        box, users = list_obligations(office.rev_rec)
        assert (box.recognised_minor, users.recognised_minor) == (0, 9_870 + 10_199)
        assert [(one.month, one.amount_minor) for one in list_slices(office.rev_rec, users.id)] == [
            (APRIL, 9_870),
            (MAY, 10_199),
        ]
        assert balance_of(office.company_id, AccountCode.REVENUE, AsKnown(date(2026, 5, 31))) == -20_069

    def test_what_was_posted_is_not_posted_again(self, office: Office) -> None:
        """A second run of the day makes no run at all."""
        office.recognise(MAY)
        before = end_state()
        assert office.recognise(MAY) == 0
        assert end_state() == before

    def test_a_month_says_whether_it_posted_anything(self, office: Office) -> None:
        """April is earned once."""
        april = month_of(APRIL)
        posted = [
            recognise_month(
                company_id=office.company_id,
                month=april,
                by=office.rev_rec,
                approved_by=office.receivables,
                at=morning(MAY),
            )
            for _ in range(2)
        ]
        assert posted == [True, False]

    def test_nobody_approves_the_run_they_made(self, office: Office) -> None:
        """Refused, and nothing is posted or left waiting."""
        before = end_state()
        with pytest.raises(Refusal):
            recognise(
                company_id=office.company_id, until=MAY, by=office.rev_rec, approved_by=office.rev_rec, at=morning(MAY)
            )
        assert end_state() == before

    def test_revenue_is_not_the_sellers_work(self, office: Office) -> None:
        """A seller who wants the month closed asks Rev/Rec."""
        before = end_state()
        with pytest.raises(Refusal):
            recognise(
                company_id=office.company_id, until=MAY, by=office.rep, approved_by=office.rev_rec, at=morning(MAY)
            )
        assert end_state() == before


def test_four_at_once_post_each_month_once(fresh_database: FreshDatabase) -> None:
    """The month's end is started four times at the same moment: one run, one slice."""
    office = selling(an_office())

    def run(_: int) -> int:
        try:
            return office.recognise(MAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(run, range(4)))
    assert rows("SELECT month, amount_minor FROM revenue_slice") == [(APRIL, 9_870)]
    assert rows("SELECT state, count(*) FROM runs_run WHERE kind = 'revenue' GROUP BY 1") == [("executed", 1)]
