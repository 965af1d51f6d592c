"""One line of an invoice with all that its amount follows from, and what was given back of it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

import polars as pl
from django.db.models import Q

from kanjo.domains.billing.facts import BillingPolicy, PlanCharge, PricedStep
from kanjo.domains.billing.models import Change, Charge, Invoice, InvoiceLine, Plan, Policy
from kanjo.domains.billing.queries.invoices import InvoiceLineRow, InvoiceRow, get_invoice
from kanjo.domains.billing.rules.choices import in_words
from kanjo.domains.billing.rules.guards import LineMissing
from kanjo.domains.billing.rules.shares import SHARE, WHOLE, measured
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import AmendmentId, ContractId, CustomerId, InvoiceId, InvoiceLineId, OrderId, OrderLineId
from kanjo.foundation.intervals import Interval
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text

__all__ = ["ExplainedLine", "PlanTerms", "PolicyVersion", "PostedLine", "PriceChange", "explain_line", "in_words"]


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """The terms that the line was planned with: *price* is of one interval, or of the whole one-time charge.

    Of a line that was split off another, it stands *above* that much of what both cost together.
    """

    order_line_id: OrderLineId
    order_id: OrderId
    contract_id: ContractId
    customer_id: CustomerId
    charge: PlanCharge
    timing: BillingTiming
    interval: Interval
    anchor_on: date
    quantity: int
    price: Money
    service: Period | None
    due_from: date
    accepted_on: date | None
    above: Money


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """The version of the policy that the line was billed by."""

    number: int
    code: str
    version: int
    name: Text
    choices: BillingPolicy


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What an amendment added to the price and the quantity, from its day on."""

    amendment_id: AmendmentId
    number: str
    effective_on: date
    net: Money
    quantity: int


@dataclass(frozen=True, slots=True)
class PostedLine:
    """Another line that stands with this one: that it gives back, or that gives it back."""

    line_id: InvoiceLineId
    invoice_id: InvoiceId
    number: str
    issued_on: date
    service: Period
    net: Money


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of an invoice and what it follows from.

    *whole* is the period that its days are a share of. A line that gives something back names what it gives back in
    *charged*; *given_back* is all that was given back of the charge, and *left* what is left of it. *changes* are the
    amendments that its price follows, *steps* what the price of usage is the sum of. *days_hold* says whether policy
    and periods give the days that were billed.
    """

    line: InvoiceLineRow
    invoice: InvoiceRow
    plan: PlanTerms
    policy: PolicyVersion
    whole: Period
    fraction: Fraction
    changes: tuple[PriceChange, ...]
    charged: PostedLine | None
    given_back: tuple[PostedLine, ...]
    left: Money
    days_hold: bool
    steps: tuple[PricedStep, ...] = ()


def explain_line(line_id: InvoiceLineId, actor: Actor) -> ExplainedLine:
    """Return a line of an invoice with all that its amount follows from; refuses `LineMissing`."""
    found = InvoiceLine.objects.filter(pk=line_id, invoice__company_id__in=actor.companies)
    line = found.select_related("plan__acceptance").first()
    if line is None:
        raise LineMissing(key=line_id)
    view = get_invoice(InvoiceId(line.invoice_id), actor)
    posted = Charge.objects.get(plan_id=line.plan_id, service_start=line.service_start, invoice_line_id=line.pk)
    currency = view.row.net.currency
    charged_id = posted.credited_line_id
    (charged,) = _posted([charged_id], currency) if charged_id else (None,)
    back = Charge.objects.filter(credited_line_id=charged_id or line.pk).order_by("invoice_line_id")
    given_back = _posted(list(back.values_list("invoice_line_id", flat=True)), currency)
    net = charged.net.minor if charged else line.net_minor
    row = next(one for one in view.lines if one.id == line_id)
    policy = _policy(line.policy)
    return ExplainedLine(
        line=row,
        invoice=view.row,
        plan=_terms(line.plan),
        policy=policy,
        whole=Period(posted.whole_start, posted.whole_until),
        fraction=row.derivation.fraction,
        changes=() if charged else _changes(line, view.row.id),
        charged=charged,
        given_back=given_back,
        left=Money(net + sum(one.net.minor for one in given_back), currency),
        steps=row.steps,
        days_hold=_days_of(posted, line.plan, policy.choices) == (line.day_from, line.day_until, line.period_days),
    )


def _terms(plan: Plan) -> PlanTerms:
    acceptance = getattr(plan, "acceptance", None)
    return PlanTerms(
        order_line_id=OrderLineId(plan.order_line_id),
        order_id=OrderId(plan.order_id),
        contract_id=ContractId(plan.contract_id),
        customer_id=CustomerId(plan.customer_id),
        charge=PlanCharge(plan.charge),
        timing=BillingTiming(plan.timing),
        interval=Interval(plan.interval_months, plan.interval_days),
        anchor_on=plan.anchor_on,
        quantity=plan.quantity,
        price=Money(plan.net_minor, plan.currency),
        service=Period(plan.service_start, plan.service_until) if plan.service_start and plan.service_until else None,
        due_from=plan.due_from,
        accepted_on=acceptance.accepted_on if acceptance else None,
        above=Money(plan.above_minor, plan.currency),
    )


def _policy(number: int) -> PolicyVersion:
    row = Policy.objects.get(pk=number)
    kinds = {one.name: type(getattr(BillingPolicy(), one.name)) for one in fields(BillingPolicy)}
    choices = BillingPolicy(**{name: kind(getattr(row, name)) for name, kind in kinds.items()})
    return PolicyVersion(row.pk, row.code, row.version, Text(en=row.name_en, ja=row.name_ja), choices)


def _posted(line_ids: Sequence[int], currency: str) -> tuple[PostedLine, ...]:
    rows = InvoiceLine.objects.filter(pk__in=line_ids).select_related("invoice").order_by("id")
    return tuple(
        PostedLine(
            line_id=InvoiceLineId(row.pk),
            invoice_id=InvoiceId(row.invoice_id),
            number=row.invoice.number,
            issued_on=row.invoice.issued_on,
            service=Period(row.service_start, row.service_until),
            net=Money(row.net_minor, currency),
        )
        for row in rows
    )


def _changes(line: InvoiceLine, invoice_id: InvoiceId) -> tuple[PriceChange, ...]:
    """Return what changed the price until the line's first day, as known when the invoice was issued."""
    known_at = Invoice.objects.values_list("recorded_at", flat=True).get(pk=invoice_id)
    told = Change.objects.filter(
        plan_id=line.plan_id, effective_on__lte=line.service_start, recorded_at__lte=known_at
    ).exclude(Q(amendment__withdrawn_by__recorded_at__lte=known_at))
    rows = told.order_by("effective_on", "id").values_list(
        "amendment_id", "amendment__number", "effective_on", "net_minor", "quantity"
    )
    currency = line.plan.currency
    return tuple(
        PriceChange(AmendmentId(key), no, day, Money(net, currency), units) for key, no, day, net, units in rows
    )


def _days_of(posted: Charge, plan: Plan, policy: BillingPolicy) -> tuple[int, int, int]:
    """Return the days billed of the days of the whole, counted anew by the policy."""
    recurs = plan.charge == PlanCharge.RECURRING
    part = pl.DataFrame(
        {
            "start": [posted.service_start],
            "until": [posted.service_until],
            "whole_start": [posted.whole_start],
            "whole_until": [posted.whole_until],
            "day_count": [policy.day_count.value if recurs else WHOLE],
            "month_days": [policy.month_days],
        }
    )
    first, last, whole = measured(part.lazy(), part["day_count"]).select(SHARE).collect().row(0)
    return first, last, whole
