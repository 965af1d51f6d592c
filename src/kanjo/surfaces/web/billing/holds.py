"""Holds: what is kept back from invoices, by whom and why; placed on a contract, released where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponse

from kanjo.domains.approvals.queries import list_pending
from kanjo.domains.billing.facts import Held, HoldCondition, PlanCharge
from kanjo.domains.billing.operations import hold_billing, release_billing
from kanjo.domains.billing.queries import (
    HeldMoney,
    HoldRow,
    HoldState,
    count_holds,
    get_hold,
    list_holds,
    money_on_hold,
)
from kanjo.domains.contracts.queries import ContractRow, get_contract
from kanjo.domains.orders.queries import OrderRow, lines_of_contract, list_orders
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ApprovalRequestId, ContractId, CustomerId, HoldId, OrderId, OrderLineId, PersonId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import list_colleagues
from kanjo.reports.deals import CONTRACT
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import choice, day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Asked, Filter, ListPage
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Billing holds", ja="請求保留")
ONE = Text(en="Billing hold", ja="請求保留")
WHAT = Text(en="On hold", ja="保留対象")
CONDITION = Text(en="Waits for", ja="保留条件")
CHARGE = Text(en="Kind of charge", ja="料金の種類")
ALL_CHARGES = Text(en="Blank: all of it", ja="空欄の場合、すべての料金")
REQUEST = Text(en="Request for approval", ja="承認申請")
FOR_APPROVAL = Text(
    en="For a hold until an approval: it ends by itself when the request is approved.",
    ja="承認待ちの場合に選択してください。申請が承認されると自動的に解除されます。",
)
BY_REVENUE = Text(en="Rev/Rec releases it.", ja="収益認識の担当者が解除します。")
SINCE = Text(en="Since", ja="保留開始日")
EXPIRES = Text(en="Ends by itself on", ja="自動解除日")
HELD = Text(en="Due and kept back", ja="保留中の請求対象額")
CHARGES = Text(en="Charges", ja="請求件数")
HOLDS = Text(en="Holds", ja="保留件数")
MONEY = Text(en="Money on hold today", ja="本日時点の保留金額")
NO_MONEY = Text(en="Nothing that is due is on hold.", ja="請求期日が到来した保留はありません。")
PLACE = Text(en="Place a hold", ja="請求を保留")
RELEASE = Text(en="Release", ja="保留を解除")
RELEASED = Text(en="It was released.", ja="解除済みです。")
RELEASED_ON = Text(en="Released on", ja="解除日")
WHY_RELEASED = Text(en="Why it was released", ja="解除理由")
MINE = Text(en="Mine", ja="自分が担当")
CONTRACT_OF = Text(en="Contract {number}", ja="契約 {number}")
ORDER_OF = Text(en="Order {number}", ja="注文 {number}")
PAYER_OF = Text(en="Payer {name}, everything of it", ja="請求先 {name}（すべての契約）")
LINE_OF = Text(en="Order line: {name}", ja="注文明細: {name}")
PLACE_SAYS = Text(
    en="What is due is kept off invoices until the hold is released or ends. Days and amounts stay as they are.",
    ja="解除されるか自動解除日になるまで、請求書に載せません。利用期間と金額は変わりません。",
)
RELEASE_SAYS = Text(
    en="{what}: what became due meanwhile ({held}) is billed by the next run that is previewed.",
    ja="{what}: 保留中に請求期日が到来した分（{held}）は、次に試算する請求処理で請求します。",
)
NOTHING = Text(en="nothing yet", ja="なし")
NEXT = Text(en="What is billed next, and why not", ja="今後の請求と保留理由")


def held_shown(held: Sequence[Money]) -> Money | Text | None:
    """Return what is kept back: an amount, or those of all currencies in a row."""
    if len(held) < 2:
        return held[0] if held else None
    return Text(en=", ".join(one.shown("en") for one in held), ja="、".join(one.shown("ja") for one in held))


COLUMNS: tuple[Column[HoldRow], ...] = (
    Column(WHAT, lambda row: Link(row.what, "hold", row.id), leads=True),
    Column(CHARGE, lambda row: row.charge.shown if row.charge else None),
    Column(CONDITION, lambda row: row.condition.shown, order="condition"),
    Column(labels.OWNER, lambda row: row.owner, order="owner"),
    Column(SINCE, lambda row: row.since, order="since"),
    Column(EXPIRES, lambda row: row.expires_on, order="expires_on"),
    Column(HELD, lambda row: held_shown(row.held), number=True),
    Column(labels.STATE, lambda row: row.state),
)
_MONEY: tuple[Column[HeldMoney], ...] = (
    Column(CONDITION, lambda row: Link(row.condition.shown, "holds", query=_open_with(row.condition))),
    amount(HOLDS, lambda row: row.holds),
    amount(CHARGES, lambda row: row.charges),
    amount(HELD, lambda row: row.net),
)


def _open_with(condition: HoldCondition) -> str:
    return urlencode({"state": HoldState.OPEN.value, "condition": condition.value})


def money_of(desk: Desk) -> Sequence[Section]:
    """Return how much is on hold in the company at hand, by what it waits for."""
    if desk.chosen is None:
        return ()
    return (Section(MONEY, Table.of(_MONEY, money_on_hold(desk.company_id, desk.today)), empty=NO_MONEY),)


def _mine(asked: Asked) -> PersonId | None:
    return asked.desk.actor.id if asked.choices["owner"] else None


HOLD_LIST = ListPage[HoldRow](
    title=TITLE,
    search=Text(en="Number, payer or owner", ja="契約番号・注文番号・請求先・担当者"),
    columns=COLUMNS,
    filters=(
        Filter("state", labels.STATE, tuple(HoldState)),
        Filter("condition", CONDITION, tuple(HoldCondition)),
        Filter("owner", labels.OWNER, ("mine",), lambda _mine: MINE),
    ),
    rows=lambda asked: list_holds(
        asked.desk.actor,
        on=asked.desk.today,
        state=asked.choices["state"],
        condition=asked.choices["condition"],
        owner_id=_mine(asked),
        search=asked.text,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_holds(
        asked.desk.actor,
        on=asked.desk.today,
        state=asked.choices["state"],
        condition=asked.choices["condition"],
        owner_id=_mine(asked),
        search=asked.text,
    ),
    above=money_of,
)


@door(SIGNED_IN)
def hold(request: DeskRequest, key: int) -> HttpResponse:
    """Show a hold: of what, why, whose it is, and how much it keeps back."""
    desk = request.desk
    row = get_hold(desk.actor, HoldId(key), on=desk.today)
    detail = Detail(
        kind=ONE,
        title=f"#{row.id}",
        state=row.state,
        back=Link(TITLE, "holds"),
        facts=(
            (WHAT, _leading(row)),
            *(((CHARGE, row.charge.shown),) if row.charge else ()),
            (HELD, held_shown(row.held)),
            (CONDITION, row.condition.shown),
            *(
                ((REQUEST, Link(f"#{row.approval_request_id}", "approval", row.approval_request_id)),)
                if row.approval_request_id
                else ()
            ),
            (labels.REASON, row.because),
            (labels.OWNER, row.owner),
            (SINCE, row.since),
            (EXPIRES, row.expires_on),
            (RELEASED_ON, row.released_on),
            (WHY_RELEASED, row.released_because),
        ),
        acts=(
            Act(
                RELEASE,
                Link("", "release-hold", key),
                "billing.release",
                _kept(row, desk),
                main=True,
            ),
        ),
    )
    return show(request, detail)


def _kept(row: HoldRow, desk: Desk) -> Text | None:
    """Return why a hold is not released here and now, None where it may be."""
    if row.released_on:
        return RELEASED
    mine = row.condition is not HoldCondition.REVENUE or desk.actor.holds(Role.REV_REC)
    return None if mine else BY_REVENUE


def _leading(row: HoldRow) -> Link:
    if row.order_id:
        return Link(row.what, "order", row.order_id)
    if row.contract_id:
        return Link(row.what, "contract", row.contract_id)
    return Link(row.what, "customer", row.payer_id)


@door(doing("billing.hold"))
def place(request: DeskRequest, key: int) -> HttpResponse:
    """Hold back the billing of a contract, of its payer, or of an order or a line of it."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def do(given: Given) -> Link:
        hold_id = hold_billing(
            company_id=row.company_id,
            held=_held(given["what"]),
            condition=HoldCondition(given["condition"]),
            because=given["because"],
            owner_id=PersonId(int(given["owner"])),
            on=given["on"],
            expires_on=given["expires_on"],
            charge=PlanCharge(given["charge"]) if given["charge"] else None,
            approval_request_id=ApprovalRequestId(int(given["approval"])) if given["approval"] else None,
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "hold", hold_id)

    whats = _what_may_be_held(row, desk)
    people = tuple((str(person), name) for person, name in list_colleagues({row.company_id}))
    pending = list_pending(desk.actor, company_id=row.company_id)
    requests = tuple((str(request_id), called) for request_id, called in pending)
    kinds = tuple((one.value, one.shown) for one in PlanCharge)
    fields = (
        choice("what", WHAT, whats, initial=whats[0][0]),
        replace(choice("charge", CHARGE, kinds, needed=False), hint=ALL_CHARGES),
        choice("condition", CONDITION, tuple((one.value, one.shown) for one in HoldCondition)),
        replace(choice("approval", REQUEST, requests, needed=False), hint=FOR_APPROVAL),
        prose("because", labels.REASON),
        choice("owner", labels.OWNER, people, initial=str(desk.actor.id)),
        day("on", SINCE, desk.today, hint=labels.BUSINESS_DAY),
        day("expires_on", EXPIRES, None, needed=False),
    )
    back = Link(NEXT, "what-next", key)
    deed = Deed(
        of=(CONTRACT, key),
        title=PLACE,
        back=back,
        button=PLACE,
        do=do,
        fields=fields,
        says=PLACE_SAYS,
        beside=lambda at, _given: _FIELDS.get(at, at),
    )
    return perform(request, deed)


_FIELDS = {"approval_request_id": "approval", "owner_id": "owner"}
"""The fields of the form, by what a refusal calls them."""


@door(doing("billing.release"))
def release(request: DeskRequest, key: int) -> HttpResponse:
    """End a hold; what is due meanwhile is billed by the next run."""
    desk = request.desk
    row = get_hold(desk.actor, HoldId(key), on=desk.today)

    def do(given: Given) -> Link:
        release_billing(hold_id=row.id, on=given["on"], because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "hold", key)

    fields = (prose("because", labels.REASON), day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY))
    held = held_shown(row.held)
    amounts = told(held) if isinstance(held, Money) else held or NOTHING
    deed = Deed(
        title=RELEASE,
        back=Link(f"#{row.id}", "hold", key),
        button=RELEASE,
        do=do,
        fields=fields,
        says=RELEASE_SAYS.filled(what=row.what, held=amounts),
        over=RELEASED if row.released_on else None,
    )
    return perform(request, deed)


def _what_may_be_held(row: ContractRow, desk: Desk) -> tuple[tuple[str, Text], ...]:
    """Return the contract, its payers, orders and lines, by what a form names them."""
    orders = list_orders(desk.actor, contract_id=row.id)
    lines = [line for line in lines_of_contract(desk.actor, row.id) if line.changes is None]
    return (
        (f"contract_id:{row.id}", CONTRACT_OF.filled(number=row.number)),
        *_payers(orders),
        *((f"order_id:{order.id}", ORDER_OF.filled(number=order.number)) for order in orders),
        *((f"order_line_id:{line.order_line_id}", LINE_OF.filled(name=line.terms.name)) for line in lines),
    )


def _payers(orders: Sequence[OrderRow]) -> list[tuple[str, Text]]:
    payers = {order.payer_id: order.payer for order in orders}
    return [(f"payer_id:{key}", PAYER_OF.filled(name=name)) for key, name in payers.items()]


def _held(code: str) -> Held:
    """Return what a form named."""
    name, _, key = code.partition(":")
    match name:
        case "payer_id":
            return Held(payer_id=CustomerId(int(key)))
        case "contract_id":
            return Held(contract_id=ContractId(int(key)))
        case "order_id":
            return Held(order_id=OrderId(int(key)))
        case _:
            return Held(order_line_id=OrderLineId(int(key)))
