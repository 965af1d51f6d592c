"""From a bank's file to invoices that are paid: the file is read, taken in and matched by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kanjo.connectors.bank.reading import read_bank_file
from kanjo.connectors.bank.statements import BankLine
from kanjo.domains.receivables import operations as receivables
from kanjo.domains.receivables import queries
from kanjo.domains.receivables.facts import MatchReport, Statement, StatementLine
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import BankFileId, CompanyId


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What became of a bank file: `new` receipts (none when it was taken before), and the matching after it."""

    bank_file_id: BankFileId
    again: bool
    new: int
    matched: MatchReport


def take_bank_file(*, company_id: CompanyId, content: bytes, name: str, on: date, by: Actor, at: datetime) -> TakenFile:
    """Take in a bank file, whole or not at all, and match what has arrived by *on*, in the caller's transaction.

    The same file again brings nothing new. Refuses a file that is cut, whose totals differ, or of which a line cannot
    be read: file, line and rule are named.
    """
    read = read_bank_file(content, name, received_on=on)
    known = queries.find_bank_file(by, company_id, read.digest)
    bank_file_id = receivables.import_bank_file(
        company_id=company_id,
        statement=Statement(read.account, read.currency, tuple(_movement(line) for line in read.lines)),
        content=content,
        name=name,
        on=on,
        by=by,
        at=at,
    )
    return TakenFile(
        bank_file_id=bank_file_id,
        again=known is not None,
        new=0 if known else queries.get_bank_file(by, bank_file_id).receipts,
        matched=receivables.match_receipts(company_id=company_id, on=on, by=by, at=at),
    )


def _movement(line: BankLine) -> StatementLine:
    """Return the line as a movement; a cancellation (取消区分) is money that goes again."""
    return StatementLine(
        reference=line.bank_reference,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount_minor=-line.amount.minor if line.cancels else line.amount.minor,
        payer_name=line.payer_name,
        text=line.text,
    )
