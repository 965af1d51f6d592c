"""Where things stand in a document, for the sentences about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from kanjo.connectors.peppol.documents import Allowance, PintInvoice

T = TypeVar("T")
HEAD = "/Invoice"
SELLER = f"{HEAD}/cac:AccountingSupplierParty/cac:Party"
BUYER = f"{HEAD}/cac:AccountingCustomerParty/cac:Party"
TOTALS = f"{HEAD}/cac:LegalMonetaryTotal"


def numbered(path: str, several: Iterable[T]) -> Iterator[tuple[str, T]]:
    """Yield each of several with its place."""
    for number, one in enumerate(several, 1):
        yield f"{path}[{number}]", one


def every_allowance(invoice: PintInvoice) -> Iterator[tuple[str, Allowance]]:
    """Yield the discounts and charges of the document and of its lines."""
    yield from numbered(f"{HEAD}/cac:AllowanceCharge", invoice.allowances)
    for place, line in numbered(f"{HEAD}/cac:InvoiceLine", invoice.lines):
        yield from numbered(f"{place}/cac:AllowanceCharge", line.allowances)
