"""The matching rules once more, one receipt at a time and without columns."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from kanjo.domains.receivables.facts import Confidence, MatchRule
from kanjo.domains.receivables.rules.names import keys_of


@dataclass(frozen=True)
class Paid:
    receipt_id: int
    left_minor: int
    payer_name: str
    text: str
    value_on: date


@dataclass(frozen=True)
class Owed:
    item_id: int
    customer_id: int
    number: str
    open_minor: int


Proposal = tuple[int, int, int, int, str, str]


def matched(receipts: list[Paid], items: list[Owed], names: dict[int, set[str]], fees: set[int]) -> set[Proposal]:
    """Return (receipt, item, amount, fee, rule, confidence), asking rule by rule, receipt by receipt."""
    waiting = sorted(
        (paid for paid in receipts if paid.left_minor > 0), key=lambda paid: (paid.value_on, paid.receipt_id)
    )
    open_items = {owed.item_id: owed for owed in items if owed.open_minor > 0}
    found: set[Proposal] = set()
    payers = {paid.receipt_id: _payers(paid, names) for paid in waiting}
    while True:
        touched: set[int] = set()
        progress = False
        for rule in MatchRule:
            wished = {}
            for paid in waiting:
                free = [owed for owed in open_items.values() if owed.item_id not in touched]
                wished[paid.receipt_id] = _wish(rule, paid, free, payers[paid.receipt_id], fees)
            first: dict[int, int] = {}
            for paid in waiting:
                for item_id, *_ in wished[paid.receipt_id]:
                    first.setdefault(item_id, paid.receipt_id)
            for paid in list(waiting):
                wish = wished[paid.receipt_id]
                if wish and all(first[item_id] == paid.receipt_id for item_id, *_ in wish):
                    waiting.remove(paid)
                    progress = True
                    for item_id, amount, fee, confidence in wish:
                        found.add((paid.receipt_id, item_id, amount, fee, rule.value, confidence.value))
                        touched.add(item_id)
                        owed = open_items[item_id]
                        open_items[item_id] = Owed(
                            item_id, owed.customer_id, owed.number, owed.open_minor - amount - fee
                        )
        open_items = {key: owed for key, owed in open_items.items() if owed.open_minor}
        if not progress:
            return found


def _wish(
    rule: MatchRule, paid: Paid, items: list[Owed], payers: dict[int, Confidence], fees: set[int]
) -> list[tuple[int, int, int, Confidence]]:
    text = re.sub("[- ]", "", unicodedata.normalize("NFKC", paid.text).upper())
    named = [owed for owed in items if owed.number.replace("-", "") in text]
    [payer] = payers if len(payers) == 1 else [None]
    of_payer = [owed for owed in items if owed.customer_id == payer]
    sure = payers[payer] if payer is not None else Confidence.FAIR
    left = paid.left_minor
    match rule:
        case MatchRule.NUMBER if named and sum(owed.open_minor for owed in named) == left:
            return [(owed.item_id, owed.open_minor, 0, Confidence.CERTAIN) for owed in named]
        case MatchRule.PAYER_AND_AMOUNT:
            fitting = [owed for owed in of_payer if owed.open_minor == left]
            return [(owed.item_id, left, 0, sure) for owed in fitting] if len(fitting) == 1 else []
        case MatchRule.PAYER_TOTAL if of_payer and sum(owed.open_minor for owed in of_payer) == left:
            return [(owed.item_id, owed.open_minor, 0, sure) for owed in of_payer]
        case MatchRule.FEE_DEDUCTED:
            fee = sum(owed.open_minor for owed in named) - left
            last = max(named, key=lambda owed: owed.item_id, default=None)
            if last and fee in fees and last.open_minor > fee:
                parts = [(owed, fee if owed is last else 0) for owed in named]
                return [(owed.item_id, owed.open_minor - part, part, Confidence.CERTAIN) for owed, part in parts]
            short = [owed for owed in of_payer if owed.open_minor - left in fees]
            return [(owed.item_id, left, owed.open_minor - left, sure) for owed in short] if len(short) == 1 else []
        case MatchRule.PART_PAYMENT if len(named) == 1 and left < named[0].open_minor:
            return [(named[0].item_id, left, 0, Confidence.CERTAIN)]
    return []


def _payers(paid: Paid, names: dict[int, set[str]]) -> dict[int, Confidence]:
    keys = set(keys_of(paid.payer_name))
    known = {customer: {key for name in spelled for key in keys_of(name)} for customer, spelled in names.items()}
    if same := {customer: Confidence.HIGH for customer, its in known.items() if its & keys}:
        return same
    kana = {key[5:] for key in keys if key.startswith("kana ") and len(key) >= 11}
    return {
        customer: Confidence.FAIR
        for customer, its in known.items()
        if any(
            one.startswith(other) or other.startswith(one)
            for one in kana
            for other in (key[5:] for key in its if key.startswith("kana ") and len(key) >= 11)
        )
    }
