"""Rights that run out or are stopped are watched by License Management until it has confirmed the end of their use."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kanjo.domains.contracts.facts import ContractState, ContractTerminated
from kanjo.domains.contracts.queries import ContractRow, get_contract
from kanjo.domains.licenses import operations as licenses
from kanjo.domains.licenses.facts import EndOfUseConfirmed, HowConfirmed, RightsOfContract
from kanjo.domains.licenses.queries import GrantRow, find_end_of_use, list_grants
from kanjo.domains.renewals.facts import RenewalLapsed
from kanjo.domains.renewals.queries import was_renewed
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.texts import Text
from kanjo.platform.tables import hold
from kanjo.platform.worklist import operations as worklist

KIND, CONTRACT = licenses.RUNNING_OUT, licenses.CONTRACT
WHY = Text(
    en="Contract {number} of {customer} is not renewed: see that {rights} is used no longer than to {day}.",
    ja="{customer}の契約{number}は更新されません。{rights}の利用が{day}で終わることを確認してください。",
)
STOPPED = Text(
    en="Contract {number} of {customer} is terminated: see that {rights} is used no longer than to {day}.",
    ja="{customer}の契約{number}は解約されました。{rights}の利用が{day}で終わることを確認してください。",
)


def watch_rights(lapsed: RenewalLapsed, by: Actor, at: datetime) -> None:
    """Put the contract on the queue of License Management with what it grants for a time; else ask nobody."""
    hold(CONTRACT, lapsed.contract_id)  # Who confirms holds it, too: what is read here is not being confirmed.
    contract = get_contract(by, lapsed.contract_id)
    grants = [grant for grant in list_grants(by, contract_id=lapsed.contract_id) if grant.until is not None]
    if contract.state is ContractState.TERMINATED:
        return  # It is watched as one that was stopped, whichever is told first.
    if contract.until is not None:
        _watch(contract, grants, WHY, until=contract.stops_on or contract.until, by=by, at=at)


def watch_stopped(terminated: ContractTerminated, by: Actor, at: datetime) -> None:
    """Put the contract on the queue by its new last day with all it granted; what waits already waits by that day."""
    hold(CONTRACT, terminated.contract_id)
    contract = get_contract(by, terminated.contract_id)
    grants = list_grants(by, contract_id=terminated.contract_id)
    _watch(contract, grants, STOPPED, until=terminated.effective_on, by=by, at=at)


def confirm_end_of_use(
    *, contract_id: ContractId, on: date, how: HowConfirmed, note: str, by: Actor, at: datetime
) -> EndOfUseConfirmed:
    """Note that the customer no longer uses what the contract granted. Refuses as the verb of licenses does."""
    hold(CONTRACT, contract_id)
    rights = rights_of(by, get_contract(by, contract_id))
    return licenses.confirm_end_of_use(rights=rights, on=on, how=how, note=note, by=by, at=at)


def rights_of(actor: Actor, contract: ContractRow) -> RightsOfContract:
    """Return how long the contract gives its rights."""
    return RightsOfContract(
        contract_id=contract.id,
        number=contract.number,
        until=contract.stops_on or contract.until,
        renewed=was_renewed(actor, contract.id),
    )


def _watch(contract: ContractRow, grants: list[GrantRow], why: Text, *, until: date, by: Actor, at: datetime) -> None:
    if not grants or find_end_of_use(by, contract.id):
        return
    rights = ", ".join(f"{code} {quantity:,}" for code, quantity in _on_last_day(grants, until).items())
    if not rights:
        return
    last_on = until - timedelta(days=1)
    said = why.filled(number=contract.number, customer=contract.customer, rights=rights, day=last_on)
    subject = (CONTRACT, contract.id)
    worklist.put_anew(kind=KIND, subject=subject, why=said, due_on=last_on, by=by, at=at)
    worklist.put(
        kind=KIND,
        subject=subject,
        company_id=contract.company_id,
        role=Role.LICENSE_MANAGEMENT,
        why=said,
        due_on=last_on,
    )


def _on_last_day(grants: list[GrantRow], until: date) -> dict[str, int]:
    """Return what may still be used on the last day, by product, oldest first; what came to nothing is left out."""
    begun = [grant for grant in grants if grant.effective_on < until] or grants
    left: dict[str, int] = {}
    for grant in reversed(begun):
        if grant.until is None or grant.until >= until:
            left[grant.product_code] = left.get(grant.product_code, 0) + grant.quantity
    return {code: quantity for code, quantity in left.items() if quantity > 0}
