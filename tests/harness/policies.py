"""Billing policies with every choice drawn."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from random import Random
from typing import Any

from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import BillingPolicy
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CustomerId, PolicyId
from kanjo.foundation.texts import Text
from tests.builders import an_actor
from tests.harness.office import APRIL, Office, morning


def a_policy(chance: Random) -> BillingPolicy:
    """Return a policy with every choice drawn."""
    drawn: dict[str, Any] = {
        name: chance.choice(list(type(value))) if isinstance(value, StrEnum) else chance.choice([28, 30, 31])
        for name, value in asdict(BillingPolicy()).items()
    }
    return BillingPolicy(**drawn)


@transaction.atomic
def chosen(
    office: Office, policy: BillingPolicy, *, customer_id: CustomerId | None = None, by: Actor | None = None
) -> PolicyId:
    """Let one define a policy, and another choose it for the company, or for one customer."""
    key = billing.define_policy(
        code="drawn",
        name=Text(en="Drawn", ja="抽選"),
        choices=policy,
        by=by or an_actor(Role.ADMINISTRATOR),
        at=morning(APRIL),
    )
    billing.choose_policy(
        company_id=office.company_id,
        policy_id=key,
        effective_on=APRIL,
        customer_id=customer_id,
        by=office.receivables,
        at=morning(APRIL),
    )
    return key
