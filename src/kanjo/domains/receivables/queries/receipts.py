"""Reads of bank files and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from kanjo.domains.receivables.models import BankFile, Receipt
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import BankFileId, CompanyId, FileId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.personal import Kind, Personal, needs
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, holds, is_amount, is_numbered
from kanjo.platform.tables import personal
from kanjo.platform.tallies import Tally, added_up

FILE_ORDERS: Orders = {
    "name": "name",
    "account": "account",
    "receipts": "receipts_count",
    "total": "total_minor",
    "recorded": "recorded_at",
}
RECEIPT_ORDERS: Orders = {
    "reference": "reference",
    "value_on": "value_on",
    "payer": "payer_name",
    "amount": "amount_minor",
    "left": "balance__left_minor",
}


@dataclass(frozen=True, slots=True)
class BankFileRow:
    """A bank file as it is shown; `receipts` are those it brought, not those known before."""

    id: BankFileId
    name: str
    account: Personal
    currency: str
    receipts: int
    total_minor: int
    recorded_at: datetime
    taken_by: str
    file_id: FileId
    digest: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A receipt as it is shown; `left_minor` is not yet allocated."""

    id: ReceiptId
    bank_file_id: BankFileId
    account: Personal
    reference: str
    value_on: date
    currency: str
    amount_minor: int
    left_minor: int
    payer_name: Personal
    text: Personal


def list_bank_files(actor: Actor, *, order: str = "", limit: int = 100, at: str = "") -> Page[BankFileRow]:
    """Return the bank files, newest first."""
    keys = sorted_by(BankFile, _told(actor, order, "account", Kind.ACCOUNT), FILE_ORDERS, "-id")

    def read(page: QuerySet[BankFile]) -> list[BankFileRow]:
        return [_file_row(file) for file in page.select_related("taken_by")]

    return paged(BankFile.objects.visible_to(actor), keys, at, limit, read)


def count_bank_files(actor: Actor) -> Tally:
    """Return how many bank files there are."""
    return added_up(BankFile.objects.visible_to(actor), FILE_ORDERS, "total")


def get_bank_file(actor: Actor, bank_file_id: BankFileId) -> BankFileRow:
    """Return one bank file, or refuse with `NotFound`."""
    return _file_row(BankFile.objects.select_related("taken_by").seen(bank_file_id, actor))


def find_bank_file(actor: Actor, company_id: CompanyId, digest: str) -> BankFileRow | None:
    """Return the bank file of those bytes (SHA-256), where it was taken before."""
    files = BankFile.objects.visible_to(actor).filter(company_id=company_id, digest=digest)
    file = files.select_related("taken_by").first()
    return _file_row(file) if file else None


def list_receipts(
    actor: Actor,
    *,
    bank_file_id: BankFileId | None = None,
    text: str = "",
    most: int | None = None,
    unmatched: bool = False,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[ReceiptRow]:
    """Return receipts, newest value date first; with `unmatched` only those with something left."""
    keys = sorted_by(Receipt, _told(actor, order, "payer", Kind.PAYER), RECEIPT_ORDERS, "-value_on", "-id")

    def read(page: QuerySet[Receipt]) -> list[ReceiptRow]:
        return [_receipt_row(row) for row in page.select_related("balance")]

    return paged(_receipts(actor, bank_file_id, text, most, unmatched=unmatched), keys, at, limit, read)


def count_receipts(
    actor: Actor, *, bank_file_id: BankFileId | None = None, text: str = "", unmatched: bool = False
) -> Tally:
    """Return how many receipts `list_receipts` has."""
    return added_up(_receipts(actor, bank_file_id, text, None, unmatched=unmatched), RECEIPT_ORDERS, "amount", "left")


def left_of_receipts(company_id: CompanyId, until: date) -> list[tuple[int, Money]]:
    """Return how many receipts of days before *until* have something left, and what, per currency."""
    rows = Receipt.objects.filter(company_id=company_id, value_on__lt=until).exclude(balance__left_minor=0)
    sums = rows.values("currency").annotate(number=Count("pk"), left=Sum("balance__left_minor")).order_by("currency")
    return [(row["number"], Money(int(row["left"]), row["currency"])) for row in sums]


def get_receipt(actor: Actor, receipt_id: ReceiptId) -> ReceiptRow:
    """Return one receipt, or refuse with `NotFound`."""
    return _receipt_row(Receipt.objects.select_related("balance").seen(receipt_id, actor))


def list_opposites(actor: Actor, receipt_id: ReceiptId) -> list[ReceiptRow]:
    """Return what may be the return of a transfer, or the transfer of a return: whole, the negative, same account."""
    one = Receipt.objects.seen(receipt_id, actor)
    rows = Receipt.objects.visible_to(actor).select_related("balance")
    opposite = {"amount_minor": -one.amount_minor, "balance__left_minor": -one.amount_minor}
    whole = rows.filter(account=one.account, currency=one.currency, **opposite)
    return [_receipt_row(row) for row in whole.order_by("-value_on", "-id")]


def _receipts(
    actor: Actor, bank_file_id: BankFileId | None, text: str, most: int | None, *, unmatched: bool
) -> QuerySet[Receipt]:
    rows = Receipt.objects.visible_to(actor)
    if bank_file_id is not None:
        rows = rows.filter(bank_file_id=bank_file_id)
    if unmatched:
        rows = rows.filter(~Q(balance__left_minor=0))
    if not text.strip():
        return rows
    # What is masked is not found either: by guessing, its text would come out letter by letter.
    words = (
        holds(text, "payer_name", "text", "reference") if needs(actor, Kind.PAYER) else is_numbered(text, "reference")
    )
    return any_of(rows, (words, is_amount(text, "amount_minor", "currency")), most)


def _told(actor: Actor, order: str, personal_order: str, kind: Kind) -> str:
    """Return the order asked for; one by what is masked is none, as it and its cursors would tell what stands there."""
    return "" if order.removeprefix("-") == personal_order and not needs(actor, kind) else order


def _file_row(file: BankFile) -> BankFileRow:
    return BankFileRow(
        id=BankFileId(file.pk),
        name=file.name,
        account=personal(file, "account"),
        currency=file.currency,
        receipts=file.receipts_count,
        total_minor=file.total_minor,
        recorded_at=file.recorded_at,
        taken_by=file.taken_by.name,
        file_id=FileId(file.file_id),
        digest=file.digest,
    )


def _receipt_row(row: Receipt) -> ReceiptRow:
    return ReceiptRow(
        id=ReceiptId(row.pk),
        bank_file_id=BankFileId(row.bank_file_id),
        account=personal(row, "account"),
        reference=row.reference,
        value_on=row.value_on,
        currency=row.currency,
        amount_minor=row.amount_minor,
        left_minor=row.balance.left_minor,
        payer_name=personal(row, "payer_name"),
        text=personal(row, "text"),
    )
