"""When to speak with a customer: as a renewal comes near, as rights run out, and when a payment is late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kanjo.domains.contracts.models import Contract
from kanjo.domains.renewals.operations import let_lapse
from kanjo.domains.renewals.queries import list_renewals
from kanjo.foundation.actors import Role
from kanjo.platform.identity.queries import house
from kanjo.platform.notices.models import Notice
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes.find_renewals import find_renewals
from kanjo.processes.tell_overdue import tell_overdue
from tests.builders import A_YEAR, a_customer, an_actor
from tests.harness.office import APRIL, Office, an_office, morning

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-16")]

PAYER = "株式会社青葉商事"


@pytest.fixture
def office() -> Office:
    """Ten users for a year were sold, and are billed in April: ¥11,000, due by the end of May."""
    office = an_office()
    office.sell(a_customer(PAYER), [office.users(10)])
    office.bill(APRIL)
    return office


class TestTheRightTime:
    def test_a_renewal(self, office: Office) -> None:
        """Once the notice window opens who renews has the contract on the queue, until the last day of its term."""
        rep = an_actor(Role.RENEWAL_REP, companies=[office.company_id])
        opens_on = self._opens_on()
        for on, found in ((opens_on - timedelta(days=1), 0), (opens_on, 1), (opens_on, 0)):
            assert len(find_renewals(company_id=office.company_id, on=on, by=house(), at=morning(on))) == found
        [item] = list_queue(rep)
        [renewal] = list_renewals(rep)
        assert (renewal.customer, renewal.contract_number in item.why.ja) == (PAYER, True)
        assert (item.subject_id, item.due_on) == (renewal.id, A_YEAR.last_on)

    def test_an_expiry(self, office: Office) -> None:
        """Not renewed: License Management is to see with the customer that the ten users stop with the last day."""
        keeper = an_actor(Role.LICENSE_MANAGEMENT, companies=[office.company_id])
        on = self._opens_on()
        find_renewals(company_id=office.company_id, on=on, by=house(), at=morning(on))
        [renewal] = list_renewals(house())
        let_lapse(renewal_id=renewal.id, because="他社へ移行", on=on, by=house(), at=morning(on))
        assert [item for item in list_queue(keeper) if PAYER in item.why.ja] == []
        deliver(by=house(), at=morning(on))
        [item] = [item for item in list_queue(keeper) if PAYER in item.why.ja]
        assert (item.due_on, "10" in item.why.ja) == (A_YEAR.last_on, True)

    def test_a_payment(self, office: Office) -> None:
        """On the day it is due nobody is told; the morning after who owns the deal is, once, with what is open."""
        due_on = date(2026, 5, 31)
        for days, told in ((0, 0), (1, 1), (2, 1)):
            on = due_on + timedelta(days=days)
            tell_overdue(company_id=office.company_id, on=on, by=house(), at=morning(on))
            assert Notice.objects.filter(kind="payment").count() == told
        notice = Notice.objects.get(kind="payment")
        assert (notice.person_id, PAYER in notice.says_ja, "11,000" in notice.says_ja) == (office.rep.id, True, True)

    @staticmethod
    def _opens_on() -> date:
        opens_on: date | None = Contract.objects.get().notice_opens_on
        assert opens_on is not None
        return opens_on
