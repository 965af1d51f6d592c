"""What may not be taken or allocated, each with the way out."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from kanjo.domains.receivables.facts import Statement, StatementLine
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class ReferenceTwice(Refusal):
    """One statement tells the same movement twice."""

    rule = "receivables.reference-twice"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The movement {reference} stands twice in the statement of account {account}.",
        ja="口座 {account} の明細に、照会番号 {reference} の入出金が重複しています。",
    )
    remedy = Text(
        en="Ask the bank for the right statement; nothing of this file was taken.",
        ja="正しい明細を銀行に確認してください。このファイルは取り込まれていません。",
    )


class ZeroMovement(Refusal):
    """A line of a statement moves no money."""

    rule = "receivables.zero-movement"
    says = Text(en="The movement {reference} has the amount zero.", ja="入出金 {reference} の金額が 0 です。")
    remedy = Text(en="Take the line out of the file.", ja="その行をファイルから除いてください。")


class NothingToAllocate(Refusal):
    """An allocation of zero or less."""

    rule = "receivables.amount-not-positive"
    says = Text(en="An allocation of {amount} settles nothing.", ja="{amount} の消込はできません。")
    remedy = Text(en="Give an amount above zero.", ja="0 より大きい金額を指定してください。")


class AboveReceipt(Refusal):
    """More than is left of the receipt."""

    rule = "receivables.above-receipt"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Of receipt {reference} only {left} (minor units) is left, not {amount}.",
        ja="入金 {reference} の未消込残高は {left} で、{amount} を消し込むことはできません（最小通貨単位）。",
    )
    remedy = Text(
        en="Allocate at most what is left, or reverse another allocation of it first.",
        ja="残高以下の金額にするか、先にほかの消込を取り消してください。",
    )


class AboveItem(Refusal):
    """More than is open of the invoice."""

    rule = "receivables.above-item"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Of invoice {number} only {open} (minor units) is open, not {amount}.",
        ja="請求書 {number} の未回収残高は {open} で、{amount} を消し込むことはできません（最小通貨単位）。",
    )
    remedy = Text(
        en="Allocate at most what is open; what was paid too much stays with the receipt.",
        ja="残高以下の金額にしてください。過入金は入金側に残ります。",
    )


class CurrenciesDiffer(Refusal):
    """Receipt and invoice are in different currencies."""

    rule = "receivables.currencies-differ"
    says = Text(
        en="The receipt is in {paid}, invoice {number} in {owed}.",
        ja="入金の通貨は {paid}、請求書 {number} の通貨は {owed} です。",
    )
    remedy = Text(en="Choose an invoice in the same currency.", ja="同じ通貨の請求書を選んでください。")


class BeforeItHappened(Refusal):
    """An allocation on a day before the money arrived or the invoice was issued."""

    rule = "receivables.too-early"
    says = Text(
        en="An allocation on {day} comes before {first}, when both receipt and invoice were there.",
        ja="{day} 付の消込は、入金と請求書がそろった {first} より前になります。",
    )
    remedy = Text(en="Take {first} or a later day.", ja="{first} 以降の日付にしてください。")


class ReversedAlready(Refusal):
    """The allocation was reversed before."""

    rule = "receivables.reversed-already"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Allocation {allocation} was taken back already.",
        ja="消込 {allocation} はすでに取り消されています。",
    )
    remedy = Text(en="Allocate the receipt again instead.", ja="あらためて消込を行ってください。")


class NotReversible(Refusal):
    """Only payments and fees are taken back; a set-off or a reversal stands."""

    rule = "receivables.not-reversible"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Allocation {allocation} is a set-off or a reversal, and stands.",
        ja="消込 {allocation} は相殺または取消のため、取り消せません。",
    )
    remedy = Text(en="Allocate what is open again instead.", ja="未消込の残高をあらためて消し込んでください。")


class SettledInPart(Refusal):
    """An invoice of which something was paid, set off or borne already."""

    rule = "receivables.settled-in-part"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Of invoice {number} {settled} is settled.",
        ja="請求書 {number} は {settled} が消込済みです。",
    )
    remedy = Text(
        en="Take the matching back first; then it is open in full.",
        ja="先に消込を取り消し、全額を未消込に戻してください。",
    )


class NotOpposite(Refusal):
    """What is set off must be a debt and a credit of one customer, or a transfer and its return."""

    rule = "receivables.not-opposite"
    says = Text(
        en="{one} and {other} do not cancel each other out.",
        ja="{one} と {other} は相殺できる組み合わせではありません。",
    )
    remedy = Text(
        en="Choose a credit and a debt of the same customer and currency, or a transfer and the return of it.",
        ja="同じ顧客・通貨のマイナス残高と請求書、または振込とその組戻しを選んでください。",
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """A receipt as the guard sees it."""

    reference: str
    currency: str
    value_on: date
    left_minor: int


@dataclass(frozen=True, slots=True)
class Owed:
    """An open item as the guard sees it."""

    number: str
    currency: str
    issued_on: date
    open_minor: int


def refuse_allocation(owed: Owed, paid: Paid | None, *, amount_minor: int, on: date) -> None:
    """Refuse what cannot settle the item: too much, too early, another currency. Without a receipt it is a fee."""
    if amount_minor <= 0:
        raise NothingToAllocate(amount=amount_minor)
    if paid is not None and paid.currency != owed.currency:
        raise CurrenciesDiffer(paid=paid.currency, number=owed.number, owed=owed.currency)
    first = max(owed.issued_on, paid.value_on if paid else owed.issued_on)
    if on < first:
        raise BeforeItHappened(day=on, first=first)
    if paid is not None and amount_minor > paid.left_minor:
        raise AboveReceipt(reference=paid.reference, left=paid.left_minor, amount=amount_minor)
    if amount_minor > owed.open_minor:
        raise AboveItem(number=owed.number, open=owed.open_minor, amount=amount_minor)


def identified(statement: Statement, *, name: str) -> dict[str, StatementLine]:
    """Return the lines by what names each of them for ever, in their order.

    A line is named by the day it was booked on, the bank's reference, amount and payer; where the reference is
    missing, equal lines are counted. Refuses a movement of zero and one with a reference that stands twice.
    """
    lines: dict[str, StatementLine] = {}
    seen: Counter[str] = Counter()
    for line in statement.lines:
        if line.amount_minor == 0:
            raise ZeroMovement(reference=line.reference, at=name)
        told = json.dumps([str(line.booked_on), line.reference, line.amount_minor, line.payer_name, line.text])
        seen[told] += 1
        if line.reference and seen[told] > 1:
            raise ReferenceTwice(reference=line.reference, account=statement.account, at=name)
        lines[sha256(f"{told} {seen[told]}".encode()).hexdigest()] = line
    return lines
