"""That a customer no longer uses what it may use no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from kanjo.domains.licenses.facts import HowConfirmed, RightsOfContract
from kanjo.domains.licenses.models import EndOfUse
from kanjo.domains.licenses.operations import CONTRACT, RUNNING_OUT, confirm_end_of_use
from kanjo.domains.licenses.queries import EndOfUseRow, find_end_of_use, why_use_goes_on
from kanjo.domains.licenses.rules import (
    AlreadyConfirmed,
    ConfirmedInFuture,
    GrantsNothing,
    NoEndOfRight,
    NotSaidHow,
    RightRuns,
    UseGoesOn,
)
from kanjo.domains.licenses.tests.test_operations import granted, write
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.worklist.operations import put
from kanjo.platform.worklist.queries import list_queue
from tests.builders import A_YEAR, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import a_deal

pytestmark = [pytest.mark.django_db, pytest.mark.row("MO-7")]

NEXT_DAY = A_YEAR.until
THAT_MORNING = datetime(NEXT_DAY.year, NEXT_DAY.month, NEXT_DAY.day, 1, tzinfo=UTC)


@pytest.fixture
def company_id() -> CompanyId:
    return a_company()


@pytest.fixture
def manager(company_id: CompanyId) -> Actor:
    return an_actor(Role.LICENSE_MANAGEMENT, companies=[company_id], name="許諾 花子")


@pytest.fixture
def rights(company_id: CompanyId) -> RightsOfContract:
    """Ten users for a year, which License Management watches."""
    customer_id = a_customer()
    deal = a_deal(company_id, customer_id, [a_line(a_product(company_id))])
    write(company_id, customer_id, deal, [granted(line) for line in deal.order.lines])
    why = Text(en="See that it ends.", ja="終了を確認してください。")
    put(
        kind=RUNNING_OUT,
        subject=(CONTRACT, deal.contract_id),
        company_id=company_id,
        role=Role.LICENSE_MANAGEMENT,
        why=why,
    )
    return RightsOfContract(contract_id=deal.contract_id, number="C-1", until=A_YEAR.until, renewed=False)


def confirm(
    rights: RightsOfContract,
    by: Actor,
    *,
    on: date = NEXT_DAY,
    how: HowConfirmed = HowConfirmed.REMOVAL,
    note: str = "",
    at: datetime = THAT_MORNING,
) -> None:
    with transaction.atomic():
        confirm_end_of_use(rights=rights, on=on, how=how, note=note, by=by, at=at)


class TestConfirmEndOfUse:
    def test_it_says_since_when_how_and_by_whom(self, rights: RightsOfContract, manager: Actor) -> None:
        """The first day after the last one is early enough; the work is done, and the fact is told."""
        confirm(rights, manager, note=" 資産台帳の写しを受領 ")
        row = EndOfUseRow(NEXT_DAY, HowConfirmed.REMOVAL, "資産台帳の写しを受領", "許諾 花子")
        assert find_end_of_use(manager, rights.contract_id) == row
        assert list_queue(manager) == []
        told = FactRow.objects.get(kind="licenses.end-of-use-confirmed")
        assert (told.subject_id, told.effective_on, told.payload["how"]) == (rights.contract_id, NEXT_DAY, "removal")

    @pytest.mark.parametrize(
        ("changed", "given", "refused"),
        [
            ({}, {"on": A_YEAR.last_on}, RightRuns),
            ({"until": None}, {}, NoEndOfRight),
            ({"renewed": True}, {}, UseGoesOn),
            ({}, {"on": NEXT_DAY + timedelta(days=1)}, ConfirmedInFuture),
            ({}, {"how": HowConfirmed.OTHER, "note": " "}, NotSaidHow),
            ({"contract_id": ContractId(0)}, {}, GrantsNothing),
        ],
    )
    def test_it_is_refused_where_nothing_has_ended(
        self,
        rights: RightsOfContract,
        manager: Actor,
        changed: dict[str, object],
        given: dict[str, object],
        refused: type[Refusal],
    ) -> None:
        """On the last day still, without a last day, after a renewal, ahead of time, unexplained, or without a right.

        Nothing is written, and the work still waits.
        """
        with pytest.raises(refused):
            confirm(replace(rights, **changed), manager, **given)  # type: ignore[arg-type]
        assert not EndOfUse.objects.exists()
        assert len(list_queue(manager)) == 1

    def test_once_is_enough(self, rights: RightsOfContract, manager: Actor) -> None:
        """A second confirmation is refused with the day of the first, which stays."""
        confirm(rights, manager)
        with pytest.raises(AlreadyConfirmed, match="as of 2027-04-01"):
            confirm(rights, manager, how=HowConfirmed.STATEMENT)
        assert EndOfUse.objects.get().how == HowConfirmed.REMOVAL

    def test_the_day_is_that_of_the_company(self, rights: RightsOfContract, manager: Actor) -> None:
        """In Tokyo 1 April begins while it is 31 March in London."""
        confirm(rights, manager, at=datetime(2027, 3, 31, 15, tzinfo=UTC))
        assert EndOfUse.objects.get().effective_on == NEXT_DAY

    def test_it_is_license_managements(self, rights: RightsOfContract, company_id: CompanyId) -> None:
        """Who sells or books does not confirm; who works for another company finds no license."""
        with pytest.raises(NotYourRole):
            confirm(rights, an_actor(Role.DEAL_MANAGEMENT, companies=[company_id]))
        with pytest.raises(GrantsNothing):
            confirm(rights, an_actor(Role.LICENSE_MANAGEMENT, companies=[a_company("kanjo-us", currency="USD")]))
        assert not EndOfUse.objects.exists()

    def test_the_table_defends_itself(self, rights: RightsOfContract, manager: Actor) -> None:
        """The database changes no confirmation and takes none that says neither how nor why."""
        confirm(rights, manager)
        with pytest.raises(DatabaseError), transaction.atomic():
            EndOfUse.objects.update(note="別の話")
        row = EndOfUse.objects.get()
        row.pk, row.how = None, HowConfirmed.OTHER
        with pytest.raises(IntegrityError, match="end_of_use_otherwise_noted"), transaction.atomic():
            row.save(force_insert=True)

    def test_a_page_asks_the_same_rule(self, rights: RightsOfContract) -> None:
        """What the button says is what the verb would refuse."""
        assert why_use_goes_on(rights, on=NEXT_DAY) is None
        assert isinstance(why_use_goes_on(rights, on=A_YEAR.last_on), RightRuns)
