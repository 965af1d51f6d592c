"""Which contracts end soon."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kanjo.domains.contracts.operations import end_contract, terminate_contract
from kanjo.domains.contracts.queries import ending_within_notice, find_contract_of_quote, get_contract, past_their_term
from kanjo.platform.identity.queries import house
from tests.builders import NOW, a_company, a_customer
from tests.deals import Approved, a_contract, an_approved_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved() -> Approved:
    return an_approved_version(a_company(), a_customer())


class TestEndingWithinNotice:
    @pytest.mark.parametrize(
        ("day", "shown"),
        [
            (date(2026, 12, 31), False),
            (date(2027, 1, 1), True),
            (date(2027, 3, 31), True),
            (date(2027, 4, 1), False),
        ],
    )
    def test_the_window_is_the_last_ninety_days_of_the_term(self, approved: Approved, day: date, shown: bool) -> None:
        """With 90 days of notice a term until 31 March comes up from 1 January to 31 March, both included."""
        a_contract(approved)
        assert bool(ending_within_notice(approved.company_id, day)) is shown

    def test_a_contract_that_runs_on_never_comes_up(self, approved: Approved) -> None:
        """Without an end there is nothing to renew."""
        a_contract(approved, runs_on=True)
        assert ending_within_notice(approved.company_id, date(2027, 3, 1)) == []

    def test_a_terminated_contract_does_not_come_up(self, approved: Approved) -> None:
        """What was stopped is not renewed."""
        contract_id = a_contract(approved)
        terminate_contract(contract_id=contract_id, stops_on=date(2026, 10, 1), because="解約", by=house(), at=NOW)
        assert ending_within_notice(approved.company_id, date(2027, 3, 1)) == []

    def test_another_company_has_its_own(self, approved: Approved) -> None:
        """A company's renewals come from its own contracts."""
        a_contract(approved)
        assert ending_within_notice(a_company("kanjo-us", currency="USD"), date(2027, 3, 1)) == []

    @pytest.mark.parametrize("notice_days", [0, 1, 30, 365, 3_000])
    def test_the_window_opens_the_notice_days_before_the_end(self, approved: Approved, notice_days: int) -> None:
        """Whatever the notice, the stored day on which the window opens is the end of term less the notice."""
        contract_id = a_contract(approved, notice_days=notice_days)
        contract = get_contract(house(), contract_id)
        assert contract.notice_opens_on == date(2027, 4, 1) - timedelta(days=notice_days)


class TestPastTheirTerm:
    def test_a_contract_waits_until_its_end_is_noted(self, approved: Approved) -> None:
        """From the first day after its term on a contract is listed, until its end is written down."""
        contract_id = a_contract(approved)
        assert past_their_term(approved.company_id, date(2027, 3, 31)) == []
        assert past_their_term(approved.company_id, date(2027, 4, 1)) == [contract_id]
        end_contract(contract_id=contract_id, on=date(2027, 4, 1), by=house(), at=NOW)
        assert past_their_term(approved.company_id, date(2027, 4, 1)) == []


class TestFindContractOfQuote:
    def test_a_quote_leads_to_its_contract(self, approved: Approved) -> None:
        """From the quote one finds what became of it, and None before it is signed."""
        assert find_contract_of_quote(house(), approved.quote_id) is None
        contract_id = a_contract(approved)
        found = find_contract_of_quote(house(), approved.quote_id)
        assert found is not None
        assert found.id == contract_id
