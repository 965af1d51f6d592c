"""The pairs of acts that meet most dangerously: what the office has done before, and what two people do at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from kanjo.domains.approvals import operations as approvals
from kanjo.domains.approvals.facts import Decision
from kanjo.domains.receivables import operations as receivables
from kanjo.domains.receivables.models import Allocation, ItemBalance, Receipt
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalRequestId, CustomerId, InvoiceId, OrderId, ReceiptId
from kanjo.platform.identity.operations import withdraw_role
from kanjo.platform.identity.queries import get_actor, house
from kanjo.processes import bill
from kanjo.processes.ask_approval import decide_item
from tests.harness.office import APRIL, MAY, Office, morning
from tests.harness.permuter import Act
from tests.harness.story import whole


@dataclass(frozen=True)
class Desk:
    """An office with one customer, and the acts that meet there."""

    office: Office
    customer_id: CustomerId

    def request(self) -> ApprovalRequestId:
        """Ask for a discount."""
        return self.office.submit(self.office.quote(self.customer_id, [self.office.users(10, 9_000)]))

    def decide(self, request_id: ApprovalRequestId, by: Callable[[], Actor], decision: Decision) -> Act:
        """Answer the only item of a request; who acts is looked up with the act."""
        given = {"item_id": self.office.open_items(request_id)[0], "decision": decision, "comment": "不可"}

        def act() -> object:
            return whole(decide_item, on=APRIL, by=by(), at=morning(APRIL), **given)()

        return act

    def recall(self, request_id: ApprovalRequestId) -> Act:
        """Take a request back."""
        given = {"request_id": request_id, "because": "条件変更", "on": APRIL, "at": morning(APRIL)}
        return whole(approvals.recall_request, by=self.office.rep, **given)

    def bill(self, on: date = APRIL) -> Act:
        """Bill a day."""
        return lambda: self.office.bill(on)

    def invoice(self) -> InvoiceId:
        """Sell and bill, and return the invoice."""
        self.office.sell(self.customer_id, [self.office.users(10), self.office.boxes(1)])
        self.office.bill(APRIL)
        return InvoiceId(ItemBalance.objects.latest("item_id").pk)

    def receipt(self, amount: int) -> ReceiptId:
        """Receive money from nobody known."""
        self.office.bank([self.office.line(amount, on=MAY, payer="シラナイカイシャ")], on=MAY)
        return ReceiptId(Receipt.objects.latest("id").pk)

    def allocate(self, receipt_id: ReceiptId, invoice_id: InvoiceId, amount: int) -> Act:
        """Allocate by hand."""
        given = {"receipt_id": receipt_id, "item_id": invoice_id, "amount_minor": amount, "on": MAY}
        return whole(receivables.allocate, by=self.office.receivables, at=morning(MAY), **given)

    def reverse(self) -> Act:
        """Take the last allocation back."""
        given = {"allocation_id": Allocation.objects.latest("id").pk, "because": "誤消込", "on": MAY}
        return whole(receivables.reverse_allocation, by=self.office.receivables, at=morning(MAY), **given)

    def issue(self, order_id: OrderId) -> Act:
        """Issue by hand what is due of an order."""
        given = {"company_id": self.office.company_id, "order_id": order_id, "on": APRIL}
        return whole(bill.issue_invoice, because="asked for", by=self.office.receivables, at=morning(APRIL), **given)


Pair = Callable[[Desk], tuple[Act, Act]]


def approve_and_approve(desk: Desk) -> tuple[Act, Act]:
    request = desk.request()
    cxo, deputy = desk.office.cxo, desk.office.deputy
    return (
        desk.decide(request, lambda: cxo, Decision.APPROVE),
        desk.decide(request, lambda: deputy, Decision.APPROVE),
    )


def approve_and_reject(desk: Desk) -> tuple[Act, Act]:
    request = desk.request()
    cxo, deputy = desk.office.cxo, desk.office.deputy
    return (
        desk.decide(request, lambda: cxo, Decision.APPROVE),
        desk.decide(request, lambda: deputy, Decision.REJECT),
    )


def approve_and_recall(desk: Desk) -> tuple[Act, Act]:
    request, cxo = desk.request(), desk.office.cxo
    return desk.decide(request, lambda: cxo, Decision.APPROVE), desk.recall(request)


def act_and_lose_the_role(desk: Desk) -> tuple[Act, Act]:
    """The CxO signs in, is asked who it is, and decides; the role is withdrawn meanwhile."""
    request, cxo = desk.request(), desk.office.cxo.id
    withdrawal = whole(withdraw_role, person_id=cxo, role=Role.CXO, by=house(), at=morning(APRIL))
    return desk.decide(request, lambda: get_actor(cxo), Decision.APPROVE), withdrawal


def allocate_and_allocate(desk: Desk) -> tuple[Act, Act]:
    invoice, receipt = desk.invoice(), desk.receipt(10_000)
    return desk.allocate(receipt, invoice, 6_000), desk.allocate(receipt, invoice, 7_000)


def allocate_and_reverse(desk: Desk) -> tuple[Act, Act]:
    invoice, receipt = desk.invoice(), desk.receipt(10_000)
    desk.allocate(receipt, invoice, 6_000)()
    return desk.allocate(receipt, invoice, 7_000), desk.reverse()


def reverse_and_reverse(desk: Desk) -> tuple[Act, Act]:
    desk.allocate(desk.receipt(10_000), desk.invoice(), 6_000)()
    return desk.reverse(), desk.reverse()


def allocate_and_match(desk: Desk) -> tuple[Act, Act]:
    """The same invoice is settled by hand with one receipt, and by rule with another."""
    invoice, receipt = desk.invoice(), desk.receipt(10_000)
    owed = ItemBalance.objects.select_related("item").get(pk=invoice)
    lines = [desk.office.line(owed.open_minor, on=MAY, payer="シラナイカイシャ", text=owed.item.number)]
    return desk.allocate(receipt, invoice, 10_000), lambda: desk.office.bank(lines, on=MAY)


def match_and_match(desk: Desk) -> tuple[Act, Act]:
    """The same file is taken in twice."""
    owed = ItemBalance.objects.select_related("item").get(pk=desk.invoice())
    lines = [desk.office.line(owed.open_minor, on=MAY, payer="シラナイカイシャ", text=owed.item.number)]
    return lambda: desk.office.bank(lines, on=MAY), lambda: desk.office.bank(lines, on=MAY)


def issue_and_lock(desk: Desk) -> tuple[Act, Act]:
    deal = desk.office.sell(desk.customer_id, [desk.office.users(10)])
    return desk.issue(deal.order_id), lambda: desk.office.lock(APRIL)


def bill_and_bill(desk: Desk) -> tuple[Act, Act]:
    desk.office.sell(desk.customer_id, [desk.office.users(10), desk.office.boxes(1)])
    return desk.bill(), desk.bill()


def bill_and_issue(desk: Desk) -> tuple[Act, Act]:
    deal = desk.office.sell(desk.customer_id, [desk.office.users(10)])
    return desk.bill(), desk.issue(deal.order_id)


def accept_and_accept(desk: Desk) -> tuple[Act, Act]:
    office = desk.office
    quote_id = office.quote(desk.customer_id, [office.users(10), office.boxes(1)])
    office.submit(quote_id)
    signed = office.send(quote_id)
    return lambda: office.accept(quote_id, signed), lambda: office.accept(quote_id, signed)


def credit_and_credit(desk: Desk) -> tuple[Act, Act]:
    invoice = desk.invoice()
    return lambda: desk.office.credit(invoice, on=MAY), lambda: desk.office.credit(invoice, on=MAY)


def credit_and_bill(desk: Desk) -> tuple[Act, Act]:
    """What a credit note gives back is due again in the run after it."""
    invoice = desk.invoice()
    return lambda: desk.office.credit(invoice, on=MAY), desk.bill(MAY)


def recognise_and_recognise(desk: Desk) -> tuple[Act, Act]:
    desk.invoice()
    return lambda: desk.office.recognise(MAY), lambda: desk.office.recognise(MAY)


def recognise_and_lock(desk: Desk) -> tuple[Act, Act]:
    desk.invoice()
    return lambda: desk.office.recognise(MAY), lambda: desk.office.lock(APRIL)


PAIRS: tuple[Pair, ...] = (
    approve_and_approve,
    approve_and_reject,
    approve_and_recall,
    act_and_lose_the_role,
    allocate_and_allocate,
    allocate_and_reverse,
    reverse_and_reverse,
    allocate_and_match,
    match_and_match,
    issue_and_lock,
    bill_and_bill,
    bill_and_issue,
    accept_and_accept,
    credit_and_credit,
    credit_and_bill,
    recognise_and_recognise,
    recognise_and_lock,
)
