"""Allocating, setting off and taking back by hand. Locks: receipt first, then items in order of their ids."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.receivables.facts import (
    AllocationKind,
    AllocationReversed,
    Confidence,
    MatchRule,
    PaymentAllocated,
)
from kanjo.domains.receivables.models import (
    Allocation,
    ItemBalance,
    KnownFee,
    Matching,
    PayerAlias,
    Receipt,
    ReceiptBalance,
)
from kanjo.domains.receivables.operations.matching import ALLOCATIONS, UNMATCHED
from kanjo.domains.receivables.rules import guards
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, InvoiceId, ReceiptId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.ledger.entries import AccountCode, JournalEntry, Side
from kanjo.platform.ledger.operations import post
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import refuse_unseen
from kanjo.platform.worklist import operations as worklist

_ACCOUNTS = {AllocationKind.PAYMENT: AccountCode.UNAPPLIED_RECEIPTS, AllocationKind.FEE: AccountCode.BANK_FEES}
"""What is debited when the receivable is credited."""
_FREE_AGAIN = Text(
    en="The matching of the receipt of {payer} was taken back: allocate it anew.",
    ja="{payer} からの入金の消込が取り消されました。あらためて消込を行ってください。",
)


@verb("receivables.allocate", Role.RECEIVABLES)
def allocate(
    *,
    receipt_id: ReceiptId,
    item_id: InvoiceId,
    amount_minor: int,
    on: date,
    by: Actor,
    at: datetime,
    because: str = "",
) -> int:
    """Let so much of a receipt settle so much of an invoice; return the allocation's id.

    The payer's name is remembered as the customer's. Refuses more than is left or open, another currency, a day
    before receipt or invoice, and locked books.
    """
    receipt = ReceiptBalance.objects.select_related("receipt").locked(receipt_id, by)
    item = locked_item(item_id, by)
    guards.refuse_allocation(owed(item), _paid(receipt), amount_minor=amount_minor, on=on)
    matching = a_matching(item, on, by, because)
    row = _settle(matching, item, receipt, AllocationKind.PAYMENT, amount_minor)
    post([_entry(row, item, amount_minor, AccountCode.UNAPPLIED_RECEIPTS)])
    PayerAlias.objects.get_or_create(
        company_id=item.company_id, name=receipt.receipt.payer_name, customer_id=item.item.customer_id
    )
    if receipt.left_minor == amount_minor:
        worklist.close(kind=UNMATCHED, subject=("receivables_receipt", receipt_id), by=by, at=at)
    _tell_allocated(row, item, by, at)
    return row.pk


@verb("receivables.write-off-fee", Role.RECEIVABLES)
def write_off_fee(*, item_id: InvoiceId, amount_minor: int, on: date, because: str, by: Actor, at: datetime) -> int:
    """Bear a bank fee that the payer deducted: Dr bank fees, Cr receivable; return the allocation's id."""
    item = locked_item(item_id, by)
    guards.refuse_allocation(owed(item), None, amount_minor=amount_minor, on=on)
    matching = a_matching(item, on, by, because)
    row = _settle(matching, item, None, AllocationKind.FEE, amount_minor)
    post([_entry(row, item, amount_minor, AccountCode.BANK_FEES)])
    return row.pk


@verb("receivables.reverse-allocation", Role.RECEIVABLES)
def reverse_allocation(*, allocation_id: int, on: date, because: str, by: Actor, at: datetime) -> int:
    """Take an allocation back by its negative; receipt and invoice are open again. Return the reversal's id.

    The receipt then waits on the queue for a person: rules do not touch it any more. Refuses what was reversed before.
    """
    told = Allocation.objects.select_related("receipt").seen(allocation_id, by)
    if told.kind not in _ACCOUNTS or told.item_id is None:
        raise guards.NotReversible(allocation=allocation_id)
    if told.receipt_id is not None:
        ReceiptBalance.objects.locked(told.receipt_id, by)
    item = locked_item(told.item_id, by)
    if Allocation.objects.filter(reverses_id=told.pk).exists():
        raise guards.ReversedAlready(allocation=allocation_id)
    if on < told.effective_on:
        raise guards.BeforeItHappened(day=on, first=told.effective_on)
    matching = a_matching(item, on, by, because)
    row = Allocation.objects.create(
        company_id=told.company_id,
        matching=matching,
        item_id=told.item_id,
        receipt_id=told.receipt_id,
        kind=AllocationKind.REVERSAL,
        amount_minor=-told.amount_minor,
        received_minor=-told.received_minor,
        rule=MatchRule.BY_HAND,
        confidence=Confidence.CERTAIN,
        reverses=told,
        effective_on=on,
    )
    post([_entry(row, item, -told.amount_minor, _ACCOUNTS[AllocationKind(told.kind)])])
    if told.receipt is not None and told.received_minor:
        _wait_for_person(told.receipt)
    record(
        AllocationReversed(
            company_id=CompanyId(item.company_id),
            effective_on=on,
            invoice_id=InvoiceId(item.pk),
            allocation_id=told.pk,
            currency=item.item.currency,
            amount_minor=told.amount_minor,
            open_minor=item.open_minor + told.amount_minor,
        ),
        by=by,
        at=at,
    )
    return row.pk


@verb("receivables.note-fee", Role.RECEIVABLES)
def note_fee(*, company_id: CompanyId, currency: str, amount_minor: int, by: Actor, at: datetime) -> None:
    """Tell a bank fee that payers deduct, for the rules to know; a fee that is known stays."""
    refuse_unseen(company_id, by)
    if amount_minor <= 0:
        raise guards.NothingToAllocate(amount=amount_minor)
    KnownFee.objects.get_or_create(company_id=company_id, currency=currency, amount_minor=amount_minor)


def locked_item(item_id: int, by: Actor) -> ItemBalance:
    """Return the balance of an item, locked, with the item."""
    return ItemBalance.objects.select_related("item").locked(item_id, by)


def a_matching(balance: ItemBalance | ReceiptBalance, on: date, by: Actor, because: str) -> Matching:
    """Write down an act of allocating by hand."""
    return Matching.objects.create(
        company_id=balance.company_id, by_rule=False, effective_on=on, made_by_id=by.id, because=because
    )


def owed(item: ItemBalance) -> guards.Owed:
    """Return the item as the guards see it."""
    told = item.item
    return guards.Owed(told.number, told.currency, told.issued_on, item.open_minor)


def _paid(receipt: ReceiptBalance) -> guards.Paid:
    told = receipt.receipt
    return guards.Paid(told.reference, told.currency, told.value_on, receipt.left_minor)


def _settle(
    matching: Matching, item: ItemBalance, receipt: ReceiptBalance | None, kind: AllocationKind, amount_minor: int
) -> Allocation:
    return Allocation.objects.create(
        company_id=item.company_id,
        matching=matching,
        item_id=item.pk,
        receipt_id=receipt.pk if receipt else None,
        kind=kind,
        amount_minor=amount_minor,
        received_minor=amount_minor if receipt else 0,
        rule=MatchRule.BY_HAND,
        confidence=Confidence.CERTAIN,
        effective_on=matching.effective_on,
    )


def _entry(row: Allocation, item: ItemBalance, amount_minor: int, debited: AccountCode) -> JournalEntry:
    return JournalEntry(
        company_id=CompanyId(item.company_id),
        effective_on=row.effective_on,
        currency=item.item.currency,
        source=ALLOCATIONS,
        source_id=row.pk,
        sides=(Side(debited, amount_minor), Side(AccountCode.RECEIVABLE, -amount_minor, item.item.customer_id)),
    )


def _wait_for_person(receipt: Receipt) -> None:
    worklist.put(
        kind=UNMATCHED,
        subject=("receivables_receipt", receipt.pk),
        company_id=CompanyId(receipt.company_id),
        role=Role.RECEIVABLES,
        why=_FREE_AGAIN.filled(payer=receipt.payer_name or "—"),
    )


def _tell_allocated(row: Allocation, item: ItemBalance, by: Actor, at: datetime) -> None:
    record(
        PaymentAllocated(
            company_id=CompanyId(item.company_id),
            effective_on=row.effective_on,
            invoice_id=InvoiceId(item.pk),
            receipt_id=ReceiptId(row.receipt_id or 0),
            customer_id=CustomerId(item.item.customer_id),
            currency=item.item.currency,
            amount_minor=row.amount_minor,
            fee_minor=0,
            open_minor=item.open_minor - row.amount_minor,
            rule=MatchRule.BY_HAND,
        ),
        by=by,
        at=at,
    )
