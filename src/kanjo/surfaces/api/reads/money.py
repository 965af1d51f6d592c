"""Invoices, receivables, receipts, bank files, revenue, licenses and renewals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kanjo.domains.billing.queries import (
    ByHand,
    InvoiceRow,
    InvoiceView,
    PolicyRow,
    SendingRow,
    find_by_hand,
    get_invoice,
    get_policy,
    list_invoices,
    list_policies,
    list_sendings,
)
from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.licenses.queries import GrantRow, get_grant, list_grants
from kanjo.domains.receivables.queries import (
    AcknowledgementRow,
    AllocationRow,
    BankFileRow,
    OpenItemRow,
    ReceiptRow,
    StatementRow,
    get_acknowledgement,
    get_bank_file,
    get_open_item,
    get_receipt,
    get_statement,
    list_acknowledgements,
    list_allocations,
    list_bank_files,
    list_open_items,
    list_receipts,
    list_statements,
)
from kanjo.domains.renewals.facts import RenewalState
from kanjo.domains.renewals.queries import RenewalRow, get_renewal, list_renewals
from kanjo.domains.revenue.queries import (
    ObligationRow,
    SliceRow,
    get_obligation,
    list_obligations,
    list_slices,
)
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import BankFileId, GrantId, InvoiceId, PolicyId, ReceiptId, RenewalId
from kanjo.foundation.personal import NEEDED_BY, Kind
from kanjo.foundation.texts import Text
from kanjo.platform.paging import Page
from kanjo.processes.electronic_invoice import ElectronicInvoice, electronic_invoice
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Asked, Blank, Day, one_of
from kanjo.surfaces.api.resources import Report, Resource
from kanjo.surfaces.doors import BOOKS, Door
from kanjo.surfaces.readers import showed


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice in full: lines with the derivation of each amount, tax by rate, and when it was sent."""

    row: InvoiceView
    by_hand: ByHand | None
    sendings: tuple[SendingRow, ...]


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What is owed for an invoice, and what settled it."""

    row: OpenItemRow
    settled_by: tuple[AllocationRow, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived, and what it settled."""

    row: ReceiptRow
    settled: tuple[AllocationRow, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """What is promised, and every month that was posted of it."""

    row: ObligationRow
    slices: tuple[SliceRow, ...]


def _invoice(caller: Caller, key: int) -> Invoice:
    view = get_invoice(InvoiceId(key), caller.actor)
    return Invoice(view, find_by_hand(view.row.id, caller.actor), tuple(list_sendings(view.row.id, caller.actor)))


def _electronic(caller: Caller, key: int) -> ElectronicInvoice:
    invoice = electronic_invoice(invoice_id=InvoiceId(key), by=caller.actor)
    showed(Kind.ADDRESS, get_invoice(InvoiceId(key), caller.actor).payer_address.of)
    return invoice


def _open_items(caller: Caller, **asked: Any) -> Page[OpenItemRow]:
    return list_open_items(caller.actor, text=asked.pop("search", ""), **asked)


def _open_item(caller: Caller, key: int) -> OpenItem:
    row = get_open_item(caller.actor, InvoiceId(key))
    return OpenItem(row, tuple(list_allocations(caller.actor, item_id=row.id)))


def _receipts(caller: Caller, **asked: Any) -> Page[ReceiptRow]:
    return list_receipts(caller.actor, text=asked.pop("search", ""), **asked)


def _receipt(caller: Caller, key: int) -> Receipt:
    row = get_receipt(caller.actor, ReceiptId(key))
    return Receipt(row, tuple(list_allocations(caller.actor, receipt_id=row.id)))


def _obligation(caller: Caller, key: int) -> Obligation:
    return Obligation(get_obligation(caller.actor, key), tuple(list_slices(caller.actor, key)))


RESOURCES = (
    Resource(
        name="billing-policies",
        title=Text(en="Billing policies, every version", ja="請求ポリシーとその版"),
        row=PolicyRow,
        rows=lambda caller, **asked: list_policies(**asked),
        whole=PolicyRow,
        one=lambda caller, key: get_policy(PolicyId(key)),
        door=BOOKS,
        shared=True,
    ),
    Resource(
        name="invoices",
        title=Text(en="Invoices with lines and derivations", ja="請求書、明細と計算根拠"),
        row=InvoiceRow,
        rows=lambda caller, **asked: list_invoices(caller.actor, **asked),
        filters={"search": Blank, "order_id": Asked, "payer_id": Asked},
        whole=Invoice,
        one=_invoice,
    ),
    Resource(
        name="open-items",
        title=Text(en="Receivables", ja="売掛金"),
        row=OpenItemRow,
        rows=_open_items,
        filters={"search": Blank, "customer_id": Asked, "due_before": Day, "settled": bool},
        whole=OpenItem,
        one=_open_item,
        table="receivables_itembalance",
    ),
    Resource(
        name="receipts",
        title=Text(en="Receipts", ja="入金"),
        row=ReceiptRow,
        rows=_receipts,
        filters={"search": Blank, "bank_file_id": Asked, "unmatched": bool},
        whole=Receipt,
        one=_receipt,
        table="receivables_receiptbalance",
        door=BOOKS,
    ),
    Resource(
        name="acknowledgements",
        title=Text(en="Acknowledgements of payments", ja="領収書"),
        row=AcknowledgementRow,
        rows=lambda caller, **asked: list_acknowledgements(caller.actor, **asked),
        filters={"receipt_id": Asked},
        whole=AcknowledgementRow,
        one=lambda caller, key: get_acknowledgement(caller.actor, key),
    ),
    Resource(
        name="statements",
        title=Text(en="Monthly statements", ja="月締め請求書"),
        row=StatementRow,
        rows=lambda caller, **asked: list_statements(caller.actor, **asked),
        filters={"customer_id": Asked},
        whole=StatementRow,
        one=lambda caller, key: get_statement(caller.actor, key),
    ),
    Resource(
        name="bank-files",
        title=Text(en="Bank files", ja="入金データ"),
        row=BankFileRow,
        rows=lambda caller, **asked: list_bank_files(caller.actor, **asked),
        whole=BankFileRow,
        one=lambda caller, key: get_bank_file(caller.actor, BankFileId(key)),
        door=BOOKS,
    ),
    Resource(
        name="obligations",
        title=Text(en="Performance obligations and their slices of revenue", ja="履行義務と収益明細"),
        row=ObligationRow,
        rows=lambda caller, **asked: list_obligations(caller.actor, **asked),
        filters={"order_id": Asked, "contract_id": Asked},
        whole=Obligation,
        one=_obligation,
        door=BOOKS,
    ),
    Resource(
        name="grants",
        title=Text(en="License grants", ja="ライセンス付与"),
        row=GrantRow,
        rows=lambda caller, **asked: list_grants(caller.actor, **asked),
        filters={
            "search": Blank,
            "customer_id": Asked,
            "contract_id": Asked,
            "contract_state": one_of(ContractState),
        },
        whole=GrantRow,
        one=lambda caller, key: get_grant(caller.actor, GrantId(key)),
    ),
    Resource(
        name="renewals",
        title=Text(en="Renewals", ja="契約更新"),
        row=RenewalRow,
        rows=lambda caller, **asked: list_renewals(caller.actor, **asked),
        filters={"state": one_of(RenewalState), "owner_id": Asked, "customer_id": Asked},
        whole=RenewalRow,
        one=lambda caller, key: get_renewal(caller.actor, RenewalId(key)),
        table="renewals_renewal",
    ),
)

REPORTS = (
    Report(
        name="jp-pint",
        title=Text(en="Electronic invoice (JP PINT)", ja="デジタルインボイス（JP PINT）"),
        whole=ElectronicInvoice,
        make=_electronic,
        of="invoices",
        door=Door(roles=tuple(role for role in Role if role in NEEDED_BY[Kind.ADDRESS])),
    ),
)
"""It holds an address, which cannot be masked inside XML: it is for the roles that need addresses."""
