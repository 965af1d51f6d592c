"""An invoice that is sent leaves the house: by mail, by link, or into the drop folder; other ways are noted only."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from kanjo.connectors.email.sending import Letter, address_of, send
from kanjo.connectors.folder.dropping import drop
from kanjo.domains.billing.facts import BY_HOUSE, Channel, InvoiceSent
from kanjo.domains.billing.queries import InvoiceView, SendingRow, find_secret, find_sending, get_invoice
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
LINK = Text(
    en="{payer}\n\n{what}, can be downloaded here until {until}:\n\n{link}\n\n{issuer}\n",
    ja="{payer} 御中\n\n{what}は、次のリンクからダウンロードいただけます（{until} まで）。\n\n{link}\n\n{issuer}\n",
)
WHAT = Text(en="Invoice {number} of {total}, due on {due}", ja="請求書 {number}（{total}、お支払期日 {due}）")
CREDIT_WHAT = Text(en="Credit note {number} of {total}", ja="返還請求書 {number}（{total}）")
CORRECTED_WHAT = Text(
    en="Corrected invoice {corrected}, which takes the place of invoice {number} and asks for no payment of its own",
    ja="請求書 {number} を修正した修正請求書 {corrected}（本書によるお支払いは不要です）",
)
PAPERS = "papers"
"""Where the pages answer a link: its secret follows."""


def deliver_invoice(sent: InvoiceSent, by: Actor, at: datetime) -> None:
    """Mail the paper as it was kept, or its link, or drop it with its electronic invoice.

    Delivered twice it is the same message. A link that was taken back meanwhile is told to nobody.
    """
    sending = find_sending(sent.file_id)
    if sending is None or sending.channel not in BY_HOUSE:
        return
    view = get_invoice(sent.invoice_id, by)
    if sending.channel is Channel.DOWNLOAD:
        found = find_secret(sending.id, at)
        if found is not None:
            secret, until = found
            there = get_company(view.row.company_id, by)
            told = until.astimezone(ZoneInfo(there.time_zone)).strftime("%Y-%m-%d %H:%M")
            send(_letter(view, sending, link=address_of(f"{PAPERS}/{secret}"), until=told))
        return
    row, content = read(sent.file_id, by=by)
    files = [(row.name, content, row.media_type), *([] if sending.corrected else _electronic(view, by))]
    if sending.channel is Channel.FOLDER:
        company = get_company(view.row.company_id, by)
        for name, dropped, _ in files:
            drop(company=company.code, name=name, content=dropped)
        return
    send(_letter(view, sending, files=tuple(files)))


def _electronic(view: InvoiceView, by: Actor) -> list[tuple[str, bytes, str]]:
    """Return the electronic invoice, or nothing where the invoice cannot be one."""
    invoice = find_electronic(view.row.id, by)
    return [(f"{invoice.number}.xml", invoice.xml.encode(), "application/xml")] if invoice else []


def _letter(
    view: InvoiceView,
    sending: SendingRow,
    *,
    files: tuple[tuple[str, bytes, str], ...] = (),
    link: str = "",
    until: str = "",
) -> Letter:
    """Return the letter with its *files*, or with the *link* by which they are fetched *until* then."""
    language, row = view.language, view.row
    facts = {
        "number": row.number,
        "issuer": view.issuer_name,
        "payer": row.payer_name,
        "total": abs(row.total).shown(language),
        "due": row.due_on,
        "corrected": sending.corrected,
    }
    subject, body, what = (CREDIT_SUBJECT, CREDIT_BODY, CREDIT_WHAT) if row.is_credit else (SUBJECT, BODY, WHAT)
    if sending.corrected:
        subject, body, what = CORRECTED_SUBJECT, CORRECTED_BODY, CORRECTED_WHAT
    if link:
        body, facts = LINK, {**facts, "what": what.filled(**facts), "link": link, "until": until}
    return Letter(
        to=sending.recipient.whole,
        subject=subject.filled(**facts).said_in(language),
        body=body.filled(**facts).said_in(language),
        name=f"invoice-sending-{sending.id}",
        attached=files,
    )
