"""Contracts concluded by several at once."""

from __future__ import annotations

from itertools import count

from kanjo.domains.contracts.models import Contract, Ending
from kanjo.domains.contracts.operations import terminate_contract
from kanjo.domains.contracts.rules.concluding import NotInForce, OtherwiseConcluded
from kanjo.foundation.refusals import Refusal
from kanjo.platform.identity.queries import house
from kanjo.platform.numbering.models import Issued
from tests.builders import NOW, TODAY, a_company, a_customer
from tests.deals import a_contract, an_approved_version
from tests.plumbing import FreshDatabase
from tests.races import at_once


class TestAtOnce:
    def test_one_version_becomes_one_contract(self, fresh_database: FreshDatabase) -> None:
        """Eight who conclude the same version at the same moment get the same contract, and one number is used."""
        approved = an_approved_version(a_company(), a_customer())
        told = at_once(lambda: a_contract(approved))
        assert set(told) == {Contract.objects.get().pk}
        assert Issued.objects.filter(series__kind="contract").count() == 1

    def test_eight_meanings_become_one_contract(self, fresh_database: FreshDatabase) -> None:
        """Of eight different totals for the same version one is concluded, and seven are refused."""
        approved = an_approved_version(a_company(), a_customer())
        totals = count(100_000)
        told = at_once(lambda: a_contract(approved, total_minor=next(totals)))
        assert Contract.objects.count() == 1
        assert [isinstance(answer, OtherwiseConcluded) for answer in told].count(True) == 7

    def test_a_contract_stops_once(self, fresh_database: FreshDatabase) -> None:
        """Of eight terminations at the same moment one counts, and seven are told that nothing is left to end."""
        contract_id = a_contract(an_approved_version(a_company(), a_customer()))
        told = at_once(
            lambda: terminate_contract(contract_id=contract_id, stops_on=TODAY, because="解約", by=house(), at=NOW)
        )
        refused = [answer for answer in told if isinstance(answer, Refusal)]
        assert Ending.objects.count() == 1
        assert [type(refusal) for refusal in refused] == [NotInForce] * 7
