"""Quotes: the offer, its approval, its sending, its acceptance."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse

from kanjo.domains.approvals.facts import PathStep
from kanjo.domains.approvals.queries import find_request, preview_path
from kanjo.domains.billing.queries import PolicyRow, get_policy
from kanjo.domains.contracts.queries import find_contract_of_quote
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.operations import preview_quotation, send_quote, withdraw_quote
from kanjo.domains.quotes.queries import (
    QuoteDetail,
    QuoteRow,
    count_quotes,
    facts_of,
    find_offer,
    get_quote,
    list_quotes,
)
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import PolicyId, QuoteId
from kanjo.foundation.money import Money
from kanjo.foundation.personal import Kind
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text
from kanjo.platform.files.operations import store
from kanjo.processes.accept_quote import SignedPaper, accept_quote
from kanjo.processes.ask_approval import QUOTE, submit_quote
from kanjo.processes.preview_offer import agreed_rounding, planned_charges, planned_invoices
from kanjo.reports.deals import find_deal
from kanjo.surfaces.readers import showed
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, difference, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door, paper
from kanjo.surfaces.web.fields import day, file, prose, words
from kanjo.surfaces.web.files.pages import as_download
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.policies.columns import POLICY, policy_shown
from kanjo.surfaces.web.quotes.columns import (
    PATH,
    VERSIONS,
    charge_columns,
    charges_total,
    invoices_to_come,
    line_columns,
    total_of,
)
from kanjo.surfaces.web.quotes.columns import QUOTES as COLUMNS
from kanjo.surfaces.web.quotes.drafting import NOBODY, PLANNED, REVISE, WOULD_ASK
from kanjo.surfaces.web.quotes.versions import VERSIONS as CHANGED
from kanjo.surfaces.web.quotes.versions import changes_between
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.stages import stages

TITLE = Text(en="Quotes", ja="見積")
SUBMIT = Text(en="Submit for approval", ja="承認を申請")
SEND = Text(en="Send to the customer", ja="顧客に提示")
ACCEPT = Text(en="Note the acceptance", ja="承諾を登録")
WITHDRAW = Text(en="Withdraw", ja="取下げ")
HELD = Text(en="The quote is: {state}.", ja="現在の状態: {state}")

QUOTES = ListPage[QuoteRow](
    title=TITLE,
    search=Text(en="Number or customer", ja="見積番号・顧客名"),
    filters=(Filter("state", labels.STATE, tuple(QuoteState)),),
    columns=COLUMNS,
    rows=lambda asked: list_quotes(
        asked.desk.actor,
        state=asked.choices["state"],
        search=asked.text,
        most=asked.most,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_quotes(asked.desk.actor, state=asked.choices["state"], search=asked.text),
)


@door(SIGNED_IN)
def quote(request: DeskRequest, key: int) -> HttpResponse:
    """Show a quote: lines with their derivation, path, planned invoices, versions."""
    desk = request.desk
    found = get_quote(desk.actor, QuoteId(key))
    row, offer = found.row, found.offer
    policy = get_policy(PolicyId(offer.billing.policy))
    charges = planned_charges(offer.lines, on=offer.starts_on, billing=offer.billing, policy=policy.choices)
    detail = Detail(
        kind=labels.QUOTE,
        title=row.number,
        state=row.state,
        back=Link(TITLE, "quotes"),
        facts=_facts(found, policy, desk.actor),
        sections=(
            Section(
                labels.LINES,
                Table.of(
                    line_columns(row.currency), offer.lines, ("", "", "", "", "", total_of(offer, row.total_minor))
                ),
            ),
            Section(WOULD_ASK, Table.of(PATH, _path(request, found)), empty=NOBODY),
            invoices_to_come(planned_invoices(offer, company_id=row.company_id), row.currency),
            Section(PLANNED, Table.of(charge_columns(row.currency), charges, charges_total(charges, row.currency))),
            Section(Text(en="Versions", ja="版の履歴"), Table.of(VERSIONS, found.versions)),
            *_changed(desk.actor, found),
        ),
        acts=_acts(row),
        trail=((QUOTE, key),),
        steps=stages(find_deal(desk.actor, QUOTE, row.id)),
    )
    return show(request, detail)


def _changed(actor: Actor, found: QuoteDetail) -> list[Section]:
    """Return what the current version changed of the one before, where there is one."""
    version = found.row.version
    before = find_offer(actor, found.row.id, version - 1) if version > 1 else None
    if before is None:
        return []
    return [difference(CHANGED.filled(before=version - 1, after=version), changes_between(before, found.offer))]


def _facts(found: QuoteDetail, policy: PolicyRow, actor: Actor) -> list[tuple[Text, object]]:
    row, offer = found.row, found.offer
    asked = find_request(subject=(QUOTE, row.id), version_id=row.version_id)
    concluded = find_contract_of_quote(actor, row.id)
    return [
        (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
        (labels.OPPORTUNITY, Link(Text(en="The opportunity", ja="商談を表示"), "opportunity", row.opportunity_id)),
        (labels.VERSION, row.version),
        (labels.OWNER, row.drafted_by),
        (labels.PAYMENT_TERMS, payment_terms(offer.payment_terms).shown),
        (POLICY, policy_shown(policy)),
        (labels.STARTS_ON, offer.starts_on),
        (labels.UNTIL, last_day(offer.until)),
        (labels.VALID_UNTIL, last_day(offer.valid_until)),
        (labels.LIST_TOTAL, Money(row.list_total_minor, row.currency)),
        (labels.DISCOUNT, found.discount),
        (labels.TOTAL_BEFORE_TAX, Money(row.total_minor, row.currency)),
        (
            Text(en="Approval", ja="承認"),
            Link(asked.state.shown, "approval", asked.id) if asked else Text(en="not asked yet", ja="未申請"),
        ),
        (labels.CONTRACT, Link(concluded.number, "contract", concluded.id) if concluded else None),
        (
            Text(en="Draft as PDF", ja="下書きPDF"),
            Link(Text(en="See what the customer would get", ja="提示する見積書を確認"), "quote-draft-pdf", row.id),
        ),
    ]


def _path(request: DeskRequest, found: QuoteDetail) -> list[PathStep]:
    row = found.row
    facts = facts_of(found.offer, company_id=row.company_id, quote_id=row.id, version_id=row.version_id)
    return preview_path(facts, row.company_id, request.desk.today)


def _acts(row: QuoteRow) -> list[Act]:
    def act(label: Text, name: str, verb: str, *states: QuoteState, main: bool = False) -> Act:
        held = None if row.state in states else HELD.filled(state=row.state.shown)
        return Act(label, Link("", name, row.id), verb, held, main and held is None)

    closed = {QuoteState.ACCEPTED, QuoteState.WITHDRAWN}
    still_open = [state for state in QuoteState if state not in closed]
    return [
        act(REVISE, "revise-quote", "quotes.revise", *(s for s in still_open if s is not QuoteState.SUBMITTED)),
        act(WITHDRAW, "withdraw-quote", "quotes.withdraw", *(s for s in still_open if s is not QuoteState.EXPIRED)),
        act(SUBMIT, "submit-quote", "quotes.submit", QuoteState.DRAFTED, main=True),
        act(SEND, "send-quote", "quotes.send", QuoteState.APPROVED, main=True),
        act(ACCEPT, "accept-quote", "contracts.conclude", QuoteState.SENT, main=True),
    ]


@door(paper(Kind.ADDRESS))
def draft_pdf(request: DeskRequest, key: int) -> HttpResponse:
    """Return the quotation as it would go out, marked as a draft."""
    desk = request.desk
    found = get_quote(desk.actor, QuoteId(key))
    planned = planned_charges(found.offer.lines, on=found.offer.starts_on, billing=found.offer.billing)
    showed(Kind.ADDRESS, ("customers_customer", found.row.customer_id))
    content = preview_quotation(
        quote_id=found.row.id,
        on=desk.today,
        by=desk.actor,
        planned=planned,
        tax_rounding=agreed_rounding(found.offer.billing),
    )
    return as_download(content, f"{found.row.number}-{found.row.version}-draft.pdf", "application/pdf")


@door(doing("quotes.submit"))
def submit(request: DeskRequest, key: int) -> HttpResponse:
    """Hand a quote in for approval, after showing whom it asks."""
    desk = request.desk
    found = get_quote(desk.actor, QuoteId(key))

    def do(given: Given) -> Link:
        asked = submit_quote(quote_id=found.row.id, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "approval", asked)

    deed = Deed(
        of=(QUOTE, key),
        title=SUBMIT,
        back=Link(found.row.number, "quote", key),
        button=SUBMIT,
        do=do,
        fields=(day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),),
        sections=(Section(WOULD_ASK, Table.of(PATH, _path(request, found)), empty=NOBODY),),
    )
    return perform(request, deed)


@door(doing("quotes.send"))
def send(request: DeskRequest, key: int) -> HttpResponse:
    """Make the quotation and note to whom it went."""
    desk = request.desk
    found = get_quote(desk.actor, QuoteId(key))

    def do(given: Given) -> Link:
        send_quote(
            quote_id=found.row.id,
            on=given["on"],
            recipient=given["recipient"] or "",
            planned=planned_charges(found.offer.lines, on=found.offer.starts_on, billing=found.offer.billing),
            tax_rounding=agreed_rounding(found.offer.billing),
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "quote", key)

    fields = (
        words(
            "recipient",
            Text(en="Person at the customer", ja="顧客の担当者名"),
            needed=False,
            hint=Text(en="Blank: to the entity.", ja="空欄の場合は会社宛（御中）になります。"),
        ),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="The quotation is made as a PDF and kept; the version cannot be changed any more.",
        ja="見積書PDFを作成して保存します。提示後、この版は変更できません。",
    )
    back = Link(found.row.number, "quote", key)
    return perform(
        request, Deed(tried=False, of=(QUOTE, key), title=SEND, back=back, button=SEND, do=do, fields=fields, says=says)
    )


@door(doing("contracts.conclude"))
def accept(request: DeskRequest, key: int) -> HttpResponse:
    """Take the signed paper and turn the quote into a contract and an order."""
    desk = request.desk
    found = get_quote(desk.actor, QuoteId(key))
    deal = get_opportunity(found.row.opportunity_id, desk.actor)

    def do(given: Given) -> Link:
        content = given["signed"].read()
        file_id = store(
            content=content,
            name=given["signed"].name,
            media_type=given["signed"].content_type or "application/octet-stream",
            company_id=desk.company_id,
            by=desk.actor,
        )
        deal_done = accept_quote(
            quote_id=found.row.id,
            company_id=desk.company_id,
            signed=SignedPaper(file_id, hashlib.sha256(content).hexdigest()),
            owner_id=deal.owner_id,
            po_number=given["po_number"] or "",
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "order", deal_done.order_id)

    fields = (
        file("signed", Text(en="Signed paper", ja="署名済み契約書")),
        words("po_number", Text(en="Customer's order number", ja="顧客注文番号"), needed=False, most=80),
        day("on", Text(en="Accepted on", ja="承諾日"), desk.today, hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="The contract, the order, its billing plan, its revenue and its licenses follow from this in one step.",
        ja="契約・注文・請求計画・履行義務・ライセンスが同時に登録されます。再入力は不要です。",
    )
    back = Link(found.row.number, "quote", key)
    return perform(
        request, Deed(of=(QUOTE, key), title=ACCEPT, back=back, button=ACCEPT, do=do, fields=fields, says=says)
    )


@door(doing("quotes.withdraw"))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Withdraw a quote."""
    desk = request.desk
    row = get_quote(desk.actor, QuoteId(key)).row

    def do(given: Given) -> Link:
        withdraw_quote(quote_id=row.id, on=given["on"], because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "quote", key)

    says = Text(
        en="{number} over {total} before tax is withdrawn for good: it is neither revised nor sent any more. Another"
        " offer is a new quote of the opportunity.",
        ja="見積 {number}（税抜 {total}）を取り下げます。元に戻せず、改訂も提示もできなくなります。"
        "あらためて提案する場合は、商談から新しい見積を作成してください。",
    ).filled(number=row.number, total=told(Money(row.total_minor, row.currency)))
    fields = (prose("because", labels.REASON), day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY))
    back = Link(row.number, "quote", key)
    return perform(
        request, Deed(of=(QUOTE, key), title=WITHDRAW, back=back, button=WITHDRAW, do=do, fields=fields, says=says)
    )
