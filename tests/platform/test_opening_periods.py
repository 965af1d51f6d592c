"""Two who open the same periods at once open them once."""

from __future__ import annotations

from datetime import date

import pytest

from kanjo.foundation.actors import Role
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import open_periods
from tests.platform.conftest import AT, make_actor, make_company
from tests.races import at_once


@pytest.mark.usefixtures("fresh_database")
def test_opened_by_many_at_once_they_are_opened_once() -> None:
    """Nobody is told of an error: the periods stand there once, and those that exist stay as they are."""
    company_id = make_company()
    opener = make_actor(company_id, Role.REV_REC)
    months = [(date(2031, month, 1), date(2031, month + 1, 1)) for month in range(1, 12)]
    at_once(lambda: open_periods(company_id=company_id, months=months, by=opener, at=AT), times=4)
    assert Period.objects.filter(company_id=company_id, start__year=2031).count() == 11
