"""Invoices: issued by runs, explained line by line, sent and given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.http import HttpResponse

from kanjo.domains.billing.facts import USUAL_LINK_DAYS, Channel
from kanjo.domains.billing.queries import (
    ByHand,
    InvoiceRow,
    InvoiceView,
    SendingRow,
    chosen_for,
    count_invoices,
    find_by_hand,
    get_invoice,
    is_corrected,
    list_invoices,
    list_sendings,
    parts_of,
    shared_with,
    split_from,
)
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.personal import Kind
from kanjo.foundation.texts import Text
from kanjo.processes.bill import credit_invoice, preview
from kanjo.processes.paper_of_invoice import corrected_paper, invoice_paper, send_invoice
from kanjo.reports.deals import INVOICE, find_deal
from kanjo.surfaces.readers import showed
from kanjo.surfaces.readers import told as told_to_reader
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.bill_to import ATTENTION, CHANNEL, DEPARTMENT, RECIPIENT, RECIPIENT_HINT
from kanjo.surfaces.web.billing.columns import INVOICES as COLUMNS
from kanjo.surfaces.web.billing.columns import LINES, SENDINGS, state_of, tax_columns, totals
from kanjo.surfaces.web.billing.links import withdraw_act
from kanjo.surfaces.web.billing.sharing import SPLIT
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.chosen import Each, Pack
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door, paper
from kanjo.surfaces.web.fields import choice, day, prose, whole, words
from kanjo.surfaces.web.files.pages import as_download
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.orders.columns import PO_NUMBER
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.stages import stages

TITLE = Text(en="Invoices", ja="請求書")
RUN = Text(en="Preview a billing run", ja="請求処理を試算")
SEND = Text(en="Send or note as sent", ja="送付・送付の登録")
PAPER = Text(en="What is sent", ja="送付する書類")
CORRECTED = Text(en="Corrected invoice", ja="修正請求書")
ITSELF, IN_ITS_PLACE = "invoice", "corrected"
LINK_DAYS = Text(en="A link is good for so many days", ja="リンクの有効日数")
CREDIT = Text(en="Issue a credit note", ja="返還請求書を発行")
SENT_SAYS = Text(
    en="Invoice {number} of {total} to {payer} is kept as it was sent. What was sent is undone only by a credit note.",
    ja="請求書 {number}（{payer} 宛、{total}）を送付済みとして保存します。送付後の取り消しは適格返還請求書によります。",
)
CREDIT_SAYS = Text(
    en="A credit note to {payer} gives back what is left of invoice {number} of {total}. It cannot be taken back.",
    ja="請求書 {number}（{total}）の残額について、{payer} 宛に適格返還請求書を発行します。発行後は元に戻せません。",
)
CREDIT_OTHERS = Text(
    en="What is left of {numbers}, which bear the rest of its charges, is given back with it.",
    ja="同じ課金を分担する {numbers} の残額も、あわせて返還します。",
)
BY_HAND = Text(en="Issued by hand by", ja="手動発行者")
NOT_SENT = Text(en="It was not sent yet.", ja="まだ送付されていません。")
CREDITED = Text(en="It was credited before, or is itself a credit note.", ja="返還済み、または返還請求書です。")

SEND_EACH = Text(
    en="Each goes by the way that is chosen for its payer, or else is noted. Its paper is kept as it was sent. What was"
    " sent is undone only by a credit note.",
    ja="請求先ごとに設定した方法で送付し（設定がなければ送付の記録のみ）、それぞれの請求書を送付済みとして保存します。"
    "送付後の取り消しは適格返還請求書によります。",
)
PAPERS = Text(en="PDFs in one archive", ja="PDFをまとめて取得")

AS_CORRECTED = "as=corrected"


def paper_file(desk: Desk, row: InvoiceRow) -> tuple[str, bytes]:
    """Return the paper of an invoice as a file; the same invoice always gives the same bytes."""
    return f"{row.number}.pdf", invoice_paper(get_invoice(row.id, desk.actor), by=desk.actor)


INVOICES = ListPage[InvoiceRow](
    title=TITLE,
    search=Text(en="Number, amount or payer", ja="請求書番号・金額・請求先"),
    columns=COLUMNS,
    rows=lambda asked: list_invoices(
        asked.desk.actor,
        search=asked.text,
        most=asked.most,
        among=asked.among,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_invoices(asked.desk.actor, search=asked.text),
    acts=lambda _desk: (Act(RUN, Link("", "preview-billing"), "billing.preview", main=True),),
    key=lambda row: row.id,
    each=(
        Each(
            name="send",
            label=SEND,
            verb="billing.send-invoice",
            says=SEND_EACH,
            do=lambda desk, row, given: send_invoice(invoice_id=row.id, on=given["on"], by=desk.actor, at=desk.now),
            fields=lambda desk: (day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),),
        ),
    ),
    packs=(Pack(name="papers", label=PAPERS, paper=paper_file),),
)


@door(SIGNED_IN)
def invoice(request: DeskRequest, key: int) -> HttpResponse:
    """Show an invoice with the derivation of every line."""
    desk = request.desk
    view, by_hand = get_invoice(InvoiceId(key), desk.actor), find_by_hand(InvoiceId(key), desk.actor)
    row, sendings = view.row, list_sendings(InvoiceId(key), desk.actor)
    detail = Detail(
        kind=labels.INVOICE,
        title=row.number,
        state=state_of(row),
        back=Link(TITLE, "invoices"),
        facts=(*_whose(view, desk), *_when(view, by_hand), *_how_much(view), *_papers(view)),
        sections=_sections(view, sendings),
        acts=_acts(row, sendings, desk),
        trail=((INVOICE, key), *((("billing_issuedbyhand", by_hand.id),) if by_hand else ())),
        steps=stages(find_deal(desk.actor, INVOICE, row.id)),
    )
    return show(request, detail)


def _whose(view: InvoiceView, desk: Desk) -> Iterator[tuple[Text, object]]:
    """Yield to whom it goes, what for, and by whom it was issued."""
    row = view.row
    yield Text(en="Payer", ja="請求先"), Link(row.payer_name, "customer", row.payer_id)
    yield DEPARTMENT, view.department
    yield ATTENTION, view.attention
    yield Text(en="Address", ja="住所"), view.payer_address
    yield labels.ORDER, Link(Text(en="The order", ja="注文を表示"), "order", row.order_id)
    original = Link(view.original_number, "invoice", row.original_id) if row.original_id else None
    yield Text(en="Credit note for", ja="返還元の請求書"), original
    yield from _split_or_shared(row, desk)
    yield Text(en="Issued by", ja="発行者"), view.issuer_name
    yield Text(en="Registration number", ja="登録番号"), view.registration_number


def _when(view: InvoiceView, by_hand: ByHand | None) -> Iterator[tuple[Text, object]]:
    """Yield its days, who issued it by hand and why, and the customer's numbers."""
    yield labels.ISSUED_ON, view.row.issued_on
    yield labels.DUE_ON, view.row.due_on
    if by_hand:
        yield BY_HAND, by_hand.issued_by
        yield labels.REASON, by_hand.because
    if view.po_numbers:
        yield PO_NUMBER, ", ".join(view.po_numbers)


def _how_much(view: InvoiceView) -> Iterator[tuple[Text, object]]:
    """Yield its totals."""
    net, tax, total = totals(view)
    yield labels.TOTAL_BEFORE_TAX, net
    yield labels.TAX, tax
    yield Text(en="Rounding of tax", ja="消費税の端数処理"), view.tax_rounding.shown
    yield labels.TOTAL, total


def _papers(view: InvoiceView) -> Iterator[tuple[Text, object]]:
    """Yield the ways to its open item and its papers."""
    row, pdf = view.row, Text(en="PDF", ja="PDF")
    yield Text(en="Open item", ja="売掛金"), Link(row.number, "open-item", row.id)
    yield Text(en="Paper", ja="請求書"), Link(pdf, "invoice-pdf", row.id)
    yield CORRECTED, Link(pdf, "invoice-pdf", row.id, AS_CORRECTED) if is_corrected(view) else None
    electronic = Link(Text(en="JP PINT", ja="JP PINT"), "invoice-xml", row.id)
    yield Text(en="Electronic invoice", ja="デジタルインボイス"), electronic


def _sections(view: InvoiceView, sendings: Sequence[SendingRow]) -> tuple[Section, ...]:
    by_rate = Table.of(tax_columns(view.tax_rounding), view.taxes)
    return (
        Section(labels.LINES, Table.of(LINES, view.lines, ("", "", "", "", "", view.row.net))),
        Section(Text(en="Tax by rate", ja="税率ごとの消費税"), by_rate),
        Section(Text(en="Sendings", ja="送付履歴"), Table.of(SENDINGS, sendings), empty=NOT_SENT),
    )


def _acts(row: InvoiceRow, sendings: list[SendingRow], desk: Desk) -> tuple[Act, ...]:
    held = CREDITED if row.credited or row.is_credit else None
    return (
        Act(CREDIT, Link("", "credit-invoice", row.id), "billing.credit-invoice", held),
        Act(SPLIT, Link("", "split-invoice", row.id), "billing.split-invoice", held),
        withdraw_act(sendings, row.id, desk),
        Act(SEND, Link("", "send-invoice", row.id), "billing.send-invoice", main=True),
    )


def _split_or_shared(row: InvoiceRow, desk: Desk) -> Iterator[tuple[Text, object]]:
    """Yield what an invoice was split into, of which it is a part, and who bears the rest of its charges."""
    for key, number in parts_of(row.id):
        yield Text(en="Split into", ja="分割後の請求書"), Link(number, "invoice", key)
    original = split_from(row.id)
    if original:
        yield Text(en="Split from", ja="分割元の請求書"), Link(original[1], "invoice", original[0])
    for key, number in shared_with(row.id, desk.actor):
        yield Text(en="Shares its charges with", ja="課金を分担する請求書"), Link(number, "invoice", key)


@door(paper(Kind.ADDRESS))
def invoice_pdf(request: DeskRequest, key: int) -> HttpResponse:
    """Return the paper of an invoice, or with `as=corrected` the one that takes its place, where there is one."""
    actor = request.desk.actor
    view = get_invoice(InvoiceId(key), actor)
    corrected = request.GET.urlencode() == AS_CORRECTED
    content = (corrected_paper if corrected else invoice_paper)(view, by=actor)
    showed(Kind.ADDRESS, view.payer_address.of)
    return as_download(content, f"{view.row.number}{'-corrected' * corrected}.pdf", "application/pdf")


@door(doing("billing.preview"))
def preview_billing(request: DeskRequest) -> HttpResponse:
    """Compute what would be issued on a day; nothing is issued."""
    desk = request.desk

    def do(given: Given) -> Link:
        run_id = preview(
            company_id=desk.company_id, on=given["on"], because=given["because"], by=desk.actor, at=desk.now
        )
        return Link("", "run", run_id)

    says = Text(
        en="Everything due by that day is computed. A second person approves the run before anything is issued.",
        ja="指定日までに請求期日が到来するものを計算します。発行には別の担当者の承認が必要です。",
    )
    fields = (day("on", labels.ISSUED_ON, desk.today, hint=labels.BUSINESS_DAY), prose("because", labels.REASON))
    back = Link(TITLE, "invoices")
    return perform(request, Deed(tried=False, title=RUN, back=back, button=RUN, do=do, fields=fields, says=says))


@door(doing("billing.send-invoice"))
def send(request: DeskRequest, key: int) -> HttpResponse:
    """Keep the paper of an invoice as it was sent."""
    desk = request.desk
    view = get_invoice(InvoiceId(key), desk.actor)
    row, corrected = view.row, is_corrected(view)

    def do(given: Given) -> Link:
        send_invoice(
            invoice_id=row.id,
            on=given["on"],
            channel=Channel(given["channel"]) if given["channel"] else None,
            recipient=given["recipient"] or "",
            corrected=given.get("paper") == IN_ITS_PLACE,
            link_days=USUAL_LINK_DAYS if given["link_days"] is None else given["link_days"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "invoice", key)

    says = SENT_SAYS.filled(number=row.number, total=told(row.total), payer=row.payer_name)
    channels, chosen = tuple((one.value, one.shown) for one in Channel), chosen_for(row, desk.today)
    papers = ((ITSELF, labels.INVOICE), (IN_ITS_PLACE, CORRECTED))
    fields = (
        *((choice("paper", PAPER, papers, initial=IN_ITS_PLACE),) if corrected else ()),
        choice("channel", CHANNEL, channels, needed=False, initial=(chosen and chosen.channel) or Channel.BY_HAND),
        replace(
            words("recipient", RECIPIENT, needed=False, hint=RECIPIENT_HINT, most=254),
            initial=told_to_reader(chosen.recipient) if chosen else "",
        ),
        whole("link_days", LINK_DAYS, needed=False, initial=str(USUAL_LINK_DAYS)),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    back = Link(row.number, "invoice", key)
    return perform(request, Deed(tried=False, title=SEND, back=back, button=SEND, do=do, fields=fields, says=says))


@door(doing("billing.credit-invoice"))
def credit(request: DeskRequest, key: int) -> HttpResponse:
    """Give back an invoice by a credit note."""
    desk = request.desk
    row = get_invoice(InvoiceId(key), desk.actor).row

    def do(given: Given) -> Link:
        note = credit_invoice(
            company_id=row.company_id,
            invoice_id=row.id,
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "invoice", note)

    fields = (prose("because", labels.REASON), day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY))
    says = CREDIT_SAYS.filled(number=row.number, total=told(row.total), payer=row.payer_name)
    others = ", ".join(number for _, number in shared_with(row.id, desk.actor))
    if others:
        also = CREDIT_OTHERS.filled(numbers=others)
        says = Text(en=f"{says.en} {also.en}", ja=f"{says.ja}{also.ja}")
    back = Link(row.number, "invoice", key)
    return perform(request, Deed(tried=False, title=CREDIT, back=back, button=CREDIT, do=do, fields=fields, says=says))
