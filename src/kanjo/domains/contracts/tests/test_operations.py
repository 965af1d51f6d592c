"""The verbs on contracts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.models import Contract, Ending
from kanjo.domains.contracts.operations import conclude, end_contract, terminate_contract
from kanjo.domains.contracts.queries import count_contracts, get_contract, list_contracts
from kanjo.domains.contracts.rules.concluding import (
    NoCause,
    NoTermToEnd,
    NotInForce,
    OtherwiseConcluded,
    OutsideTerm,
    SignedFileChanged,
    TermReversed,
    TermRunning,
)
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, an_actor
from tests.deals import Approved, a_contract, a_signed_paper, an_approved_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved() -> Approved:
    return an_approved_version(a_company(), a_customer())


def terms(approved: Approved, **changed: object) -> dict[str, Any]:
    """Return the arguments of an everyday conclusion."""
    file_id, digest = a_signed_paper(approved.company_id)
    return {
        "company_id": approved.company_id,
        "customer_id": approved.customer_id,
        "quote_id": approved.quote_id,
        "version_id": approved.version_id,
        "approval_request_id": approved.request_id,
        "currency": "JPY",
        "total_minor": 120_000,
        "payment_terms": "close:31:1:31:none",
        "starts_on": date(2026, 4, 1),
        "until": date(2027, 4, 1),
        "signed_file_id": file_id,
        "signed_digest": digest,
        "owner_id": house().id,
        "by": house(),
        "at": NOW,
        "on": TODAY,
        **changed,
    }


class TestConclude:
    def test_a_contract_has_a_number_its_evidence_and_an_open_term(self, approved: Approved) -> None:
        """What was signed is written down with its number, its evidence and the day its notice window opens."""
        contract = get_contract(house(), conclude(**terms(approved)))
        assert contract.number == "C-2026-000001"
        assert (contract.total_minor, contract.currency) == (120_000, "JPY")
        assert contract.signed_digest == a_signed_paper(approved.company_id)[1]
        assert contract.notice_opens_on == date(2027, 1, 1)
        assert (contract.concluded_on, contract.state, contract.stops_on) == (TODAY, ContractState.CONCLUDED, None)

    def test_the_others_are_told(self, approved: Approved) -> None:
        """The conclusion is a fact that Rev/Rec and Accounts Receivable can answer."""
        contract_id = conclude(**terms(approved))
        fact = FactRow.objects.get(kind="contracts.concluded")
        assert (fact.subject_id, fact.effective_on) == (contract_id, TODAY)
        assert fact.payload["quote_version_id"] == approved.version_id

    def test_twice_is_once(self, approved: Approved) -> None:
        """Concluding the same version with the same terms again returns the same contract and tells nobody."""
        first = conclude(**terms(approved))
        assert conclude(**terms(approved)) == first
        assert FactRow.objects.filter(kind="contracts.concluded").count() == 1

    def test_other_terms_are_refused(self, approved: Approved) -> None:
        """The same version with another total is not concluded again, and the refusal says what differs."""
        conclude(**terms(approved))
        with pytest.raises(OtherwiseConcluded, match=r"C-2026-000001, with other total\."):
            conclude(**terms(approved, total_minor=130_000))
        assert Contract.objects.count() == 1

    def test_another_file_than_the_signed_one_is_refused(self, approved: Approved) -> None:
        """A file whose digest is not the one that was signed is no evidence."""
        with pytest.raises(SignedFileChanged):
            conclude(**terms(approved, signed_digest="f" * 64))
        assert not Contract.objects.exists()

    def test_a_term_without_a_day_is_refused(self, approved: Approved) -> None:
        """A contract that ends when it starts is none."""
        with pytest.raises(TermReversed):
            conclude(**terms(approved, until=date(2026, 4, 1)))

    def test_only_deal_management_concludes(self, approved: Approved) -> None:
        """A sales rep does not conclude contracts."""
        seller = an_actor(Role.SALES_REP, companies=[approved.company_id])
        with pytest.raises(NotYourRole):
            conclude(**terms(approved, by=seller))

    def test_another_company_is_out_of_sight(self, approved: Approved) -> None:
        """Who is not assigned to the company is told that there is none."""
        stranger = an_actor(Role.DEAL_MANAGEMENT)
        with pytest.raises(NotFound, match="selling company"):
            conclude(**terms(approved, by=stranger))
        assert not Contract.objects.exists()

    def test_it_costs_few_queries(self, approved: Approved) -> None:
        """Thousands of deals are concluded one by one: ten queries are enough for one."""
        a_contract(an_approved_version(approved.company_id, approved.customer_id))
        given = terms(approved, by=an_actor(Role.DEAL_MANAGEMENT, companies=[approved.company_id]))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            conclude(**given)
        assert len(statements(queries)) <= 10

    @pytest.mark.parametrize("column", ["total_minor", "payment_terms", "until", "signed_digest", "number"])
    def test_what_was_signed_is_frozen(self, approved: Approved, column: str) -> None:
        """The database itself refuses to change a signed term."""
        contract_id = a_contract(approved)
        changed = {"total_minor": 1, "until": date(2028, 4, 1)}.get(column, "other")
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            Contract.objects.filter(pk=contract_id).update(**{column: changed})

    def test_a_contract_is_never_removed(self, approved: Approved) -> None:
        """The database itself refuses to remove a contract."""
        a_contract(approved)
        with pytest.raises(DatabaseError, match="kept"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM contracts_contract")


class TestEndContract:
    def test_a_term_that_is_over_ends(self, approved: Approved) -> None:
        """On the day after its last day a contract is ended, from that day on."""
        contract_id = a_contract(approved)
        ended = end_contract(contract_id=contract_id, on=date(2027, 4, 1), by=house(), at=NOW)
        contract = get_contract(house(), contract_id)
        assert ended.effective_on == date(2027, 4, 1)
        assert (contract.state, contract.stops_on) == (ContractState.ENDED, date(2027, 4, 1))

    def test_its_last_day_is_still_in_the_term(self, approved: Approved) -> None:
        """A contract is not ended on the last day of its term."""
        contract_id = a_contract(approved)
        with pytest.raises(TermRunning):
            end_contract(contract_id=contract_id, on=date(2027, 3, 31), by=house(), at=NOW)
        assert get_contract(house(), contract_id).state is ContractState.CONCLUDED

    def test_a_contract_that_runs_on_does_not_end_by_itself(self, approved: Approved) -> None:
        """Without an end of term there is nothing to wait for."""
        contract_id = a_contract(approved, runs_on=True)
        with pytest.raises(NoTermToEnd):
            end_contract(contract_id=contract_id, on=date(2030, 1, 1), by=house(), at=NOW)

    def test_it_ends_once(self, approved: Approved) -> None:
        """What has ended cannot end again."""
        contract_id = a_contract(approved)
        end_contract(contract_id=contract_id, on=date(2027, 4, 1), by=house(), at=NOW)
        with pytest.raises(NotInForce):
            end_contract(contract_id=contract_id, on=date(2027, 4, 2), by=house(), at=NOW)
        assert Ending.objects.count() == 1


class TestTerminateContract:
    def test_it_stops_on_the_day_given(self, approved: Approved) -> None:
        """A terminated contract says from which day it has no effect, and why."""
        contract_id = a_contract(approved)
        terminate_contract(
            contract_id=contract_id, stops_on=date(2026, 10, 1), because="顧客都合による中途解約", by=house(), at=NOW
        )
        contract = get_contract(house(), contract_id)
        assert (contract.state, contract.stops_on) == (ContractState.TERMINATED, date(2026, 10, 1))
        assert Ending.objects.get().because == "顧客都合による中途解約"

    def test_it_needs_a_reason(self, approved: Approved) -> None:
        """Nobody terminates a contract without saying why."""
        contract_id = a_contract(approved)
        with pytest.raises(NoCause):
            terminate_contract(contract_id=contract_id, stops_on=date(2026, 10, 1), because=" ", by=house(), at=NOW)
        assert not Ending.objects.exists()

    @pytest.mark.parametrize("day", [date(2026, 3, 31), date(2027, 4, 1)])
    def test_it_stops_inside_its_term(self, approved: Approved, day: date) -> None:
        """Before the start nothing can stop, and at the end it ends by itself."""
        contract_id = a_contract(approved)
        with pytest.raises(OutsideTerm):
            terminate_contract(contract_id=contract_id, stops_on=day, because="解約", by=house(), at=NOW)
        assert get_contract(house(), contract_id).state is ContractState.CONCLUDED


class TestListContracts:
    def test_a_page_costs_two_queries(self) -> None:
        """A list of twelve contracts costs as many queries as a list of two."""
        company_id, customer_id = a_company(), a_customer()
        reader, counts = an_actor(Role.AUDITOR, companies=[company_id]), []
        for more in (2, 10):
            for _ in range(more):
                a_contract(an_approved_version(company_id, customer_id))
            with CaptureQueriesContext(connection) as queries:
                list_contracts(reader, customer_id=customer_id)
            counts.append(len(queries))
        assert counts == [2, 2]
        assert len(list_contracts(reader)) == count_contracts(reader) == 12

    def test_another_company_sees_nothing(self, approved: Approved) -> None:
        """A contract shows only to those assigned to its company."""
        contract_id = a_contract(approved)
        stranger = an_actor(Role.DEAL_MANAGEMENT, companies=[a_company("kanjo-us", currency="USD")])
        assert list_contracts(stranger) == []
        with pytest.raises(NotFound):
            get_contract(stranger, ContractId(contract_id))


def statements(queries: CaptureQueriesContext) -> list[str]:
    """Return what was asked, without the savepoints of the test's own transaction."""
    return [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
