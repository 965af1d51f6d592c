"""All checks, in the order of the document."""

from __future__ import annotations

from kanjo.connectors.peppol.checks.heads import of_head, of_kind, of_parties, of_paying
from kanjo.connectors.peppol.checks.lines import of_lines
from kanjo.connectors.peppol.checks.sums import of_currencies, of_sums
from kanjo.connectors.peppol.checks.taxes import of_taxes
from kanjo.connectors.peppol.documents import PintInvoice
from kanjo.connectors.peppol.faults import Fault
from kanjo.connectors.peppol.reading import read

CHECKS = (of_kind, of_head, of_parties, of_paying, of_lines, of_currencies, of_taxes, of_sums)


def check(invoice: PintInvoice) -> tuple[Fault, ...]:
    """Return every rule that a document breaks, and where; none means that it may go out."""
    return tuple(fault for each in CHECKS for fault in each(invoice))


def check_xml(content: bytes) -> tuple[Fault, ...]:
    """Return the same of a document as it came, with what could not be read of it."""
    reading = read(content)
    return (*reading.faults, *check(reading.invoice))
