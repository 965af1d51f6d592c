"""Planning the billing of an order, and noting what billing waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from kanjo.domains.billing.facts import LineChange, LineToBill, OrderPlanned
from kanjo.domains.billing.models import Acceptance, Account, Change, Plan
from kanjo.domains.billing.operations.rating import agree_usage
from kanjo.domains.billing.queries.changes import parted_lines
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.queries.policies import anchor_for, get_policy, policy_for
from kanjo.domains.billing.rules.guards import AlreadyAccepted, AlreadyPlanned, PlanMissing, refuse_unbillable
from kanjo.domains.billing.rules.plans import anchored, anchored_on
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, OrderId, OrderLineId, PlanId, PolicyId
from kanjo.foundation.money import currency as known_currency
from kanjo.foundation.terms import payment_terms as known_terms
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record

PLANNERS = (
    Role.SALES_REP,
    Role.RENEWAL_REP,
    Role.SALES_OPERATIONS,
    Role.DEAL_MANAGEMENT,
    Role.RECEIVABLES,
    Role.ADMINISTRATOR,
)


@verb("billing.plan", *PLANNERS)
def plan(
    *,
    company_id: CompanyId,
    customer_id: CustomerId,
    payer_id: CustomerId,
    order_id: OrderId,
    contract_id: ContractId,
    currency: str,
    payment_terms: str,
    lines: Sequence[LineToBill],
    policy: PolicyId | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> tuple[PlanId, ...]:
    """Keep how each line of an order will be billed, and return its plans in the order of the lines.

    What is used of a line is charged beside it by the terms that the line brings, from its first day on.

    A line that was a part of another is planned as that one is; it costs nothing until its day.

    Without a *policy* the contract keeps its own, a new one takes that of the customer. Once per order line: the same
    lines again return the plans that are there, others are refused with `AlreadyPlanned`. Refuses lines no schedule
    can be made of, unknown currencies, payment terms and policies, and to part a
    line before a day from which something else is agreed for it.
    """
    refuse_unbillable(lines)
    known_currency(currency, at="currency")
    known_terms(payment_terms, at="payment_terms")
    lines, changes = _parted(company_id, contract_id, lines)
    policy = get_policy(policy).id if policy else _policy_of(company_id, contract_id, customer_id, on)
    starts = [line.service.start for line in lines if line.service]
    anchor_on = anchor_for(policy, starts, company_id=company_id, payer_id=payer_id, contract_id=contract_id)
    account, _ = Account.objects.get_or_create(company_id=company_id, payer_id=payer_id)
    rows = [
        Plan(
            company_id=company_id,
            account_id=account.pk,
            customer_id=customer_id,
            order_id=order_id,
            contract_id=contract_id,
            currency=currency,
            payment_terms=payment_terms,
            policy_id=policy,
            effective_on=on,
            **_terms_of(line),
        )
        for line in anchored(lines, anchor_on)
    ]
    known = _known(rows)
    if known:
        return known
    ids = tuple(PlanId(row.pk) for row in Plan.objects.bulk_create(rows))
    _keep(changes, {row.order_line_id: row for row in rows}, lines)
    for row, line in zip(rows, lines, strict=True):
        if line.usage is not None:
            agree_usage(row, line.usage, row.service_start or row.due_from)
    planned = OrderPlanned(
        company_id=company_id,
        effective_on=on,
        order_id=order_id,
        contract_id=contract_id,
        customer_id=customer_id,
        payer_id=payer_id,
        plan_ids=ids,
    )
    record(planned, by=by, at=at)
    return ids


@verb("billing.note-acceptance", *PLANNERS)
def note_acceptance(*, order_line_id: OrderLineId, accepted_on: date, by: Actor, at: datetime) -> None:
    """Let the line be billed from the day the customer accepted the delivery (検収).

    Once per line: the same day again changes nothing, another day is refused.
    """
    row = Plan.objects.visible_to(by).filter(order_line_id=order_line_id, part=0).select_related("acceptance").first()
    if row is None:
        raise PlanMissing(key=order_line_id)
    acceptance, new = Acceptance.objects.get_or_create(plan=row, defaults={"accepted_on": accepted_on})
    if not new and acceptance.accepted_on != accepted_on:
        raise AlreadyAccepted(key=order_line_id, day=acceptance.accepted_on)


def _parted(
    company_id: CompanyId, contract_id: ContractId, lines: Sequence[LineToBill]
) -> tuple[Sequence[LineToBill], tuple[LineChange, ...]]:
    if all(line.part_of is None for line in lines):
        return lines, ()
    scope = Scope(company_id, contract_id=contract_id)
    return parted_lines(lines, *read_due(scope, known_now(), if_accepted=True, posted=True))


def _keep(changes: Sequence[LineChange], plans: Mapping[int, Plan], lines: Sequence[LineToBill]) -> None:
    """Write down what parted lines cost from their day on, by which amendment, and what of them is accepted."""
    of = {line.part_of.order_line_id: line.order_line_id for line in lines if line.part_of is not None}
    accepted = Acceptance.objects.filter(plan__order_line_id__in=of, plan__part=0)
    for order_line_id, accepted_on in accepted.values_list("plan__order_line_id", "accepted_on"):
        Acceptance.objects.create(plan=plans[of[OrderLineId(order_line_id)]], accepted_on=accepted_on)
    amendments = {line.order_line_id: line.part_of.amendment_id for line in lines if line.part_of is not None}
    Change.objects.bulk_create(
        Change(
            company_id=plans[one.order_line_id].company_id,
            amendment_id=amendments[one.order_line_id],
            plan=plans[one.order_line_id],
            effective_on=one.effective_on,
            net_minor=one.net_minor,
            quantity=one.quantity,
            parted=True,
        )
        for one in changes
    )


def _policy_of(company_id: CompanyId, contract_id: ContractId, customer_id: CustomerId, on: date) -> PolicyId:
    known = Plan.objects.filter(contract_id=contract_id).order_by("id").values_list("policy_id", flat=True).first()
    return PolicyId(known) if known else policy_for(company_id, customer_id, on)


def _terms_of(line: LineToBill) -> dict[str, object]:
    return {
        "order_line_id": line.order_line_id,
        "description_en": line.description.en,
        "description_ja": line.description.ja,
        "charge": line.charge.value,
        "timing": line.timing.value,
        "interval_months": line.interval_months,
        "interval_days": line.interval_days,
        "anchor_on": anchored_on(line),
        "quantity": line.quantity,
        "net_minor": line.net_minor,
        "tax_class": line.tax_class.value,
        "service_start": line.service.start if line.service else None,
        "service_until": line.service.until if line.service else None,
        "due_from": line.due_from,
        "swapped": line.swapped,
        "above_minor": line.above_minor,
    }


_AGREED = (
    "order_id",
    "account_id",
    "currency",
    "payment_terms",
    "policy_id",
    "charge",
    "timing",
    "interval_months",
    "interval_days",
    "anchor_on",
    "quantity",
    "net_minor",
    "tax_class",
    "service_start",
    "service_until",
    "due_from",
    "swapped",
    "above_minor",
)


def _known(rows: Sequence[Plan]) -> tuple[PlanId, ...]:
    """Return the plans that are there when all are there with the same terms; refuse other terms."""
    planned = Plan.objects.filter(order_line_id__in=[row.order_line_id for row in rows], part=0)
    there = {row.order_line_id: row for row in planned}
    if not there:
        return ()
    for row in rows:
        known = there.get(row.order_line_id)
        if known is None or any(getattr(known, name) != getattr(row, name) for name in _AGREED):
            raise AlreadyPlanned(key=row.order_line_id)
    return tuple(PlanId(there[row.order_line_id].pk) for row in rows)
