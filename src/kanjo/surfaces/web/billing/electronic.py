"""An invoice for the buyer's system: its JP PINT XML."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.domains.billing.queries import get_invoice
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.personal import Kind
from kanjo.processes.electronic_invoice import electronic_invoice
from kanjo.surfaces.readers import showed
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import door, paper
from kanjo.surfaces.web.files.pages import as_download


@door(paper(Kind.ADDRESS))
def invoice_xml(request: DeskRequest, key: int) -> HttpResponse:
    """Return the JP PINT XML of an invoice, checked by every rule before it leaves."""
    invoice = electronic_invoice(invoice_id=InvoiceId(key), by=request.desk.actor)
    showed(Kind.ADDRESS, get_invoice(InvoiceId(key), request.desk.actor).payer_address.of)
    return as_download(invoice.xml.encode(), f"{invoice.number}.xml", "application/xml")
