"""A booked order asks Sales Operations for what the customer has to accept (検収), until all of it is accepted.

Nobody is asked for what stands under a terminated contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.contracts.facts import ContractState, ContractTerminated
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.orders.facts import OrderBooked
from kanjo.domains.orders.queries import OrderLineRow, get_order, list_orders, list_unaccepted
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import OrderId
from kanjo.foundation.texts import Text
from kanjo.platform.tables import hold
from kanjo.platform.worklist import operations as worklist

KIND = "orders.acceptance-awaited"
ORDER = "orders_order"
WHY = Text(
    en="Order {number} waits for the customer's acceptance: {lines}.",
    ja="注文 {number} の検収・納品確認が未登録です: {lines}。",
)


def ask_for_acceptance(booked: OrderBooked, by: Actor, at: datetime) -> None:
    """Put the order on the queue of Sales Operations with the lines that wait; where none does, ask nobody."""
    hold(ORDER, booked.order_id)  # Who accepts holds it, too: what is read here is not being accepted.
    waiting = list_unaccepted(by, booked.order_id, booked.effective_on)
    if not waiting or get_contract(by, booked.contract_id).state is ContractState.TERMINATED:
        return
    worklist.put(
        kind=KIND,
        subject=(ORDER, booked.order_id),
        company_id=booked.company_id,
        role=Role.SALES_OPERATIONS,
        why=_why(booked.number, waiting),
    )


def ask_for_the_rest(order_id: OrderId, on: date, *, by: Actor, at: datetime) -> None:
    """Ask anew for what is left after an acceptance or an end; take an order of which nothing is off the queue."""
    hold(ORDER, order_id)
    if waiting := list_unaccepted(by, order_id, on):
        why = _why(get_order(by, order_id).number, waiting)
        worklist.put_anew(kind=KIND, subject=(ORDER, order_id), why=why, by=by, at=at)
    else:
        worklist.close(kind=KIND, subject=(ORDER, order_id), by=by, at=at)


def await_no_longer(terminated: ContractTerminated, by: Actor, at: datetime) -> None:
    """Take the orders of the contract off the queue."""
    orders = [order.id for order in list_orders(by, contract_id=terminated.contract_id)]
    worklist.close_all(kind=KIND, table=ORDER, keys=orders, by=by, at=at, dropped=True)


def _why(number: str, waiting: Sequence[OrderLineRow]) -> Text:
    names = [row.line.terms.name for row in waiting]
    lines = Text(en=", ".join(name.en for name in names), ja="、".join(name.ja for name in names))
    return WHY.filled(number=number, lines=lines)
