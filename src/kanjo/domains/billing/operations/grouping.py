"""Choosing what stands together on invoices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from kanjo.domains.billing.facts import GroupKey
from kanjo.domains.billing.models import Account, Grouping, Plan, Tag
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.customers.queries import get_customer
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId
from kanjo.platform.acts import verb
from kanjo.platform.tables import refuse_unseen

CHOOSERS = (Role.RECEIVABLES, Role.SALES_OPERATIONS)


@verb("billing.choose-grouping", *CHOOSERS)
def choose_grouping(
    *,
    company_id: CompanyId,
    payer_id: CustomerId | None,
    keys: Collection[GroupKey],
    on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Let the lines of a payer, or of all who chose nothing, be grouped by *keys* on invoices from a day on.

    What is issued stays. Without keys all that can be together is: one payer, customer, currency and terms. Refuses
    `NotFound` for a payer that is not there.
    """
    refuse_unseen(company_id, by)
    account = None
    if payer_id is not None:
        get_customer(payer_id)
        account, _ = Account.objects.get_or_create(company_id=company_id, payer_id=payer_id)
    chosen = " ".join(key.value for key in GroupKey if key in keys)
    Grouping.objects.create(company_id=company_id, account=account, keys=chosen, effective_on=on)


@verb("billing.tag-contract", *CHOOSERS)
def tag_contract(*, contract_id: ContractId, tag: str, by: Actor, at: datetime) -> None:
    """Put a word on a contract by which its lines may be grouped; an empty one takes it off. Refuses `PlanMissing`."""
    plan = Plan.objects.visible_to(by).filter(contract_id=contract_id).first()
    if plan is None:
        raise PlanMissing(key=contract_id)
    Tag.objects.create(company_id=plan.company_id, contract_id=contract_id, tag=tag.strip())
