"""Changing a contract that is in force, and taking a change back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.contracts.facts import AmendmentKind, ContractAmended
from kanjo.domains.contracts.models import Amendment
from kanjo.domains.contracts.operations import amend_contract, terminate_contract
from kanjo.domains.contracts.queries import AmendmentRow, get_amendment, list_amendments
from kanjo.domains.contracts.rules.amending import (
    AgreedInFuture,
    AlreadyWithdrawn,
    ChangedOutsideTerm,
    ChangedWithoutCause,
    NotSuspended,
    NotTerminated,
    NotToWithdraw,
    OfOtherContract,
    ResumedTooEarly,
    SuspendedForNoDay,
    ValueNegative,
    refuse_amendment,
)
from kanjo.domains.contracts.rules.concluding import NotInForce
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.refusals import Refusal
from kanjo.platform.acts import NotYourRole
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from tests.builders import NOW, TODAY, a_company, a_customer, an_actor
from tests.deals import Approved, a_contract, an_approved_version

LATER = date(2026, 7, 1)


@pytest.fixture
def approved() -> Approved:
    return an_approved_version(a_company(), a_customer())


@pytest.fixture
def contract_id(approved: Approved) -> ContractId:
    return a_contract(approved)


def amend(contract_id: ContractId, **changed: object) -> ContractAmended:
    """Amend as on most days: ten users more from July on."""
    everyday: dict[str, Any] = {
        "kind": AmendmentKind.CHANGE,
        "effective_on": LATER,
        "concluded_on": TODAY,
        "total_minor": 90_000,
        "because": "利用者の増加",
        "by": house(),
        "at": NOW,
    }
    return amend_contract(contract_id=contract_id, **everyday | changed)


def the_amendments(contract_id: ContractId) -> list[AmendmentRow]:
    return list_amendments(house(), contract_id)


@pytest.mark.django_db
class TestAmendContract:
    @pytest.mark.row("BIL-7")
    def test_an_amendment_keeps_both_days(self, contract_id: ContractId) -> None:
        """What changes from July on and was agreed in April has a number, both days, and the moment it was known."""
        amend(contract_id)
        row = the_amendments(contract_id)[0]
        assert (row.number, row.kind, row.total_minor) == ("A-2026-000001", AmendmentKind.CHANGE, 90_000)
        assert (row.effective_on, row.concluded_on, row.withdrawn_by) == (LATER, TODAY, "")
        assert get_amendment(house(), row.id) == row

    def test_the_others_are_told(self, contract_id: ContractId) -> None:
        """The amendment is a fact of the contract, effective from its day."""
        amended = amend(contract_id)
        fact = FactRow.objects.get(kind="contracts.amended")
        assert (fact.subject_id, fact.effective_on) == (contract_id, LATER)
        assert fact.payload["amendment_id"] == amended.amendment_id

    @pytest.mark.row("BIL-7")
    def test_the_order_of_agreement_is_not_the_order_of_effect(self, contract_id: ContractId) -> None:
        """An amendment that takes effect before an earlier one is ordinary: both stand, in the order they came."""
        amend(contract_id, effective_on=date(2026, 10, 1))
        amend(contract_id, effective_on=date(2026, 4, 1))
        assert [row.effective_on for row in the_amendments(contract_id)] == [date(2026, 10, 1), date(2026, 4, 1)]

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            ({"because": " "}, ChangedWithoutCause),
            ({"effective_on": date(2026, 3, 31)}, ChangedOutsideTerm),
            ({"effective_on": date(2027, 4, 1)}, ChangedOutsideTerm),
            ({"kind": AmendmentKind.SUSPENSION, "until": LATER}, SuspendedForNoDay),
            ({"concluded_on": TODAY + timedelta(days=1)}, AgreedInFuture),
            ({"total_minor": -120_001}, ValueNegative),
        ],
    )
    def test_what_cannot_be_agreed_is_refused(
        self, contract_id: ContractId, changed: dict[str, object], refused: type[Refusal]
    ) -> None:
        """No reason, a day outside the term, an agreement to come, or a contract worth less than nothing: not kept."""
        with pytest.raises(refused):
            amend(contract_id, **changed)
        assert the_amendments(contract_id) == []

    def test_all_of_it_may_be_taken_away(self, contract_id: ContractId) -> None:
        """A contract may come to be worth nothing."""
        amend(contract_id, total_minor=-120_000)
        with pytest.raises(ValueNegative, match="-1"):
            amend(contract_id, total_minor=-1)

    def test_what_has_stopped_is_not_changed(self, contract_id: ContractId) -> None:
        """A terminated contract is not amended."""
        terminate_contract(contract_id=contract_id, stops_on=LATER, because="解約", by=house(), at=NOW)
        with pytest.raises(NotInForce):
            amend(contract_id)
        assert the_amendments(contract_id) == []
        amend(contract_id, kind=AmendmentKind.TERMINATION)
        assert the_amendments(contract_id)[0].kind is AmendmentKind.TERMINATION

    def test_only_what_was_terminated_ends_by_termination(self, contract_id: ContractId) -> None:
        """While a contract is in force its lines do not end by its termination."""
        with pytest.raises(NotTerminated):
            amend(contract_id, kind=AmendmentKind.TERMINATION)

    def test_only_deal_management_amends(self, approved: Approved, contract_id: ContractId) -> None:
        """A sales rep does not amend contracts, and a stranger sees none."""
        with pytest.raises(NotYourRole):
            amend(contract_id, by=an_actor(Role.SALES_REP, companies=[approved.company_id]))
        stranger = an_actor(Role.DEAL_MANAGEMENT)
        with pytest.raises(NotFound):
            amend(contract_id, by=stranger)
        assert list_amendments(stranger, contract_id) == []


@pytest.mark.django_db
class TestWithdraw:
    @pytest.mark.row("BIL-7")
    def test_a_withdrawal_names_what_it_takes_back(self, contract_id: ContractId) -> None:
        """Both stay: the amendment says by which one it was withdrawn, and the contract is worth what it was."""
        first = amend(contract_id)
        amend(contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=first.amendment_id, total_minor=-90_000)
        taken_back, withdrawal = the_amendments(contract_id)
        assert (taken_back.withdrawn_by, withdrawal.withdraws) == ("A-2026-000002", "A-2026-000001")
        assert taken_back.total_minor + withdrawal.total_minor == 0

    def test_once(self, contract_id: ContractId) -> None:
        """What was withdrawn is not withdrawn again, and a withdrawal not at all."""
        first = amend(contract_id)
        second = amend(contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=first.amendment_id)
        with pytest.raises(AlreadyWithdrawn, match=r"A-2026-000001 .* A-2026-000002"):
            amend(contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=first.amendment_id)
        with pytest.raises(NotToWithdraw):
            amend(contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=second.amendment_id)
        assert len(the_amendments(contract_id)) == 2

    def test_only_a_suspension_is_resumed(self, contract_id: ContractId) -> None:
        """A resumption takes the place of a suspension; it may itself be taken back, with the suspension."""
        first = amend(contract_id)
        with pytest.raises(NotSuspended):
            amend(contract_id, kind=AmendmentKind.RESUMPTION, withdraws=first.amendment_id)
        suspended = amend(contract_id, kind=AmendmentKind.SUSPENSION)
        early: dict[str, Any] = {"withdraws": suspended.amendment_id, "effective_on": LATER - timedelta(days=1)}
        with pytest.raises(ResumedTooEarly, match="2026-07-01"):
            amend(contract_id, kind=AmendmentKind.RESUMPTION, **early)
        resumed = amend(contract_id, kind=AmendmentKind.RESUMPTION, withdraws=suspended.amendment_id)
        amend(contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=resumed.amendment_id)

    def test_of_the_same_contract(self, approved: Approved, contract_id: ContractId) -> None:
        """An amendment of another contract is not withdrawn here; the database itself refuses it, too."""
        other = amend(a_contract(an_approved_version(approved.company_id, approved.customer_id)))
        with pytest.raises(OfOtherContract):
            amend(contract_id, kind=AmendmentKind.WITHDRAWAL, withdraws=other.amendment_id)
        row = Amendment.objects.get(pk=other.amendment_id)
        with pytest.raises(IntegrityError, match="withdraws_id_contract_id"), transaction.atomic():
            copied(row, contract_id=contract_id, kind="withdrawal", withdraws_id=row.pk)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    @pytest.mark.parametrize("change", [{"kind": "withdrawal"}, {"because": "\n"}, {"until": date(2026, 8, 1)}])
    def test_the_table_defends_itself(self, contract_id: ContractId, change: dict[str, object]) -> None:
        """A withdrawal of nothing and a change without a reason are refused by the table."""
        row = Amendment.objects.get(pk=amend(contract_id).amendment_id)
        with pytest.raises(IntegrityError), transaction.atomic():
            copied(row, **change)

    def test_nothing_is_changed(self, contract_id: ContractId) -> None:
        """An amendment is never edited or removed."""
        amend(contract_id)
        with pytest.raises(DatabaseError), transaction.atomic():
            Amendment.objects.update(total_minor=0)


class TestTerm:
    @given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), runs_on=st.booleans())
    def test_every_day_of_the_term_and_no_other(self, day: date, runs_on: bool) -> None:
        """A change may begin on any day from the first of the term, past or to come, up to its end if it has one."""
        until = None if runs_on else date(2027, 4, 1)
        inside = day >= TODAY and (runs_on or day < date(2027, 4, 1))
        try:
            refuse_amendment(
                "C-1", TODAY, until, effective_on=day, concluded_on=TODAY, today=date(2026, 12, 1), because="x"
            )
        except ChangedOutsideTerm:
            assert not inside
        else:
            assert inside


def copied(row: Amendment, **changed: object) -> None:
    """Write the amendment once more under another number, with what changed."""
    row.pk, row.number = None, "A-2026-000099"
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)
