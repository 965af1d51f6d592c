"""Agreeing who bears what is billed: several payers, each by its share, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.billing.facts import ShareOfPayer
from kanjo.domains.billing.models import Account, PayerShare, Plan, Sharing
from kanjo.domains.billing.operations.grouping import CHOOSERS
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.rules.sharing import refuse_unshareable
from kanjo.domains.customers.queries import get_customers
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId
from kanjo.platform.acts import verb
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound, refuse_unseen


@verb("billing.share-contract", *CHOOSERS)
def share_contract(
    *, contract_id: ContractId, shares: Sequence[ShareOfPayer], on: date, because: str, by: Actor, at: datetime
) -> None:
    """Bill the lines of a contract to several payers by their shares from a day on; without shares to its payer alone.

    The day is that of the invoice. What is issued stays, and is given back as it was shared. Refuses `PlanMissing`,
    `SharesUnexplained`, `ShareUnfit`, `PayerTwice`, `TooManyPayers`, and `NotFound` for a payer that is not there.
    """
    plan = Plan.objects.visible_to(by).filter(contract_id=contract_id).first()
    if plan is None:
        raise PlanMissing(key=contract_id)
    refuse_unshareable(shares, because)
    refuse_unknown(shares)
    company_id = CompanyId(plan.company_id)
    sharing = Sharing.objects.create(company_id=company_id, contract_id=contract_id, effective_on=on, because=because)
    _share(sharing, shares)


@verb("billing.share-account", *CHOOSERS)
def share_account(
    *,
    company_id: CompanyId,
    payer_id: CustomerId,
    shares: Sequence[ShareOfPayer],
    on: date,
    because: str,
    by: Actor,
    at: datetime,
) -> None:
    """Bill all that a payer pays to several payers from a day on, as `share_contract` does of one contract.

    What was agreed for a contract goes before it.
    """
    refuse_unseen(company_id, by)
    refuse_unshareable(shares, because)
    refuse_unknown(shares, payer_id)
    account, _ = Account.objects.get_or_create(company_id=company_id, payer_id=payer_id)
    sharing = Sharing.objects.create(company_id=company_id, account=account, effective_on=on, because=because)
    _share(sharing, shares)


def refuse_unknown(shares: Sequence[ShareOfPayer], payer_id: CustomerId | None = None) -> None:
    """Refuse `NotFound` for the first payer that is not there, at its place; customers are of all companies."""
    asked = {f"shares[{place}]": share.payer_id for place, share in enumerate(shares, start=1)}
    if payer_id is not None:
        asked["payer_id"] = payer_id
    known = get_customers(asked.values())
    for place, key in asked.items():
        if key not in known:
            raise NotFound(what=ROW_NAMES["customers_customer"], key=key, at=place)


def _share(sharing: Sharing, shares: Sequence[ShareOfPayer]) -> None:
    for position, share in enumerate(shares, start=1):
        account, _ = Account.objects.get_or_create(company_id=sharing.company_id, payer_id=share.payer_id)
        PayerShare.objects.create(
            company_id=sharing.company_id, sharing=sharing, position=position, account=account, weight=share.weight
        )
