"""What one function hands to the next by itself: deliveries to be accepted, rights that run out."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from kanjo.domains.contracts.operations import terminate_contract
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.licenses.facts import HowConfirmed
from kanjo.domains.licenses.queries import find_end_of_use
from kanjo.domains.licenses.rules import UseGoesOn
from kanjo.domains.renewals import operations as renewals
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import RenewalId
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.queries import WorkRow, list_queue
from kanjo.processes.accept_quote import ConcludedDeal
from kanjo.processes.end_contracts import end_contracts
from kanjo.processes.find_renewals import find_renewals
from kanjo.processes.watch_rights import confirm_end_of_use
from tests.builders import A_YEAR, a_customer, an_actor
from tests.harness.office import APRIL, Office, an_office, morning

pytestmark = pytest.mark.django_db

IN_WINDOW, LATER = date(2027, 1, 15), date(2027, 5, 1)


@pytest.fixture
def office() -> Office:
    return an_office()


def told() -> None:
    """Let the worker's job deliver what waits."""
    deliver(by=house(), at=morning(LATER))


@transaction.atomic
def terminated(deal: ConcludedDeal) -> None:
    """Stop the contract in the middle of its term."""
    stops_on = date(2026, 10, 1)
    terminate_contract(
        contract_id=deal.contract_id, stops_on=stops_on, because="解約", by=house(), at=morning(stops_on)
    )


def on_desk(actor: Actor) -> list[WorkRow]:
    return list_queue(actor)


@pytest.mark.row("MO-1", "MO-2")
class TestAcceptance:
    @pytest.fixture
    def desk(self, office: Office) -> Actor:
        return an_actor(Role.SALES_OPERATIONS, companies=[office.company_id])

    def test_sales_operations_gets_what_is_to_be_accepted(self, office: Office, desk: Actor) -> None:
        """Ten users and two boxes: the boxes wait, in both languages, and lead to their order."""
        deal = office.sell(a_customer(), [office.users(10), office.boxes(2)])
        told()
        [waiting] = on_desk(desk)
        assert (waiting.subject, waiting.subject_id) == ("orders_order", deal.order_id)
        assert waiting.why.en == f"Order {deal.order_number} waits for the customer's acceptance: Appliance."
        assert waiting.why.ja.startswith(f"注文 {deal.order_number} の検収・納品確認が未登録です")

    def test_until_all_of_it_is_accepted(self, office: Office, desk: Actor) -> None:
        """Of two lines the first does not take it off the desk, the second does."""
        deal = office.sell(a_customer(), [office.boxes(1), office.boxes(2)])
        told()
        for line, left in zip(deal.lines, (1, 0), strict=True):
            office.deliver(line.order_line_id, on=APRIL)
            assert len(on_desk(desk)) == left

    def test_until_the_contract_is_terminated(self, office: Office, desk: Actor) -> None:
        """What will not be delivered is not awaited; the order of another contract stays."""
        deal, other = (office.sell(a_customer(), [office.boxes(1)]) for _ in range(2))
        told()
        terminated(deal)
        told()
        assert [waiting.subject_id for waiting in on_desk(desk)] == [other.order_id]

    def test_a_contract_terminated_before_the_worker_came_asks_nobody(self, office: Office, desk: Actor) -> None:
        """In whatever order a slow worker hears of it."""
        terminated(office.sell(a_customer(), [office.boxes(1)]))
        told()
        assert on_desk(desk) == []

    def test_nobody_is_asked_for_what_needs_no_acceptance(self, office: Office, desk: Actor) -> None:
        """A subscription, and boxes that were accepted before the worker came."""
        office.sell(a_customer(), [office.users(10)])
        deal = office.sell(a_customer(), [office.boxes(1)])
        office.deliver(deal.lines[0].order_line_id, on=APRIL)
        told()
        assert on_desk(desk) == []


@pytest.mark.row("MO-1", "MO-7")
class TestRights:
    @pytest.fixture
    def desk(self, office: Office) -> Actor:
        return an_actor(Role.LICENSE_MANAGEMENT, companies=[office.company_id])

    def lapsed(self, office: Office) -> ConcludedDeal:
        """Sell ten users for a year, and let the renewal lapse in the last months."""
        deal = office.sell(a_customer(), [office.users(10)])
        with transaction.atomic():
            [renewal_id] = find_renewals(company_id=office.company_id, on=IN_WINDOW, by=house(), at=morning(IN_WINDOW))
            renewals.let_lapse(
                renewal_id=RenewalId(renewal_id), because="利用終了", on=IN_WINDOW, by=house(), at=morning(IN_WINDOW)
            )
        return deal

    def ended(self, office: Office) -> None:
        """Let the morning after the last day come."""
        with transaction.atomic():
            end_contracts(company_id=office.company_id, on=A_YEAR.until, by=house(), at=morning(A_YEAR.until))

    def test_license_management_watches_what_is_not_renewed(self, office: Office, desk: Actor) -> None:
        """By the last day of the term, with what the contract grants."""
        deal = self.lapsed(office)
        told()
        [waiting] = on_desk(desk)
        assert (waiting.subject, waiting.subject_id) == ("contracts_contract", deal.contract_id)
        assert waiting.due_on == date(2027, 3, 31)
        assert waiting.why.en.endswith("CLOUD 10 is used no longer than to 2027-03-31.")
        assert "CLOUD 10の利用が2027-03-31で終わること" in waiting.why.ja

    def confirmed(self, deal: ConcludedDeal, desk: Actor, on: date = A_YEAR.until) -> None:
        """Let the customer say that it uses no longer what it had."""
        with transaction.atomic():
            confirm_end_of_use(
                contract_id=deal.contract_id, on=on, how=HowConfirmed.STATEMENT, note="", by=desk, at=morning(on)
            )

    def test_until_its_use_is_confirmed_to_have_ended(self, office: Office, desk: Actor) -> None:
        """That the contract ended alone takes nothing off the desk; who confirms the end of use does, at once."""
        deal = self.lapsed(office)
        told()
        self.ended(office)
        told()
        assert len(on_desk(desk)) == 1
        self.confirmed(deal, desk)
        assert on_desk(desk) == []

    def test_terminated_it_waits_by_the_new_last_day(self, office: Office, desk: Actor) -> None:
        """Rights that are stopped early are asked for by the day before, once, whoever was told of it first."""
        deal = self.lapsed(office)
        terminated(deal)
        told()
        [waiting] = on_desk(desk)
        assert waiting.due_on == date(2026, 9, 30)
        self.confirmed(deal, desk, on=date(2026, 10, 1))
        assert on_desk(desk) == []

    def test_a_termination_asks_by_itself(self, office: Office, desk: Actor) -> None:
        """Without a renewal that lapsed, too: what was granted is to be used no longer."""
        terminated(office.sell(a_customer(), [office.users(10)]))
        told()
        [waiting] = on_desk(desk)
        assert waiting.why.en.endswith("CLOUD 10 is used no longer than to 2026-09-30.")
        assert "は解約されました。" in waiting.why.ja

    def test_a_slow_worker_still_asks(self, office: Office, desk: Actor) -> None:
        """That the contract ended before the worker came changes nothing; that its end was confirmed does."""
        self.lapsed(office)
        self.ended(office)
        told()
        assert len(on_desk(desk)) == 1

    def test_what_is_confirmed_before_the_worker_came_is_not_asked(self, office: Office, desk: Actor) -> None:
        """A slow worker puts nothing on a queue that nobody has to do."""
        deal = self.lapsed(office)
        self.ended(office)
        self.confirmed(deal, desk)
        told()
        assert on_desk(desk) == []

    def test_a_renewed_contract_has_no_end_of_use(self, office: Office, desk: Actor) -> None:
        """The use goes on under the next contract: to confirm its end is refused, and nothing is written."""
        deal = office.sell(a_customer(), [office.users(10)])
        with transaction.atomic():
            [renewal_id] = find_renewals(company_id=office.company_id, on=IN_WINDOW, by=house(), at=morning(IN_WINDOW))
            nxt = office.sell(a_customer(), [office.users(10)])
            renewals.quote_renewal(
                renewal_id=RenewalId(renewal_id),
                quote_id=get_contract(house(), nxt.contract_id).quote_id,
                on=IN_WINDOW,
                by=house(),
                at=morning(IN_WINDOW),
            )
            renewals.renew(
                renewal_id=RenewalId(renewal_id),
                contract_id=nxt.contract_id,
                on=IN_WINDOW,
                by=house(),
                at=morning(IN_WINDOW),
            )
        self.ended(office)
        with pytest.raises(UseGoesOn, match="the use goes on under the next one"):
            self.confirmed(deal, desk)
        assert find_end_of_use(desk, deal.contract_id) is None
