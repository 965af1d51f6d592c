"""Setting off what cancels each other out: a credit note against an invoice, a transfer against its return."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.receivables.facts import AllocationKind, Confidence, MatchRule
from kanjo.domains.receivables.models import Allocation, Matching, ReceiptBalance
from kanjo.domains.receivables.operations.by_hand import a_matching, locked_item, owed
from kanjo.domains.receivables.operations.matching import UNMATCHED
from kanjo.domains.receivables.rules import guards
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import InvoiceId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.worklist import operations as worklist


@verb("receivables.set-off", Role.RECEIVABLES)
def set_off(
    *, credit_id: InvoiceId, item_id: InvoiceId, amount_minor: int, on: date, because: str, by: Actor, at: datetime
) -> None:
    """Set so much of a credit note off against an invoice of the same customer (相殺); the books do not move."""
    first, second = (locked_item(key, by) for key in sorted((credit_id, item_id)))
    credit, item = (first, second) if first.pk == credit_id else (second, first)
    one, other = credit.item, item.item
    if credit.open_minor >= 0 or (one.customer_id, one.currency) != (other.customer_id, other.currency):
        raise guards.NotOpposite(one=one.number, other=other.number)
    guards.refuse_allocation(owed(item), None, amount_minor=amount_minor, on=on)
    if amount_minor > -credit.open_minor:
        raise guards.AboveItem(number=one.number, open=-credit.open_minor, amount=amount_minor)
    if on < one.issued_on:
        raise guards.BeforeItHappened(day=on, first=one.issued_on)
    matching = a_matching(item, on, by, because)
    Allocation.objects.bulk_create(
        [
            _half(matching, item_id=credit.pk, amount_minor=-amount_minor),
            _half(matching, item_id=item.pk, amount_minor=amount_minor),
        ]
    )


@verb("receivables.close-by-note", Role.RECEIVABLES)
def close_by_note(*, item_id: InvoiceId, credit_id: InvoiceId, on: date, because: str, by: Actor, at: datetime) -> None:
    """Set an invoice off against the credit note over all of it, as `set_off` does; refuses `SettledInPart`."""
    item = locked_item(item_id, by)
    told = item.item
    if item.open_minor != told.amount_minor:
        settled = Money(told.amount_minor - item.open_minor, told.currency)
        said = Text(en=settled.shown("en"), ja=settled.shown("ja"))
        raise guards.SettledInPart(number=told.number, settled=said)
    set_off(credit_id=credit_id, item_id=item_id, amount_minor=told.amount_minor, on=on, because=because, by=by, at=at)


@verb("receivables.return-transfer", Role.RECEIVABLES)
def return_transfer(*, receipt_id: ReceiptId, return_id: ReceiptId, on: date, by: Actor, at: datetime) -> None:
    """Let a transfer and its return by the bank (組戻し) cancel each other out; neither waits any more.

    Both must be whole: what the transfer settled is taken back first.
    """
    balances = ReceiptBalance.objects.select_related("receipt")
    first, second = (balances.locked(key, by) for key in sorted((receipt_id, return_id)))
    transfer, returned = (first, second) if first.pk == receipt_id else (second, first)
    one, other = transfer.receipt, returned.receipt
    if (one.amount_minor, one.currency, one.account) != (-other.amount_minor, other.currency, other.account):
        raise guards.NotOpposite(one=one.reference, other=other.reference)
    if transfer.left_minor != one.amount_minor or returned.left_minor != other.amount_minor or one.amount_minor < 0:
        raise guards.AboveReceipt(reference=one.reference, left=transfer.left_minor, amount=one.amount_minor)
    if on < max(one.value_on, other.value_on):
        raise guards.BeforeItHappened(day=on, first=max(one.value_on, other.value_on))
    matching = a_matching(transfer, on, by, "")
    Allocation.objects.bulk_create(
        [
            _half(matching, receipt_id=one.pk, received_minor=one.amount_minor),
            _half(matching, receipt_id=other.pk, received_minor=other.amount_minor),
        ]
    )
    worklist.close_all(kind=UNMATCHED, table="receivables_receipt", keys=[one.pk, other.pk], by=by, at=at)


def _half(
    matching: Matching,
    *,
    item_id: int | None = None,
    receipt_id: int | None = None,
    amount_minor: int = 0,
    received_minor: int = 0,
) -> Allocation:
    return Allocation(
        company_id=matching.company_id,
        matching=matching,
        item_id=item_id,
        receipt_id=receipt_id,
        kind=AllocationKind.SET_OFF,
        amount_minor=amount_minor,
        received_minor=received_minor,
        rule=MatchRule.BY_HAND,
        confidence=Confidence.CERTAIN,
        effective_on=matching.effective_on,
    )
