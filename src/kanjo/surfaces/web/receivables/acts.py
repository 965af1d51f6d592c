"""Acts on receivables: take in a bank file, match by rule, allocate and take back by hand."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.receivables.operations import allocate, match_receipts, reverse_allocation, write_off_fee
from kanjo.domains.receivables.queries import (
    OpenItemRow,
    get_allocation,
    get_open_item,
    get_receipt,
    list_open_items,
)
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import InvoiceId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.processes.take_bank_file import take_bank_file
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Section, Table
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import day, file, money, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.receivables import columns, pages
from kanjo.surfaces.web.shown import NOTHING, Link

TAKE_BACK = Text(en="Take an allocation back", ja="消込を取消")
CANDIDATES = Text(en="Open receivables in this currency", ja="同じ通貨の未回収の売掛金")
MOST = 50


class NoSuchItem(Refusal):
    """No open receivable has that invoice number."""

    rule = "receivables.no-such-item"
    says = Text(en="No open receivable is {number}.", ja="未回収の売掛金に {number} はありません。")
    remedy = Text(en="Take the number from the list below.", ja="下の一覧の請求書番号を入力してください。")


@door(doing("receivables.import-bank-file"))
def take(request: DeskRequest) -> HttpResponse:
    """Take in a bank file, whole or not at all, and match what it brought."""
    desk = request.desk

    def do(given: Given) -> Link:
        taken = take_bank_file(
            company_id=desk.company_id,
            content=given["statement"].read(),
            name=given["statement"].name,
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "bank-file", taken.bank_file_id)

    fields = (
        file(
            "statement",
            labels.FILE,
            hint=Text(
                en="Zengin notice of transfers, or a receipts CSV", ja="全銀フォーマットの振込入金通知、または入金CSV"
            ),
        ),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="Taken in whole or not at all; the same file twice changes nothing.",
        ja="ファイル全体を取り込みます。誤りがあれば全件取り込みません。同じファイルを再度取り込んでも変わりません。",
    )
    back = Link(pages.FILES_TITLE, "bank-files")
    return perform(request, Deed(title=pages.UPLOAD, back=back, button=pages.UPLOAD, do=do, fields=fields, says=says))


@door(doing("receivables.match-receipts"))
def match(request: DeskRequest) -> HttpResponse:
    """Let the rules allocate what arrived; the doubtful becomes work."""
    desk = request.desk

    def do(given: Given) -> Link:
        match_receipts(company_id=desk.company_id, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "receipts")

    says = Text(
        en="Receipts that agree with invoices are allocated. The others go to the queue with the reason.",
        ja="請求書と一致する入金を消し込みます。一致しないものは理由とともに担当者の受付箱に入ります。",
    )
    fields = (day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),)
    back = Link(pages.RECEIPTS_TITLE, "receipts")
    return perform(
        request, Deed(tried=False, title=pages.MATCH, back=back, button=pages.MATCH, do=do, fields=fields, says=says)
    )


@door(doing("receivables.allocate"))
def allocate_by_hand(request: DeskRequest, key: int) -> HttpResponse:
    """Let so much of a receipt settle so much of an invoice."""
    desk = request.desk
    row = get_receipt(desk.actor, ReceiptId(key))

    def do(given: Given) -> Link:
        item = _item(desk.actor, given["number"], row.currency)
        allocate(
            receipt_id=row.id,
            item_id=item.id,
            amount_minor=given["amount"].minor,
            on=given["on"],
            because=given["because"] or "",
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "receipt", key)

    left = Money(row.left_minor, row.currency)
    candidates = [
        item
        for item in list_open_items(desk.actor, limit=MOST)
        if item.currency == row.currency and item.open_minor > 0
    ]
    deed = Deed(
        title=pages.ALLOCATE,
        back=Link(row.reference, "receipt", key),
        button=pages.ALLOCATE,
        do=do,
        fields=(
            words("number", Text(en="Invoice number", ja="請求書番号")),
            money(
                "amount",
                labels.AMOUNT,
                row.currency,
                hint=Text(en=f"Left: {left.shown('en')}", ja=f"未消込残高: {left.shown('ja')}"),
            ),
            prose("because", labels.REASON, needed=False),
            day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
        ),
        beside=_beside,
        sections=(Section(CANDIDATES, Table.of(columns.OPEN_ITEMS, candidates)),),
    )
    return perform(request, deed)


@door(doing("receivables.write-off-fee"))
def bear_fee(request: DeskRequest, key: int) -> HttpResponse:
    """Bear a bank fee that the payer deducted."""
    desk = request.desk
    row = get_open_item(desk.actor, InvoiceId(key))

    def do(given: Given) -> Link:
        write_off_fee(
            item_id=row.id,
            amount_minor=given["amount"].minor,
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "open-item", key)

    fields = (
        money("amount", labels.AMOUNT, row.currency),
        prose("because", labels.REASON),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="{number} has {left} open: it falls by the amount, which is posted as a bank fee of ours.",
        ja="請求書 {number} の未回収残高 {left} から指定額を減らし、当社負担の振込手数料として計上します。",
    ).filled(number=row.number, left=told(Money(row.open_minor, row.currency)))
    back = Link(row.number, "open-item", key)
    return perform(
        request,
        Deed(title=pages.BEAR_FEE, back=back, button=pages.BEAR_FEE, do=do, fields=fields, says=says, beside=_beside),
    )


@door(doing("receivables.reverse-allocation"))
def take_back(request: DeskRequest, key: int) -> HttpResponse:
    """Take an allocation back; receipt and invoice are open again."""
    desk = request.desk
    row = get_allocation(desk.actor, key)
    back = (
        Link(row.reference, "receipt", row.receipt_id) if row.receipt_id else Link(row.number, "open-item", row.item_id)
    )

    def do(given: Given) -> Link:
        reverse_allocation(allocation_id=row.id, on=given["on"], because=given["because"], by=desk.actor, at=desk.now)
        return back

    fields = (prose("because", labels.REASON), day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY))
    says = Text(
        en="Invoice {number}, receipt {reference}: what was allocated on {day} is open again on both.",
        ja="請求書 {number}、入金 {reference}: {day} の消込を取り消し、未回収・未消込に戻します。",
    ).filled(number=row.number or NOTHING, reference=row.reference or NOTHING, day=row.effective_on)
    return perform(request, Deed(title=TAKE_BACK, back=back, button=TAKE_BACK, do=do, fields=fields, says=says))


def _beside(at: str, _given: Given) -> str:
    return "amount" if at == "amount_minor" else at


def _item(actor: Actor, number: str, currency: str) -> OpenItemRow:
    for item in list_open_items(actor, text=number):
        if item.number == number and item.currency == currency:
            return item
    raise NoSuchItem(at="number", number=quoted(number))
