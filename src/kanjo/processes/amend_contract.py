"""A contract is changed: one act carries it into the plans, the orders, the obligations and the licenses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import ChangePreview
from kanjo.domains.billing.queries import anchor_of_line, preview_changes
from kanjo.domains.catalog.facts import ChargeKind, Recognition
from kanjo.domains.contracts import operations as contracts
from kanjo.domains.contracts.facts import ContractAmended
from kanjo.domains.contracts.queries import ContractRow, get_contract
from kanjo.domains.licenses import operations as licenses
from kanjo.domains.licenses.facts import LineToGrant
from kanjo.domains.orders import operations as orders
from kanjo.domains.orders.facts import BookedLine, BookedOrder
from kanjo.domains.orders.queries import accepted_lines, lines_now, list_orders
from kanjo.domains.revenue import operations as revenue
from kanjo.domains.revenue.facts import LineToRecognise
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import AmendmentId, ContractId, OrderLineId
from kanjo.platform.tables import hold
from kanjo.processes.agreed import Agreed, Meant, meant, to_bill
from kanjo.processes.ask_for_acceptance import ask_for_the_rest
from kanjo.processes.ask_for_invoice import ask_anew


def preview_amendment(contract_id: ContractId, agreed: Agreed, actor: Actor) -> ChangePreview:
    """Return what the amendment would cost, and every invoice that would follow. Nothing is written."""
    contract = get_contract(actor, contract_id)
    return _preview(meant(agreed, contract, actor), agreed, contract, actor)


def amend_contract(*, contract_id: ContractId, agreed: Agreed, by: Actor, at: datetime) -> ContractAmended:
    """Write the amendment down and let all that follows from it follow, in one transaction.

    What was billed and earned stays; the next runs bill and post the difference.
    """
    hold(contracts.CONTRACT, contract_id)  # What is computed here stands on lines that nobody else changes meanwhile.
    contract = get_contract(by, contract_id)
    change = meant(agreed, contract, by)
    anchor_on = _anchor(contract_id, agreed.effective_on, by)
    totals = _preview(change, agreed, contract, by).totals
    amended = contracts.amend_contract(
        contract_id=contract_id,
        kind=agreed.kind,
        effective_on=agreed.effective_on,
        concluded_on=agreed.concluded_on,
        total_minor=sum(totals.values()),
        until=agreed.until,
        withdraws=agreed.withdraws,
        because=agreed.because,
        by=by,
        at=at,
    )
    if change.changes:
        billing.change_plans(
            contract_id=contract_id,
            amendment_id=amended.amendment_id,
            change=change.billing,
            on=agreed.concluded_on,
            by=by,
            at=at,
        )
    order = orders.book_amendment(
        company_id=contract.company_id,
        contract_id=contract_id,
        amendment_id=amended.amendment_id,
        customer_id=contract.customer_id,
        payer_id=list_orders(by, contract_id=contract_id)[-1].payer_id,
        currency=contract.currency,
        payment_terms=contract.payment_terms,
        lines=[replace(line, total_minor=totals[key]) for line, key in zip(change.new, _keys(change), strict=True)],
        changes=[replace(line, total_minor=totals.get(line.order_line_id, 0)) for line in change.changes],
        ordered_on=agreed.concluded_on,
        by=by,
        at=at,
    )
    _let_follow(order, change, agreed, contract, anchor_on=anchor_on, amendment_id=amended.amendment_id, by=by, at=at)
    for before in list_orders(by, contract_id=contract_id):
        ask_anew(before.id, by=by, at=at)
        ask_for_the_rest(before.id, agreed.concluded_on, by=by, at=at)
    return amended


def _keys(change: Meant) -> list[OrderLineId]:
    """Return names for the new lines as long as they are not booked: they stand in no order yet."""
    return [OrderLineId(-place) for place, _ in enumerate(change.new, start=1)]


def _preview(change: Meant, agreed: Agreed, contract: ContractRow, actor: Actor) -> ChangePreview:
    anchor_on = _anchor(contract.id, agreed.effective_on, actor) if change.new else None
    added = to_bill(change.new, _keys(change), change.usage, anchor_on=anchor_on, agreed=agreed)
    return preview_changes(contract.id, change.billing, actor, added=added)


def _anchor(contract_id: ContractId, on: date, actor: Actor) -> date | None:
    """Return from which day the periods of the contract are counted on a day: as those of its first line that runs."""
    recurring = [
        now for now in lines_now(actor, contract_id, on) if now.served and now.line.terms.charge is ChargeKind.RECURRING
    ]
    first = next((now for now in recurring if now.served and now.served.contains(on)), next(iter(recurring), None))
    return anchor_of_line(first.line.order_line_id, on) if first else None


def _let_follow(
    order: BookedOrder,
    change: Meant,
    agreed: Agreed,
    contract: ContractRow,
    *,
    anchor_on: date | None,
    amendment_id: AmendmentId,
    by: Actor,
    at: datetime,
) -> None:
    """Plan the billing of what is new, open obligations, and let licenses follow from the day of the change."""
    new = [line for line in order.lines if line.changes is None]
    if new:
        billing.plan(
            company_id=contract.company_id,
            customer_id=contract.customer_id,
            payer_id=list_orders(by, contract_id=contract.id)[-1].payer_id,
            order_id=order.order_id,
            contract_id=contract.id,
            currency=contract.currency,
            payment_terms=contract.payment_terms,
            lines=to_bill(
                new,
                [line.order_line_id for line in new],
                change.usage,
                anchor_on=anchor_on,
                agreed=agreed,
                amendment_id=amendment_id,
            ),
            by=by,
            at=at,
            on=agreed.concluded_on,
        )
    revenue.open_obligations(
        company_id=contract.company_id,
        contract_id=contract.id,
        order_id=order.order_id,
        customer_id=contract.customer_id,
        currency=contract.currency,
        lines=[
            LineToRecognise(line.order_line_id, line.terms.recognition, line.total_minor, line.service)
            for line in order.lines
        ],
        on=agreed.concluded_on,
        by=by,
        at=at,
    )
    _deliver(order, agreed.effective_on, contract.id, by=by, at=at)
    licenses.write_grants(
        company_id=contract.company_id,
        customer_id=contract.customer_id,
        contract_id=contract.id,
        order_id=order.order_id,
        lines=[_to_grant(line) for line in order.lines],
        on=agreed.effective_on,
        by=by,
        at=at,
    )


def _deliver(order: BookedOrder, on: date, contract_id: ContractId, *, by: Actor, at: datetime) -> None:
    """Let a change or a part of what was delivered already be earned, too: it waits for no delivery of its own."""
    accepted = accepted_lines(contract_id)
    for line in order.lines:
        of = line.changes or line.part_of
        delivered_on = accepted.get(of) if of else None
        if delivered_on and line.terms.recognition is Recognition.AT_A_POINT:
            day = max(on, delivered_on)
            revenue.note_delivery(order_line_id=line.order_line_id, delivered_on=day, by=by, at=at)


def _to_grant(line: BookedLine) -> LineToGrant:
    return LineToGrant(
        line.order_line_id,
        line.terms.product_id,
        line.terms.license_metric,
        line.quantity,
        line.service,
        changes=line.changes is not None,
    )
