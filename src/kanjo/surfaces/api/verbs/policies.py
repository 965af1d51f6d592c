"""Acts on billing policies: define a version, choose it for a company or one of its customers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

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
from kanjo.domains.billing.operations import choose_policy, define_policy
from kanjo.domains.customers.queries import get_customer
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.texts import Text
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import BothLanguages, CustomerKey, Day, Given, PolicyKey, one_of

PolicyCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class PolicyGiven(Given):
    """Every choice of a policy; `month_days` counts where a month is taken to have fixed days."""

    code: PolicyCode
    name: BothLanguages
    day_count: one_of(DayCount) = DayCount.ACTUAL  # type: ignore[valid-type]  # made from the enumeration
    month_days: Annotated[int, Field(ge=1, le=31, strict=True)] = 30
    first_stub: one_of(Stub) = Stub.ANCHORED  # type: ignore[valid-type]  # as above
    last_stub: one_of(Stub) = Stub.ANCHORED  # type: ignore[valid-type]  # as above
    first_billed: one_of(Billed) = Billed.AT_ONCE  # type: ignore[valid-type]  # as above
    changes_billed: one_of(Billed) = Billed.AT_ONCE  # type: ignore[valid-type]  # as above
    change_day: one_of(ChangeDay) = ChangeDay.NEW  # type: ignore[valid-type]  # as above
    restart: one_of(Restart) = Restart.KEEP  # type: ignore[valid-type]  # as above
    decrease: one_of(Decrease) = Decrease.NOW  # type: ignore[valid-type]  # as above
    anchor: one_of(Anchor) = Anchor.SERVICE_START  # type: ignore[valid-type]  # as above
    tax_rounding: one_of(TaxRounding) = TaxRounding.AS_CHOSEN  # type: ignore[valid-type]  # as above
    remainder: one_of(Remainder) = Remainder.LAST  # type: ignore[valid-type]  # as above


class PolicyChosen(Given):
    """The policy that quotes take from a day on: those to one customer, or to all without a choice of their own."""

    policy_id: PolicyKey
    customer_id: CustomerKey | None = None
    effective_on: Day


def _define(caller: Caller, _key: int, given: PolicyGiven) -> Made:
    choices = BillingPolicy(**{name: getattr(given, name) for name in BillingPolicy.__slots__})
    policy = define_policy(code=given.code, name=given.name.text, choices=choices, by=caller.actor, at=caller.now)
    return Made("billing-policies", policy)


def _choose(caller: Caller, key: int, given: PolicyChosen) -> Made:
    company = caller.company(key)
    customer_id = get_customer(given.customer_id).id if given.customer_id else None
    choose_policy(
        company_id=company.id,
        policy_id=given.policy_id,
        customer_id=customer_id,
        effective_on=given.effective_on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("billing-policies", given.policy_id)


ACTS = (
    Act(
        path="billing-policies",
        verbs=("billing.define-policy",),
        title=Text(en="Define a billing policy", ja="請求ポリシーを定義"),
        takes=PolicyGiven,
        do=_define,
    ),
    Act(
        path="companies/{int:key}/billing-policy",
        verbs=("billing.choose-policy",),
        title=Text(en="Choose a billing policy", ja="請求ポリシーを選択"),
        takes=PolicyChosen,
        do=_choose,
        of="companies",
    ),
)
