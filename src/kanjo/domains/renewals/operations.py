"""Verbs on renewals: find what is due, quote, renew, let lapse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.renewals.facts import (
    ContractRenewed,
    EndingContract,
    PricePolicy,
    RenewalAppeared,
    RenewalLapsed,
    RenewalQuoted,
    RenewalState,
)
from kanjo.domains.renewals.models import Outcome, Renewal
from kanjo.domains.renewals.rules import (
    NoCause,
    NotQuoted,
    OtherwiseQuoted,
    old_terms,
    proposed_minor,
    refuse_outside_notice,
    refuse_settled,
    why,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, PersonId, QuoteId, RenewalId
from kanjo.platform.acts import verb
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import alone, refuse_unseen
from kanjo.platform.worklist.operations import close, put

TABLE = "renewals_renewal"
WORK = "renewals.prepare"
"""The kind of the work item that a renewal rep finds on the queue."""


@verb("renewals.find-due", Role.RENEWAL_REP, Role.SALES_OPERATIONS)
def find_due(
    *, company_id: CompanyId, contracts: Sequence[EndingContract], on: date, by: Actor, at: datetime
) -> tuple[RenewalId, ...]:
    """Put each contract inside its notice window before the renewal reps, and return the renewals that are new.

    A renewal appears once per contract and end of term, with the contract's owner, its old terms and a proposed price;
    a second call changes nothing. Refuses `OutsideNotice`.
    """
    refuse_unseen(company_id, by)
    for contract in contracts:
        refuse_outside_notice(contract, on=on)
    alone("renewals.find-due", company_id)
    known = set(
        Renewal.objects.filter(contract__in=[contract.contract_id for contract in contracts]).values_list(
            "contract_id", "term_until"
        )
    )
    new = [contract for contract in contracts if (contract.contract_id, contract.until) not in known]
    renewals = Renewal.objects.bulk_create(_renewal(company_id, contract, on=on) for contract in new)
    for renewal, contract in zip(renewals, new, strict=True):
        _put_to_work(renewal, contract, by=by, at=at)
    return tuple(RenewalId(renewal.pk) for renewal in renewals)


@verb("renewals.quote", Role.RENEWAL_REP, Role.SALES_REP, Role.SALES_OPERATIONS)
def quote_renewal(
    *, renewal_id: RenewalId, quote_id: QuoteId, instead_of: QuoteId | None = None, on: date, by: Actor, at: datetime
) -> RenewalQuoted:
    """Note the quote that offers the next term. Noted again it changes nothing.

    *instead_of* is the quote noted before, where it was withdrawn. Refuses `AlreadySettled`, and `OtherwiseQuoted` for
    a second quote.
    """
    renewal = _open(renewal_id, by=by)
    quoted = RenewalQuoted(
        company_id=CompanyId(renewal.company_id), effective_on=on, renewal_id=renewal_id, quote_id=quote_id
    )
    if renewal.quote_id == quote_id:
        return quoted
    if renewal.quote_id not in {None, instead_of}:
        raise OtherwiseQuoted
    renewal.quote_id, renewal.state = quote_id, RenewalState.QUOTED
    renewal.save(update_fields=["quote", "state"])
    return record(quoted, by=by, at=at)


@verb("renewals.renew", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS)
def renew(*, renewal_id: RenewalId, contract_id: ContractId, on: date, by: Actor, at: datetime) -> ContractRenewed:
    """Note that the next term was concluded as the contract *contract_id*; the work is done.

    Refuses `NotQuoted` and `AlreadySettled`.
    """
    renewal = _open(renewal_id, by=by)
    if renewal.state != RenewalState.QUOTED:
        raise NotQuoted
    _settle(renewal, RenewalState.RENEWED, on=on, contract_id=contract_id)
    close(kind=WORK, subject=(TABLE, renewal_id), by=by, at=at)
    renewed = ContractRenewed(
        company_id=CompanyId(renewal.company_id),
        effective_on=on,
        renewal_id=renewal_id,
        old_contract_id=ContractId(renewal.contract_id),
        new_contract_id=contract_id,
    )
    return record(renewed, by=by, at=at)


@verb("renewals.let-lapse", Role.RENEWAL_REP, Role.SALES_OPERATIONS)
def let_lapse(*, renewal_id: RenewalId, because: str, on: date, by: Actor, at: datetime) -> RenewalLapsed:
    """Note that the customer does not go on, and why; the work is dropped. Refuses `NoCause` and `AlreadySettled`."""
    if not because.strip():
        raise NoCause(at="because")
    renewal = _open(renewal_id, by=by)
    _settle(renewal, RenewalState.LAPSED, on=on, because=because)
    close(kind=WORK, subject=(TABLE, renewal_id), by=by, at=at, dropped=True)
    lapsed = RenewalLapsed(
        company_id=CompanyId(renewal.company_id),
        effective_on=on,
        renewal_id=renewal_id,
        contract_id=ContractId(renewal.contract_id),
        because=because,
    )
    return record(lapsed, by=by, at=at)


def _renewal(company_id: CompanyId, contract: EndingContract, *, on: date) -> Renewal:
    return Renewal(
        company_id=company_id,
        contract_id=contract.contract_id,
        customer_id=contract.customer_id,
        owner_id=contract.owner_id,
        term_until=contract.until,
        old_terms=old_terms(contract),
        currency=contract.currency,
        proposed_minor=proposed_minor(contract, PricePolicy.SAME_NET),
        price_policy=PricePolicy.SAME_NET,
        effective_on=on,
    )


def _put_to_work(renewal: Renewal, contract: EndingContract, *, by: Actor, at: datetime) -> None:
    put(
        kind=WORK,
        subject=(TABLE, renewal.pk),
        company_id=CompanyId(renewal.company_id),
        role=Role.RENEWAL_REP,
        why=why(contract, renewal.proposed_minor, PricePolicy.SAME_NET),
        due_on=date.fromordinal(contract.until.toordinal() - 1),
    )
    appeared = RenewalAppeared(
        company_id=CompanyId(renewal.company_id),
        effective_on=renewal.effective_on,
        renewal_id=RenewalId(renewal.pk),
        contract_id=contract.contract_id,
        customer_id=contract.customer_id,
        owner_id=contract.owner_id,
        term_until=contract.until,
        proposed_minor=renewal.proposed_minor,
        currency=contract.currency,
    )
    record(appeared, by=by, at=at)


def _open(renewal_id: RenewalId, *, by: Actor) -> Renewal:
    renewal = Renewal.objects.locked(renewal_id, by)
    refuse_settled(RenewalState(renewal.state))
    return renewal


def _settle(
    renewal: Renewal, kind: RenewalState, *, on: date, contract_id: ContractId | None = None, because: str = ""
) -> None:
    Outcome.objects.create(
        company_id=renewal.company_id,
        renewal=renewal,
        kind=kind,
        renewed_contract_id=contract_id,
        because=because,
        effective_on=on,
    )
    renewal.state = kind
    renewal.save(update_fields=["state"])


@verb("renewals.hand-over", Role.ADMINISTRATOR, Role.HR)
def hand_over_renewals(*, owner_id: PersonId, to: PersonId, by: Actor, at: datetime) -> int:
    """Give the renewals whose outcome is not known to another owner, in whatever company; return how many."""
    open_ones = Renewal.objects.filter(owner_id=owner_id, state__in=(RenewalState.APPEARED, RenewalState.QUOTED))
    return open_ones.update(owner_id=to)
