"""Verbs on contracts: conclude, amend, end, terminate."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Sum

from kanjo.domains.contracts.facts import (
    AmendmentKind,
    ContractAmended,
    ContractConcluded,
    ContractEnded,
    ContractState,
    ContractTerminated,
)
from kanjo.domains.contracts.models import Amendment, Contract, Ending
from kanjo.domains.contracts.rules.amending import (
    Earlier,
    refuse_amendment,
    refuse_negative_value,
    refuse_out_of_force,
    refuse_withdrawal,
)
from kanjo.domains.contracts.rules.concluding import (
    NotInForce,
    SignedFileChanged,
    Terms,
    refuse_early_end,
    refuse_other_meaning,
    refuse_termination,
    refuse_unsound,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import (
    AmendmentId,
    ApprovalRequestId,
    CompanyId,
    ContractId,
    CustomerId,
    FileId,
    PersonId,
    QuoteId,
    QuoteVersionId,
)
from kanjo.platform.acts import verb
from kanjo.platform.files.models import StoredFile
from kanjo.platform.numbering.models import Issued
from kanjo.platform.numbering.operations import take_block
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import alone, refuse_unseen
from kanjo.platform.worklist.operations import close


@verb("contracts.conclude", Role.DEAL_MANAGEMENT)
def conclude(
    *,
    company_id: CompanyId,
    customer_id: CustomerId,
    quote_id: QuoteId,
    version_id: QuoteVersionId,
    approval_request_id: ApprovalRequestId,
    currency: str,
    total_minor: int,
    payment_terms: str,
    starts_on: date,
    until: date | None,
    notice_days: int = 90,
    signed_file_id: FileId,
    signed_digest: str,
    owner_id: PersonId,
    by: Actor,
    at: datetime,
    on: date,
) -> ContractId:
    """Write down the contract that both sides signed on that day, with its number and the digest of what was signed.

    One quote version becomes one contract: concluding it again with the same terms returns the same contract, with
    other terms it is refused (`OtherwiseConcluded`). The version must have been approved and accepted: the process
    that calls this takes it from the accepted quote. Refuses `SignedFileChanged` and unsound terms.
    """
    refuse_unseen(company_id, by)
    terms = Terms(
        company_id=company_id,
        customer_id=customer_id,
        quote_id=quote_id,
        quote_version_id=version_id,
        approval_request_id=approval_request_id,
        currency=currency,
        total_minor=total_minor,
        payment_terms=payment_terms,
        starts_on=starts_on,
        until=until,
        notice_days=notice_days,
        signed_file_id=signed_file_id,
        signed_digest=signed_digest.lower(),
        owner_id=owner_id,
        effective_on=on,
    )
    refuse_unsound(terms)
    _refuse_changed_file(terms, by=by)
    alone("contracts.conclude", version_id)
    concluded = Contract.objects.filter(quote_version_id=version_id).first()
    if concluded:
        refuse_other_meaning(concluded.number, _terms_of(concluded), terms)
        return ContractId(concluded.pk)
    return _written(terms, by=by, at=at)


@verb("contracts.amend", Role.DEAL_MANAGEMENT)
def amend_contract(
    *,
    contract_id: ContractId,
    kind: AmendmentKind,
    effective_on: date,
    concluded_on: date,
    total_minor: int,
    until: date | None = None,
    withdraws: AmendmentId | None = None,
    because: str,
    by: Actor,
    at: datetime,
) -> ContractAmended:
    """Write down what both sides agreed to change: from which day, agreed on which day, and by how much it changes.

    `total_minor` is the difference over the whole term, as billing computed it; `until` ends a suspension. Refuses
    `NotInForce`, a day outside the term or an agreement to come, no reason, and to take back what is no longer there.
    """
    contract = Contract.objects.locked(contract_id, by)
    refuse_out_of_force(contract.number, ContractState(contract.state), kind)
    refuse_amendment(
        contract.number,
        contract.starts_on,
        contract.until,
        effective_on=effective_on,
        until_on=until,
        concluded_on=concluded_on,
        today=at.astimezone(ZoneInfo(contract.company.time_zone)).date(),
        because=because,
    )
    if withdraws is not None:
        refuse_withdrawal(contract.number, kind, _earlier(withdraws, contract, by=by), effective_on=effective_on)
    before = contract.amendments.aggregate(minor=Sum("total_minor", default=0))["minor"]
    refuse_negative_value(contract.number, contract.total_minor + before + total_minor)
    return _amended(
        Amendment(
            company_id=contract.company_id,
            contract=contract,
            kind=kind,
            because=because,
            total_minor=total_minor,
            withdraws_id=withdraws,
            concluded_on=concluded_on,
            effective_on=effective_on,
            until=until,
        ),
        by=by,
        at=at,
    )


CONTRACT, END_FAILED = "contracts_contract", "contracts.end.failed"
"""The table of contracts, and the kind of the work item about one whose end could not be noted."""


@verb("contracts.end", Role.DEAL_MANAGEMENT)
def end_contract(*, contract_id: ContractId, on: date, by: Actor, at: datetime) -> ContractEnded:
    """Note that the term of a contract ran out. Refuses `TermRunning`, `NoTermToEnd` and `NotInForce`."""
    contract = _in_force(contract_id, by=by)
    refuse_early_end(contract.number, contract.until, on=on)
    _stop(contract, ContractState.ENDED, stops_on=contract.until or on, because="", by=by, at=at)
    return record(
        ContractEnded(
            company_id=CompanyId(contract.company_id),
            effective_on=contract.until or on,
            contract_id=contract_id,
            customer_id=CustomerId(contract.customer_id),
        ),
        by=by,
        at=at,
    )


@verb("contracts.terminate", Role.DEAL_MANAGEMENT, Role.LEGAL)
def terminate_contract(
    *, contract_id: ContractId, stops_on: date, because: str, by: Actor, at: datetime
) -> ContractTerminated:
    """Stop a contract before its term runs out; `stops_on` is its first day without effect.

    Refuses `NoCause`, `OutsideTerm` and `NotInForce`.
    """
    contract = _in_force(contract_id, by=by)
    refuse_termination(contract.number, contract.starts_on, contract.until, stops_on=stops_on, because=because)
    _stop(contract, ContractState.TERMINATED, stops_on=stops_on, because=because, by=by, at=at)
    return record(
        ContractTerminated(
            company_id=CompanyId(contract.company_id),
            effective_on=stops_on,
            contract_id=contract_id,
            customer_id=CustomerId(contract.customer_id),
            because=because,
        ),
        by=by,
        at=at,
    )


def _refuse_changed_file(terms: Terms, *, by: Actor) -> None:
    stored = StoredFile.objects.seen(terms.signed_file_id, by)
    if stored.digest != terms.signed_digest or stored.company_id != terms.company_id:
        raise SignedFileChanged(name=stored.name, stored=stored.digest, signed=terms.signed_digest)


def _earlier(amendment_id: AmendmentId, contract: Contract, *, by: Actor) -> Earlier:
    earlier = Amendment.objects.seen(amendment_id, by)
    later = Amendment.objects.filter(withdraws_id=amendment_id).first()
    return Earlier(
        number=earlier.number,
        kind=AmendmentKind(earlier.kind),
        effective_on=earlier.effective_on,
        of_same_contract=earlier.contract_id == contract.pk,
        withdrawn_by=later.number if later else "",
    )


def _amended(amendment: Amendment, *, by: Actor, at: datetime) -> ContractAmended:
    company_id, contract = CompanyId(amendment.company_id), amendment.contract
    block = take_block(company_id=company_id, kind="amendment", prefix="A", on=amendment.concluded_on, count=1)
    amendment.number = block.shown(block.first)
    amendment.save(force_insert=True)
    Issued.objects.create(series_id=block.series_id, number=block.first, subject_id=amendment.pk)
    amended = ContractAmended(
        company_id=company_id,
        effective_on=amendment.effective_on,
        contract_id=ContractId(contract.pk),
        amendment_id=AmendmentId(amendment.pk),
        number=amendment.number,
        customer_id=CustomerId(contract.customer_id),
        amendment_kind=AmendmentKind(amendment.kind),
        currency=contract.currency,
        total_minor=amendment.total_minor,
        withdrawn_id=AmendmentId(amendment.withdraws_id) if amendment.withdraws_id else None,
        because=amendment.because,
    )
    return record(amended, by=by, at=at)


def _terms_of(contract: Contract) -> Terms:
    return Terms(**{field.name: getattr(contract, field.name) for field in fields(Terms)})


def _written(terms: Terms, *, by: Actor, at: datetime) -> ContractId:
    block = take_block(company_id=terms.company_id, kind="contract", prefix="C", on=terms.effective_on, count=1)
    contract = Contract.objects.create(number=block.shown(block.first), **asdict(terms))
    Issued.objects.create(series_id=block.series_id, number=block.first, subject_id=contract.pk)
    concluded = ContractConcluded(
        company_id=terms.company_id,
        effective_on=terms.effective_on,
        contract_id=ContractId(contract.pk),
        number=contract.number,
        customer_id=terms.customer_id,
        quote_id=terms.quote_id,
        quote_version_id=terms.quote_version_id,
        currency=terms.currency,
        total_minor=terms.total_minor,
        starts_on=terms.starts_on,
        until=terms.until,
    )
    return record(concluded, by=by, at=at).contract_id


def _in_force(contract_id: ContractId, *, by: Actor) -> Contract:
    contract = Contract.objects.locked(contract_id, by)
    if contract.state != ContractState.CONCLUDED:
        raise NotInForce(number=contract.number)
    return contract


def _stop(contract: Contract, kind: ContractState, *, stops_on: date, because: str, by: Actor, at: datetime) -> None:
    Ending.objects.create(
        company_id=contract.company_id, contract=contract, kind=kind, effective_on=stops_on, because=because
    )
    contract.state = kind
    contract.save(update_fields=["state"])
    close(kind=END_FAILED, subject=(CONTRACT, contract.pk), by=by, at=at)


@verb("contracts.hand-over", Role.ADMINISTRATOR, Role.HR)
def hand_over_contracts(*, owner_id: PersonId, to: PersonId, by: Actor, at: datetime) -> int:
    """Give the contracts in force to another owner, in whatever company; return how many."""
    return Contract.objects.filter(owner_id=owner_id, state=ContractState.CONCLUDED).update(owner_id=to)
