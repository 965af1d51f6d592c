"""From contracts that come to their end to renewals that somebody works on."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.contracts.queries import ContractRow, ending_within_notice
from kanjo.domains.orders.facts import BookedLine
from kanjo.domains.orders.queries import lines_of_contracts
from kanjo.domains.renewals.facts import EndingContract, EndingLine
from kanjo.domains.renewals.operations import find_due
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, RenewalId


def find_renewals(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> tuple[RenewalId, ...]:
    """Put every contract inside its notice window before the renewal reps; return the renewals that are new.

    Run every day; a second run of a day changes nothing.
    """
    contracts = ending_within_notice(company_id, on)
    lines = lines_of_contracts([contract.id for contract in contracts])
    ending = [_ending(contract, lines[contract.id]) for contract in contracts]
    return find_due(company_id=company_id, contracts=ending, on=on, by=by, at=at)


def _ending(contract: ContractRow, lines: tuple[BookedLine, ...]) -> EndingContract:
    assert contract.until is not None, "a contract inside its notice window has an end"
    assert contract.notice_opens_on is not None, "and a day on which the window opened"
    return EndingContract(
        contract_id=contract.id,
        number=contract.number,
        customer_id=contract.customer_id,
        owner_id=contract.owner_id,
        currency=contract.currency,
        total_minor=contract.total_minor,
        payment_terms=contract.payment_terms,
        starts_on=contract.starts_on,
        until=contract.until,
        notice_opens_on=contract.notice_opens_on,
        lines=tuple(_ending_line(line) for line in lines),
    )


def _ending_line(line: BookedLine) -> EndingLine:
    return EndingLine(
        product_id=line.terms.product_id,
        code=line.terms.code,
        name=line.terms.name,
        quantity=line.quantity,
        net_minor=line.net_minor,
        interval_months=line.terms.interval_months,
        interval_days=line.terms.interval_days,
        total_minor=line.total_minor,
        service=line.service,
    )
