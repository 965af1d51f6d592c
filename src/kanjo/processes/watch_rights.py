"""Rights that run out without a renewal are watched by License Management until the contract has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from kanjo.domains.contracts.facts import ContractEnded, ContractState, ContractTerminated
from kanjo.domains.contracts.queries import get_contract
from kanjo.domains.licenses.queries import list_grants
from kanjo.domains.renewals.facts import RenewalLapsed
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.texts import Text
from kanjo.platform.worklist import operations as worklist

KIND = "licenses.running-out"
CONTRACT = "contracts_contract"
WHY = Text(
    en="Contract {number} of {customer} is not renewed: see that {rights} is used no longer than to {day}.",
    ja="{customer}の契約{number}は更新されません。{rights}の利用が{day}で終わることを確認してください。",
)


def watch_rights(lapsed: RenewalLapsed, by: Actor, at: datetime) -> None:
    """Put the contract on the queue of License Management with what it grants; one that grants nothing asks nobody."""
    contract = get_contract(by, lapsed.contract_id)
    grants = list_grants(by, contract_id=lapsed.contract_id)
    if not grants or contract.until is None or contract.state is not ContractState.CONCLUDED:
        return
    rights = ", ".join(f"{grant.product_code} {grant.quantity:,}" for grant in reversed(grants))
    last_on = contract.until - timedelta(days=1)
    worklist.put(
        kind=KIND,
        subject=(CONTRACT, contract.id),
        company_id=contract.company_id,
        role=Role.LICENSE_MANAGEMENT,
        why=WHY.filled(number=contract.number, customer=contract.customer, rights=rights, day=last_on),
        due_on=last_on,
    )


def watch_no_longer(ended: ContractEnded | ContractTerminated, by: Actor, at: datetime) -> None:
    """Take the contract off the queue: its rights have run out, or were stopped."""
    worklist.close(kind=KIND, subject=(CONTRACT, ended.contract_id), by=by, at=at)
