"""Policies as data: one defines a version, another chooses it for a company or one of its customers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.db.models import Max, Q

from kanjo.domains.billing.facts import BillingPolicy
from kanjo.domains.billing.models import Policy, PolicyChoice
from kanjo.domains.billing.queries.policies import get_policy
from kanjo.domains.billing.rules.policies import refuse_unsound_policy
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, PolicyId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.tables import alone, refuse_unseen


@verb("billing.define-policy", Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
def define_policy(*, code: str, name: Text, choices: BillingPolicy, by: Actor, at: datetime) -> PolicyId:
    """Write the next version of a policy and return its number; nothing is billed by it before it is chosen.

    The same name and choices again return the version that is there. Refuses `PolicyCodeUnfit`, `PolicyUnnamed` and
    `MonthDaysUnfit`.
    """
    refuse_unsound_policy(code, name, choices)
    alone("billing.define-policy", 0)
    versions, said = Policy.objects.filter(code=code), {"name_en": name.en, "name_ja": name.ja, **asdict(choices)}
    there = versions.filter(**said).order_by("-version").first()
    if there is None:
        highest = versions.aggregate(highest=Max("version"))["highest"] or 0
        there = Policy.objects.create(code=code, version=highest + 1, **said)
    return PolicyId(there.pk)


@verb(
    "billing.choose-policy",
    Role.CFO,
    Role.RECEIVABLES,
    apart_from=("billing.define-policy",),
    of=("billing_policy", "policy_id"),
)
def choose_policy(
    *,
    company_id: CompanyId,
    policy_id: PolicyId,
    effective_on: date,
    customer_id: CustomerId | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Bill what is offered from a day on by this policy, to one customer or to all without a choice of their own.

    What was offered or planned before keeps its policy. The same as is chosen for that day already adds nothing.
    Refuses `PolicyMissing`, and whoever defined the version.
    """
    refuse_unseen(company_id, by)
    get_policy(policy_id)
    alone("billing.choose-policy", company_id)
    whose = Q(customer_id=customer_id) if customer_id else Q(customer__isnull=True)
    choices = PolicyChoice.objects.filter(whose, company_id=company_id, effective_on=effective_on)
    last = choices.order_by("-id").first()
    if last is None or last.policy_id != policy_id:
        PolicyChoice.objects.create(
            company_id=company_id, customer_id=customer_id, policy_id=policy_id, effective_on=effective_on
        )
