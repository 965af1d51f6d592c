"""The paper of an invoice: a PDF that carries its JP PINT XML where it can be one."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import USUAL_LINK_DAYS, Channel
from kanjo.domains.billing.operations.send import corrected_paper_of, paper_of
from kanjo.domains.billing.queries import InvoiceView, get_corrected
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import FileId, InvoiceId, RunId
from kanjo.platform.documents.signing import signed
from kanjo.processes.electronic_invoice import find_electronic


def invoice_paper(view: InvoiceView, *, by: Actor) -> bytes:
    """Return the paper of an issued invoice or credit note as PDF/A-3, signed where its company has a certificate.

    What is signed is always the same bytes for the same invoice.
    """
    return signed(paper_of(view, electronic=_xml(view.row.id, by)).as_pdf(), view.row.company_id)


def corrected_paper(view: InvoiceView, *, by: Actor) -> bytes:
    """Return the corrected invoice (修正請求書) in place of an issued one; refuses `NothingCorrected`."""
    return signed(corrected_paper_of(get_corrected(view.row.id, by)).as_pdf(), view.row.company_id)


def send_invoice(
    *,
    invoice_id: InvoiceId,
    on: date,
    by: Actor,
    at: datetime,
    channel: Channel | None = None,
    recipient: str = "",
    corrected: bool = False,
    link_days: int = USUAL_LINK_DAYS,
) -> FileId:
    """Send an invoice with its XML inside, or the corrected one in its place; return the paper as it was kept.

    Without a channel it goes by the way that is chosen for its payer.
    A corrected invoice has no XML: the documents that corrected it are electronic invoices of their own, and one that
    takes the place of the first would be booked beside them.
    """
    return billing.send_invoice(
        invoice_id=invoice_id,
        on=on,
        by=by,
        at=at,
        channel=channel,
        recipient=recipient,
        corrected=corrected,
        link_days=link_days,
        electronic="" if corrected else _xml(invoice_id, by),
    )


def send_issued(*, run_id: RunId, by: Actor, at: datetime) -> dict[str, Any]:
    """Send what a sending run has, each with its XML inside; owns its transactions and may be called again."""
    return billing.execute_sending(run_id=run_id, electronic=partial(_xml, by=by), by=by, at=at)


def _xml(invoice_id: InvoiceId, by: Actor) -> str:
    electronic = find_electronic(invoice_id, by)
    return electronic.xml if electronic else ""
