"""From contracts whose term is over to ended contracts."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.contracts.operations import end_contract
from kanjo.domains.contracts.queries import past_their_term
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId


def end_contracts(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> tuple[ContractId, ...]:
    """Note the end of every contract of the company whose term is over on that day, and return them.

    Run every day; a second run of a day changes nothing.
    """
    over = tuple(past_their_term(company_id, on))
    for contract_id in over:
        end_contract(contract_id=contract_id, on=on, by=by, at=at)
    return over
