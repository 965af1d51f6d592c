"""What the house does by itself every morning: for each company on its own day, and for all others if one fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.queries import count_contracts, get_contract
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.queries import get_quote
from kanjo.domains.renewals.queries import count_renewals
from kanjo.foundation.ids import CompanyId
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.queries import house
from kanjo.surfaces.jobs import tasks
from tests.builders import A_YEAR, a_company, a_customer, a_line, a_product
from tests.deals import a_contract, a_deal, an_approved_version
from tests.processes.end_state import rows

pytestmark = pytest.mark.django_db

TOKYO, HONOLULU = "Asia/Tokyo", "Pacific/Honolulu"
JOBS: list[Callable[[int], int]] = [tasks.find_renewals, tasks.expire_quotes, tasks.end_contracts]


def early(day: date, zone: str = TOKYO) -> int:
    """Return ten past three in the morning of a day, as the clock of the machine counts."""
    return int(datetime(day.year, day.month, day.day, 3, 10, tzinfo=ZoneInfo(zone)).timestamp())


def two_companies(*, zone: str = TOKYO) -> tuple[CompanyId, CompanyId]:
    """Found two companies, in the order of their turns; the second keeps its days in *zone*."""
    first, second = a_company(), a_company("kanjo-us")
    SellingCompany.objects.filter(pk=second).update(time_zone=zone)
    return first, second


class TestExpireQuotes:
    def test_on_the_first_day_after_their_validity(self) -> None:
        """What is valid through 30 April is closed on 1 May in every company, once, by the house."""
        quotes = [an_approved_version(company, a_customer()).quote_id for company in two_companies()]
        ran = [tasks.expire_quotes(early(day)) for day in (date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 1))]
        assert ran == [0, 2, 0]
        assert [get_quote(house(), quote).row.state for quote in quotes] == [QuoteState.EXPIRED] * 2
        asked = "SELECT DISTINCT actor_id FROM audit_change WHERE verb = 'quotes.expire'"
        assert rows(asked) == [(house().id,)]


class TestEndContracts:
    def test_on_the_first_day_after_their_term(self) -> None:
        """A term through 31 March is over on 1 April in every company, and is noted once, by the house."""
        contracts = [a_contract(an_approved_version(company, a_customer())) for company in two_companies()]
        last = A_YEAR.last_on
        ran = [tasks.end_contracts(early(day)) for day in (last, A_YEAR.until, A_YEAR.until)]
        assert ran == [0, 2, 0]
        ended = [get_contract(house(), contract) for contract in contracts]
        assert [(row.state, row.stops_on) for row in ended] == [(ContractState.ENDED, A_YEAR.until)] * 2
        assert rows("SELECT DISTINCT actor_id FROM audit_change WHERE verb = 'contracts.end'") == [(house().id,)]

    def test_days_later(self) -> None:
        """After days without a machine the end is noted with the day it came, and what runs on is left alone."""
        company, other = two_companies()
        a_contract(an_approved_version(other, a_customer()), runs_on=True)
        contract = a_contract(an_approved_version(company, a_customer()))
        assert tasks.end_contracts(early(A_YEAR.until + timedelta(days=9))) == 1
        assert get_contract(house(), contract).stops_on == A_YEAR.until


class TestEachCompany:
    def test_on_its_own_day(self) -> None:
        """When it is 1 April in Tokyo it is still 31 March in Honolulu, where the term goes on."""
        for company in two_companies(zone=HONOLULU):
            a_contract(an_approved_version(company, a_customer()))
        assert tasks.end_contracts(early(A_YEAR.until)) == 1
        assert count_contracts(house(), state=ContractState.CONCLUDED) == 1
        assert tasks.end_contracts(early(A_YEAR.until, HONOLULU)) == 1

    @pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
    def test_one_that_fails_does_not_stop_the_others(self, job: Callable[[int], int]) -> None:
        """A company whose clock cannot be read is told by its code; the work of the other is done all the same."""
        broken, sound = two_companies()
        SellingCompany.objects.filter(pk=broken).update(time_zone="Asia/Atlantis")
        for company in (broken, sound):
            a_deal(company, a_customer(), [a_line(a_product(company))])
        in_notice = job is tasks.find_renewals
        with pytest.raises(ExceptionGroup) as raised:
            job(early(date(2027, 1, 15) if in_notice else A_YEAR.until))
        assert [type(one) for one in raised.value.exceptions] == [ZoneInfoNotFoundError]
        assert "kanjo-jp" in raised.value.exceptions[0].__notes__[0]
        assert job_done(job) == 1


def job_done(job: Callable[[int], int]) -> int:
    """Return how many things the job has changed."""
    if job is tasks.find_renewals:
        return count_renewals(house())
    if job is tasks.end_contracts:
        return count_contracts(house(), state=ContractState.ENDED)
    return int(rows("SELECT count(*) FROM quotes_quote WHERE state = 'expired'")[0][0])
