"""Opportunities: the deals before an order."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.catalog.queries import list_products
from kanjo.domains.customers.queries import get_customer
from kanjo.domains.opportunities.facts import OpportunityRow, Stage
from kanjo.domains.opportunities.operations import (
    engage_opportunity,
    expect_close,
    lose_opportunity,
    open_opportunity,
)
from kanjo.domains.opportunities.queries import count_opportunities, get_opportunity, list_opportunities
from kanjo.domains.quotes.queries import list_quotes
from kanjo.foundation.ids import CustomerId, OpportunityId, ProductId
from kanjo.foundation.money import currency
from kanjo.foundation.texts import Text
from kanjo.reports.deals import OPPORTUNITY, Deal, Phase, find_deal
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, doing, door
from kanjo.surfaces.web.fields import Field, choice, day, money, prose, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.opportunities import columns
from kanjo.surfaces.web.opportunities.handing_over import HAND_OVER, HAND_OVER_ALL
from kanjo.surfaces.web.quotes.columns import QUOTES
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.stages import stages
from kanjo.surfaces.web.trail import story_of

TITLE = Text(en="Opportunities", ja="商談")
OPEN = Text(en="New opportunity", ja="商談を登録")
ENGAGE = Text(en="Engage", ja="商談を開始")
EXPECT = Text(en="Say what is expected", ja="受注見込を登録")
EXPECTED_ON = Text(en="Expected close", ja="受注予定日")
LOSE = Text(en="Close as lost", ja="失注を登録")
DRAFT = Text(en="Draft a quote", ja="見積を作成")
LOST_BECAUSE = Text(en="Lost because", ja="失注理由")
EXTERNAL_KEY = Text(en="Key in the other system", ja="外部システムのキー")
WHAT_CAME = Text(en="What came of it", ja="契約から収益まで")
CAME = (Phase.CONTRACT, Phase.ORDER, Phase.INVOICE, Phase.PAYMENT, Phase.REVENUE, Phase.RENEWAL)
CLOSED = Text(en="The opportunity is closed.", ja="この商談は完了しています。")
ENGAGED = Text(en="It is engaged already.", ja="すでに商談中です。")


def _currency(text: str, at: str) -> str:
    return currency(text.upper(), at=at).code


OPPORTUNITIES = ListPage[OpportunityRow](
    title=TITLE,
    search=Text(en="Name, key or customer", ja="商談名・キー・顧客名"),
    filters=(Filter("stage", columns.STAGE, tuple(Stage)),),
    columns=columns.OPPORTUNITIES,
    rows=lambda asked: list_opportunities(
        asked.desk.actor,
        search=asked.text,
        most=asked.most,
        stage=asked.choices["stage"],
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_opportunities(asked.desk.actor, search=asked.text, stage=asked.choices["stage"]),
    acts=lambda _desk: (Act(HAND_OVER_ALL, Link("", "hand-over-all"), "opportunities.reassign"),),
    note=Text(en="Open a new one from its customer.", ja="新しい商談は、顧客のページから登録します。"),
)


@door(SIGNED_IN)
def opportunity(request: DeskRequest, key: int) -> HttpResponse:
    """Show a deal: its stages, its quotes, and all that happened to any part of it."""
    actor = request.desk.actor
    row = get_opportunity(OpportunityId(key), actor)
    closed = CLOSED if row.stage in {Stage.WON, Stage.LOST} else None
    engaged = ENGAGED if row.stage is Stage.ENGAGING else None
    deal = find_deal(actor, OPPORTUNITY, row.id)
    detail = Detail(
        kind=labels.OPPORTUNITY,
        title=row.name,
        state=row.stage,
        back=Link(TITLE, "opportunities"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (labels.PRODUCT, Link(row.product, "product", row.product_id)),
            (labels.OWNER, row.owner),
            (columns.ENGAGED_ON, row.engaged_on),
            (EXPECTED_ON, row.expected_close_on),
            (columns.EXPECTED, columns.expected(row)),
            (columns.CLOSED_ON, row.closed_on),
            (columns.VALUE, columns.value(row)),
            *(((LOST_BECAUSE, row.lost_because),) if row.lost_because else ()),
            *(((EXTERNAL_KEY, row.external_key),) if row.external_key else ()),
        ),
        sections=(
            Section(Text(en="Quotes", ja="見積"), Table.of(QUOTES, list_quotes(actor, opportunity_id=row.id))),
            *_what_came(deal),
        ),
        acts=(
            Act(ENGAGE, Link("", "engage-opportunity", key), "opportunities.engage", closed or engaged),
            Act(EXPECT, Link("", "expect-close", key), "opportunities.expect", closed),
            Act(LOSE, Link("", "lose-opportunity", key), "opportunities.lose", closed),
            Act(HAND_OVER, Link("", "hand-over", key), "opportunities.reassign", closed),
            Act(DRAFT, Link("", "draft-quote", key), "quotes.draft", closed, main=True),
        ),
        steps=stages(deal),
        story=story_of(deal, request.GET.get("of", "")) if deal else None,
    )
    return show(request, detail)


def _what_came(deal: Deal | None) -> list[Section]:
    """Return what came of the deal: its contracts, orders, invoices, receivables and obligations."""
    parts = [part for phase in CAME for part in deal.of(phase)] if deal else []
    return [Section(WHAT_CAME, Table.of(columns.PARTS, parts))] if parts else []


@door(doing("opportunities.open"))
def open_one(request: DeskRequest, key: int) -> HttpResponse:
    """Open an opportunity of a customer."""
    desk = request.desk
    customer = get_customer(CustomerId(key))
    products = list_products(desk.actor, on=desk.today, company_id=desk.company_id, limit=1000)

    def do(given: Given) -> Link:
        opened = open_opportunity(
            company_id=desk.company_id,
            customer_id=customer.id,
            product_id=ProductId(int(given["product"])),
            owner_id=desk.actor.id,
            name=given["name"],
            external_key="",
            engaged_on=given["engaged_on"],
            currency=given["currency"],
            on=desk.today,
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "opportunity", opened)

    options = tuple((str(row.terms.product_id), row.terms.name) for row in products)
    fields = (
        words("name", labels.NAME),
        choice("product", labels.PRODUCT, options),
        Field("currency", labels.CURRENCY, _currency, initial=desk.company.currency),
        day("engaged_on", columns.ENGAGED_ON, desk.today, needed=False, hint=labels.BUSINESS_DAY),
    )
    back = Link(customer.name, "customer", key)
    return perform(request, Deed(title=OPEN, back=back, button=OPEN, do=do, fields=fields))


@door(doing("opportunities.engage"))
def engage(request: DeskRequest, key: int) -> HttpResponse:
    """Move a prospect to engaging."""
    desk = request.desk
    row = get_opportunity(OpportunityId(key), desk.actor)

    def do(given: Given) -> Link:
        engage_opportunity(opportunity_id=row.id, on=given["on"], by=desk.actor, at=desk.now)
        return Link("", "opportunity", key)

    fields = (day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),)
    back = Link(row.name, "opportunity", key)
    return perform(
        request,
        Deed(of=("opportunities_opportunity", key), title=ENGAGE, back=back, button=ENGAGE, do=do, fields=fields),
    )


@door(doing("opportunities.expect"))
def expect(request: DeskRequest, key: int) -> HttpResponse:
    """Say when a deal should close, and what it should bring."""
    desk = request.desk
    row = get_opportunity(OpportunityId(key), desk.actor)

    def do(given: Given) -> Link:
        expect_close(
            opportunity_id=row.id, close_on=given["close_on"], value=given["value"], by=desk.actor, at=desk.now
        )
        return Link("", "opportunity", key)

    fields = (
        day("close_on", EXPECTED_ON, row.expected_close_on, hint=labels.BUSINESS_DAY),
        money("value", columns.EXPECTED, row.currency),
    )
    deed = Deed(
        of=("opportunities_opportunity", key),
        title=EXPECT,
        back=Link(row.name, "opportunity", key),
        button=EXPECT,
        do=do,
        fields=fields,
        beside=lambda at, _given: "close_on" if at == "on" else at,
    )
    return perform(request, deed)


@door(doing("opportunities.lose"))
def lose(request: DeskRequest, key: int) -> HttpResponse:
    """Close an opportunity as lost."""
    desk = request.desk
    row = get_opportunity(OpportunityId(key), desk.actor)

    def do(given: Given) -> Link:
        lose_opportunity(opportunity_id=row.id, on=given["on"], because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "opportunity", key)

    fields = (
        prose("because", labels.REASON),
        day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),
    )
    back = Link(row.name, "opportunity", key)
    return perform(
        request, Deed(of=("opportunities_opportunity", key), title=LOSE, back=back, button=LOSE, do=do, fields=fields)
    )
