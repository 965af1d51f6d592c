"""Every rule of JP PINT over a document, official or where the official rules have a gap."""

from kanjo.connectors.peppol.checks.checking import check, check_xml

__all__ = ["check", "check_xml"]
