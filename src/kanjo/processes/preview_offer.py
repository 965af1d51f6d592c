"""What an offer would lead to, shown before anybody decides: its invoices, its revenue and its approval path."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kanjo.domains.approvals.facts import PathStep
from kanjo.domains.approvals.queries import preview_path
from kanjo.domains.billing.facts import BillingPolicy, ChargeToCome, LineToBill
from kanjo.domains.billing.queries import OfferedInvoices, get_policy, preview_offered, preview_schedule
from kanjo.domains.catalog.facts import ChargeKind
from kanjo.domains.quotes.facts import BillingTerms, Offer, OfferLine, PlannedCharge
from kanjo.domains.quotes.queries import facts_of
from kanjo.domains.revenue.facts import LineToRecognise
from kanjo.domains.revenue.queries import preview_revenue
from kanjo.foundation.ids import CompanyId, OrderLineId, PolicyId
from kanjo.foundation.rounding import Rounding

_STANDARD = BillingTerms()


def planned_charges(
    lines: Sequence[OfferLine], *, on: date, billing: BillingTerms = _STANDARD, policy: BillingPolicy | None = None
) -> list[PlannedCharge]:
    """Return the invoices before tax that billing would make of *lines* ordered on *on*, in their order.

    Of usage there is what is owed whatever is used, or what the quantity that a line expects would cost. Who read the
    *policy* of the terms already gives it.
    """
    to_bill = [_to_bill(line, on, billing) for line in lines]
    charges = preview_schedule(to_bill, policy=policy or get_policy(PolicyId(billing.policy)).choices)
    return [_planned(charge, lines) for charge in charges]


def agreed_rounding(billing: BillingTerms) -> Rounding | None:
    """Return how the policy of the terms rounds tax, None where that is as chosen for the payer."""
    return get_policy(PolicyId(billing.policy)).choices.tax_rounding.agreed


def planned_invoices(offer: Offer, *, company_id: CompanyId) -> OfferedInvoices:
    """Return the invoices that billing would issue of *offer*, each with its tax, its due day and who pays it.

    The customer orders and pays on the day on which the offer starts.
    """
    return preview_offered(
        [_to_bill(line, offer.starts_on, offer.billing) for line in offer.lines],
        company_id=company_id,
        payer_id=offer.customer_id,
        currency=offer.currency,
        payment_terms=offer.payment_terms,
        policy=PolicyId(offer.billing.policy),
    )


def planned_revenue(lines: Sequence[OfferLine]) -> list[tuple[date | None, int]]:
    """Return what *lines* would earn in each month before tax, last what waits for its delivery (no month)."""
    return preview_revenue(
        [LineToRecognise(OrderLineId(0), line.terms.recognition, line.total_minor, line.service) for line in lines]
    )


def approval_path(offer: Offer, *, company_id: CompanyId, on: date) -> list[PathStep]:
    """Return whom the offer would ask and why; empty when nobody needs to be asked."""
    return preview_path(facts_of(offer, company_id=company_id), company_id, on)


def _planned(charge: ChargeToCome, lines: Sequence[OfferLine]) -> PlannedCharge:
    assert charge.plan_id is not None, "what is previewed is under the place of its line"
    expected = lines[charge.plan_id % len(lines)].expected_units if charge.usage else 0
    return PlannedCharge(charge.bill_on, charge.net_minor, charge.service, charge.usage, expected)


def _to_bill(line: OfferLine, on: date, billing: BillingTerms) -> LineToBill:
    return LineToBill(
        order_line_id=OrderLineId(0),
        description=line.terms.name,
        charge=line.terms.charge,
        timing=line.terms.timing,
        interval_months=line.terms.interval_months,
        interval_days=line.terms.interval_days,
        net_minor=line.net_minor,
        tax_class=line.terms.tax_class,
        service=line.service,
        quantity=line.quantity,
        due_from=line.service.start if line.service else on,
        anchor_on=billing.anchor_on if line.terms.charge is ChargeKind.RECURRING else None,
        usage=line.usage,
        expected_units=line.expected_units,
    )
