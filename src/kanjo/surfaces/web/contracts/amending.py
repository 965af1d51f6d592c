"""Amending a contract: what it would cost, and what would be invoiced then, stand there before it is agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpResponse

from kanjo.domains.billing.facts import ChangePreview, InvoiceToCome
from kanjo.domains.catalog.queries import list_products
from kanjo.domains.contracts.facts import AmendmentKind, ContractState
from kanjo.domains.contracts.queries import AmendmentRow, ContractRow, get_contract, list_amendments
from kanjo.domains.orders.facts import LineNow
from kanjo.domains.orders.queries import lines_now
from kanjo.foundation.ids import AmendmentId, ContractId, OrderLineId, ProductId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.processes.agreed import Agreed, PartWanted, set_to
from kanjo.processes.amend_contract import amend_contract, preview_amendment
from kanjo.processes.draft_offer import LineWanted
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.days import day_after, last_day
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Section, Table, amount
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, Options, choice, day, money, prose, whole
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Explained, Link, day_shown, said

AMEND = "contracts.amend"
CHANGE = Text(en="Change quantity or price", ja="数量・価格を変更")
ADD = Text(en="Add a product", ja="製品を追加")
SWAP = Text(en="Swap a line for a product", ja="明細を別の製品に入替")
SPLIT = Text(en="Split a line in two", ja="明細を2つに分割")
END_LINE = Text(en="End a line", ja="明細を終了")
SUSPEND = Text(en="Suspend the service", ja="サービスを休止")
RESUME = Text(en="Resume the service", ja="サービスを再開")
BILLING_DAY = Text(en="Change the billing day for good", ja="毎回の請求日を変更")
WITHDRAW = Text(en="Withdraw an amendment", ja="契約変更を取消")
AMENDMENTS = Text(en="Amendments", ja="契約変更")
EFFECTIVE_ON = Text(en="Takes effect on", ja="適用開始日")
AGREED_ON = Text(en="Agreed on", ja="合意日")
CHANGED_BY = Text(en="Changes the value by", ja="契約金額の増減")
VALUE = Text(en="Value with amendments", ja="変更後の契約金額（税抜）")
LAST_DAY = Text(en="Last day without service", ja="休止の最終日")
NOT_KNOWN = Text(en="Leave it blank while it is not known.", ja="未定の場合は空欄にしてください。")
ANY_DAY = Text(en="A day of the term, past or to come", ja="契約期間内の日付（過去・将来とも可）")
QUANTITY = Text(en="New quantity", ja="変更後の数量")
PRICE = Text(en="New price of an interval", ja="変更後の1期間の金額")
SAME_PRICE = Text(en="Blank: at the price of one unit as it is", ja="空欄の場合、現在の単価のまま")
AT_LIST = Text(en="Blank: at list price", ja="空欄の場合、標準価格")
NET = Text(en="Price of an interval, or once", ja="1期間または1回の金額")
GOES = Text(en="Line that ends", ja="終了する明細")
COMES_INSTEAD = Text(en="Product that takes its place", ja="入替後の製品")
ANCHOR = Text(en="A first day of the new periods", ja="新しい請求期間の初日")
COUNTED = Text(
    en="Periods are counted from this day on, back and forth.", ja="この日を起点に、以後の請求期間を数えます。"
)
SPLIT_OFF = Text(en="Quantity of the new line", ja="新しい明細に移す数量")
SUSPENSION = Text(en="Suspension", ja="休止")
AMENDMENT = Text(en="Amendment", ja="契約変更")
NOT_SUSPENDED = Text(en="Nothing is suspended.", ja="休止中ではありません。")
NOTHING_AGREED = Text(en="There is no amendment to withdraw.", ja="取消できる契約変更がありません。")
NOT_IN_FORCE = Text(en="The contract is: {state}.", ja="現在の状態: {state}")
COSTS = Text(en="What it costs", ja="金額への影響")
CREDIT = Text(en="Given back of what was invoiced", ja="請求済み分の返還")
CHARGED = Text(en="Charged", ja="追加・減額する請求")
COMES = Text(en="What will be invoiced then", ja="変更後の請求予定")
SHOWN = 12
MORE = Text(en="The next {shown} of {count}.", ja="{count}件のうち直近{shown}件です。")
SAYS = Text(
    en="The amendment is kept with the day it takes effect and the moment it was recorded. What was invoiced and"
    " recognised stays; the next runs invoice and post the difference.",
    ja="適用開始日と記録日時の両方を残します。請求済み・計上済みの内容は変わらず、次回の処理で差額を請求・計上します。",
)
SWAPPED = Text(
    en="{says} Credit and charge stand on one invoice of that day, or one credit note.",
    ja="{says}返還と新しい請求は、同じ日の1通の請求書（または返還請求書）にまとめます。",
)
PARTED = Text(
    en="{says} The new line is ordered by itself, so it can have an order number, holds and changes of its own. Both"
    " together cost what the line costs, to the yen; what was invoiced for later days moves to it. What is used stays"
    " with the old line.",
    ja="{says}新しい明細は別の注文となり、顧客注文番号、請求保留、変更を個別に登録できます。2つの明細の合計は分割前と"
    "1円も変わりません。適用日以降の請求済み分は新しい明細に移します。従量分は元の明細に残ります。",
)
GAP = Text(
    en="{says} Each line moves with its first period that is not invoiced yet; the days up to the new billing day are"
    " invoiced as a part of a period. To move one invoice only, see what is billed next.",
    ja="{says}各明細は、未請求の最初の期間から移ります。新しい請求日までの日数は日割りで請求します。1回だけ請求日を"
    "ずらす場合は「今後の請求と保留理由」から変更してください。",
)
KEEPS = Text(en="{says} Licenses stay as they are.", ja="{says}ライセンスは変わりません。")


WITHDRAWS = Text(en="withdraws {number}", ja="{number} を取消")
WITHDRAWN_BY = Text(en="withdrawn by {number}", ja="{number} により取消")
BY_END = Text(en="until {day}", ja="{day} まで")


def _numbered(row: AmendmentRow) -> object:
    """Return the number of an amendment, and below it what it withdraws or is withdrawn by."""
    if row.withdraws:
        return Explained(row.number, WITHDRAWS.filled(number=row.withdraws))
    return Explained(row.number, WITHDRAWN_BY.filled(number=row.withdrawn_by)) if row.withdrawn_by else row.number


def _takes_effect(row: AmendmentRow) -> object:
    return Explained(row.effective_on, BY_END.filled(day=last_day(row.until))) if row.until else row.effective_on


COLUMNS: tuple[Column[AmendmentRow], ...] = (
    Column(labels.NUMBER, _numbered),
    Column(labels.TITLE, lambda row: Explained(row.kind, row.because)),
    Column(EFFECTIVE_ON, _takes_effect),
    amount(CHANGED_BY, lambda row: Money(row.total_minor, row.currency)),
    Column(AGREED_ON, lambda row: row.concluded_on),
    Column(labels.RECORDED, lambda row: row.recorded_at),
)
_COSTS: tuple[Column[tuple[Text, Money]], ...] = (
    Column(labels.TITLE, lambda row: row[0]),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row[1]),
)
_INVOICES: tuple[Column[InvoiceToCome], ...] = (
    Column(labels.ISSUED_ON, lambda row: row.issued_on),
    Column(labels.DUE_ON, lambda row: row.due_on),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
    amount(labels.TAX, lambda row: row.tax),
    amount(labels.TOTAL, lambda row: row.total),
)


def facts_of(row: ContractRow, amendments: Sequence[AmendmentRow]) -> tuple[tuple[Text, object], ...]:
    """Return what the contract is worth with its amendments, where it has any."""
    if not amendments:
        return ()
    changed = sum(one.total_minor for one in amendments)
    return ((VALUE, Money(row.total_minor + changed, row.currency)),)


def amendments_of(amendments: Sequence[AmendmentRow]) -> Section:
    """Return the list of amendments, in the order they were recorded."""
    return Section(AMENDMENTS, Table.of(COLUMNS, amendments))


def amend_acts(row: ContractRow, amendments: Sequence[AmendmentRow]) -> tuple[Act, ...]:
    """Return the acts that change a contract in force."""
    ended = None if row.state is ContractState.CONCLUDED else NOT_IN_FORCE.filled(state=row.state.shown)
    suspended = None if _suspensions(amendments) else NOT_SUSPENDED
    agreed = None if _to_withdraw(amendments) else NOTHING_AGREED
    held = {"resume-contract": suspended, "withdraw-amendment": agreed}
    return tuple(
        Act(label, Link("", name, row.id), AMEND, ended or held.get(name))
        for label, name in (
            (CHANGE, "change-line"),
            (ADD, "add-line"),
            (SWAP, "swap-line"),
            (SPLIT, "split-line"),
            (END_LINE, "end-line"),
            (SUSPEND, "suspend-contract"),
            (RESUME, "resume-contract"),
            (BILLING_DAY, "change-billing-day"),
            (WITHDRAW, "withdraw-amendment"),
        )
    )


@door(doing(AMEND))
def change_line(request: DeskRequest, key: int) -> HttpResponse:
    """Agree on another quantity or price of a line."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))
    fields = (
        _line(desk, row),
        whole("quantity", QUANTITY),
        money("net", PRICE, row.currency, needed=False, hint=SAME_PRICE),
    )

    def agreed(given: Given) -> Mapping[str, Any]:
        now = _now(desk, row, given)
        return {"more": (set_to(now, given["quantity"], given["net"].minor if given["net"] else None),)}

    return _form(request, row, CHANGE, AmendmentKind.CHANGE, agreed, fields=fields)


@door(doing(AMEND))
def add_line(request: DeskRequest, key: int) -> HttpResponse:
    """Agree on a product more, to the end of the contract."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def agreed(given: Given) -> Mapping[str, Any]:
        return {"added": (_wanted(given),)}

    return _form(request, row, ADD, AmendmentKind.ADD_ON, agreed, fields=_product(desk, row, labels.PRODUCT))


@door(doing(AMEND))
def swap(request: DeskRequest, key: int) -> HttpResponse:
    """Agree that a product takes the place of a line, to the end of the contract."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))
    fields = (replace(_line(desk, row), label=GOES), *_product(desk, row, COMES_INSTEAD))

    def agreed(given: Given) -> Mapping[str, Any]:
        return {"ends": (OrderLineId(int(given["line"])),), "added": (_wanted(given),)}

    says = SWAPPED.filled(says=SAYS)
    return _form(request, row, SWAP, AmendmentKind.SWAP, agreed, fields=fields, says=says)


@door(doing(AMEND))
def split_line(request: DeskRequest, key: int) -> HttpResponse:
    """Agree that some units of a line become a line of their own."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def agreed(given: Given) -> Mapping[str, Any]:
        return {"parts": (PartWanted(OrderLineId(int(given["line"])), given["quantity"]),)}

    fields = (_line(desk, row), whole("quantity", SPLIT_OFF))
    return _form(request, row, SPLIT, AmendmentKind.SPLIT, agreed, fields=fields, says=PARTED.filled(says=SAYS))


@door(doing(AMEND))
def end_line(request: DeskRequest, key: int) -> HttpResponse:
    """Agree that a line is over from a day on."""
    desk = request.desk
    row = get_contract(desk.actor, ContractId(key))

    def agreed(given: Given) -> Mapping[str, Any]:
        return {"ends": (OrderLineId(int(given["line"])),)}

    return _form(request, row, END_LINE, AmendmentKind.END_OF_LINES, agreed, fields=(_line(desk, row),))


@door(doing(AMEND))
def suspend(request: DeskRequest, key: int) -> HttpResponse:
    """Agree that nothing is provided from a day on."""
    row = get_contract(request.desk.actor, ContractId(key))
    fields = (day("until", LAST_DAY, None, needed=False, hint=NOT_KNOWN),)

    def agreed(given: Given) -> Mapping[str, Any]:
        return {"until": day_after(given["until"])}

    says = KEEPS.filled(says=SAYS)
    return _form(request, row, SUSPEND, AmendmentKind.SUSPENSION, agreed, fields=fields, says=says)


@door(doing(AMEND))
def resume(request: DeskRequest, key: int) -> HttpResponse:
    """Agree that what was suspended is provided again."""
    row = get_contract(request.desk.actor, ContractId(key))
    suspensions = _suspensions(list_amendments(request.desk.actor, row.id))
    field = choice("amendment", SUSPENSION, _options(suspensions), initial=_last(suspensions))
    over = None if suspensions else NOT_SUSPENDED
    return _form(request, row, RESUME, AmendmentKind.RESUMPTION, _withdraws, fields=(field,), over=over)


@door(doing(AMEND))
def change_billing_day(request: DeskRequest, key: int) -> HttpResponse:
    """Agree that all that runs is billed in periods counted from another day."""
    row = get_contract(request.desk.actor, ContractId(key))
    fields = (day("anchor_on", ANCHOR, None, hint=COUNTED),)

    def agreed(given: Given) -> Mapping[str, Any]:
        return {"anchor_on": given["anchor_on"]}

    says = GAP.filled(says=SAYS)
    return _form(request, row, BILLING_DAY, AmendmentKind.BILLING_DAY, agreed, fields=fields, says=says)


@door(doing(AMEND))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Take an amendment back, as if it had never been agreed."""
    row = get_contract(request.desk.actor, ContractId(key))
    amendments = _to_withdraw(list_amendments(request.desk.actor, row.id))
    field = choice("amendment", AMENDMENT, _options(amendments), initial=_last(amendments))
    over = None if amendments else NOTHING_AGREED
    days = {str(one.id): one.effective_on for one in amendments}

    def agreed(given: Given) -> Mapping[str, Any]:
        return {**_withdraws(given), "effective_on": days[given["amendment"]]}

    return _form(request, row, WITHDRAW, AmendmentKind.WITHDRAWAL, agreed, fields=(field,), dated=False, over=over)


def _form(
    request: DeskRequest,
    row: ContractRow,
    title: Text,
    kind: AmendmentKind,
    agreed: Callable[[Given], Mapping[str, Any]],
    *,
    fields: Sequence[Field],
    dated: bool = True,
    says: Text = SAYS,
    over: Text | None = None,
) -> HttpResponse:
    """Answer with the form of one kind of amendment; `agreed` reads its own fields."""
    desk = request.desk

    def read(given: Given) -> Agreed:
        named = {"effective_on": given.get("effective_on"), "concluded_on": given["concluded_on"]}
        return Agreed(kind=kind, because=given["because"], **{**named, **agreed(given)})

    def do(given: Given) -> Link:
        amend_contract(contract_id=row.id, agreed=read(given), by=desk.actor, at=desk.now)
        return Link("", "contract", row.id)

    begins = day("effective_on", EFFECTIVE_ON, _today(desk, row), hint=ANY_DAY)
    deed = Deed(
        of=("contracts_contract", row.id),
        title=title,
        back=Link(row.number, "contract", row.id),
        button=title,
        do=do,
        fields=(
            *fields,
            *((begins,) if dated else ()),
            day("concluded_on", AGREED_ON, desk.today),
            prose("because", labels.REASON),
        ),
        says=says,
        over=over,
        look=lambda given: _costs(preview_amendment(row.id, read(given), desk.actor)),
    )
    return perform(request, deed)


def _costs(preview: ChangePreview) -> list[Section]:
    """Return what the amendment costs, and what will be invoiced then."""
    invoices = preview.invoices
    note = MORE.filled(shown=SHOWN, count=len(invoices)) if len(invoices) > SHOWN else None
    lines = [(CREDIT, preview.credit), (CHARGED, preview.charge)]
    return [
        Section(COSTS, Table.of(_COSTS, lines, (CHANGED_BY, preview.net))),
        Section(COMES, Table.of(_INVOICES, invoices[:SHOWN]), note),
    ]


def _line(desk: Desk, row: ContractRow) -> Field:
    """Return the choice of a line that is still provided, with its quantity and price as of today."""
    lines = [now for now in lines_now(desk.actor, row.id, _today(desk, row)) if now.served]
    options = [(str(now.line.order_line_id), _named(now, row)) for now in lines]
    return choice("line", labels.LINES, options, initial=options[0][0] if options else "")


def _product(desk: Desk, row: ContractRow, label: Text) -> tuple[Field, ...]:
    """Return the choice of a product that is sold today, how many of it and at which price."""
    products = list_products(desk.actor, company_id=row.company_id, on=desk.today)
    return (
        choice("product", label, [(str(one.terms.product_id), one.terms.name) for one in products]),
        whole("quantity", labels.QUANTITY),
        money("net", NET, row.currency, needed=False, hint=AT_LIST),
    )


def _wanted(given: Given) -> LineWanted:
    net = given["net"].minor if given["net"] else None
    return LineWanted(ProductId(int(given["product"])), given["quantity"], net)


def _today(desk: Desk, row: ContractRow) -> date:
    """Return today, or the day of the term that is nearest to it."""
    return max(row.starts_on, min(desk.today, last_day(row.until) or desk.today))


def _named(now: LineNow, row: ContractRow) -> str:
    return f"{said(now.line.terms.name)} × {now.quantity:,}, {said(told(Money(now.net_minor, row.currency)))}"


def _now(desk: Desk, row: ContractRow, given: Given) -> LineNow:
    """Return the line as it stands on the day of the change."""
    lines = lines_now(desk.actor, row.id, given["effective_on"])
    return next(now for now in lines if str(now.line.order_line_id) == given["line"])


def _withdraws(given: Given) -> Mapping[str, Any]:
    return {"withdraws": AmendmentId(int(given["amendment"]))}


def _suspensions(amendments: Sequence[AmendmentRow]) -> list[AmendmentRow]:
    return [one for one in amendments if one.kind is AmendmentKind.SUSPENSION and not one.withdrawn_by]


def _to_withdraw(amendments: Sequence[AmendmentRow]) -> list[AmendmentRow]:
    kept = (AmendmentKind.WITHDRAWAL, AmendmentKind.TERMINATION)
    return [one for one in amendments if one.kind not in kept and not one.withdrawn_by]


def _last(amendments: Sequence[AmendmentRow]) -> str:
    return str(amendments[-1].id) if amendments else ""


def _options(amendments: Sequence[AmendmentRow]) -> Options:
    return [(str(one.id), f"{one.number} {said(one.kind.shown)} {day_shown(one.effective_on)}") for one in amendments]
