"""Sending an invoice: its paper, made from the issued rows and kept as it went out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from kanjo.domains.billing.facts import MOST_LINK_DAYS, USUAL_LINK_DAYS, Channel, InvoiceSent
from kanjo.domains.billing.models import PaperLink, Sending
from kanjo.domains.billing.papers.invoice_words import CORRECTED_NOTE
from kanjo.domains.billing.papers.payer_share import share_words
from kanjo.domains.billing.papers.qualified_invoice import (
    BankAccount,
    Corrects,
    InvoiceLine,
    InvoicePaper,
    Original,
    RateTotal,
)
from kanjo.domains.billing.papers.usage_steps import step_words
from kanjo.domains.billing.queries import (
    CorrectedInvoice,
    InvoiceLineRow,
    InvoiceRow,
    InvoiceTaxRow,
    InvoiceView,
    chosen_for,
    get_corrected,
    get_invoice,
)
from kanjo.domains.billing.queries.unsent import SENDING
from kanjo.domains.billing.rules.guards import NotAsManyLinkDays, refuse_unaddressed
from kanjo.domains.catalog.facts import TaxClass
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.eras import Calendar
from kanjo.foundation.ids import CompanyId, FileId, InvoiceId
from kanjo.foundation.money import Money, Rate, Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language, Text
from kanjo.platform.access.links import a_salt, secret_of
from kanjo.platform.access.queries import digest_of
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.companies.seals import seal_on
from kanjo.platform.documents.letter import Addressee, Sender
from kanjo.platform.documents.signing import signed
from kanjo.platform.files.operations import store
from kanjo.platform.outbox.operations import record
from kanjo.platform.tables import alone
from kanjo.platform.worklist import operations as worklist

FAILED, INVOICE = f"{SENDING}.failed", "billing_invoice"
"""The kind of work that an invoice is that could not be sent with others, and its table."""
TAXED = (TaxClass.STANDARD, TaxClass.REDUCED, TaxClass.EXPORT)


@verb("billing.send-invoice", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def send_invoice(
    *,
    invoice_id: InvoiceId,
    on: date,
    by: Actor,
    at: datetime,
    channel: Channel | None = None,
    recipient: str = "",
    corrected: bool = False,
    electronic: str = "",
    link_days: int = USUAL_LINK_DAYS,
) -> FileId:
    """Keep the invoice's paper as it is sent on *on* by *channel*, and return the file; later it is sent again.

    Without a channel it goes by that and to the recipient that are chosen for its payer on the day, or by hand.
    Sent twice on one day by one way to one recipient it is kept once, unless the link of the first was taken back. One
    that was sent before points to its first sending. Mail, link and folder are served by a reaction once this is
    written. A link is good for *link_days* from now; those of earlier sendings stay as they are, for they give the
    paper of their own sending. *electronic* is its JP PINT XML, which the paper carries. With *corrected* it is the
    corrected invoice (修正請求書) that is sent, under its own number and with sendings of its own. Refuses
    `NoRecipient`, `NotAsManyLinkDays` and `NothingCorrected`.
    """
    view = get_invoice(invoice_id, by)
    instead = get_corrected(invoice_id, by) if corrected else None
    number = instead.number if instead else ""
    channel, recipient = _way(view.row, on, channel, recipient)
    if not 1 <= link_days <= MOST_LINK_DAYS:
        raise NotAsManyLinkDays(at="link_days", days=link_days, most=MOST_LINK_DAYS)
    lock_sending(invoice_id)
    sendings = Sending.objects.filter(invoice_id=invoice_id, corrected=number).order_by("id")
    same = sendings.filter(sent_on=on, channel=channel, recipient=recipient)
    sent = same.filter(link__withdrawal=None).first()
    if sent is not None:
        return FileId(sent.file_id)
    paper = corrected_paper_of(instead) if instead else paper_of(view, electronic=electronic)
    company_id = view.row.company_id
    file_id = _kept(paper, company_id, by)
    sending = Sending.objects.create(
        invoice_id=invoice_id,
        file_id=file_id,
        sent_on=on,
        channel=channel,
        recipient=recipient,
        corrected=number,
        first=sendings.first(),
        sent_by_id=by.id,
    )
    if channel is Channel.DOWNLOAD:
        _link(sending, paper, until=at + timedelta(days=link_days), company_id=company_id, by=by)
    told = InvoiceSent(company_id=company_id, effective_on=on, invoice_id=invoice_id, file_id=file_id)
    record(told, by=by, at=at)
    worklist.close(kind=FAILED, subject=(INVOICE, invoice_id), by=by, at=at)
    return file_id


def _way(row: InvoiceRow, on: date, channel: Channel | None, recipient: str) -> tuple[Channel, str]:
    """Return the way and the recipient that are given, or else chosen for the payer, or by hand."""
    if channel is None:
        chosen = chosen_for(row, on)
        channel = (chosen and chosen.channel) or Channel.BY_HAND
        recipient = recipient or (chosen.recipient.whole if chosen else "")
    refuse_unaddressed(channel, recipient)
    return channel, recipient


def _kept(paper: InvoicePaper, company_id: CompanyId, by: Actor) -> FileId:
    """Keep the paper as it goes out, signed where its company has a certificate."""
    content, name = signed(paper.as_pdf(), company_id), f"{paper.number}.pdf"
    return store(content=content, name=name, media_type="application/pdf", company_id=company_id, by=by)


def lock_sending(invoice_id: InvoiceId) -> None:
    """Let nobody else send the invoice until this transaction ends."""
    alone("billing.send-invoice", invoice_id)


def _link(sending: Sending, paper: InvoicePaper, *, until: datetime, company_id: CompanyId, by: Actor) -> None:
    """Make the link of a sending; who mails it makes its secret anew from the salt."""
    salt, xml = a_salt(), paper.electronic
    name, media_type = f"{paper.number}.xml", "application/xml"
    kept = store(content=xml.encode(), name=name, media_type=media_type, company_id=company_id, by=by) if xml else None
    PaperLink.objects.create(
        sending=sending,
        digest=digest_of(secret_of(salt)),
        salt=salt,
        until=until,
        total_minor=paper.total.minor,
        due_on=paper.due_on,
        electronic_id=kept,
    )


def paper_of(
    view: InvoiceView, *, draft: bool = False, electronic: str = "", issued_on: date | None = None
) -> InvoicePaper:
    """Return the paper of an invoice; a credit note shows positives. *electronic* is its JP PINT XML.

    The same gives the same bytes. It bears the seal of its day, or of *issued_on*. Days are written as the company
    writes them now.
    """
    credit = view.row.is_credit
    return InvoicePaper(
        language=view.language,
        number=view.row.number,
        issued_on=view.row.issued_on,
        supplied=Period.inclusive(view.row.issued_on, view.row.issued_on) if credit else view.supplied,
        addressee=Addressee(
            name=view.row.payer_name,
            department=view.department,
            person=view.attention.whole,
            address=_written(view.payer_address.whole),
        ),
        sender=Sender(
            name=view.issuer_name,
            registration_number=view.registration_number,
            address=_written(view.issuer_address),
            calendar=_calendar_of(view.row.company_id),
            seal=seal_on(view.row.company_id, issued_on or view.row.issued_on),
        ),
        lines=tuple(_line(line, view.language, credit=credit) for line in view.lines),
        rates=tuple(_rate(tax, credit=credit) for tax in view.taxes),
        total=abs(view.row.total),
        due_on=None if credit else view.row.due_on,
        bank=None if credit else _bank(view.bank_account, view.issuer_name),
        original=_original(view) if credit else None,
        references=tuple((PO_NUMBER.said_in(view.language), number) for number in view.po_numbers[:MOST_NUMBERS]),
        draft=draft,
        electronic=electronic,
    )


PO_NUMBER = Text(en="Your order No.", ja="貴社注文番号")
MOST_NUMBERS = 6
"""So many numbers stand in the head of a paper; those of more orders are told by its lines."""


def corrected_paper_of(corrected: CorrectedInvoice) -> InvoicePaper:
    """Return the paper of an invoice as it stands after it was given back and charged anew.

    It asks for no payment: the documents that corrected it do.
    """
    view = corrected.original
    days = [day for line in corrected.lines for day in (line.service.start, line.service.until)]
    return replace(
        paper_of(view, issued_on=corrected.corrected_on),
        number=corrected.number,
        supplied=Period(min(days), max(days)) if days else view.supplied,
        issued_on=corrected.corrected_on,
        lines=tuple(_line(line, view.language, credit=False) for line in corrected.lines),
        rates=tuple(_rate(tax, credit=False) for tax in corrected.taxes),
        total=corrected.total,
        due_on=None,
        bank=None,
        corrects=Corrects(
            number=view.row.number,
            issued_on=view.row.issued_on,
            rates=tuple(_rate(tax, credit=False) for tax in view.taxes),
            documents=corrected.documents,
        ),
        remarks=CORRECTED_NOTE.said_in(view.language),
    )


def _calendar_of(company_id: CompanyId) -> Calendar:
    return Calendar(SellingCompany.objects.values_list("calendar", flat=True).get(pk=company_id))


def _original(view: InvoiceView) -> Original:
    """Return what a credit note gives back: of one invoice, or of every one that a line of it names."""
    backs = [line.gives_back for line in view.lines if line.gives_back]
    numbers = dict.fromkeys(back.number for back in backs)
    days = [day for line in view.lines if line.gives_back for day in (line.service.start, line.service.until)]
    return Original(
        number=view.original_number or ", ".join(numbers),
        supplied=Period(min(days), max(days)) if days else view.supplied,
    )


def _line(line: InvoiceLineRow, language: Language, *, credit: bool) -> InvoiceLine:
    more = "" if line.gives_back else share_words(line.derivation, language)
    if line.gives_back and not credit:
        more = GIVEN_BACK.filled(number=line.gives_back.number).said_in(language)
    return InvoiceLine(
        description=f"{line.description} {more}" if more else line.description,
        quantity=Decimal(line.quantity),
        unit="",
        unit_price=_unit_price(line, credit=credit),
        amount=_shown(line.net, credit=credit),
        rate_percent=_percent(line.tax_class, line.rate),
        reduced=line.tax_class is TaxClass.REDUCED,
        supplied=line.service,
        steps=tuple(step_words(step) for step in line.steps),
    )


GIVEN_BACK = Text(en="(given back of {number})", ja="（{number} の返還）")


def _shown(amount: Money, *, credit: bool) -> Money:
    """Return an amount as the paper shows it: a credit note shows what it gives back, positive."""
    return Money(-amount.minor, amount.currency) if credit else amount


def _unit_price(line: InvoiceLineRow, *, credit: bool) -> Money | None:
    """Return the price of one interval and unit, to orient the reader: the amount is never made from it."""
    if line.metered:
        return None
    price = _shown(line.derivation.price, credit=credit)
    return Money(divide(price.minor, max(line.quantity, 1), Rounding.HALF_UP), price.currency)


def _rate(tax: InvoiceTaxRow, *, credit: bool) -> RateTotal:
    return RateTotal(
        rate_percent=_percent(tax.tax_class, tax.rate),
        net=_shown(tax.net, credit=credit),
        tax=_shown(tax.tax, credit=credit),
        reduced=tax.tax_class is TaxClass.REDUCED,
    )


def _percent(tax_class: TaxClass, rate: Rate) -> Decimal | None:
    if tax_class not in TAXED:
        return None
    return Decimal(rate.fraction.numerator * 100) / Decimal(rate.fraction.denominator)


def _written(address: str) -> tuple[str, ...]:
    return tuple(line for line in address.splitlines() if line.strip())


def _bank(written: str, holder: str) -> BankAccount | None:
    """Return the account as the company wrote it: bank, branch, kind and number apart by spaces."""
    if not written:
        return None
    match written.split():
        case [bank, branch, kind, number]:
            return BankAccount(bank=bank, branch=branch, kind=kind, number=number, holder=holder)
        case _:
            return BankAccount(bank=written, branch="", kind="", number="", holder=holder)
