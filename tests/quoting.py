"""What tests of quotes stand on: an opportunity, lines to offer, a quote brought as far as it should go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from django.db import transaction

from kanjo.domains.approvals.facts import Decision
from kanjo.domains.approvals.models import ApprovalItem
from kanjo.domains.approvals.operations import activate_matrix, decide_item, draft_matrix, open_request
from kanjo.domains.approvals.queries import STANDARD_ROWS
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, ProductTerms, Recognition, TaxClass
from kanjo.domains.opportunities.operations import open_opportunity
from kanjo.domains.quotes.facts import Offer, OfferLine
from kanjo.domains.quotes.operations import draft_quote, note_approval, submit_quote
from kanjo.domains.quotes.queries import QUOTE, deal_facts
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    ApprovalItemId,
    ApprovalRequestId,
    CompanyId,
    CustomerId,
    OpportunityId,
    ProductId,
    QuoteId,
    QuoteVersionId,
)
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.identity.queries import house
from tests.builders import NOW, TODAY, a_company, a_customer, a_product, an_actor

YEAR = Period(date(2026, 4, 1), date(2027, 4, 1))
VALID_UNTIL = date(2026, 5, 1)
TERMS = "close:31:1:31:none"
CLOUD = ProductTerms(
    product_id=ProductId(1),
    code="CLOUD-M",
    name=Text(en="Cloud", ja="クラウド利用料"),
    charge=ChargeKind.RECURRING,
    timing=BillingTiming.IN_ADVANCE,
    interval_months=1,
    recognition=Recognition.OVER_TIME,
    tax_class=TaxClass.STANDARD,
    license_metric="user",
)
BOX = replace(CLOUD, code="BOX", charge=ChargeKind.ONE_TIME, timing=BillingTiming.ON_ACCEPTANCE, interval_months=0)

_numbers = count(1)


def a_cloud_line(net_minor: int = 9_000, *, terms: ProductTerms = CLOUD, service: Period = YEAR) -> OfferLine:
    """Return ten users at 1,000 a month, for *net_minor* together, over whole months."""
    months = service.months_and_days()[0]
    return OfferLine(terms, 10, 1_000, net_minor, net_minor * months, service)


def a_box_line(net_minor: int = 100_000, *, quantity: int = 2, list_minor: int = 50_000) -> OfferLine:
    """Return a single delivery."""
    return OfferLine(BOX, quantity, list_minor, net_minor, net_minor)


def an_offer(*lines: OfferLine, until: date | None = YEAR.until) -> Offer:
    """Return an offer from April, valid for a month."""
    return Offer(CustomerId(1), "JPY", TERMS, YEAR.start, until, VALID_UNTIL, tuple(lines) or (a_cloud_line(),))


@dataclass(frozen=True)
class Desk:
    """A company with an active matrix, its people, and an opportunity to quote for."""

    company_id: CompanyId
    customer_id: CustomerId
    opportunity_id: OpportunityId
    terms: ProductTerms
    rep: Actor
    cxo: Actor

    def line(self, net_minor: int = 9_000) -> OfferLine:
        """Return ten users at 1,000 a month for *net_minor*, for a year."""
        return a_cloud_line(net_minor, terms=self.terms)

    @transaction.atomic
    def drafted(self, *lines: OfferLine, by: Actor | None = None) -> QuoteId:
        """Draft a quote of *lines*, by default one with 10 % off."""
        return draft_quote(
            company_id=self.company_id,
            opportunity_id=self.opportunity_id,
            customer_id=self.customer_id,
            currency="JPY",
            lines=lines or (self.line(),),
            payment_terms=TERMS,
            starts_on=YEAR.start,
            until=YEAR.until,
            valid_until=VALID_UNTIL,
            by=by or self.rep,
            at=NOW,
            on=TODAY,
        )

    @transaction.atomic
    def submitted(self, *lines: OfferLine) -> tuple[QuoteId, ApprovalRequestId]:
        """Draft and submit a quote, and open its request."""
        quote_id = self.drafted(*lines)
        submit_quote(quote_id=quote_id, on=TODAY, by=self.rep, at=NOW)
        return quote_id, open_for(self, quote_id)

    @transaction.atomic
    def approved(self, *lines: OfferLine) -> QuoteId:
        """Bring a quote through its approval."""
        quote_id, request_id = self.submitted(*lines)
        for item_id in items_of(request_id):
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=self.cxo, at=NOW)
        version_id = QuoteVersionId(deal_facts(self.rep, quote_id).version_id)
        note_approval(quote_id=quote_id, version_id=version_id, outcome="approved", by=house(), at=NOW, on=TODAY)
        return quote_id


def open_for(desk: Desk, quote_id: QuoteId) -> ApprovalRequestId:
    """Open the request about a submitted quote, as the house does when it hears of the submission."""
    facts, makers = deal_facts(desk.rep, quote_id), [(QUOTE, quote_id)]
    return open_request(facts=facts, makers=makers, on=TODAY, by=house(), at=NOW)


def items_of(request_id: ApprovalRequestId) -> list[ApprovalItemId]:
    """Return the items of a request in order."""
    items = ApprovalItem.objects.filter(request_id=request_id).order_by("position")
    return [ApprovalItemId(pk) for pk in items.values_list("pk", flat=True)]


@transaction.atomic
def a_desk(code: str = "kanjo-jp") -> Desk:
    """Found a company whose standard matrix is in force, with a rep, a CxO and an opportunity."""
    company_id, customer_id = a_company(code), a_customer()
    rep = an_actor(Role.SALES_REP, companies=[company_id], name="営業 太郎")
    cxo = an_actor(Role.CXO, companies=[company_id], name="役員 一郎")
    maker = an_actor(Role.APPROVER, companies=[company_id])
    matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
    activate_matrix(matrix_id=matrix_id, effective_from=TODAY, on=TODAY, by=cxo, at=NOW)
    product_id = a_product(company_id)
    opportunity_id = open_opportunity(
        company_id=company_id,
        customer_id=customer_id,
        product_id=product_id,
        owner_id=rep.id,
        name="クラウド導入",
        external_key=f"quotes-{next(_numbers)}",
        engaged_on=TODAY,
        currency="JPY",
        by=rep,
        at=NOW,
    )
    return Desk(company_id, customer_id, opportunity_id, replace(CLOUD, product_id=product_id), rep, cxo)
