"""The morning after the day of payment the owner of the deal is told what its customer has not paid; once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kanjo.domains.receivables.models import ItemBalance, OpenItem
from kanjo.platform.notices.models import Notice
from kanjo.surfaces.jobs import tasks
from tests.harness.beginning import an_office_at_work
from tests.harness.office import Office
from tests.plumbing import FreshDatabase


@pytest.fixture(scope="module")
def office(shared_database: FreshDatabase) -> Office:
    """An office of which one customer paid a part and others nothing."""
    return an_office_at_work()[0]


def early(day: date) -> int:
    """Return ten past three in the morning of a day, as the clock of the machine counts."""
    return int(datetime(day.year, day.month, day.day, 3, 10, tzinfo=ZoneInfo("Asia/Tokyo")).timestamp())


def still_open() -> dict[int, date]:
    owing = ItemBalance.objects.filter(open_minor__gt=0).values("item_id")
    return dict(OpenItem.objects.filter(pk__in=owing).values_list("id", "due_on"))


def test_late_payments_are_told_once(office: Office) -> None:
    """Not on the day itself; the morning after, with what is left open; not again; never what was paid or long ago."""
    owing = still_open()
    [due] = set(owing.values())
    ran = [tasks.tell_overdue(early(due + timedelta(days=days))) for days in (0, 1, 1, 2, 8)]
    assert ran == [0, len(owing), len(owing), len(owing), 0]
    told = Notice.objects.filter(kind="payment")
    assert sorted(told.values_list("subject_id", "person_id")) == [(key, office.rep.id) for key in sorted(owing)]
    for notice in told:
        left = ItemBalance.objects.get(pk=notice.subject_id).open_minor
        assert (f"{left:,}" in notice.says_ja, f"{left:,}" in notice.says_en) == (True, True)
        assert str(due) in notice.says_en
