"""One deal: quoted at list with the discount or uplift that explains its value, approved, concluded, delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kanjo.domains.approvals.facts import Decision, ItemState
from kanjo.domains.approvals.queries import get_request
from kanjo.domains.opportunities.facts import OpportunityRow
from kanjo.domains.quotes import operations as quotes
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import ApprovalRequestId, CompanyId
from kanjo.platform.files.operations import digest_of
from kanjo.processes.accept_delivery import accept_delivery
from kanjo.processes.accept_quote import ConcludedDeal, SignedPaper, accept_quote
from kanjo.processes.ask_approval import decide_item, submit_quote
from kanjo.processes.draft_offer import LineWanted, draft_offer

NEGOTIATED_DAYS = 7
"""A deal is quoted so many days before it closes, or on its first day where it was quicker."""
VALID_DAYS = 30
TERMS = "net:30:none"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the replay besides the seller of each deal."""

    approver: Actor
    deal_management: Actor
    receivables: Actor
    run_approver: Actor
    rev_rec: Actor


def replay_deal(deal: OpportunityRow, *, seller: Actor, cast: Cast, at: datetime) -> ConcludedDeal:
    """Take an engaging deal with a known close day and value to a booked and delivered order, in one transaction."""
    assert deal.expected_close_on is not None, "the list holds only such deals"
    assert deal.expected_minor is not None, "the list holds only such deals"
    closes_on = deal.expected_close_on
    quoted_on = max(deal.engaged_on or closes_on, closes_on - timedelta(days=NEGOTIATED_DAYS))
    quote_id = draft_offer(
        company_id=deal.company_id,
        opportunity_id=deal.id,
        customer_id=deal.customer_id,
        currency=deal.currency,
        wanted=[LineWanted(product_id=deal.product_id, quantity=1, net_minor=deal.expected_minor)],
        payment_terms=TERMS,
        starts_on=closes_on,
        until=None,
        valid_until=closes_on + timedelta(days=VALID_DAYS),
        on=quoted_on,
        by=seller,
        at=at,
    )
    request_id = submit_quote(quote_id=quote_id, on=quoted_on, by=seller, at=at)
    _approve(request_id, on=closes_on, cast=cast, at=at)
    file_id = quotes.send_quote(quote_id=quote_id, on=closes_on, by=seller, at=at)
    concluded = accept_quote(
        quote_id=quote_id,
        company_id=CompanyId(deal.company_id),
        signed=SignedPaper(file_id, digest_of(file_id, by=cast.deal_management)),
        owner_id=deal.owner_id,
        po_number=deal.external_key,
        on=closes_on,
        by=cast.deal_management,
        at=at,
    )
    for line in concluded.lines:
        accept_delivery(
            order_line_id=line.order_line_id,
            accepted_on=closes_on,
            evidence="delivered as ordered",
            by=cast.deal_management,
            at=at,
        )
    return concluded


def _approve(request_id: ApprovalRequestId, *, on: date, cast: Cast, at: datetime) -> None:
    """Let the approver agree to every item that waits; a deal without discount has none."""
    for item in get_request(cast.approver, request_id).items:
        if item.state is ItemState.OPEN:
            decide_item(
                item_id=item.id,
                decision=Decision.APPROVE,
                comment="replayed from the CRM",
                on=on,
                by=cast.approver,
                at=at,
            )
