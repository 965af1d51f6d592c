"""Billing policies with every choice drawn."""

from __future__ import annotations

from collections.abc import Sequence
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
    return BillingPolicy(**{name: chance.choice(values) for name, values in every_choice().items()})


def pairwise(**factors: Sequence[Any]) -> list[dict[str, Any]]:
    """Return few rows in which every two values of different factors meet at least once; the same each time."""
    names, chance = list(factors), Random(1)
    places = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    missing = {
        (one, value, other, beside) for one, other in places for value in factors[one] for beside in factors[other]
    }
    rows = []
    while missing:
        one, value, other, beside = min(missing, key=str)
        row = {one: value, other: beside}
        for name in sorted(set(names) - set(row), key=lambda name: (-len(factors[name]), name)):
            met = {
                new: sum(pair in missing for known in row for pair in (_pair(names, known, row[known], name, new),))
                for new in chance.sample(list(factors[name]), len(factors[name]))
            }
            row[name] = max(met, key=lambda new: met[new])
        missing -= {_pair(names, one, row[one], other, row[other]) for one, other in places}
        rows.append(row)
    return rows


def _pair(names: list[str], one: str, value: Any, other: str, beside: Any) -> tuple[str, Any, str, Any]:
    return (one, value, other, beside) if names.index(one) < names.index(other) else (other, beside, one, value)


def every_choice() -> dict[str, list[Any]]:
    """Return the choices of a policy and the values that each may have."""
    return {
        name: list(type(value)) if isinstance(value, StrEnum) else [28, 30, 31]
        for name, value in asdict(BillingPolicy()).items()
    }


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
