"""The door for bank files: finds out the form, reads the whole file or refuses it."""

from __future__ import annotations

from datetime import date

from kanjo.connectors.bank import plain, zengin
from kanjo.connectors.bank.refusals import FileEmpty, FormUnknown
from kanjo.connectors.bank.statements import BankStatement

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_bank_file(data: bytes, name: str, *, received_on: date) -> BankStatement:
    """Return the statement in *data*, a plain receipts file or a Zengin notice of incoming transfers.

    *name* leads the place in a refusal, *received_on* (the day the file came) settles the era of Zengin dates.
    Refuses the whole file when it is cut, its totals differ, or any field cannot be read.
    """
    if not data.strip():
        raise FileEmpty(at=name)
    if data.removeprefix(_BYTE_ORDER_MARK).startswith(plain.SIGNATURE.encode()):
        return plain.read_statement(data, name)
    if data.startswith(zengin.HEADER_START):
        return zengin.read_notice(data, name, received_on=received_on)
    raise FormUnknown(at=f"{name}:1")
