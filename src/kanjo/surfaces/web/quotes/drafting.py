"""The form of an offer: drafted anew or revised, with a look at what would come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse

from kanjo.domains.billing.queries import CHOOSERS, list_policies
from kanjo.domains.catalog.queries import list_products
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.domains.quotes.facts import Offer, OfferLine
from kanjo.domains.quotes.queries import QUOTE, get_quote
from kanjo.foundation.ids import CustomerId, OpportunityId, PolicyId, ProductId, QuoteId
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text
from kanjo.processes.draft_offer import LineWanted, billing_terms, draft_offer, price, revise_offer
from kanjo.processes.preview_offer import approval_path, planned_charges, planned_invoices, planned_revenue
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import day_after, last_day
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Section, Table, difference
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import Field, Lines, Missing, choice, day, money, whole
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.policies.columns import POLICY, policy_shown
from kanjo.surfaces.web.quotes.columns import (
    PATH,
    charge_columns,
    charges_total,
    earned_columns,
    invoices_to_come,
    line_columns,
)
from kanjo.surfaces.web.quotes.versions import EXPECTED_USAGE, WOULD_CHANGE, changes_between
from kanjo.surfaces.web.shown import Link, day_shown
from kanjo.surfaces.web.terms_of_payment import TERMS
from kanjo.surfaces.web.trail import Subject
from kanjo.surfaces.web.usage.terms import count

DRAFT = Text(en="Draft a quote", ja="見積を作成")
REVISE = Text(en="Revise the quote", ja="見積を改訂")
NET_PRICE = Text(en="Net price, {currency} (blank: list price)", ja="提供価格（{currency}、空欄は標準価格）")
FROM = Text(en="Used from", ja="利用開始日")
THROUGH = Text(en="Used through", ja="利用終了日")
NOBODY = Text(en="Nobody needs to be asked.", ja="承認は不要です。")
PLANNED = Text(en="Lines of the invoices to come, before tax", ja="請求予定の明細（税抜）")
EARNED = Text(en="Revenue to come, before tax", ja="収益の計上予定（税抜）")
WOULD_ASK = Text(en="Who would be asked", ja="承認経路")
VALID_DAYS = 30


class ServiceHalf(Refusal):
    """A service period with one end."""

    rule = "form.service-half"
    says = Text(en="The service period has only one of its two days.", ja="利用期間の開始日と終了日の一方が空欄です。")
    remedy = Text(en="Give both days, or none.", ja="両方を入力するか、両方を空欄にしてください。")


class ServiceReversed(Refusal):
    """A service period that ends before it begins."""

    rule = "form.service-reversed"
    says = Text(
        en="The service would end on {last}, before {first}.", ja="利用終了日 {last} が利用開始日 {first} より前です。"
    )
    remedy = Text(en="Give a last day on or after the first.", ja="開始日以降の終了日を入力してください。")


@dataclass(frozen=True, slots=True)
class Before:
    """What the form starts from: the fields of a version, or nothing."""

    currency: str
    customer_id: CustomerId
    offer: Offer | None = None
    version: int = 0


@door(doing("quotes.draft"))
def draft(request: DeskRequest, key: int) -> HttpResponse:
    """Draft a quote for an opportunity."""
    desk = request.desk
    deal = get_opportunity(OpportunityId(key), desk.actor)
    before = Before(deal.currency, deal.customer_id)

    def do(given: Given) -> Link:
        quote_id = draft_offer(
            company_id=desk.company_id,
            opportunity_id=deal.id,
            customer_id=deal.customer_id,
            currency=deal.currency,
            wanted=_wanted(given),
            payment_terms=given["payment_terms"],
            starts_on=given["starts_on"],
            until=day_after(given["last_on"]),
            valid_until=given["valid_on"] + timedelta(days=1),
            policy=_policy(given),
            by=desk.actor,
            at=desk.now,
            on=given["on"],
        )
        return Link("", "quote", quote_id)

    return perform(request, _deed(desk, before, DRAFT, Link(deal.name, "opportunity", key), do))


@door(doing("quotes.revise"))
def revise(request: DeskRequest, key: int) -> HttpResponse:
    """Write a new version of a quote, which has to be approved anew."""
    desk = request.desk
    quote = get_quote(desk.actor, QuoteId(key))
    before = Before(quote.row.currency, quote.row.customer_id, quote.offer, quote.row.version)

    def do(given: Given) -> Link:
        revise_offer(
            quote_id=quote.row.id,
            wanted=_wanted(given),
            payment_terms=given["payment_terms"],
            starts_on=given["starts_on"],
            until=day_after(given["last_on"]),
            valid_until=given["valid_on"] + timedelta(days=1),
            policy=_policy(given),
            by=desk.actor,
            at=desk.now,
            on=given["on"],
        )
        return Link("", "quote", key)

    return perform(request, _deed(desk, before, REVISE, Link(quote.row.number, "quote", key), do, of=(QUOTE, key)))


def _deed(
    desk: Desk,
    before: Before,
    title: Text,
    back: Link,
    do: Callable[[Given], Link],
    *,
    of: Subject | None = None,
) -> Deed:
    return Deed(
        of=of,
        title=title,
        back=back,
        button=title,
        do=do,
        fields=_fields(desk, before),
        look=lambda given: _look(desk, before, given),
        beside=_beside,
    )


def _fields(desk: Desk, before: Before) -> Sequence[Field | Lines]:
    offer = before.offer
    products = list_products(desk.actor, on=desk.today, company_id=desk.company_id, limit=1000)
    options = tuple((str(row.terms.product_id), row.terms.name) for row in products)
    valid_on = last_day(offer.valid_until) if offer else desk.today + timedelta(days=VALID_DAYS)
    terms = offer.payment_terms if offer else TERMS[0][0]
    offered = TERMS if terms in dict(TERMS) else ((terms, payment_terms(terms).shown), *TERMS)
    return (
        Lines(
            "lines",
            labels.LINES,
            (
                choice("product", labels.PRODUCT, options),
                whole("quantity", labels.QUANTITY),
                money("net", NET_PRICE.filled(currency=before.currency), before.currency, needed=False),
                day("first_on", FROM, None, needed=False),
                day("last_on", THROUGH, None, needed=False),
                count("expected", EXPECTED_USAGE, needed=False),
            ),
            tuple(_typed(line, before.currency) for line in offer.lines) if offer else ({}, {}),
        ),
        choice("payment_terms", labels.PAYMENT_TERMS, offered, initial=terms),
        day("starts_on", labels.STARTS_ON, offer.starts_on if offer else desk.today, hint=labels.BUSINESS_DAY),
        day("last_on", labels.UNTIL, last_day(offer.until) if offer else None, needed=False),
        day("valid_on", labels.VALID_UNTIL, valid_on),
        *_policy_field(desk, offer),
        day("on", labels.ON, desk.today),
    )


def _policy_field(desk: Desk, offer: Offer | None) -> Sequence[Field]:
    """Return the choice of a policy, for whoever may offer by another than the customer's."""
    if not desk.actor.holds(*CHOOSERS):
        return ()
    options = tuple((str(row.id), policy_shown(row)) for row in list_policies())
    return (choice("policy", POLICY, options, needed=False, initial=str(offer.billing.policy) if offer else ""),)


def _policy(given: Given) -> PolicyId | None:
    return PolicyId(int(given["policy"])) if given.get("policy") else None


def _typed(line: OfferLine, currency: str) -> dict[str, str]:
    """Return a line as a person would have typed it."""
    listed = line.net_minor == line.list_minor * line.quantity
    return {
        "product": str(line.terms.product_id),
        "quantity": str(line.quantity),
        "net": "" if listed else f"{Money(line.net_minor, currency).as_decimal():f}",
        "first_on": day_shown(line.service.start) if line.service else "",
        "last_on": day_shown(line.service.last_on) if line.service else "",
        "expected": str(line.expected_units or ""),
    }


def _wanted(given: Given) -> list[LineWanted]:
    lines = given["lines"]
    if not lines:
        raise Missing(at="lines-0-product", label=labels.LINES)
    return [_line(line) for line in lines]


def _line(line: Given) -> LineWanted:
    first, last = line["first_on"], line["last_on"]
    if (first is None) != (last is None):
        raise ServiceHalf(at=f"{line['at']}-first_on")
    if first is not None and last < first:
        raise ServiceReversed(at=f"{line['at']}-last_on", first=first, last=last)
    return LineWanted(
        product_id=ProductId(int(line["product"])),
        quantity=line["quantity"],
        net_minor=line["net"].minor if line["net"] is not None else None,
        service=Period.inclusive(first, last) if first else None,
        expected_units=line["expected"] or 0,
    )


_FIELDS = {
    "until": "last_on",
    "valid_until": "valid_on",
    "service": "first_on",
    "list_minor": "product",
    "net_minor": "net",
    "total_minor": "net",
    "expected_units": "expected",
}


def _beside(at: str, given: Given) -> str:
    """Return the field of a place as the rules name it: `until`, or `lines[2].service` for the second line."""
    line, _, what = at.partition("].")
    if not line.startswith("lines["):
        return _FIELDS.get(at, at)
    return f"{given['lines'][int(line.removeprefix('lines[')) - 1]['at']}-{_FIELDS.get(what, what)}"


def _look(desk: Desk, before: Before, given: Given) -> list[Section]:
    currency = before.currency
    wanted = _wanted(given)
    billing = billing_terms(
        wanted,
        policy=_policy(given),
        company_id=desk.company_id,
        customer_id=before.customer_id,
        on=given["on"],
        by=desk.actor,
        before=before.offer.billing if before.offer else None,
    )
    lines = price(wanted, currency=currency, on=given["on"], billing=billing)
    offer = Offer(
        customer_id=before.customer_id,
        currency=currency,
        payment_terms=given["payment_terms"],
        starts_on=given["starts_on"],
        until=day_after(given["last_on"]),
        valid_until=given["valid_on"] + timedelta(days=1),
        lines=tuple(lines),
        billing=billing,
    )
    total = Money(sum(line.total_minor for line in lines), currency)
    path = approval_path(offer, company_id=desk.company_id, on=given["on"])
    charges = planned_charges(lines, on=given["starts_on"], billing=billing)
    changed = (
        [difference(WOULD_CHANGE.filled(before=before.version), changes_between(before.offer, offer))]
        if before.offer
        else []
    )
    return [
        *changed,
        Section(labels.LINES, Table.of(line_columns(currency), lines, ("", "", "", "", "", total))),
        Section(WOULD_ASK, Table.of(PATH, path), empty=NOBODY),
        invoices_to_come(planned_invoices(offer, company_id=desk.company_id), currency),
        Section(PLANNED, Table.of(charge_columns(currency), charges, charges_total(charges, currency))),
        Section(EARNED, Table.of(earned_columns(currency), planned_revenue(lines), ("", total))),
    ]
