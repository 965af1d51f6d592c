"""Reads of receivables: lists, ageing, and what a matching looks at."""

from kanjo.domains.receivables.queries.ageing import LatePayer, ageing, late_payers, open_as_known
from kanjo.domains.receivables.queries.items import (
    AllocationRow,
    OpenItemRow,
    count_open_items,
    get_allocation,
    get_open_item,
    list_allocations,
    list_open_items,
    list_set_off_against,
)
from kanjo.domains.receivables.queries.receipts import (
    BankFileRow,
    ReceiptRow,
    count_bank_files,
    count_receipts,
    find_bank_file,
    get_bank_file,
    get_receipt,
    left_of_receipts,
    list_bank_files,
    list_opposites,
    list_receipts,
)

__all__ = [
    "AllocationRow",
    "BankFileRow",
    "LatePayer",
    "OpenItemRow",
    "ReceiptRow",
    "ageing",
    "count_bank_files",
    "count_open_items",
    "count_receipts",
    "find_bank_file",
    "get_allocation",
    "get_bank_file",
    "get_open_item",
    "get_receipt",
    "late_payers",
    "left_of_receipts",
    "list_allocations",
    "list_bank_files",
    "list_open_items",
    "list_opposites",
    "list_receipts",
    "list_set_off_against",
    "open_as_known",
]
