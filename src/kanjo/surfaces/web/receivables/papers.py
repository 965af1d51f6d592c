"""Papers about payments: acknowledgements (領収書) and monthly statements (月締め請求書)."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse

from kanjo.domains.receivables.facts import RateShare
from kanjo.domains.receivables.operations import acknowledge_again
from kanjo.domains.receivables.queries import (
    AcknowledgementRow,
    StatedInvoice,
    StatementRow,
    count_acknowledgements,
    count_statements,
    get_acknowledgement,
    get_receipt,
    get_statement,
    list_acknowledgements,
    list_statements,
)
from kanjo.foundation.ids import ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import add_months
from kanjo.foundation.texts import Text
from kanjo.processes.papers_of_trade import acknowledge, state_month
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door, opens
from kanjo.surfaces.web.fields import day, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.receivables import columns
from kanjo.surfaces.web.receivables.pages import ACKNOWLEDGE as ISSUE
from kanjo.surfaces.web.receivables.pages import ACKNOWLEDGEMENTS_TITLE, RECEIPT, RECEIPTS_TITLE
from kanjo.surfaces.web.shown import Link

STATEMENTS_TITLE = Text(en="Monthly statements", ja="月締め請求書")
ACKNOWLEDGEMENT = Text(en="Acknowledgement", ja="領収書")
STATEMENT = Text(en="Monthly statement", ja="月締め請求書")
AGAIN = Text(en="Issue again", ja="再発行")
STATE_MONTH = Text(en="State a month", ja="月締め請求書を発行")
FIRST = Text(en="First issued as", ja="初回発行の領収書")
DAYS = Text(en="Days", ja="取引期間")
PAPER = Text(en="Paper", ja="帳票")
PDF = Text(en="PDF", ja="PDF")
BY_RATE = Text(en="By tax rate", ja="税率別内訳")
IN_PART = Text(
    en="Invoices were paid in part, so that no amounts by rate stand on it.",
    ja="一部入金のため、税率別の内訳は記載していません。",
)
PERCENT = Text(en="{percent}%", ja="{percent}%")
REDUCED = Text(en="{percent}% (reduced)", ja="{percent}%（軽減税率）")
ISSUE_SAYS = Text(
    en="{amount} received as {reference} is acknowledged to its payer under a new number. It cannot be taken back.",
    ja="入金 {reference}（{amount}）について、請求先宛の領収書を採番して発行します。発行後は取り消せません。",
)
AGAIN_SAYS = Text(
    en="It says what {number} says, is marked as reissued, names the first, and has a number of its own.",
    ja="{number} と同じ内容に「再発行」と初回の番号を表示し、新しい番号で発行します。",
)
STATE_SAYS = Text(
    en="What {customer} owed, paid and was invoiced in the month. The taxes are those of its invoices, added up.",
    ja="{customer} の前回請求額・入金額・繰越額・今回取引額をまとめます。消費税は各請求書の税額の合計です。",
)
MONTH = Text(en="Any day of the month", ja="対象月の任意の日")


ACKNOWLEDGEMENTS = ListPage[AcknowledgementRow](
    title=ACKNOWLEDGEMENTS_TITLE,
    columns=columns.ACKNOWLEDGEMENTS,
    rows=lambda asked: list_acknowledgements(asked.desk.actor, order=asked.order, limit=asked.limit, at=asked.at),
    count=lambda asked: count_acknowledgements(asked.desk.actor),
    note=Text(
        en="Issued from a receipt whose whole amount is allocated.",
        ja="全額を消し込んだ入金の画面から発行します。",
    ),
)

STATEMENTS = ListPage[StatementRow](
    title=STATEMENTS_TITLE,
    columns=(
        Column(labels.NUMBER, lambda row: Link(row.number, "statement", row.id), order="number"),
        Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id)),
        Column(DAYS, lambda row: row.days, order="until"),
        amount(Text(en="Previously due", ja="前回請求額"), lambda row: row.previous),
        amount(Text(en="Paid", ja="入金額"), lambda row: row.paid),
        amount(Text(en="Due now", ja="今回請求額"), lambda row: row.total, "total"),
    ),
    rows=lambda asked: list_statements(asked.desk.actor, order=asked.order, limit=asked.limit, at=asked.at),
    count=lambda asked: count_statements(asked.desk.actor),
    note=Text(en="Issued from the page of a customer.", ja="顧客の画面から発行します。"),
)


def _rate_columns(currency: str) -> tuple[Column[RateShare], ...]:
    return (
        Column(labels.TAX_RATE, lambda row: (REDUCED if row.reduced else PERCENT).filled(percent=row.percent or "—")),
        amount(labels.TOTAL_BEFORE_TAX, lambda row: Money(row.net_minor, currency)),
        amount(labels.TAX, lambda row: Money(row.tax_minor, currency)),
    )


_INVOICES: tuple[Column[StatedInvoice], ...] = (
    Column(labels.INVOICE, lambda row: row.number),
    Column(labels.ISSUED_ON, lambda row: row.issued_on),
    amount(labels.TOTAL_BEFORE_TAX, lambda row: row.net),
    amount(labels.TAX, lambda row: row.tax),
    amount(labels.TOTAL, lambda row: row.net + row.tax),
)


@door(SIGNED_IN)
def acknowledgement(request: DeskRequest, key: int) -> HttpResponse:
    """Show an acknowledgement with what it acknowledges."""
    actor = request.desk.actor
    row = get_acknowledgement(actor, key)
    settled: tuple[Column[tuple[str, int]], ...] = (
        Column(labels.INVOICE, lambda one: one[0]),
        amount(labels.AMOUNT, lambda one: Money(one[1], row.amount.currency)),
    )
    detail = Detail(
        kind=ACKNOWLEDGEMENT,
        title=row.number,
        state=columns.ISSUED_AGAIN if row.first_id else None,
        back=Link(ACKNOWLEDGEMENTS_TITLE, "acknowledgements"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (RECEIPT, Link(RECEIPT, "receipt", row.receipt_id) if opens("receipt", actor) else None),
            (FIRST, Link(row.first_number, "acknowledgement", row.first_id) if row.first_id else None),
            (labels.ISSUED_ON, row.issued_on),
            (Text(en="Received on", ja="受領日"), row.received_on),
            (labels.AMOUNT, row.amount),
            (labels.BY, row.issued_by),
            (labels.REASON, row.because),
            (PAPER, Link(PDF, "file", row.file_id)),
        ),
        sections=(
            Section(labels.INVOICE, Table.of(settled, row.settled)),
            Section(BY_RATE, Table.of(_rate_columns(row.amount.currency), row.rates), empty=IN_PART),
        ),
        acts=(Act(AGAIN, Link("", "acknowledge-again", key), "receivables.acknowledge-again"),),
        trail=(("receivables_acknowledgement", key),),
    )
    return show(request, detail)


@door(SIGNED_IN)
def statement(request: DeskRequest, key: int) -> HttpResponse:
    """Show a monthly statement: how what was due before became what is due now."""
    row = get_statement(request.desk.actor, key)
    detail = Detail(
        kind=STATEMENT,
        title=row.number,
        back=Link(STATEMENTS_TITLE, "statements"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (DAYS, row.days),
            (labels.ISSUED_ON, row.issued_on),
            (Text(en="Previously due", ja="前回請求額"), row.previous),
            (Text(en="Paid", ja="入金額"), row.paid),
            (Text(en="Carried over", ja="繰越額"), row.carried),
            (Text(en="Invoiced (excl. tax)", ja="今回取引額"), row.net),
            (labels.TAX, row.tax),
            (Text(en="Due now", ja="今回請求額"), row.total),
            (labels.BY, row.issued_by),
            (PAPER, Link(PDF, "file", row.file_id)),
        ),
        sections=(
            Section(labels.INVOICE, Table.of(_INVOICES, row.invoices)),
            Section(BY_RATE, Table.of(_rate_columns(row.total.currency), row.rates)),
        ),
        trail=(("receivables_monthlystatement", key),),
    )
    return show(request, detail)


@door(doing("receivables.acknowledge"))
def issue(request: DeskRequest, key: int) -> HttpResponse:
    """Acknowledge a receipt."""
    desk = request.desk
    row = get_receipt(desk.actor, ReceiptId(key))

    def do(given: Given) -> Link:
        made = acknowledge(company_id=desk.company_id, receipt_id=row.id, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "acknowledgement", made)

    says = ISSUE_SAYS.filled(reference=row.reference, amount=told(Money(row.amount_minor, row.currency)))
    fields = (day("on", labels.ISSUED_ON, desk.today, hint=labels.BUSINESS_DAY),)
    back = Link(row.reference or RECEIPTS_TITLE, "receipt", key)
    return perform(request, Deed(tried=False, title=ISSUE, back=back, button=ISSUE, do=do, fields=fields, says=says))


@door(doing("receivables.acknowledge-again"))
def again(request: DeskRequest, key: int) -> HttpResponse:
    """Issue an acknowledgement again."""
    desk = request.desk
    row = get_acknowledgement(desk.actor, key)

    def do(given: Given) -> Link:
        made = acknowledge_again(
            acknowledgement_id=key, on=given["on"], because=given["because"], by=desk.actor, at=desk.now
        )
        return Link("", "acknowledgement", made)

    says = AGAIN_SAYS.filled(number=row.first_number or row.number)
    fields = (
        prose("because", labels.REASON),
        day("on", labels.ISSUED_ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    back = Link(row.number, "acknowledgement", key)
    return perform(request, Deed(tried=False, title=AGAIN, back=back, button=AGAIN, do=do, fields=fields, says=says))


@door(doing("receivables.state-month"))
def state(request: DeskRequest, key: int) -> HttpResponse:
    """State the month of a customer."""
    desk = request.desk
    customer = the_customer(desk, key)

    def do(given: Given) -> Link:
        made = state_month(
            company_id=desk.company_id,
            customer_id=customer.id,
            month=given["month"],
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "statement", made)

    fields = (
        replace(day("month", Text(en="Month", ja="対象月"), add_months(desk.today, -1)), hint=MONTH),
        day("on", labels.ISSUED_ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    deed = Deed(
        tried=False,
        title=STATE_MONTH,
        back=Link(customer.name, "customer", key),
        button=STATE_MONTH,
        do=do,
        fields=fields,
        says=STATE_SAYS.filled(customer=customer.name),
    )
    return perform(request, deed)
