"""The columns of open items, receipts, allocations and bank files."""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.domains.receivables.facts import MATCH_RULE_NAMES, AllocationKind, Confidence
from kanjo.domains.receivables.queries import AcknowledgementRow, AllocationRow, BankFileRow, OpenItemRow, ReceiptRow
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column, amount
from kanjo.surfaces.web.shown import Derived, Link, State, day_shown, said

PAID = State(Text(en="Paid", ja="入金済み"), "ok")
PART = State(Text(en="Part paid", ja="一部入金"), "warn")
OPEN = State(Text(en="Open", ja="未入金"), "info")
ALLOCATED = State(Text(en="Allocated", ja="消込済み"), "ok")
PART_ALLOCATED = State(Text(en="Part allocated", ja="一部消込"), "warn")
UNALLOCATED = State(Text(en="To be allocated", ja="未消込"), "wait")

KIND_NAMES = {
    AllocationKind.PAYMENT: Text(en="Payment", ja="入金"),
    AllocationKind.FEE: Text(en="Bank fee borne", ja="振込手数料（当方負担）"),
    AllocationKind.SET_OFF: Text(en="Set-off", ja="相殺"),
    AllocationKind.REVERSAL: Text(en="Taken back", ja="消込取消"),
}
CONFIDENCE_NAMES = {
    Confidence.CERTAIN: Text(en="certain", ja="確実"),
    Confidence.HIGH: Text(en="high", ja="高い"),
    Confidence.FAIR: Text(en="fair", ja="中程度"),
}


def item_state(row: OpenItemRow) -> State:
    """Return how far an item is paid."""
    if row.open_minor == 0:
        return PAID
    return OPEN if row.open_minor == row.amount_minor else PART


def receipt_state(row: ReceiptRow) -> State:
    """Return how far a receipt is allocated."""
    if row.left_minor == 0:
        return ALLOCATED
    return UNALLOCATED if row.left_minor == row.amount_minor else PART_ALLOCATED


def still_open(row: OpenItemRow, settled: Sequence[AllocationRow]) -> Derived:
    """Return what is open of an item: what was invoiced, less what settled it."""
    parts = [
        (labels.TOTAL, Money(row.amount_minor, row.currency)),
        *((_settling(one), Money(-one.amount_minor, row.currency)) for one in settled),
    ]
    return Derived.sum_of("open", Money(row.open_minor, row.currency), labels.OPEN_AMOUNT, parts)


def _settling(one: AllocationRow) -> str:
    return f"{said(KIND_NAMES[one.kind])} {day_shown(one.effective_on)} {one.reference}"


OPEN_ITEMS: tuple[Column[OpenItemRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.number, "open-item", row.id), order="number"),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id), order="customer"),
    Column(labels.ISSUED_ON, lambda row: row.issued_on, order="issued_on"),
    Column(labels.DUE_ON, lambda row: row.due_on, order="due_on"),
    amount(labels.TOTAL, lambda row: Money(row.amount_minor, row.currency), "total"),
    amount(labels.OPEN_AMOUNT, lambda row: Money(row.open_minor, row.currency), "open"),
    Column(labels.STATE, item_state),
)

ISSUED_AGAIN = State(Text(en="Reissued", ja="再発行"), "info")
REISSUED = Text(en="{number} (reissued)", ja="{number}（再発行）")


def acknowledged(row: AcknowledgementRow) -> Link:
    """Return the number of an acknowledgement, and that it was issued again where it was."""
    title = REISSUED.filled(number=row.number) if row.first_id else row.number
    return Link(title, "acknowledgement", row.id)


ACKNOWLEDGEMENTS: tuple[Column[AcknowledgementRow], ...] = (
    Column(labels.NUMBER, acknowledged, order="number"),
    Column(labels.CUSTOMER, lambda row: Link(row.customer, "customer", row.customer_id)),
    Column(labels.ISSUED_ON, lambda row: row.issued_on, order="issued_on"),
    Column(Text(en="Received on", ja="受領日"), lambda row: row.received_on),
    amount(labels.AMOUNT, lambda row: row.amount, "amount"),
)

RECEIPTS: tuple[Column[ReceiptRow], ...] = (
    Column(labels.REFERENCE, lambda row: Link(row.reference, "receipt", row.id), order="reference"),
    Column(labels.VALUE_ON, lambda row: row.value_on, order="value_on", extra=True),
    Column(labels.PAYER, lambda row: row.payer_name, order="payer"),
    Column(labels.TITLE, lambda row: row.text),
    amount(labels.AMOUNT, lambda row: Money(row.amount_minor, row.currency), "amount"),
    Column(labels.LEFT, lambda row: Money(row.left_minor, row.currency), number=True, order="left", extra=True),
    Column(labels.STATE, receipt_state),
)

BANK_FILES: tuple[Column[BankFileRow], ...] = (
    Column(labels.FILE, lambda row: Link(row.name, "bank-file", row.id), order="name"),
    Column(labels.RECORDED, lambda row: row.recorded_at, order="recorded"),
    Column(labels.ACCOUNT, lambda row: row.account, order="account", extra=True),
    Column(
        Text(en="New receipts", ja="新規入金件数"), lambda row: row.receipts, number=True, order="receipts", extra=True
    ),
    amount(labels.TOTAL, lambda row: Money(row.total_minor, row.currency), "total"),
    Column(labels.BY, lambda row: row.taken_by, extra=True),
)


def allocations(currency: str) -> tuple[Column[AllocationRow], ...]:
    """Return the columns of what settled what, by which rule."""
    return (
        Column(labels.TITLE, lambda row: KIND_NAMES[row.kind]),
        Column(labels.INVOICE, lambda row: Link(row.number, "open-item", row.item_id) if row.item_id else None),
        Column(
            Text(en="Receipt", ja="入金"),
            lambda row: Link(row.reference, "receipt", row.receipt_id) if row.receipt_id else None,
        ),
        amount(labels.AMOUNT, lambda row: Money(row.amount_minor, currency)),
        Column(Text(en="Rule", ja="消込規則"), lambda row: MATCH_RULE_NAMES[row.rule]),
        Column(Text(en="How sure", ja="確度"), lambda row: CONFIDENCE_NAMES[row.confidence]),
        Column(labels.ON, lambda row: row.effective_on),
        Column(labels.BY, lambda row: row.made_by),
        Column(labels.REASON, lambda row: row.because),
        Column(
            Text(en="Take back", ja="取消"),
            lambda row: (
                Link(Text(en="Take back", ja="取消"), "reverse-allocation", row.id)
                if row.kind in {AllocationKind.PAYMENT, AllocationKind.FEE}
                else None
            ),
        ),
    )
