"""Orders: what is to be delivered, billed and recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpResponse

from kanjo.domains.billing.queries import list_invoices
from kanjo.domains.orders.facts import BookedLine
from kanjo.domains.orders.queries import OrderLineRow, OrderRow, count_orders, get_order, list_lines, list_orders
from kanjo.foundation.ids import OrderId, OrderLineId
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.note_po_number import note_po_number
from kanjo.reports.deals import ORDER, find_deal
from kanjo.reports.promised import list_promised
from kanjo.reports.usage import list_metered
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.columns import INVOICES
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import choice, day, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.orders.columns import ORDERED_ON, PO_NUMBER
from kanjo.surfaces.web.orders.columns import ORDERS as COLUMNS
from kanjo.surfaces.web.orders.instalments import instalment_acts, instalments_of
from kanjo.surfaces.web.orders.issuing import issue_act
from kanjo.surfaces.web.revenue.columns import OBLIGATIONS
from kanjo.surfaces.web.shown import Explained, Link, said
from kanjo.surfaces.web.stages import stages
from kanjo.surfaces.web.usage.pages import RATE, usage_of

TITLE = Text(en="Orders", ja="注文")
AMENDMENT = Text(en="Amendment", ja="契約変更")
ACCEPT = Text(en="Note an acceptance", ja="検収を登録")
ACCEPTED = Text(en="Accepted on", ja="検収日")
EVIDENCE = Text(en="Evidence", ja="証憑")
NOTE_NUMBER = Text(en="Note the customer's order number", ja="顧客注文番号を登録")
NUMBER_SAYS = Text(
    en="Invoices to come carry it; those issued stay. Holds that waited for it are released.",
    ja="今後の請求書に記載します（発行済みの請求書は変わりません）。注文番号待ちの請求保留は自動で解除されます。",
)
ALL_ACCEPTED = Text(en="Every line is accepted.", ja="すべての明細が検収済みです。")
EACH = Text(en="{quantity} × {unit} at list", ja="標準単価 {unit} × {quantity}")


class AllAccepted(Refusal):
    """Nothing of an order is left to be accepted."""

    rule = "orders.all-accepted"
    kind = RefusalKind.CONFLICT
    says = Text(en="Every line of order {number} is accepted.", ja="注文 {number} の明細はすべて検収済みです。")
    remedy = Text(en="See the order for the days.", ja="検収日は注文のページで確認してください。")


ORDERS = ListPage[OrderRow](
    title=TITLE,
    search=Text(en="Number or customer", ja="注文番号・顧客名"),
    columns=COLUMNS,
    rows=lambda asked: list_orders(
        asked.desk.actor, search=asked.text, most=asked.most, order=asked.order, limit=asked.limit, at=asked.at
    ),
    count=lambda asked: count_orders(asked.desk.actor, search=asked.text),
)

_LINES: tuple[Column[OrderLineRow], ...] = (
    amount(Text(en="No.", ja="行"), lambda row: row.line.position),
    Column(labels.PRODUCT, lambda row: Link(row.line.terms.name, "product", row.line.terms.product_id)),
    amount(labels.QUANTITY, lambda row: row.line.quantity),
    Column(labels.SERVICE, lambda row: row.line.service),
    Column(labels.BILLED, lambda row: row.line.terms.timing.shown),
    Column(
        labels.NET_PRICE,
        lambda row: Explained(Money(row.line.net_minor, row.currency), _at_list(row)),
        number=True,
    ),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.line.total_minor, row.currency)),
    Column(ACCEPTED, lambda row: row.accepted_on),
)


def _at_list(row: OrderLineRow) -> str:
    unit = Money(row.line.list_minor, row.currency)
    shown = Text(en=unit.shown("en"), ja=unit.shown("ja"))
    return said(EACH.filled(quantity=f"{row.line.quantity:,}", unit=shown))


@door(SIGNED_IN)
def order(request: DeskRequest, key: int) -> HttpResponse:
    """Show an order with its lines, invoices and obligations."""
    actor = request.desk.actor
    row = get_order(actor, OrderId(key))
    lines = list_lines(actor, row.id)
    held = None if _waiting(lines) else ALL_ACCEPTED
    detail = Detail(
        kind=labels.ORDER,
        title=row.number,
        back=Link(TITLE, "orders"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (Text(en="Payer", ja="請求先"), Link(row.payer, "customer", row.payer_id)),
            (labels.CONTRACT, Link(row.contract_number, "contract", row.contract_id)),
            *(((AMENDMENT, row.amendment_number),) if row.amendment_number else ()),
            (ORDERED_ON, row.ordered_on),
            (PO_NUMBER, row.po_number),
            (labels.PAYMENT_TERMS, payment_terms(row.payment_terms).shown),
            (labels.TOTAL_BEFORE_TAX, Money(row.total_minor, row.currency)),
        ),
        sections=(
            Section(labels.LINES, Table.of(_LINES, lines)),
            Section(Text(en="Invoices", ja="請求書"), Table.of(INVOICES, list_invoices(actor, order_id=row.id))),
            *instalments_of(actor, row.id),
            *usage_of(list_metered(actor, order_id=row.id)),
            Section(
                Text(en="Performance obligations", ja="履行義務"),
                Table.of(OBLIGATIONS, list_promised(actor, order_id=row.id)),
            ),
        ),
        acts=(
            Act(ACCEPT, Link("", "accept-delivery", key), "orders.accept-delivery", held, main=True),
            Act(NOTE_NUMBER, Link("", "note-po-number", key), "orders.note-po-number"),
            issue_act(row, first=held is not None or not actor.holds(*VERBS["orders.accept-delivery"].roles)),
            Act(RATE, Link("", "rate-usage", key), "billing.rate-usage"),
            *instalment_acts(actor, row.id),
        ),
        steps=stages(find_deal(actor, ORDER, row.id)),
        trail=((ORDER, key), *(("orders_orderline", line.line.order_line_id) for line in lines)),
    )
    return show(request, detail)


@door(doing("orders.accept-delivery"))
def accept(request: DeskRequest, key: int) -> HttpResponse:
    """Note that the customer accepted the delivery of a line."""
    desk = request.desk
    row = get_order(desk.actor, OrderId(key))
    waiting = _waiting(list_lines(desk.actor, row.id))
    if not waiting:
        raise AllAccepted(number=row.number)
    options = tuple((str(line.order_line_id), line.terms.name) for line in waiting)

    def do(given: Given) -> Link:
        accept_delivery(
            order_line_id=OrderLineId(int(given["line"])),
            accepted_on=given["on"],
            evidence=given["evidence"] or "",
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "order", key)

    fields = (
        choice("line", labels.LINES, options, initial=options[0][0]),
        day("on", ACCEPTED, desk.today, hint=labels.BUSINESS_DAY),
        words("evidence", EVIDENCE, needed=False),
    )
    says = Text(
        en="What waited for the acceptance may then be billed and recognised.",
        ja="登録すると、検収待ちだった明細の請求と収益認識が可能になります。",
    )
    back = Link(row.number, "order", key)
    return perform(
        request,
        Deed(
            of=("orders_order", key),
            title=ACCEPT,
            back=back,
            button=ACCEPT,
            do=do,
            fields=fields,
            says=says,
            beside=_beside,
        ),
    )


@door(doing("orders.note-po-number"))
def note_number(request: DeskRequest, key: int) -> HttpResponse:
    """Note the customer's number of an order."""
    desk = request.desk
    row = get_order(desk.actor, OrderId(key))

    def do(given: Given) -> Link:
        note_po_number(order_id=row.id, po_number=given["po_number"], on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "order", key)

    deed = Deed(
        of=("orders_order", key),
        title=NOTE_NUMBER,
        back=Link(row.number, "order", key),
        button=NOTE_NUMBER,
        do=do,
        fields=(
            replace(words("po_number", PO_NUMBER, most=80), initial=row.po_number),
            day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
        ),
        says=NUMBER_SAYS,
    )
    return perform(request, deed)


def _waiting(lines: Sequence[OrderLineRow]) -> list[BookedLine]:
    """Return the lines that may be accepted; what only changes another is accepted with it."""
    return [row.line for row in lines if row.accepted_on is None and row.line.changes is None]


def _beside(at: str, _given: Given) -> str:
    return "on" if at == "accepted_on" else at
