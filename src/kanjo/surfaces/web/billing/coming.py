"""What will be billed next of a contract, and of what is not billed, why not; moving one billing day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse

from kanjo.domains.billing.facts import ChargeToCome, InvoiceToCome
from kanjo.domains.billing.operations import move_billing_day
from kanjo.domains.billing.queries import LineOutlook, Outlook, Reason, days_to_come, list_gaps, what_comes_next
from kanjo.domains.contracts.queries import get_contract
from kanjo.foundation.eras import parse_day
from kanjo.foundation.ids import ContractId, PlanId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.reports.deals import CONTRACT, find_deal
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.bill_to import ATTENTION, DEPARTMENT
from kanjo.surfaces.web.billing.gaps import gaps_of_contract
from kanjo.surfaces.web.billing.holds import NEXT, PLACE
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import choice, day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, State, day_shown
from kanjo.surfaces.web.stages import stages

CONTRACTS = Text(en="Contracts", ja="契約")
KIND = Text(en="Billing to come", ja="今後の請求")
INVOICES = Text(en="Invoices to come", ja="今後の請求書")
LINES = Text(en="Their lines", ja="今後の請求明細")
WHY_NOT = Text(en="Line by line: what is not billed, and why", ja="明細ごとの状況と、請求しない理由")
NONE = Text(en="Nothing is to be billed.", ja="請求予定はありません。")
FIRST = Text(
    en="The first {most} of {count} lines are shown.", ja="全{count}件のうち、先頭の{most}件を表示しています。"
)
MOST = 100
HELD = Text(en="On hold today", ja="本日時点の保留金額")
AWAITED = Text(en="Waits for acceptance", ja="検収待ちの金額")
TO_COME = Text(en="To come, before tax", ja="今後の請求額（税抜）")
PAYER = Text(en="Payer", ja="請求先")
ISSUED = Text(en="Billing date", ja="請求日")
BACK = State(Text(en="Gives back", ja="返還"), "warn")
MOVE = Text(en="Move a billing day", ja="請求日を変更")
FROM = Text(en="Billing day to come", ja="今後の請求日")
TO = Text(en="Billed on instead", ja="変更後の請求日")
DAY_OF = Text(en="{day}: {amount}", ja="{day}（{amount}）")
NO_DAY = Text(en="No billing day is to come.", ja="今後の請求日はありません。")
MOVE_SAYS = Text(
    en="What is to be billed on that day is billed on the other one, once; the day after it returns. Service period"
    " and amount stay.",
    ja="指定した日の請求を、一度だけ別の日に変更します。翌回以降の請求日・利用期間・金額は変わりません。",
)
STOPPED = Text(en="The next run would refuse this contract: {cause}", ja="次の請求処理では請求できません: {cause}")


@dataclass(frozen=True, slots=True)
class _Charge:
    """A line of an invoice to come."""

    of: ChargeToCome
    invoice: InvoiceToCome
    name: Text
    order_id: int


@dataclass(frozen=True, slots=True)
class _Why:
    """One reason of one line."""

    line: LineOutlook
    reason: Reason


COMING: tuple[Column[InvoiceToCome], ...] = (
    Column(ISSUED, lambda row: row.issued_on),
    Column(PAYER, lambda row: Link(row.payer_name, "customer", row.payer_id)),
    Column(DEPARTMENT, lambda row: row.department),
    Column(ATTENTION, lambda row: row.attention),
    Column(labels.DUE_ON, lambda row: row.due_on),
    amount(labels.LINES, lambda row: len(row.charges)),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
    amount(labels.TAX, lambda row: row.tax),
    amount(labels.TOTAL, lambda row: row.total),
)
"""The columns of invoices to come."""
_LINES: tuple[Column[_Charge], ...] = (
    Column(ISSUED, lambda row: row.invoice.issued_on),
    Column(labels.TITLE, lambda row: Link(row.name, "order", row.order_id)),
    Column(PAYER, lambda row: row.invoice.payer_name),
    Column(labels.SERVICE, lambda row: row.of.service),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.of.net_minor, row.invoice.net.currency)),
)
_WHYS: tuple[Column[_Why], ...] = (
    Column(labels.TITLE, lambda row: Link(row.line.name, "order", row.line.order_id)),
    Column(labels.STATE, lambda row: row.reason.why),
    Column(labels.REASON, lambda row: _led(row.reason)),
    amount(labels.AMOUNT, lambda row: row.reason.amount),
)


def _led(reason: Reason) -> object:
    return Link(reason.says, "hold", reason.hold_id) if reason.hold_id else reason.says


@door(SIGNED_IN)
def what_next(request: DeskRequest, key: int) -> HttpResponse:
    """Show the invoices to come of a contract, and of every line why not more of it is billed."""
    desk = request.desk
    contract = get_contract(desk.actor, ContractId(key))
    coming = what_comes_next(contract.id, desk.actor, on=desk.today)
    total = Money(sum(one.net.minor for one in coming.invoices), coming.held.currency)
    detail = Detail(
        kind=KIND,
        title=contract.number,
        back=Link(contract.number, "contract", key),
        note=STOPPED.filled(cause=coming.stopped) if coming.stopped else None,
        facts=(
            (labels.CUSTOMER, Link(contract.customer, "customer", contract.customer_id)),
            (Text(en="Next invoice", ja="次回の請求"), coming.invoices[0].issued_on if coming.invoices else None),
            (TO_COME, total),
            (HELD, coming.held),
            (AWAITED, coming.awaited),
        ),
        sections=(
            *gaps_of_contract(list_gaps(coming.company_id, on=desk.today, contract_id=contract.id)),
            Section(WHY_NOT, Table.of(_WHYS, [_Why(line, one) for line in coming.lines for one in line.reasons])),
            Section(INVOICES, Table.of(COMING, coming.invoices), empty=NONE),
            _lines(coming),
        ),
        acts=(
            Act(MOVE, Link("", "move-billing-day", key), "billing.move-day", None if coming.invoices else NO_DAY),
            Act(PLACE, Link("", "place-hold", key), "billing.hold", main=True),
        ),
        steps=stages(find_deal(desk.actor, CONTRACT, contract.id)),
    )
    return show(request, detail)


def _lines(coming: Outlook) -> Section:
    rows = list(_charges(coming))
    note = FIRST.filled(most=MOST, count=len(rows)) if len(rows) > MOST else None
    return Section(LINES, Table.of(_LINES, rows[:MOST]), note, NONE)


def _charges(coming: Outlook) -> Iterator[_Charge]:
    lines: dict[PlanId | None, LineOutlook] = {line.plan_id: line for line in coming.lines}
    for invoice in coming.invoices:
        for charge in invoice.charges:
            line = lines[charge.plan_id]
            yield _Charge(charge, invoice, line.name, line.order_id)


@door(doing("billing.move-day"))
def move(request: DeskRequest, key: int) -> HttpResponse:
    """Bill what is due of a contract on one day on another, once."""
    desk = request.desk
    contract = get_contract(desk.actor, ContractId(key))
    days = days_to_come(contract.id, desk.actor)

    def do(given: Given) -> Link:
        move_billing_day(
            contract_id=contract.id,
            bill_on=parse_day(given["bill_on"]),
            moved_to=given["moved_to"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "what-next", key)

    options = tuple((one.isoformat(), DAY_OF.filled(day=day_shown(one), amount=told(net))) for one, net in days.items())
    fields = (
        choice("bill_on", FROM, options, initial=options[0][0] if options else ""),
        day("moved_to", TO, None, hint=labels.BUSINESS_DAY),
        prose("because", labels.REASON),
    )
    deed = Deed(
        of=(CONTRACT, key),
        title=MOVE,
        back=Link(NEXT, "what-next", key),
        button=MOVE,
        do=do,
        fields=fields,
        says=MOVE_SAYS,
        over=None if options else NO_DAY,
    )
    return perform(request, deed)
