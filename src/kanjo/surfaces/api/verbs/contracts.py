"""Acts on contracts, deliveries and renewals."""

from __future__ import annotations

from pydantic import Field

from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.operations import end_contract, terminate_contract
from kanjo.domains.contracts.queries import find_contract_of_quote, get_contract
from kanjo.domains.licenses.facts import HowConfirmed
from kanjo.domains.quotes.queries import get_quote
from kanjo.domains.renewals.operations import let_lapse, renew
from kanjo.domains.renewals.queries import get_renewal
from kanjo.foundation.ids import ContractId, OrderId, OrderLineId, RenewalId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.agreed import Agreed, LineMore, PartWanted
from kanjo.processes.amend_contract import amend_contract
from kanjo.processes.draft_offer import LineWanted
from kanjo.processes.find_renewals import find_renewals
from kanjo.processes.note_po_number import note_po_number
from kanjo.processes.offer_renewal import offer_renewal
from kanjo.processes.watch_rights import confirm_end_of_use
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import (
    AmendmentKey,
    BecauseOn,
    Blank,
    BlankProse,
    Count,
    Day,
    Given,
    Minor,
    On,
    OrderLineKey,
    ProductKey,
    Prose,
    QuoteKey,
    one_of,
)


class NotConcluded(Refusal):
    """A renewal whose quote is no contract yet."""

    rule = "renewals.quote-open"
    kind = RefusalKind.CONFLICT
    says = Text(en="The quote of the renewal is no contract yet.", ja="更新見積がまだ契約になっていません。")
    remedy = Text(en="Note its acceptance first.", ja="先に見積の承諾を登録してください。")


class Stopped(Given):
    """The first day without effect, and why."""

    stops_on: Day
    because: Prose


class LineMoreGiven(Given):
    """So many more of a line, or less, and so much more an interval."""

    order_line_id: OrderLineKey
    quantity: Minor
    net_minor: Minor


class LineAdded(Given):
    """A product more; without a price at list price, without days to the end of the contract."""

    product_id: ProductKey
    quantity: Count
    net_minor: Minor | None = None


class LinePart(Given):
    """So many units of a line that become a line of their own."""

    order_line_id: OrderLineKey
    quantity: Count


class ContractChanged(Given):
    """What both sides agreed to change, from which day on; a resumption or withdrawal names what it takes back."""

    kind: one_of(AmendmentKind)  # type: ignore[valid-type]  # made from the enumeration
    effective_on: Day
    concluded_on: Day
    because: Prose
    more: tuple[LineMoreGiven, ...] = ()
    ends: tuple[OrderLineKey, ...] = ()
    added: tuple[LineAdded, ...] = ()
    parts: tuple[LinePart, ...] = ()
    until: Day | None = None
    anchor_on: Day | None = None
    withdraws: AmendmentKey | None = None


class UseEnded(Given):
    """Since which day it is known that what a contract granted is used no longer, and how it was confirmed."""

    on: Day
    how: one_of(HowConfirmed)  # type: ignore[valid-type]  # made from the enumeration
    note: BlankProse = ""


class Accepted(Given):
    """The day of acceptance (検収) of an order line, and what shows it."""

    accepted_on: Day
    evidence: Blank = ""


class PoNumberGiven(Given):
    """The customer's number of an order (注文番号), and the day it was told."""

    po_number: Blank = Field(max_length=80)
    on: Day


class Quoted(Given):
    """The quote by which a contract would be renewed."""

    quote_id: QuoteKey
    on: Day


def _end(caller: Caller, key: int, given: On) -> Made:
    end_contract(contract_id=ContractId(key), on=given.on, by=caller.actor, at=caller.now)
    return Made("contracts", key)


def _terminate(caller: Caller, key: int, given: Stopped) -> Made:
    terminate_contract(contract_id=ContractId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("contracts", key)


def _amend(caller: Caller, key: int, given: ContractChanged) -> Made:
    agreed = Agreed(
        kind=given.kind,
        effective_on=given.effective_on,
        concluded_on=given.concluded_on,
        because=given.because,
        more=tuple(LineMore(**one.model_dump()) for one in given.more),
        ends=given.ends,
        added=tuple(LineWanted(**one.model_dump()) for one in given.added),
        parts=tuple(PartWanted(**one.model_dump()) for one in given.parts),
        until=given.until,
        anchor_on=given.anchor_on,
        withdraws=given.withdraws,
    )
    amend_contract(contract_id=ContractId(key), agreed=agreed, by=caller.actor, at=caller.now)
    return Made("contracts", key)


def _confirm_end_of_use(caller: Caller, key: int, given: UseEnded) -> Made:
    confirm_end_of_use(contract_id=ContractId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("contracts", key)


def _accept(caller: Caller, key: int, given: Accepted) -> Made:
    accept_delivery(order_line_id=OrderLineId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("orders")


def _note(caller: Caller, key: int, given: PoNumberGiven) -> Made:
    note_po_number(order_id=OrderId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("orders", key)


def _find(caller: Caller, key: int, given: On) -> Made:
    find_renewals(company_id=caller.company(key).id, on=given.on, by=caller.actor, at=caller.now)
    return Made("renewals")


def _quote(caller: Caller, key: int, given: Quoted) -> Made:
    row, quote = get_renewal(caller.actor, RenewalId(key)), get_quote(caller.actor, given.quote_id).row
    if quote.customer_id != row.customer_id or quote.id == get_contract(caller.actor, row.contract_id).quote_id:
        raise NotFound(at="quote_id", what=ROW_NAMES["quotes_quote"], key=quote.id)
    offer_renewal(renewal_id=row.id, quote_id=quote.id, on=given.on, by=caller.actor, at=caller.now)
    return Made("renewals", key)


def _renew(caller: Caller, key: int, given: On) -> Made:
    row = get_renewal(caller.actor, RenewalId(key))
    contract = find_contract_of_quote(caller.actor, row.quote_id) if row.quote_id else None
    if contract is None:
        raise NotConcluded
    renew(renewal_id=row.id, contract_id=contract.id, on=given.on, by=caller.actor, at=caller.now)
    return Made("renewals", key)


def _lapse(caller: Caller, key: int, given: BecauseOn) -> Made:
    let_lapse(renewal_id=RenewalId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("renewals", key)


ACTS = (
    Act(
        path="contracts/{int:key}/end",
        verbs=("contracts.end",),
        title=Text(en="Note the end of the term", ja="契約期間の満了を登録"),
        takes=On,
        do=_end,
        of="contracts",
    ),
    Act(
        path="contracts/{int:key}/terminate",
        verbs=("contracts.terminate",),
        title=Text(en="Terminate a contract", ja="中途解約を登録"),
        takes=Stopped,
        do=_terminate,
        of="contracts",
    ),
    Act(
        path="contracts/{int:key}/amend",
        verbs=("contracts.amend", "billing.change-plans", "orders.book-amendment"),
        title=Text(en="Amend a contract", ja="契約変更を登録"),
        takes=ContractChanged,
        do=_amend,
        of="contracts",
    ),
    Act(
        path="contracts/{int:key}/confirm-end-of-use",
        verbs=("licenses.confirm-end-of-use",),
        title=Text(en="Confirm the end of use", ja="利用終了を確認"),
        takes=UseEnded,
        do=_confirm_end_of_use,
        of="contracts",
    ),
    Act(
        path="order-lines/{int:key}/accept",
        verbs=("orders.accept-delivery", "billing.note-acceptance", "revenue.note-delivery"),
        title=Text(en="Note the acceptance of a delivery", ja="検収を登録"),
        takes=Accepted,
        do=_accept,
    ),
    Act(
        path="orders/{int:key}/po-number",
        verbs=("orders.note-po-number",),
        title=Text(en="Note the customer's order number", ja="顧客注文番号を登録"),
        takes=PoNumberGiven,
        do=_note,
        of="orders",
    ),
    Act(
        path="companies/{int:key}/find-renewals",
        verbs=("renewals.find-due",),
        title=Text(en="Find contracts to renew", ja="更新対象の契約を抽出"),
        takes=On,
        do=_find,
        of="companies",
    ),
    Act(
        path="renewals/{int:key}/quote",
        verbs=("renewals.quote",),
        title=Text(en="Note the quote of a renewal", ja="更新見積を登録"),
        takes=Quoted,
        do=_quote,
        of="renewals",
    ),
    Act(
        path="renewals/{int:key}/renew",
        verbs=("renewals.renew",),
        title=Text(en="Note the new contract", ja="更新を登録"),
        takes=On,
        do=_renew,
        of="renewals",
    ),
    Act(
        path="renewals/{int:key}/let-lapse",
        verbs=("renewals.let-lapse",),
        title=Text(en="Let a renewal lapse", ja="更新なしを登録"),
        takes=BecauseOn,
        do=_lapse,
        of="renewals",
    ),
)
