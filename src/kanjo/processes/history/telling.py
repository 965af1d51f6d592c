"""What becomes of contracts later: more or fewer users, a pause, a hold, and one monthly invoice for a payer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from kanjo.domains.billing.facts import Held, HoldCondition
from kanjo.domains.billing.operations import choose_grouping, hold_billing
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.orders.queries import lines_now
from kanjo.foundation.actors import Role
from kanjo.processes.agreed import Agreed, set_to
from kanjo.processes.amend_contract import amend_contract
from kanjo.processes.history.days import Calendar
from kanjo.processes.history.script import DealInPlay, Script, Told
from kanjo.processes.history.stage import Scene, Stage

RANK = 9
"""Before the invoices of the day, after its deals."""


def told_scenes(script: Script, calendar: Calendar) -> Iterator[Scene]:
    """Return what is told of won deals, each on its day."""
    deals = {deal.key: deal for deal in script.deals}
    for told in script.told:
        yield Scene(calendar.happened(told.on), RANK, partial(_ACTS[told.act], told, deals[told.deal]))


def amend(told: Told, deal: DealInPlay, stage: Stage) -> None:
    """Set the first line of the contract to another quantity, at its price of one."""
    contract, on = stage.contract(deal), stage.calendar.written(told.effective)
    now = lines_now(stage.the(Role.DEAL_MANAGEMENT), contract.id, on)[0]
    _agree(told, deal, stage, kind=AmendmentKind.CHANGE, more=(set_to(now, told.quantity, None),))


def pause(told: Told, deal: DealInPlay, stage: Stage) -> None:
    """Suspend the service."""
    until = stage.calendar.written(told.until) if told.until else None
    _agree(told, deal, stage, kind=AmendmentKind.SUSPENSION, until=until)


def hold(told: Told, deal: DealInPlay, stage: Stage) -> None:
    """Keep the contract off invoices until its purchase order comes, or until the hold ends by itself."""
    clerk = stage.the(Role.RECEIVABLES)
    hold_billing(
        company_id=stage.company_id,
        held=Held(contract_id=stage.contract(deal).id),
        condition=HoldCondition.PO_NUMBER,
        because=told.because,
        owner_id=clerk.id,
        on=stage.on,
        expires_on=stage.calendar.written(told.until) if told.until else None,
        by=clerk,
        at=stage.at,
    )


def group(told: Told, deal: DealInPlay, stage: Stage) -> None:
    """Let all that the customer pays for stand on one invoice a month."""
    choose_grouping(
        company_id=stage.company_id,
        payer_id=stage.founded.customers[deal.customer],
        keys=(),
        on=stage.on,
        by=stage.the(Role.RECEIVABLES),
        at=stage.at,
    )


def _agree(told: Told, deal: DealInPlay, stage: Stage, **agreed: object) -> None:
    amendment = Agreed(
        effective_on=stage.calendar.written(told.effective),
        concluded_on=stage.on,
        because=told.because,
        **agreed,  # type: ignore[arg-type]  # each act names its own
    )
    amend_contract(
        contract_id=stage.contract(deal).id, agreed=amendment, by=stage.the(Role.DEAL_MANAGEMENT), at=stage.at
    )
    stage.follow()


_ACTS: Mapping[str, Callable[[Told, DealInPlay, Stage], None]] = {
    "amend": amend,
    "pause": pause,
    "hold": hold,
    "group": group,
}
