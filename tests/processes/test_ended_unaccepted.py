"""A line that ended, or was taken back, before the customer accepted it: nothing of it is delivered or waited for."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from kanjo.domains.billing.facts import Held, HoldCondition
from kanjo.domains.billing.operations import hold_billing
from kanjo.domains.billing.queries import HoldState, list_holds
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.orders.queries import list_unaccepted
from kanjo.domains.orders.rules.booking import AcceptedAfterEnd
from kanjo.foundation.actors import Role
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.ask_for_acceptance import KIND
from tests.builders import a_customer, an_actor
from tests.harness.office import APRIL, MAY, Office, an_office, morning
from tests.processes.test_amend_contract import amend, broken

MID_APRIL, JUNE = date(2026, 4, 15), date(2026, 6, 1)


@pytest.fixture
def office(db: None) -> Office:
    return an_office()


@pytest.fixture
def deal(office: Office) -> ConcludedDeal:
    """Two boxes, and one more at another price, none accepted."""
    return office.sell(a_customer(), [office.boxes(2), office.boxes(1, 45_000)])


def end(office: Office, deal: ConcludedDeal, line: int, on: date) -> None:
    ends = (deal.lines[line].order_line_id,)
    amend(office, deal.contract_id, kind=AmendmentKind.END_OF_LINES, ends=ends, effective_on=on)


def asked(office: Office) -> list[str]:
    operations = an_actor(Role.SALES_OPERATIONS, companies=[office.company_id])
    return [item.why.en for item in list_queue(operations) if item.kind == KIND]


@pytest.mark.row("BIL-10")
class TestEnded:
    def test_it_is_not_accepted_from_its_end_on(self, office: Office, deal: ConcludedDeal) -> None:
        """What ended on 1 May may have been accepted in April, and not in May; the books hold either way."""
        line = deal.lines[0].order_line_id
        end(office, deal, 0, MAY)
        with pytest.raises(AcceptedAfterEnd) as refused:
            office.deliver(line, on=MAY)
        assert (refused.value.facts["ended_on"], refused.value.at) == (MAY, "accepted_on")
        office.bill(JUNE)
        assert broken(office) == set()
        office.deliver(line, on=MID_APRIL)
        office.bill(JUNE)
        assert broken(office) == set()

    def test_taken_back_it_is_there_again(self, office: Office, deal: ConcludedDeal) -> None:
        """An end that was withdrawn ends nothing; an added line that was withdrawn is not there to be accepted."""
        ended = amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.END_OF_LINES,
            ends=(deal.lines[0].order_line_id,),
            effective_on=MID_APRIL,
        )
        amend(
            office,
            deal.contract_id,
            kind=AmendmentKind.WITHDRAWAL,
            withdraws=ended.amendment_id,
            effective_on=MID_APRIL,
        )
        office.deliver(deal.lines[0].order_line_id, on=MAY)
        office.bill(MAY)
        assert broken(office) == set()

    def test_nobody_is_asked_for_it_any_more(self, office: Office, deal: ConcludedDeal) -> None:
        """The queue names what still waits; once nothing does, the work is gone."""
        while deliver(by=house(), at=morning(APRIL)):
            pass
        (before,) = asked(office)
        end(office, deal, 0, APRIL)
        (rest,) = asked(office)
        assert (before.count("Appliance"), rest.count("Appliance")) == (2, 1)
        end(office, deal, 1, APRIL)
        assert asked(office) == []
        assert list_unaccepted(house(), deal.order_id, MAY) == []

    def test_a_hold_until_all_is_accepted_waits_for_the_rest_alone(self, office: Office, deal: ConcludedDeal) -> None:
        """Of a contract on hold one line ended and the other is accepted: the hold is over."""
        with transaction.atomic():
            hold_billing(
                company_id=office.company_id,
                held=Held(contract_id=deal.contract_id),
                owner_id=office.receivables.id,
                condition=HoldCondition.ACCEPTANCE,
                because="検収待ち",
                on=APRIL,
                by=office.receivables,
                at=morning(APRIL),
            )
        end(office, deal, 0, MID_APRIL)
        office.deliver(deal.lines[1].order_line_id, on=MAY)
        while deliver(by=house(), at=morning(MAY)):
            pass
        assert [hold.state for hold in list_holds(office.receivables, on=MAY)] == [HoldState.RELEASED]
