"""Receivables: what is owed, what arrived, what settled what."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.receivables.queries import (
    BankFileRow,
    OpenItemRow,
    ReceiptRow,
    count_bank_files,
    count_open_items,
    count_receipts,
    get_bank_file,
    get_open_item,
    get_receipt,
    list_acknowledgements,
    list_allocations,
    list_bank_files,
    list_open_items,
    list_receipts,
)
from kanjo.foundation.ids import BankFileId, InvoiceId, ReceiptId
from kanjo.foundation.money import Money
from kanjo.foundation.personal import Kind
from kanjo.foundation.texts import Text
from kanjo.surfaces.readers import showed
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, Section, Table, show
from kanjo.surfaces.web.doors import BOOKS, SIGNED_IN, door, paper
from kanjo.surfaces.web.files.pages import as_stored
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.receivables import columns
from kanjo.surfaces.web.shown import Link

ITEMS_TITLE = Text(en="Receivables", ja="売掛金")
RECEIPTS_TITLE = Text(en="Receipts", ja="入金")
FILES_TITLE = Text(en="Bank files", ja="入金データ")
ITEM = Text(en="Receivable", ja="売掛金")
RECEIPT = Text(en="Receipt", ja="入金")
BANK_FILE = Text(en="Bank file", ja="入金データ")
UPLOAD = Text(en="Take in a bank file", ja="入金データを取込")
MATCH = Text(en="Match by rule", ja="自動消込を実行")
ALLOCATE = Text(en="Allocate by hand", ja="手動で消込")
BEAR_FEE = Text(en="Absorb a bank fee", ja="振込手数料を負担")
SET_OFF = Text(en="Set off", ja="相殺を登録")
RETURNED = Text(en="Note as returned", ja="組戻しを登録")
ACKNOWLEDGE = Text(en="Issue an acknowledgement", ja="領収書を発行")
ACKNOWLEDGEMENTS_TITLE = Text(en="Acknowledgements", ja="領収書")
NOT_ACKNOWLEDGED = Text(en="None was issued yet.", ja="まだ発行されていません。")
ACKNOWLEDGED = Text(en="It is acknowledged: issue that one again.", ja="発行済みです。領収書から再発行してください。")
NOT_WHOLE = Text(en="Take back first what it settled.", ja="先に消込を取り消してください。")
NOTHING_LEFT = Text(en="Nothing is left of it.", ja="未消込残高がありません。")
NOTHING_OPEN = Text(en="Nothing is open.", ja="未回収残高がありません。")
ALLOCATE_FIRST = Text(en="Allocate the whole of it first.", ja="先に全額を消し込んでください。")
SETTLED_BY = Text(en="What settled it", ja="消込明細")
_WHICH = {
    "all": Text(en="With the paid ones", ja="入金済みも含む"),
    "left": Text(en="To be allocated", ja="未消込のみ"),
}

OPEN_ITEMS = ListPage[OpenItemRow](
    title=ITEMS_TITLE,
    search=Text(en="Invoice, amount or customer", ja="請求書番号・金額・顧客名"),
    filters=(Filter("settled", labels.STATE, ("all",), _WHICH.__getitem__),),
    columns=columns.OPEN_ITEMS,
    rows=lambda asked: list_open_items(
        asked.desk.actor,
        text=asked.text,
        most=asked.most,
        settled=asked.choices["settled"] == "all",
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_open_items(asked.desk.actor, text=asked.text, settled=asked.choices["settled"] == "all"),
    note=Text(en="Nearest due date first; paid ones are left out.", ja="支払期日の早い順。入金済みは除きます。"),
)

RECEIPTS = ListPage[ReceiptRow](
    title=RECEIPTS_TITLE,
    door=BOOKS,
    search=Text(en="Payer, amount, text or reference", ja="振込依頼人名・金額・摘要・照会番号"),
    filters=(Filter("left", labels.STATE, ("left",), _WHICH.__getitem__),),
    columns=columns.RECEIPTS,
    rows=lambda asked: list_receipts(
        asked.desk.actor,
        text=asked.text,
        most=asked.most,
        unmatched=asked.choices["left"] == "left",
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_receipts(asked.desk.actor, text=asked.text, unmatched=asked.choices["left"] == "left"),
    acts=lambda _desk: (Act(MATCH, Link("", "match-receipts"), "receivables.match-receipts", main=True),),
)

BANK_FILES = ListPage[BankFileRow](
    title=FILES_TITLE,
    door=BOOKS,
    columns=columns.BANK_FILES,
    rows=lambda asked: list_bank_files(asked.desk.actor, order=asked.order, limit=asked.limit, at=asked.at),
    count=lambda asked: count_bank_files(asked.desk.actor),
    acts=lambda _desk: (Act(UPLOAD, Link("", "take-bank-file"), "receivables.import-bank-file", main=True),),
)


@door(SIGNED_IN)
def open_item(request: DeskRequest, key: int) -> HttpResponse:
    """Show what is owed for an invoice and what settled it."""
    actor = request.desk.actor
    row = get_open_item(actor, InvoiceId(key))
    settled = list_allocations(actor, item_id=row.id)
    detail = Detail(
        kind=ITEM,
        title=row.number,
        state=columns.item_state(row),
        back=Link(ITEMS_TITLE, "open-items"),
        facts=(
            (labels.CUSTOMER, Link(row.customer, "customer", row.customer_id)),
            (labels.INVOICE, Link(row.number, "invoice", row.id)),
            (labels.ISSUED_ON, row.issued_on),
            (labels.DUE_ON, row.due_on),
            (labels.TOTAL, Money(row.amount_minor, row.currency)),
            (labels.OPEN_AMOUNT, columns.still_open(row, settled)),
        ),
        sections=(Section(SETTLED_BY, Table.of(columns.allocations(row.currency), settled)),),
        acts=(
            Act(
                BEAR_FEE,
                Link("", "write-off-fee", key),
                "receivables.write-off-fee",
                None if row.open_minor > 0 else NOTHING_OPEN,
            ),
            Act(
                SET_OFF,
                Link("", "set-off", key),
                "receivables.set-off",
                None if row.open_minor else NOTHING_OPEN,
            ),
        ),
        trail=(("receivables_openitem", key), ("billing_invoice", key)),
    )
    return show(request, detail)


@door(BOOKS)
def receipt(request: DeskRequest, key: int) -> HttpResponse:
    """Show a receipt and what it settled."""
    actor = request.desk.actor
    row = get_receipt(actor, ReceiptId(key))
    settled = list_allocations(actor, receipt_id=row.id)
    acknowledged = list(list_acknowledgements(actor, receipt_id=row.id))
    detail = Detail(
        kind=RECEIPT,
        title=row.reference,
        state=columns.receipt_state(row),
        back=Link(RECEIPTS_TITLE, "receipts"),
        facts=(
            (BANK_FILE, Link(BANK_FILE, "bank-file", row.bank_file_id)),
            (labels.ACCOUNT, row.account),
            (labels.VALUE_ON, row.value_on),
            (labels.PAYER, row.payer_name),
            (labels.TITLE, row.text),
            (labels.AMOUNT, Money(row.amount_minor, row.currency)),
            (labels.LEFT, Money(row.left_minor, row.currency)),
        ),
        sections=(
            Section(SETTLED_BY, Table.of(columns.allocations(row.currency), settled)),
            Section(ACKNOWLEDGEMENTS_TITLE, Table.of(columns.ACKNOWLEDGEMENTS, acknowledged), empty=NOT_ACKNOWLEDGED),
        ),
        acts=(
            Act(
                ACKNOWLEDGE,
                Link("", "acknowledge", key),
                "receivables.acknowledge",
                ACKNOWLEDGED if acknowledged else None if row.left_minor == 0 else ALLOCATE_FIRST,
            ),
            Act(
                ALLOCATE,
                Link("", "allocate", key),
                "receivables.allocate",
                None if row.left_minor else NOTHING_LEFT,
                main=True,
            ),
            Act(
                RETURNED,
                Link("", "return-transfer", key),
                "receivables.return-transfer",
                None if row.left_minor == row.amount_minor else NOT_WHOLE if row.left_minor else NOTHING_LEFT,
            ),
        ),
        trail=(("receivables_receipt", key),),
    )
    return show(request, detail)


@door(BOOKS)
def bank_file(request: DeskRequest, key: int) -> HttpResponse:
    """Show a bank file with the receipts it brought."""
    actor = request.desk.actor
    row = get_bank_file(actor, BankFileId(key))
    detail = Detail(
        kind=BANK_FILE,
        title=row.name,
        back=Link(FILES_TITLE, "bank-files"),
        facts=(
            (labels.ACCOUNT, row.account),
            (Text(en="New receipts", ja="新規入金件数"), row.receipts),
            (labels.TOTAL, Money(row.total_minor, row.currency)),
            (labels.BY, row.taken_by),
            (labels.RECORDED, row.recorded_at),
            (labels.FILE, Link(Text(en="Download", ja="ダウンロード"), "bank-file-original", row.id)),
            (Text(en="Its digest (SHA-256)", ja="ハッシュ値（SHA-256）"), row.digest),
        ),
        sections=(Section(RECEIPTS_TITLE, Table.of(columns.RECEIPTS, list_receipts(actor, bank_file_id=row.id))),),
        acts=(Act(MATCH, Link("", "match-receipts"), "receivables.match-receipts", main=True),),
        trail=(("receivables_bankfile", key),),
    )
    return show(request, detail)


@door(paper(Kind.ACCOUNT, Kind.PAYER, of=BOOKS))
def bank_file_original(request: DeskRequest, key: int) -> HttpResponse:
    """Return the bytes that the bank gave."""
    row = get_bank_file(request.desk.actor, BankFileId(key))
    showed(Kind.PAYER, row.account.of)
    return as_stored(request, row.file_id)
