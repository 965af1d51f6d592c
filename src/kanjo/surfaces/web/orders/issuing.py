"""Issuing by hand what is due of an order: what would be billed stands there before anything is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpResponse

from kanjo.domains.billing.queries import InvoiceLineRow, InvoiceView, billed_of_order
from kanjo.domains.orders.queries import OrderRow, get_order
from kanjo.foundation.ids import OrderId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.processes.bill import issue_invoice, preview_invoices
from kanjo.reports.deals import ORDER
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Section, Table, amount
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, day_shown

ISSUE = Text(en="Issue what is due", ja="請求書を発行")
BILLED = Text(en="All of it is invoiced.", ja="すべて請求済みです。")
WOULD_BILL = Text(en="What would be invoiced", ja="発行される請求書")
SUMS = Text(
    en="To {payer}, due on {due}: tax {tax}, total {total}.",
    ja="{payer} 宛、支払期日 {due}。消費税 {tax}、合計 {total}。",
)
SAYS = Text(
    en="What is due of this order by the day is issued at once, as the billing run would do it. It cannot be taken"
    " back: a credit note undoes it.",
    ja="指定日までに請求期日が到来する分を、請求処理と同じ計算で直ちに発行します。発行後は元に戻せません。"
    "取り消しは適格返還請求書によります。",
)
LINES: tuple[Column[InvoiceLineRow], ...] = (
    Column(labels.TITLE, lambda line: line.description),
    amount(labels.QUANTITY, lambda line: line.quantity),
    Column(labels.SERVICE, lambda line: line.service),
    Column(labels.TAX_RATE, lambda line: line.rate, number=True),
    amount(labels.TOTAL_BEFORE_TAX, lambda line: line.net),
)


def issue_act(row: OrderRow, *, first: bool) -> Act:
    """Return the act by which an order is billed, until all of it is."""
    billed = billed_of_order(row.id) == row.total_minor
    link = Link("", "issue-invoice", row.id)
    return Act(ISSUE, link, "billing.issue-invoice", BILLED if billed else None, main=first)


@door(doing("billing.issue-invoice"))
def issue(request: DeskRequest, key: int) -> HttpResponse:
    """Issue what is due of an order by a day."""
    desk = request.desk
    row = get_order(desk.actor, OrderId(key))

    def do(given: Given) -> Link:
        made = issue_invoice(
            company_id=row.company_id,
            order_id=row.id,
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "invoice", made[0]) if len(made) == 1 else Link("", "order", key)

    deed = Deed(
        of=(ORDER, key),
        title=ISSUE,
        back=Link(row.number, "order", key),
        button=ISSUE,
        do=do,
        fields=(
            day("on", labels.ISSUED_ON, desk.today, hint=labels.BUSINESS_DAY),
            prose("because", labels.REASON),
        ),
        says=SAYS,
        look=lambda given: [_section(view) for view in _due(desk, row, given["on"])],
        only_to_do=frozenset({"because"}),
        seen=_today(desk, row) if request.method == "GET" else (),
        beside=lambda at, _given: at if at == "because" else "on",
        tried=False,
    )
    return perform(request, deed)


def _due(desk: Desk, row: OrderRow, on: date) -> Sequence[InvoiceView]:
    return preview_invoices(company_id=row.company_id, order_id=row.id, on=on, by=desk.actor, at=desk.now)


def _today(desk: Desk, row: OrderRow) -> list[Section]:
    """Return what would be issued today, or why nothing is."""
    try:
        return [_section(view) for view in _due(desk, row, desk.today)]
    except Refusal as refusal:
        return [Section(WOULD_BILL, Table.of(LINES, ()), empty=refusal.sentence)]


def _section(view: InvoiceView) -> Section:
    row = view.row
    note = SUMS.filled(payer=row.payer_name, due=day_shown(row.due_on), tax=told(row.tax), total=told(row.total))
    return Section(WOULD_BILL, Table.of(LINES, view.lines, ("", "", "", labels.TOTAL, row.net)), note)
