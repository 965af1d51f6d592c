"""A contract was terminated: what is not served any more is neither billed nor earned, and no right goes on."""

from __future__ import annotations

from datetime import datetime

from kanjo.domains.contracts.facts import AmendmentKind, ContractTerminated
from kanjo.domains.orders.queries import lines_now
from kanjo.foundation.actors import Actor
from kanjo.platform.companies.queries import list_companies
from kanjo.processes.agreed import Agreed
from kanjo.processes.amend_contract import amend_contract


def end_lines(terminated: ContractTerminated, by: Actor, at: datetime) -> None:
    """Let the lines of the contract end with it; where none would be served any more, nothing is left to do."""
    lines = lines_now(by, terminated.contract_id, terminated.effective_on)
    if not any(now.served and now.served.until > terminated.effective_on for now in lines):
        return
    company = next(one for one in list_companies(by) if one.id == terminated.company_id)
    agreed = Agreed(
        kind=AmendmentKind.TERMINATION,
        effective_on=terminated.effective_on,
        concluded_on=company.today(at),
        because=terminated.because,
    )
    amend_contract(contract_id=terminated.contract_id, agreed=agreed, by=by, at=at)
