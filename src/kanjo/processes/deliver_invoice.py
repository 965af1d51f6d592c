"""An invoice that is sent leaves the house: by mail, or into the drop folder; other ways are noted only."""

from __future__ import annotations

from datetime import datetime

from kanjo.connectors.email.sending import Letter, send
from kanjo.connectors.folder.dropping import drop
from kanjo.domains.billing.facts import BY_HOUSE, Channel, InvoiceSent
from kanjo.domains.billing.queries import InvoiceView, SendingRow, find_sending, get_invoice
from kanjo.foundation.actors import Actor
from kanjo.foundation.texts import Text
from kanjo.platform.companies.queries import get_company
from kanjo.platform.files.operations import read
from kanjo.processes.electronic_invoice import find_electronic

SUBJECT = Text(en="Invoice {number} from {issuer}", ja="【{issuer}】請求書 {number} のご送付")
BODY = Text(
    en="{payer}\n\nPlease find attached invoice {number} of {total}, due on {due}.\n\n{issuer}\n",
    ja="{payer} 御中\n\n請求書 {number}（{total}、お支払期日 {due}）を添付のとおりお送りします。\n\n{issuer}\n",
)
CREDIT_SUBJECT = Text(en="Credit note {number} from {issuer}", ja="【{issuer}】返還請求書 {number} のご送付")
CREDIT_BODY = Text(
    en="{payer}\n\nPlease find attached credit note {number} of {total}.\n\n{issuer}\n",
    ja="{payer} 御中\n\n返還請求書 {number}（{total}）を添付のとおりお送りします。\n\n{issuer}\n",
)
CORRECTED_SUBJECT = Text(
    en="Corrected invoice {corrected} from {issuer}", ja="【{issuer}】修正請求書 {corrected} のご送付"
)
CORRECTED_BODY = Text(
    en="{payer}\n\nPlease find attached corrected invoice {corrected}, which takes the place of invoice {number}. It"
    " asks for no payment of its own: the documents it names do.\n\n{issuer}\n",
    ja="{payer} 御中\n\n請求書 {number} を修正した修正請求書 {corrected} を添付のとおりお送りします。"
    "本書によるお支払いは不要です（修正に係る書類によりご精算ください）。\n\n{issuer}\n",
)


def deliver_invoice(sent: InvoiceSent, by: Actor, at: datetime) -> None:
    """Mail the paper as it was kept, or drop it with its electronic invoice; delivered twice it is the same message."""
    sending = find_sending(sent.file_id)
    if sending is None or sending.channel not in BY_HOUSE:
        return
    view = get_invoice(sent.invoice_id, by)
    row, content = read(sent.file_id, by=by)
    files = [(row.name, content, row.media_type), *([] if sending.corrected else _electronic(view, by))]
    if sending.channel is Channel.FOLDER:
        company = get_company(view.row.company_id, by)
        for name, dropped, _ in files:
            drop(company=company.code, name=name, content=dropped)
        return
    send(_letter(view, sending, tuple(files)))


def _electronic(view: InvoiceView, by: Actor) -> list[tuple[str, bytes, str]]:
    """Return the electronic invoice, or nothing where the invoice cannot be one."""
    invoice = find_electronic(view.row.id, by)
    return [(f"{invoice.number}.xml", invoice.xml.encode(), "application/xml")] if invoice else []


def _letter(view: InvoiceView, sending: SendingRow, files: tuple[tuple[str, bytes, str], ...]) -> Letter:
    language, row = view.language, view.row
    facts = {
        "number": row.number,
        "issuer": view.issuer_name,
        "payer": row.payer_name,
        "total": abs(row.total).shown(language),
        "due": row.due_on,
        "corrected": sending.corrected,
    }
    subject, body = (CREDIT_SUBJECT, CREDIT_BODY) if row.is_credit else (SUBJECT, BODY)
    if sending.corrected:
        subject, body = CORRECTED_SUBJECT, CORRECTED_BODY
    return Letter(
        to=sending.recipient.whole,
        subject=subject.filled(**facts).said_in(language),
        body=body.filled(**facts).said_in(language),
        name=f"invoice-sending-{sending.id}",
        attached=files,
    )
