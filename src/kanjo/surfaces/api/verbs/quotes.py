"""Acts on opportunities and quotes, from the first word to the order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pydantic import Field

from kanjo.domains.catalog.queries import get_product
from kanjo.domains.customers.queries import get_customer
from kanjo.domains.opportunities.operations import (
    engage_opportunity,
    expect_close,
    lose_opportunity,
    open_opportunity,
)
from kanjo.domains.opportunities.queries import get_opportunity
from kanjo.domains.quotes.operations import expire_quotes, send_quote, withdraw_quote
from kanjo.domains.quotes.queries import get_quote
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, QuoteId
from kanjo.foundation.money import Money, currency
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.files.operations import store
from kanjo.processes.accept_quote import SignedPaper, accept_quote
from kanjo.processes.ask_approval import submit_quote
from kanjo.processes.draft_offer import LineWanted, draft_offer, revise_offer
from kanjo.processes.hand_over import hand_over_deal
from kanjo.processes.preview_offer import agreed_rounding, planned_charges
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import (
    Asked,
    BecauseOn,
    Blank,
    Code,
    Content,
    Count,
    CustomerKey,
    Day,
    Given,
    Minor,
    On,
    Owed,
    PersonKey,
    PolicyKey,
    ProductKey,
    Prose,
    Words,
)


class HandedOver(Given):
    """The new owner of a deal, why, and the day it is true."""

    to_id: PersonKey
    because: Prose
    on: Day


class OpportunityGiven(Given):
    """A deal as it is opened, of the caller; without `engaged_on` it is a prospect."""

    company_id: Asked
    customer_id: CustomerKey
    product_id: ProductKey
    name: Words
    currency: Code
    engaged_on: Day | None = None
    on: Day


class Expected(Given):
    """When a deal should close, and at what value in its currency."""

    close_on: Day
    value_minor: Owed


class ServiceGiven(Given):
    """The days of a service; `until` is the first day after it."""

    start: Day
    until: Day


class LineGiven(Given):
    """A line of an offer; `net_minor` is the price of the whole quantity, without it the list price holds.

    `expected_units` are thought to be used in each period, where the product has a usage price.
    """

    product_id: ProductKey
    quantity: Count
    net_minor: Minor | None = None
    service: ServiceGiven | None = None
    expected_units: Minor = 0


class OfferGiven(Given):
    """An offer; `until` is the first day after its term, `valid_until` the first on which it no longer stands.

    Without `policy` it is billed as the version before, or by the policy chosen for the customer.
    """

    lines: list[LineGiven] = Field(min_length=1, max_length=100)
    payment_terms: Words
    starts_on: Day
    until: Day | None = None
    valid_until: Day
    policy: PolicyKey | None = None
    on: Day


class Sent(Given):
    """To whom a quotation goes; blank for the entity."""

    recipient: Blank = ""
    on: Day


class Signed(Given):
    """The paper that the customer signed, in base64, and the number of its order."""

    name: Words
    media_type: Code = "application/pdf"
    content: Content
    po_number: Blank = Field(default="", max_length=80)
    on: Day


def _open(caller: Caller, _key: int, given: OpportunityGiven) -> Made:
    company = caller.company(given.company_id)
    product = get_product(given.product_id, caller.within(company.id).actor, on=given.on)
    opened = open_opportunity(
        company_id=company.id,
        customer_id=get_customer(given.customer_id).id,
        product_id=product.terms.product_id,
        owner_id=caller.actor.id,
        name=given.name,
        external_key="",
        engaged_on=given.engaged_on,
        currency=currency(given.currency, at="currency").code,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("opportunities", opened)


def _engage(caller: Caller, key: int, given: On) -> Made:
    engage_opportunity(opportunity_id=OpportunityId(key), on=given.on, by=caller.actor, at=caller.now)
    return Made("opportunities", key)


def _expect(caller: Caller, key: int, given: Expected) -> Made:
    row = get_opportunity(OpportunityId(key), caller.actor)
    value = Money(given.value_minor, row.currency)
    expect_close(opportunity_id=row.id, close_on=given.close_on, value=value, by=caller.actor, at=caller.now)
    return Made("opportunities", key)


def _hand_over(caller: Caller, key: int, given: HandedOver) -> Made:
    hand_over_deal(opportunity_id=OpportunityId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("opportunities", key)


def _lose(caller: Caller, key: int, given: BecauseOn) -> Made:
    lose_opportunity(opportunity_id=OpportunityId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("opportunities", key)


def _wanted(caller: Caller, company_id: CompanyId, given: OfferGiven) -> Sequence[LineWanted]:
    """Return the lines as they are asked for; refuses `NotFound` for a product of another company."""
    of_company = caller.within(company_id).actor
    for product_id in {line.product_id for line in given.lines}:
        get_product(product_id, of_company, on=given.on)
    return [
        LineWanted(
            product_id=line.product_id,
            quantity=line.quantity,
            net_minor=line.net_minor,
            service=Period(line.service.start, line.service.until) if line.service else None,
            expected_units=line.expected_units,
        )
        for line in given.lines
    ]


def _draft(caller: Caller, key: int, given: OfferGiven) -> Made:
    deal = get_opportunity(OpportunityId(key), caller.actor)
    drafted = draft_offer(
        company_id=deal.company_id,
        opportunity_id=deal.id,
        customer_id=CustomerId(deal.customer_id),
        currency=deal.currency,
        wanted=_wanted(caller, deal.company_id, given),
        **given.model_dump(exclude={"lines"}),
        by=caller.actor,
        at=caller.now,
    )
    return Made("quotes", drafted)


def _revise(caller: Caller, key: int, given: OfferGiven) -> Made:
    row = get_quote(caller.actor, QuoteId(key)).row
    revise_offer(
        quote_id=row.id,
        wanted=_wanted(caller, row.company_id, given),
        **given.model_dump(exclude={"lines"}),
        by=caller.actor,
        at=caller.now,
    )
    return Made("quotes", key)


def _submit(caller: Caller, key: int, given: On) -> Made:
    return Made("approvals", submit_quote(quote_id=QuoteId(key), on=given.on, by=caller.actor, at=caller.now))


def _send(caller: Caller, key: int, given: Sent) -> Made:
    found = get_quote(caller.actor, QuoteId(key))
    send_quote(
        quote_id=found.row.id,
        planned=planned_charges(found.offer.lines, on=found.offer.starts_on, billing=found.offer.billing),
        tax_rounding=agreed_rounding(found.offer.billing),
        **given.model_dump(),
        by=caller.actor,
        at=caller.now,
    )
    return Made("quotes", key)


def _accept(caller: Caller, key: int, given: Signed) -> Made:
    row = get_quote(caller.actor, QuoteId(key)).row
    owner_id = get_opportunity(row.opportunity_id, caller.actor).owner_id
    file_id = store(
        content=given.content,
        name=given.name,
        media_type=given.media_type,
        company_id=row.company_id,
        by=caller.actor,
    )
    done = accept_quote(
        quote_id=row.id,
        company_id=row.company_id,
        signed=SignedPaper(file_id, hashlib.sha256(given.content).hexdigest()),
        owner_id=owner_id,
        po_number=given.po_number,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("orders", done.order_id)


def _withdraw(caller: Caller, key: int, given: BecauseOn) -> Made:
    withdraw_quote(quote_id=QuoteId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("quotes", key)


def _expire(caller: Caller, key: int, given: On) -> Made:
    expire_quotes(company_id=caller.company(key).id, on=given.on, by=caller.actor, at=caller.now)
    return Made("quotes")


ACTS = (
    Act(
        path="opportunities",
        verbs=("opportunities.open",),
        title=Text(en="Open an opportunity", ja="商談を登録"),
        takes=OpportunityGiven,
        do=_open,
    ),
    Act(
        path="opportunities/{int:key}/engage",
        verbs=("opportunities.engage",),
        title=Text(en="Engage", ja="商談を開始"),
        takes=On,
        do=_engage,
        of="opportunities",
    ),
    Act(
        path="opportunities/{int:key}/expect",
        verbs=("opportunities.expect",),
        title=Text(en="Set what is expected", ja="受注見込を登録"),
        takes=Expected,
        do=_expect,
        of="opportunities",
    ),
    Act(
        path="opportunities/{int:key}/hand-over",
        verbs=("opportunities.reassign",),
        title=Text(en="Hand an opportunity over", ja="商談の担当者を変更"),
        takes=HandedOver,
        do=_hand_over,
        of="opportunities",
    ),
    Act(
        path="opportunities/{int:key}/lose",
        verbs=("opportunities.lose",),
        title=Text(en="Close as lost", ja="失注を登録"),
        takes=BecauseOn,
        do=_lose,
        of="opportunities",
    ),
    Act(
        path="opportunities/{int:key}/quotes",
        verbs=("quotes.draft",),
        title=Text(en="Draft a quote", ja="見積を作成"),
        takes=OfferGiven,
        do=_draft,
        of="opportunities",
    ),
    Act(
        path="quotes/{int:key}/revise",
        verbs=("quotes.revise",),
        title=Text(en="Revise a quote", ja="見積を改訂"),
        takes=OfferGiven,
        do=_revise,
        of="quotes",
    ),
    Act(
        path="quotes/{int:key}/submit",
        verbs=("quotes.submit", "approvals.open-request", "quotes.note-approval"),
        title=Text(en="Submit for approval", ja="見積の承認を申請"),
        takes=On,
        do=_submit,
        of="quotes",
    ),
    Act(
        path="quotes/{int:key}/send",
        verbs=("quotes.send",),
        title=Text(en="Send to the customer", ja="顧客に提示"),
        takes=Sent,
        do=_send,
        of="quotes",
    ),
    Act(
        path="quotes/{int:key}/accept",
        verbs=(
            "contracts.conclude",
            "quotes.accept",
            "opportunities.win",
            "orders.book",
            "billing.plan",
            "revenue.open-obligations",
            "licenses.write-grants",
        ),
        title=Text(
            en="Note the acceptance: contract, order and plans follow", ja="承諾を登録（契約・注文・各計画を作成）"
        ),
        takes=Signed,
        do=_accept,
        of="quotes",
    ),
    Act(
        path="quotes/{int:key}/withdraw",
        verbs=("quotes.withdraw",),
        title=Text(en="Withdraw a quote", ja="見積を取下げ"),
        takes=BecauseOn,
        do=_withdraw,
        of="quotes",
    ),
    Act(
        path="companies/{int:key}/expire-quotes",
        verbs=("quotes.expire",),
        title=Text(en="Let quotes expire whose validity is over", ja="有効期限を過ぎた見積を期限切れに"),
        takes=On,
        do=_expire,
        of="companies",
    ),
)
