"""From contracts whose term is over to ended contracts."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.operations import CONTRACT, END_FAILED, end_contract
from kanjo.domains.contracts.queries import get_contract, past_their_term
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import name_act
from kanjo.platform.tables import apart
from kanjo.platform.worklist.operations import put

WHY = Text(
    en="The end of contract {number} of {customer} could not be noted: {error}",
    ja="{customer}の契約{number}の期間満了を登録できませんでした: {error}",
)


def end_contracts(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> tuple[ContractId, ...]:
    """Note the end of every contract of the company whose term is over on that day, and return them.

    Run every day; a second run of a day changes nothing. One that fails waits on the queue of Deal Management, and the
    others end.
    """
    ended = list[ContractId]()
    for contract_id in past_their_term(company_id, on):
        try:
            with apart():
                end_contract(contract_id=contract_id, on=on, by=by, at=at)
        except Exception as failure:  # noqa: BLE001 - whatever fails is told, and tried again the next day
            _tell(contract_id, failure, by=by)
        else:
            ended.append(contract_id)
    return tuple(ended)


def _tell(contract_id: ContractId, failure: Exception, *, by: Actor) -> None:
    contract = get_contract(by, contract_id)
    # Somebody else may have stopped it meanwhile.
    if contract.state is ContractState.CONCLUDED:
        name_act("contracts.end", by)
        put(
            kind=END_FAILED,
            subject=(CONTRACT, contract_id),
            company_id=contract.company_id,
            role=Role.DEAL_MANAGEMENT,
            why=WHY.filled(
                number=contract.number, customer=contract.customer, error=f"{type(failure).__name__}: {failure}"[:500]
            ),
        )
