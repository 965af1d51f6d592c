"""Which policies there are, which one a customer is billed by, and from which day its periods are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db.models import F

from kanjo.domains.billing.facts import (
    Anchor,
    Billed,
    BillingPolicy,
    ChangeDay,
    Decrease,
    Remainder,
    Restart,
    Stub,
    TaxRounding,
)
from kanjo.domains.billing.models import STANDARD, Plan, Policy, PolicyChoice
from kanjo.domains.billing.rules.plans import POLICY, common_anchor
from kanjo.domains.billing.rules.policies import PolicyMissing, PolicyNotYours
from kanjo.domains.catalog.facts import ChargeKind
from kanjo.domains.customers.queries import name_of
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, PolicyId
from kanjo.foundation.rounding import Rounding
from kanjo.foundation.texts import Name, Text
from kanjo.platform.bulk.reading import read_columns
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged

CHOOSERS = (Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)
"""Who may offer by another policy than the one chosen for the customer."""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of a policy."""

    id: PolicyId
    code: str
    version: int
    name: Text
    choices: BillingPolicy


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """That a company bills by a policy from a day on: all its customers, or one."""

    id: int
    customer_id: CustomerId | None
    customer: Name | None
    policy: PolicyRow
    effective_on: date


def list_policies(*, limit: int = 50, at: str = "") -> Page[PolicyRow]:
    """Return every version of every policy, by code, the newest version first."""
    keys = sorted_by(Policy, "", {}, "code", "-version", "id")
    return paged(Policy.objects.all(), keys, at, limit, lambda page: [_row(policy) for policy in page])


def get_policy(policy_id: PolicyId) -> PolicyRow:
    """Return one version of a policy, or refuse `PolicyMissing`."""
    found = Policy.objects.filter(pk=policy_id).first() if 0 < policy_id < 2**15 else None
    if found is None:
        raise PolicyMissing(key=policy_id)
    return _row(found)


def list_choices(company_id: CompanyId, actor: Actor, *, limit: int = 50) -> list[ChoiceRow]:
    """Return which policies a company chose, the latest first."""
    chosen = PolicyChoice.objects.visible_to(actor).filter(company_id=company_id)
    return [
        ChoiceRow(
            id=choice.pk,
            customer_id=CustomerId(choice.customer_id) if choice.customer_id else None,
            customer=name_of(choice.customer) if choice.customer else None,
            policy=_row(choice.policy),
            effective_on=choice.effective_on,
        )
        for choice in chosen.select_related("customer", "policy").order_by("-effective_on", "-id")[:limit]
    ]


def policy_for(company_id: CompanyId, customer_id: CustomerId, on: date) -> PolicyId:
    """Return the policy chosen last by *on* for the customer, else for the company, else the standard one."""
    chosen = PolicyChoice.objects.filter(company_id=company_id, effective_on__lte=on)
    of_customer = chosen.filter(customer_id=customer_id) | chosen.filter(customer__isnull=True)
    last = of_customer.order_by(F("customer_id").desc(nulls_last=True), "-effective_on", "-id")
    found = last.values_list("policy_id", flat=True).first()
    return PolicyId(found or STANDARD)


def offered_policy(
    wanted: PolicyId | None, *, company_id: CompanyId, customer_id: CustomerId, on: date, actor: Actor
) -> PolicyId:
    """Return the policy to offer by: the one *wanted*, by default the customer's.

    Refuses `PolicyNotYours` for another one when the actor may not choose, and `PolicyMissing`.
    """
    default = policy_for(company_id, customer_id, on)
    if wanted is None or wanted == default:
        return default
    if not actor.holds(*CHOOSERS):
        raise PolicyNotYours(default=default, wanted=wanted, at="policy")
    return get_policy(wanted).id


def agreed_roundings() -> dict[PolicyId, Rounding]:
    """Return the policies that say themselves how tax is rounded, and how."""
    told = Policy.objects.exclude(tax_rounding=TaxRounding.AS_CHOSEN).values_list("id", "tax_rounding")
    return {PolicyId(key): Rounding(rounding) for key, rounding in told}


def anchor_for(
    policy_id: PolicyId,
    starts: Sequence[date],
    *,
    company_id: CompanyId,
    payer_id: CustomerId,
    contract_id: ContractId | None = None,
) -> date | None:
    """Return the day from which periods of new lines are counted, None where each counts from its own service.

    *starts* are the first days of their services; lines that join a contract count with those that are there.
    """
    anchor = get_policy(policy_id).choices.anchor
    if anchor is Anchor.SERVICE_START:
        return None
    recurring = Plan.objects.filter(company_id=company_id, charge=ChargeKind.RECURRING)
    of_contract = recurring.filter(contract_id=contract_id or 0)
    earlier = of_contract.order_by("service_start").values_list("service_start", flat=True)[:1]
    first = recurring.filter(account__payer_id=payer_id).order_by("id").values_list("anchor_on", flat=True).first()
    return common_anchor([*starts, *(start for start in earlier if start)], anchor, first)


def _row(policy: Policy) -> PolicyRow:
    return PolicyRow(
        id=PolicyId(policy.pk),
        code=policy.code,
        version=policy.version,
        name=Text(en=policy.name_en, ja=policy.name_ja),
        choices=BillingPolicy(
            day_count=DayCount(policy.day_count),
            month_days=policy.month_days,
            first_stub=Stub(policy.first_stub),
            last_stub=Stub(policy.last_stub),
            first_billed=Billed(policy.first_billed),
            changes_billed=Billed(policy.changes_billed),
            change_day=ChangeDay(policy.change_day),
            restart=Restart(policy.restart),
            decrease=Decrease(policy.decrease),
            anchor=Anchor(policy.anchor),
            tax_rounding=TaxRounding(policy.tax_rounding),
            remainder=Remainder(policy.remainder),
        ),
    )


def read_policies() -> pl.DataFrame:
    """Return every policy under the number that plans name."""
    return read_columns(_POLICIES, {}, {"policy": pl.Int64, **POLICY})


_POLICIES = f"SELECT id, {', '.join(POLICY)} FROM billing_policy"  # noqa: S608 our own names
