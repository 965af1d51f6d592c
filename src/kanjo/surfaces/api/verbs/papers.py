"""Acts by which papers about payments are issued."""

from __future__ import annotations

from kanjo.domains.customers.queries import get_customer
from kanjo.domains.receivables.operations import acknowledge_again
from kanjo.foundation.ids import ReceiptId
from kanjo.foundation.texts import Text
from kanjo.processes.papers_of_trade import acknowledge, state_month
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import BecauseOn, CustomerKey, Day, Given, On


class MonthOf(Given):
    """The month of a customer that is stated, by any of its days, and the day of issue."""

    customer_id: CustomerKey
    month: Day
    on: Day


def _acknowledge(caller: Caller, key: int, given: On) -> Made:
    (company_id,) = caller.actor.companies
    made = acknowledge(company_id=company_id, receipt_id=ReceiptId(key), on=given.on, by=caller.actor, at=caller.now)
    return Made("acknowledgements", made)


def _again(caller: Caller, key: int, given: BecauseOn) -> Made:
    made = acknowledge_again(acknowledgement_id=key, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("acknowledgements", made)


def _state(caller: Caller, key: int, given: MonthOf) -> Made:
    made = state_month(
        company_id=caller.company(key).id,
        customer_id=get_customer(given.customer_id).id,
        month=given.month,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("statements", made)


ACTS = (
    Act(
        path="receipts/{int:key}/acknowledge",
        verbs=("receivables.acknowledge",),
        title=Text(en="Acknowledge a payment", ja="領収書を発行"),
        takes=On,
        do=_acknowledge,
        of="receipts",
    ),
    Act(
        path="acknowledgements/{int:key}/again",
        verbs=("receivables.acknowledge-again",),
        title=Text(en="Issue an acknowledgement again", ja="領収書を再発行"),
        takes=BecauseOn,
        do=_again,
        of="acknowledgements",
    ),
    Act(
        path="companies/{int:key}/statements",
        verbs=("receivables.state-month",),
        title=Text(en="State the month of a customer", ja="月締め請求書を発行"),
        takes=MonthOf,
        do=_state,
        of="companies",
    ),
)
