"""Holds stand on their owner's queue before they end; one until acceptance ends with the acceptance."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from kanjo.domains.approvals.facts import Decision
from kanjo.domains.approvals.operations import recall_request
from kanjo.domains.billing.facts import Held, HoldCondition
from kanjo.domains.billing.operations import hold_billing, release_billing
from kanjo.domains.billing.operations.holds import EXPIRES as EXPIRING
from kanjo.domains.billing.operations.holds import REFUSED
from kanjo.domains.billing.operations.send import paper_of
from kanjo.domains.billing.queries import HoldState, get_hold, get_invoice, list_holds, list_invoices
from kanjo.domains.billing.rules.holding import ApprovalSettled, ApprovalUnnamed, RevenueDecides
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.orders.operations import note_po_number
from kanjo.domains.orders.queries import get_order, list_lines, list_orders
from kanjo.domains.orders.rules.booking import AnothersDeal
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ApprovalRequestId, HoldId, OrderId, OrderLineId
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import deliver
from kanjo.platform.worklist.queries import WorkRow, list_queue
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.agreed import Agreed
from kanjo.processes.amend_contract import amend_contract
from kanjo.processes.ask_approval import decide_item
from kanjo.processes.note_po_number import note_po_number as of_own_deal
from kanjo.processes.watch_holds import watch_holds
from tests.builders import a_customer, an_actor
from tests.harness.office import APRIL, Office, an_office, morning

pytestmark = [pytest.mark.django_db, pytest.mark.row("BIL-10")]

MID_APRIL, EXPIRES = date(2026, 4, 15), date(2026, 4, 20)


@pytest.fixture
def office() -> Office:
    return an_office()


@pytest.fixture
def boxes(office: Office) -> OrderLineId:
    """Two boxes, ordered on the first of April and not yet accepted."""
    return office.sell(a_customer(), [office.boxes(2)]).lines[0].order_line_id


def hold(
    office: Office, line: OrderLineId, condition: HoldCondition = HoldCondition.OTHER, expires_on: date | None = EXPIRES
) -> HoldId:
    return hold_of(office, Held(order_line_id=line), condition, expires_on)


def number(office: Office, order_id: OrderId, po_number: str) -> None:
    """Note the customer's number of an order, and let what follows follow, twice."""
    note_po_number(
        order_id=order_id, po_number=po_number, on=MID_APRIL, by=office.deal_management, at=morning(MID_APRIL)
    )
    deliver(by=house(), at=timezone.now())
    deliver(by=house(), at=timezone.now())


def served() -> None:
    deliver(by=house(), at=timezone.now())


def hold_of(
    office: Office,
    held: Held,
    condition: HoldCondition,
    expires_on: date | None = None,
    request_id: ApprovalRequestId | None = None,
) -> HoldId:
    return hold_billing(
        company_id=office.company_id,
        held=held,
        condition=condition,
        because="確認中",
        owner_id=office.receivables.id,
        on=APRIL,
        expires_on=expires_on,
        approval_request_id=request_id,
        by=office.receivables,
        at=morning(APRIL),
    )


def watch(office: Office, on: date) -> tuple[HoldId, ...]:
    return watch_holds(company_id=office.company_id, on=on, by=house(), at=morning(on))


def queue(office: Office) -> list[WorkRow]:
    return [row for row in list_queue(office.receivables) if row.kind == EXPIRING]


class TestWatchHolds:
    def test_a_week_before_it_ends_and_once(self, office: Office, boxes: OrderLineId) -> None:
        """Not eight days before; then with its day, its owner and why; a second morning adds nothing."""
        key = hold(office, boxes)
        hold(office, boxes, expires_on=None)
        assert watch(office, date(2026, 4, 13)) == ()
        assert watch(office, date(2026, 4, 14)) == watch(office, MID_APRIL) == (key,)
        (work,) = queue(office)
        assert (work.subject_id, work.due_on, work.owner) == (key, EXPIRES, office.receivables.name)
        assert "確認中" in work.why.ja
        assert "2026-04-20" in work.why.en

    def test_the_day_it_ended_it_says_so(self, office: Office, boxes: OrderLineId) -> None:
        """From its last day on the same work says that it is over, and that it is billed."""
        hold(office, boxes)
        watch(office, MID_APRIL)
        watch(office, EXPIRES)
        (work,) = queue(office)
        assert "自動解除されました" in work.why.ja

    def test_released_it_is_off_the_queue(self, office: Office, boxes: OrderLineId) -> None:
        """Who releases the hold has done the work, and the next morning it does not come back."""
        key = hold(office, boxes)
        watch(office, MID_APRIL)
        release_billing(hold_id=key, on=MID_APRIL, because="済", by=office.receivables, at=morning(MID_APRIL))
        assert (queue(office), watch(office, EXPIRES)) == ([], ())


class TestReleaseNumbered:
    """Two boxes and a year of cloud under one contract; a second order joins by amendment."""

    @pytest.mark.parametrize("scope", ["order_line_id", "order_id", "contract_id"])
    def test_the_number_releases_what_waited_for_it(self, office: Office, scope: str) -> None:
        """Held on any scope it is released by the number, told twice or not; then it is billed and carries it."""
        deal = office.sell(a_customer(), [office.users(1)])
        order_id = list_orders(house(), contract_id=deal.contract_id)[0].id
        held = {
            "order_line_id": Held(order_line_id=deal.lines[0].order_line_id),
            "order_id": Held(order_id=order_id),
            "contract_id": Held(contract_id=deal.contract_id),
        }
        waits = hold_of(office, held[scope], HoldCondition.PO_NUMBER)
        office.bill(MID_APRIL)
        assert list_invoices(office.receivables) == []
        number(office, order_id, "PO-77")
        row = get_hold(office.receivables, waits, on=MID_APRIL)
        assert (row.state, row.released_on, "PO-77" in row.released_because) == (HoldState.RELEASED, MID_APRIL, True)
        office.bill(MID_APRIL)
        (invoice,) = list_invoices(office.receivables)
        assert get_invoice(invoice.id, office.receivables).po_numbers == ("PO-77",)

    def test_an_issued_invoice_keeps_the_number_of_then(self, office: Office) -> None:
        """A number that is corrected afterwards stands on the next invoice only, and on no paper of before."""
        deal = office.sell(a_customer(), [office.users(1)])
        order_id = list_orders(house(), contract_id=deal.contract_id)[0].id
        number(office, order_id, "PO-1")
        office.bill(MID_APRIL)
        (first,) = list_invoices(office.receivables)
        number(office, order_id, "PO-2")
        office.bill(date(2026, 5, 1))
        second = next(one for one in list_invoices(office.receivables) if one.id != first.id)
        shown = [get_invoice(one.id, office.receivables) for one in (first, second)]
        assert [view.po_numbers for view in shown] == [("PO-1",), ("PO-2",)]
        assert [paper_of(view).references[0][1] for view in shown] == ["PO-1", "PO-2"]

    def test_another_number_of_a_day_before_releases_nothing_again(self, office: Office) -> None:
        """A number corrected as of a day before the release: the hold stays released as it was, nothing fails."""
        deal = office.sell(a_customer(), [office.users(1)])
        (order,) = list_orders(house(), contract_id=deal.contract_id)
        waits = hold_of(office, Held(order_id=order.id), HoldCondition.PO_NUMBER)
        number(office, order.id, "PO-77")
        note_po_number(order_id=order.id, po_number="PO-78", on=APRIL, by=office.deal_management, at=morning(MID_APRIL))
        served()
        assert get_hold(office.receivables, waits, on=MID_APRIL).released_on == MID_APRIL
        assert not Delivery.objects.exclude(error="").exists()

    @pytest.mark.parametrize("condition", [HoldCondition.REVENUE, HoldCondition.ACCEPTANCE, HoldCondition.OTHER])
    def test_what_people_decide_stays_until_they_did(self, office: Office, condition: HoldCondition) -> None:
        """What Rev/Rec decides is told by the release itself; acceptance by the customer's, not by a number."""
        deal = office.sell(a_customer(), [office.users(1)])
        stays = hold(office, deal.lines[0].order_line_id, condition, None)
        number(office, list_orders(house(), contract_id=deal.contract_id)[0].id, "PO-77")
        assert get_hold(office.receivables, stays, on=MID_APRIL).state is HoldState.OPEN

    def test_a_seller_notes_it_for_the_own_deals_alone(self, office: Office) -> None:
        """Another seller of the company is refused and nothing changes; whose deal it is notes it."""
        deal = office.sell(a_customer(), [office.users(1)])
        (order,) = list_orders(house(), contract_id=deal.contract_id)
        another = an_actor(Role.SALES_REP, companies=[office.company_id])
        for by, noted in ((another, ""), (office.rep, "PO-7")):
            with nullcontext() if noted else pytest.raises(AnothersDeal):
                of_own_deal(order_id=order.id, po_number="PO-7", on=MID_APRIL, by=by, at=morning(MID_APRIL))
            assert get_order(house(), order.id).po_number == noted

    def test_of_a_contract_all_orders_need_theirs(self, office: Office) -> None:
        """A contract on hold waits for the number of every order under it."""
        deal = office.sell(a_customer(), [office.users(1)])
        added = Agreed(
            kind=AmendmentKind.ADD_ON,
            effective_on=APRIL,
            concluded_on=APRIL,
            because="追加",
            added=(office.users(1, service=None),),
        )
        amend_contract(contract_id=deal.contract_id, agreed=added, by=office.deal_management, at=morning(APRIL))
        waits = hold_of(office, Held(contract_id=deal.contract_id), HoldCondition.PO_NUMBER)
        states = []
        for order in list_orders(house(), contract_id=deal.contract_id):
            number(office, order.id, f"PO-{order.id}")
            states.append(get_hold(office.receivables, waits, on=MID_APRIL).state)
        assert states == [HoldState.OPEN, HoldState.RELEASED]


class TestApproval:
    @pytest.fixture
    def waiting(self, office: Office) -> tuple[ApprovalRequestId, HoldId]:
        """A quote with a discount that waits for the CxO, and a hold that waits for that answer."""
        request_id = office.submit(office.quote(a_customer("株式会社相談"), [office.users(10, 9_000)]))
        line = office.sell(a_customer(), [office.users(1)]).lines[0].order_line_id
        return request_id, hold_of(office, Held(order_line_id=line), HoldCondition.APPROVAL, None, request_id)

    def test_the_approval_releases_what_waited_for_it(
        self, office: Office, waiting: tuple[ApprovalRequestId, HoldId]
    ) -> None:
        """Released on the day of the approval, with the request as its reason; told twice it is released once."""
        request_id, waits = waiting
        served()
        assert get_hold(office.receivables, waits, on=MID_APRIL).state is HoldState.OPEN
        office.approve(request_id, on=MID_APRIL)
        served()
        served()
        row = get_hold(office.receivables, waits, on=MID_APRIL)
        assert (row.state, row.released_on, row.approval_request_id) == (HoldState.RELEASED, MID_APRIL, request_id)
        assert f"承認申請 {request_id}" in row.released_because

    def test_refused_it_stays_and_its_owner_is_told(
        self, office: Office, waiting: tuple[ApprovalRequestId, HoldId]
    ) -> None:
        """Nobody bills by a refusal: the owner decides, once; the release ends the work."""
        request_id, waits = waiting
        with transaction.atomic():
            decide_item(
                item_id=office.open_items(request_id)[0],
                decision=Decision.REJECT,
                comment="不可",
                on=MID_APRIL,
                by=office.cxo,
                at=morning(MID_APRIL),
            )
        served()
        watch(office, MID_APRIL)
        assert get_hold(office.receivables, waits, on=MID_APRIL).state is HoldState.OPEN
        refused = [row for row in list_queue(office.receivables) if row.kind == REFUSED]
        assert [row.subject_id for row in refused] == [waits]
        release_billing(hold_id=waits, on=MID_APRIL, because="請求する", by=office.receivables, at=morning(MID_APRIL))
        assert [row for row in list_queue(office.receivables) if row.kind == REFUSED] == []

    def test_taken_back_it_stays_and_its_owner_is_told(
        self, office: Office, waiting: tuple[ApprovalRequestId, HoldId]
    ) -> None:
        """Nobody answers a request that was recalled: the hold stays, and the next morning its owner decides."""
        request_id, waits = waiting
        with transaction.atomic():
            recall_request(request_id=request_id, because="再検討", on=MID_APRIL, by=office.rep, at=morning(MID_APRIL))
        served()
        for _ in range(2):
            watch(office, MID_APRIL)
        assert get_hold(office.receivables, waits, on=MID_APRIL).state is HoldState.OPEN
        (told,) = [row for row in list_queue(office.receivables) if row.kind == REFUSED]
        assert (told.subject_id, told.owner) == (waits, office.receivables.name)
        assert f"承認申請 {request_id} は承認されませんでした" in told.why.ja

    def test_it_names_a_request_that_may_still_be_approved(
        self, office: Office, waiting: tuple[ApprovalRequestId, HoldId]
    ) -> None:
        """None named, one named for another condition, one that is settled: refused, and nothing is held."""
        request_id, _ = waiting
        line = Held(order_line_id=office.sell(a_customer("別社"), [office.users(1)]).lines[0].order_line_id)
        with pytest.raises(ApprovalUnnamed):
            hold_of(office, line, HoldCondition.APPROVAL)
        with pytest.raises(ApprovalUnnamed):
            hold_of(office, line, HoldCondition.OTHER, None, request_id)
        office.approve(request_id, on=MID_APRIL)
        with pytest.raises(ApprovalSettled) as settled:
            hold_of(office, line, HoldCondition.APPROVAL, None, request_id)
        assert settled.value.sentence.ja.startswith(f"承認申請 {request_id} はすでに「承認済み」です。")
        assert len(list_holds(office.receivables, on=MID_APRIL)) == 1


class TestRevenue:
    def test_only_rev_rec_ends_it(self, office: Office, boxes: OrderLineId) -> None:
        """Whoever else may release holds may not release this one; Rev/Rec may, and its day ends it too."""
        waits = hold(office, boxes, HoldCondition.REVENUE, None)
        ends = hold(office, boxes, HoldCondition.REVENUE, EXPIRES)
        accountant = an_actor(Role.REV_REC, companies=[office.company_id])
        for by in (office.receivables, office.deal_management):
            with pytest.raises(RevenueDecides):
                release_billing(hold_id=waits, on=MID_APRIL, because="済", by=by, at=morning(MID_APRIL))
        release_billing(hold_id=waits, on=MID_APRIL, because="判断済み", by=accountant, at=morning(MID_APRIL))
        states = [get_hold(accountant, one, on=EXPIRES).state for one in (waits, ends)]
        assert states == [HoldState.RELEASED, HoldState.EXPIRED]


class TestReleaseAccepted:
    def test_the_acceptance_releases_what_waited_for_it(self, office: Office, boxes: OrderLineId) -> None:
        """The hold until acceptance is released on that day, told twice or not; one for another reason stays."""
        waits = hold(office, boxes, HoldCondition.ACCEPTANCE, None)
        office.deliver(boxes, on=MID_APRIL)
        deliver(by=house(), at=timezone.now())
        deliver(by=house(), at=timezone.now())
        row = get_hold(office.receivables, waits, on=MID_APRIL)
        assert (row.state, row.released_on) == (HoldState.RELEASED, MID_APRIL)
        assert "検収" in row.released_because
        office.bill(MID_APRIL)
        assert len(list_invoices(office.receivables)) == 1

    def test_what_is_wider_waits_for_all_of_it(self, office: Office) -> None:
        """An order, a contract and a payer wait for every line that needs acceptance; subscriptions need none."""
        customer = a_customer()
        deal = office.sell(customer, [office.boxes(1), office.boxes(2), office.users(1)])
        (order,) = list_orders(house(), contract_id=deal.contract_id)
        added = Agreed(
            kind=AmendmentKind.ADD_ON, effective_on=APRIL, concluded_on=APRIL, because="追加", added=(office.boxes(3),)
        )
        amend_contract(contract_id=deal.contract_id, agreed=added, by=office.deal_management, at=morning(APRIL))
        (later,) = [one for one in list_orders(house(), contract_id=deal.contract_id) if one.id != order.id]
        others = office.sell(customer, [office.boxes(4)]).lines
        for held in (Held(order_id=order.id), Held(contract_id=deal.contract_id), Held(payer_id=customer)):
            hold_of(office, held, HoldCondition.ACCEPTANCE)
        hold_of(office, Held(order_id=order.id), HoldCondition.OTHER)
        released = []
        for line in (deal.lines[0], deal.lines[1], list_lines(house(), later.id)[0].line, others[0]):
            office.deliver(line.order_line_id, on=MID_APRIL)
            served()
            served()
            released.append([row.state.value for row in list_holds(office.receivables, on=MID_APRIL)])
        assert released == [
            ["open", "open", "open", "open"],
            ["open", "open", "open", "released"],
            ["open", "open", "released", "released"],
            ["open", "released", "released", "released"],
        ]

    def test_another_condition_stays(self, office: Office, boxes: OrderLineId) -> None:
        """What waits for a purchase order number goes on waiting."""
        stays = hold(office, boxes, HoldCondition.PO_NUMBER, None)
        office.deliver(boxes, on=MID_APRIL)
        deliver(by=house(), at=timezone.now())
        assert get_hold(office.receivables, stays, on=MID_APRIL).state is HoldState.OPEN
        office.bill(MID_APRIL)
        assert list_invoices(office.receivables) == []

    def test_what_was_released_meanwhile_stops_nothing(self, office: Office, boxes: OrderLineId) -> None:
        """One released by hand after the day of the acceptance, told late: it stays as it is, the other is released."""
        by_hand, waits = (hold(office, boxes, HoldCondition.ACCEPTANCE, None) for _ in range(2))
        release_billing(hold_id=by_hand, on=EXPIRES, because="電話で確認", by=office.receivables, at=morning(EXPIRES))
        late = morning(EXPIRES)
        accept_delivery(order_line_id=boxes, accepted_on=MID_APRIL, by=office.deal_management, at=late)
        served()
        rows = [get_hold(office.receivables, key, on=EXPIRES) for key in (by_hand, waits)]
        assert [row.released_on for row in rows] == [EXPIRES, MID_APRIL]
        assert not Delivery.objects.exclude(error="").exists()
