"""Verbs of receivables: open items, take bank files, match by rule, allocate and take back by hand."""

from kanjo.domains.receivables.operations.bank_files import import_bank_file
from kanjo.domains.receivables.operations.by_hand import (
    allocate,
    note_fee,
    reverse_allocation,
    write_off_fee,
)
from kanjo.domains.receivables.operations.items import STAGED_TABLES, open_items
from kanjo.domains.receivables.operations.matching import match_receipts
from kanjo.domains.receivables.operations.papers import acknowledge, acknowledge_again, state_month
from kanjo.domains.receivables.operations.set_off import close_by_note, return_transfer, set_off

__all__ = [
    "STAGED_TABLES",
    "acknowledge",
    "acknowledge_again",
    "allocate",
    "close_by_note",
    "import_bank_file",
    "match_receipts",
    "note_fee",
    "open_items",
    "return_transfer",
    "reverse_allocation",
    "set_off",
    "state_month",
    "write_off_fee",
]
