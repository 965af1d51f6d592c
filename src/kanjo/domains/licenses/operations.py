"""Verbs on licenses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kanjo.domains.licenses.facts import (
    EndOfUseConfirmed,
    HowConfirmed,
    LicensesGranted,
    LineToGrant,
    RightsOfContract,
)
from kanjo.domains.licenses.models import EndOfUse, Grant
from kanjo.domains.licenses.rules import (
    AlreadyConfirmed,
    GrantsNothing,
    OtherwiseGranted,
    granting,
    refuse_goes_on,
    refuse_unconfirmed,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, GrantId, OrderId
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import alone, refuse_unseen
from kanjo.platform.worklist.operations import close

MEANING = ["company_id", "customer_id", "contract_id", "product_id", "metric", "quantity", "effective_on", "until"]
"""What two grants of one order line must have in common to mean the same."""

RUNNING_OUT, CONTRACT = "licenses.running-out", "contracts_contract"
"""The kind of the work item about rights that run out, and the table of the contracts it is about."""


@verb("licenses.write-grants", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS, Role.LICENSE_MANAGEMENT)
def write_grants(
    *,
    company_id: CompanyId,
    customer_id: CustomerId,
    contract_id: ContractId,
    order_id: OrderId,
    lines: Sequence[LineToGrant],
    on: date,
    by: Actor,
    at: datetime,
) -> tuple[GrantId, ...]:
    """Give the customer the right to use what its order lines grant; a line without a license metric grants nothing.

    A perpetual right begins on that day, any other with its period. Each line grants once: asked again in the same
    meaning it keeps its grant, in another it is refused (`OtherwiseGranted`). Refuses unsound lines.
    """
    refuse_unseen(company_id, by)
    wanted = [_grant(company_id, customer_id, contract_id, line, on=on) for line in granting(lines)]
    alone("licenses.write-grants", order_id)
    known = {
        grant.order_line_id: grant
        for grant in Grant.objects.filter(order_line__in=[grant.order_line_id for grant in wanted])
    }
    for grant in wanted:
        _refuse_other_meaning(known.get(grant.order_line_id), grant)
    new = [grant for grant in wanted if grant.order_line_id not in known]
    known |= {grant.order_line_id: grant for grant in Grant.objects.bulk_create(new)}
    if new:
        granted = LicensesGranted(
            company_id=company_id,
            effective_on=on,
            order_id=order_id,
            contract_id=contract_id,
            customer_id=customer_id,
            grant_ids=tuple(GrantId(grant.pk) for grant in new),
        )
        record(granted, by=by, at=at)
    return tuple(GrantId(known[grant.order_line_id].pk) for grant in wanted)


@verb("licenses.confirm-end-of-use", Role.LICENSE_MANAGEMENT)
def confirm_end_of_use(
    *, rights: RightsOfContract, on: date, how: HowConfirmed, note: str = "", by: Actor, at: datetime
) -> EndOfUseConfirmed:
    """Note that the customer no longer uses what the contract had granted, since when that is known and how.

    Nobody watches it any more. Refuses `GrantsNothing`, `AlreadyConfirmed`, while the right goes on, a day that has not
    come yet in the company's time zone, and another way without a note.
    """
    alone("licenses.confirm-end-of-use", rights.contract_id)
    grants = Grant.objects.visible_to(by).select_related("company").filter(contract_id=rights.contract_id)
    grant = grants.order_by("id").first()
    if grant is None:
        raise GrantsNothing(number=rights.number)
    before = EndOfUse.objects.filter(contract_id=rights.contract_id).first()
    if before:
        raise AlreadyConfirmed(number=rights.number, day=before.effective_on)
    refuse_goes_on(rights, on=on)
    refuse_unconfirmed(on=on, today=at.astimezone(ZoneInfo(grant.company.time_zone)).date(), how=how, note=note)
    EndOfUse.objects.create(
        company_id=grant.company_id,
        contract_id=rights.contract_id,
        how=how,
        note=note.strip(),
        confirmed_by_id=by.id,
        effective_on=on,
    )
    close(kind=RUNNING_OUT, subject=(CONTRACT, rights.contract_id), by=by, at=at)
    confirmed = EndOfUseConfirmed(
        company_id=CompanyId(grant.company_id),
        effective_on=on,
        contract_id=rights.contract_id,
        customer_id=CustomerId(grant.customer_id),
        how=how,
    )
    return record(confirmed, by=by, at=at)


def _grant(
    company_id: CompanyId, customer_id: CustomerId, contract_id: ContractId, line: LineToGrant, *, on: date
) -> Grant:
    return Grant(
        company_id=company_id,
        customer_id=customer_id,
        contract_id=contract_id,
        order_line_id=line.order_line_id,
        product_id=line.product_id,
        metric=line.metric,
        quantity=line.quantity,
        effective_on=line.valid.start if line.valid else on,
        until=line.valid.until if line.valid else None,
    )


def _refuse_other_meaning(before: Grant | None, now: Grant) -> None:
    if before and any(getattr(before, name) != getattr(now, name) for name in MEANING):
        raise OtherwiseGranted(quantity=before.quantity, metric=before.metric)
