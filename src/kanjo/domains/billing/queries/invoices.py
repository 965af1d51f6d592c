"""Reads of invoices and of what they stand on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from kanjo.domains.billing.facts import BY_HOUSE, Channel, Derivation, InvoiceSent, Outcome, PlanCharge, PricedStep
from kanjo.domains.billing.models import Charge, Invoice, InvoiceLine, InvoiceTax, Policy, Sending
from kanjo.domains.billing.queries.links import SendingLink, links_of
from kanjo.domains.billing.queries.steps import steps_of
from kanjo.domains.billing.rules.guards import InvoiceMissing
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.customers.queries import customers_found
from kanjo.foundation.actors import Actor
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.ids import CompanyId, CustomerId, FileId, InvoiceId, InvoiceLineId, OrderId, OrderLineId
from kanjo.foundation.money import Money, Rate, Rounding
from kanjo.foundation.periods import Period
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Language, Name
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.outbox.queries import what_followed
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, has_number, is_amount, is_numbered, is_one_of
from kanjo.platform.tables import personal
from kanjo.platform.tallies import Tally, added_up

ORDERS: Orders = {
    "number": "number",
    "payer": "payer_name",
    "issued_on": "issued_on",
    "due_on": "due_on",
    "net": "net_minor",
    "tax": "tax_minor",
    "total": "total_minor",
}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice as a list shows it; a credit note has negative amounts, and an `original_id` where it is of one."""

    id: InvoiceId
    company_id: CompanyId
    number: str
    payer_id: CustomerId
    payer_name: str
    order_id: OrderId
    original_id: InvoiceId | None
    issued_on: date
    due_on: date
    net: Money
    tax: Money
    total: Money
    credited: bool
    sent: bool

    @property
    def is_credit(self) -> bool:
        """Whether it is in the payer's favour."""
        return self.total.minor < 0


@dataclass(frozen=True, slots=True)
class GivesBack:
    """The invoice of which a line gives something back, and the days that were charged there."""

    invoice_id: InvoiceId
    number: str
    service: Period


@dataclass(frozen=True, slots=True)
class InvoiceLineRow:
    """One line with its derivation; with *gives_back* it gives back days of another line, at the price of then."""

    id: InvoiceLineId

    position: int
    order_line_id: OrderLineId
    description: str
    quantity: int
    service: Period
    net: Money
    tax_class: TaxClass
    rate: Rate
    derivation: Derivation
    policy: int
    gives_back: GivesBack | None = None
    metered: bool = False
    """Its price is what was used costs: one unit has none."""
    steps: tuple[PricedStep, ...] = ()
    """What the price of usage is the sum of."""


@dataclass(frozen=True, slots=True)
class InvoiceTaxRow:
    """The total of one rate and the tax on it, rounded once."""

    tax_class: TaxClass
    rate: Rate
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class SendingRow:
    """An invoice as it was sent: when, by what way, to whom, by whom, and the file that was kept.

    One that was sent again has the day of its first sending, one by link the link. *corrected* is the number of the
    corrected invoice, where that was sent in its place.
    """

    id: int
    invoice_id: InvoiceId
    sent_on: date
    channel: Channel
    recipient: Personal
    outcome: Outcome
    corrected: str
    first_id: int | None
    first_on: date | None
    file_id: FileId
    sent_by: str
    recorded_at: datetime
    link: SendingLink | None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice in full."""

    row: InvoiceRow
    original_number: str
    language: Language
    payer_address: Personal
    department: str
    attention: Personal
    issuer_name: str
    issuer_address: str
    registration_number: str
    bank_account: str
    payment_terms: str
    tax_rounding: Rounding
    supplied: Period
    po_numbers: tuple[str, ...]
    lines: tuple[InvoiceLineRow, ...]
    taxes: tuple[InvoiceTaxRow, ...]
    recorded_at: datetime


def list_invoices(
    actor: Actor,
    *,
    company_id: CompanyId | None = None,
    order_id: OrderId | None = None,
    payer_id: CustomerId | None = None,
    search: str = "",
    most: int | None = None,
    issued: Period | None = None,
    among: Collection[int] | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[InvoiceRow]:
    """Return invoices and credit notes of the actor's companies, newest first, of all or those *among* the given.

    Those of an order have a line of it, whatever else is on them.
    *search* finds them by number, total, payer as printed or payer as it is called now. With *most* no more of each
    are looked for, and names as printed are not.
    """
    asked = _asked(actor, company_id=company_id, order_id=order_id, payer_id=payer_id, issued=issued)
    asked = asked if among is None else asked.filter(pk__in=among)
    keys = sorted_by(Invoice, order, ORDERS, "-issued_on", "-id")
    found = _found(asked, search, most)
    return paged(found, keys, at, limit, lambda page: [_row(invoice) for invoice in _told(page)])


def count_invoices(
    actor: Actor,
    *,
    company_id: CompanyId | None = None,
    order_id: OrderId | None = None,
    payer_id: CustomerId | None = None,
    search: str = "",
    issued: Period | None = None,
) -> Tally:
    """Return how many invoices `list_invoices` has in all."""
    asked = _asked(actor, company_id=company_id, order_id=order_id, payer_id=payer_id, issued=issued)
    return added_up(_found(asked, search), ORDERS, "net", "tax", "total")


def billed_of_order(order_id: OrderId) -> int:
    """Return how much of an order stands billed before tax, in minor units, on whatever invoice."""
    return Charge.objects.filter(plan__order_id=order_id).aggregate(net=Sum("amount_minor"))["net"] or 0


def get_invoice(invoice_id: InvoiceId, actor: Actor) -> InvoiceView:
    """Return an invoice in full; refuses `InvoiceMissing`."""
    invoice = _told(Invoice.objects.visible_to(actor).filter(pk=invoice_id).select_related("original")).first()
    if invoice is None:
        raise InvoiceMissing(key=invoice_id)
    lines = InvoiceLine.objects.filter(invoice_id=invoice_id).select_related("plan").order_by("position")
    taxes = InvoiceTax.objects.filter(invoice_id=invoice_id).order_by("id")
    given_back, steps = _given_back(lines), steps_of(lines, invoice.currency)
    counts = dict(Policy.objects.filter(pk__in={line.policy for line in lines}).values_list("pk", "day_count"))
    return InvoiceView(
        row=_row(invoice),
        original_number=invoice.original.number if invoice.original else "",
        language=Language(invoice.language),
        payer_address=personal(invoice, "payer_address", ("customers_customer", invoice.payer_id)),
        department=invoice.department,
        attention=personal(invoice, "attention", ("customers_customer", invoice.payer_id)),
        issuer_name=invoice.issuer_name,
        issuer_address=invoice.issuer_address,
        registration_number=invoice.registration_number,
        bank_account=invoice.bank_account,
        payment_terms=invoice.payment_terms,
        tax_rounding=Rounding(invoice.tax_rounding),
        supplied=Period(invoice.supplied_from, invoice.supplied_until),
        po_numbers=_po_numbers(invoice_id),
        lines=tuple(
            replace(
                _line(line, invoice.currency, DayCount(counts[line.policy]), given_back.get(line.pk)),
                steps=steps.get(line.pk, ()),
            )
            for line in lines
        ),
        taxes=tuple(_tax(tax, invoice.currency) for tax in taxes),
        recorded_at=invoice.recorded_at,
    )


def find_invoice(actor: Actor, number: str) -> InvoiceId | None:
    """Return an invoice of the actor's companies by its number in full, in any case, or None."""
    found = Invoice.objects.visible_to(actor).filter(has_number(number))
    key = found.order_by("id").values_list("pk", flat=True).first()
    return None if key is None else InvoiceId(key)


def list_sendings(invoice_id: InvoiceId, actor: Actor) -> list[SendingRow]:
    """Return how often an invoice of the actor's companies was sent, the latest first."""
    sendings = Sending.objects.filter(invoice_id=invoice_id, invoice__company_id__in=actor.companies)
    followed = {payload["file_id"]: state for payload, state in what_followed(InvoiceSent.kind, invoice_id)}
    rows = list(sendings.select_related("first", "sent_by").order_by("-sent_on", "-id"))
    links = links_of([row.pk for row in rows])
    return [_sending(row, links.get(row.pk), followed.get(row.file_id, "")) for row in rows]


def find_sending(file_id: FileId) -> SendingRow | None:
    """Return the sending of which the file is the paper, or None."""
    row = Sending.objects.select_related("first", "sent_by").filter(file_id=file_id).first()
    return None if row is None else _sending(row, links_of([row.pk]).get(row.pk))


def is_sent_invoice(actor: Actor, file_id: FileId) -> bool:
    """Return whether the file is the paper of an invoice as it was sent by one of the actor's companies."""
    return Sending.objects.filter(file_id=file_id, invoice__company_id__in=actor.companies).exists()


_OUTCOMES = {"waiting": Outcome.UNDER_WAY, "delivered": Outcome.SENT, "dead": Outcome.GIVEN_UP}
"""What became of a sending, by the state of the reaction that sends it."""


def _sending(row: Sending, link: SendingLink | None, followed: str = "") -> SendingRow:
    ours = row.channel in BY_HOUSE and (row.channel != Channel.DOWNLOAD or link is not None)
    return SendingRow(
        id=row.pk,
        invoice_id=InvoiceId(row.invoice_id),
        sent_on=row.sent_on,
        channel=Channel(row.channel),
        recipient=personal(row, "recipient"),
        outcome=_OUTCOMES.get(followed, Outcome.NOTED) if ours else Outcome.NOTED,
        corrected=row.corrected,
        first_id=row.first_id,
        first_on=row.first.sent_on if row.first else None,
        file_id=FileId(row.file_id),
        sent_by=row.sent_by.name if row.sent_by else "",
        recorded_at=row.recorded_at,
        link=link,
    )


def _asked(
    actor: Actor,
    *,
    company_id: CompanyId | None,
    order_id: OrderId | None,
    payer_id: CustomerId | None,
    issued: Period | None,
) -> QuerySet[Invoice]:
    asked = Invoice.objects.visible_to(actor)
    for name, value in (("company_id", company_id), ("payer_id", payer_id)):
        if value is not None:
            asked = asked.filter(**{name: value})
    if order_id is not None:
        asked = asked.filter(pk__in=Charge.objects.filter(plan__order_id=order_id).values("invoice_id"))
    if issued is not None:
        asked = asked.filter(issued_on__gte=issued.start, issued_on__lt=issued.until)
    return asked


def _found(invoices: QuerySet[Invoice], search: str, most: int | None = None) -> QuerySet[Invoice]:
    if not search.strip():
        return invoices
    conditions = (
        is_numbered(search, "number", within=most is None),
        is_amount(search, "total_minor", "currency"),
        is_one_of("payer_id", customers_found(search, most)),
        Q(payer_name__icontains=search.strip()) if most is None else None,
    )
    return any_of(invoices, conditions, most)


def _told(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Return the invoices with what became of each, whether it was given back or sent, and with whom it is now."""
    return invoices.annotate(
        payer_en=F("payer__name_en"),
        credited=Exists(Invoice.objects.filter(original_id=OuterRef("pk"))),
        sent=Exists(Sending.objects.filter(invoice_id=OuterRef("pk"))),
    )


def _printed(invoice: Any) -> Name:
    """Return the payer as printed; to one printed in Japanese an English reader knows the English name of today."""
    return Name(invoice.payer_name, "" if invoice.payer_name.isascii() else invoice.payer_en)


def _row(invoice: Any) -> InvoiceRow:
    return InvoiceRow(
        id=InvoiceId(invoice.pk),
        company_id=CompanyId(invoice.company_id),
        number=invoice.number,
        payer_id=CustomerId(invoice.payer_id),
        payer_name=_printed(invoice),
        order_id=OrderId(invoice.order_id),
        original_id=InvoiceId(invoice.original_id) if invoice.original_id else None,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=Money(invoice.net_minor, invoice.currency),
        tax=Money(invoice.tax_minor, invoice.currency),
        total=Money(invoice.total_minor, invoice.currency),
        credited=invoice.credited,
        sent=invoice.sent,
    )


def _po_numbers(invoice_id: InvoiceId) -> tuple[str, ...]:
    """Return the customer's numbers of the orders that are invoiced, as they were known when it was issued."""
    with connection.cursor() as cursor:
        cursor.execute(_PO_NUMBERS, [invoice_id])
        return tuple(number for _, number in cursor.fetchall() if number)


_PO_NUMBERS = """
SELECT DISTINCT o.id, coalesce(
    (SELECT n.po_number FROM orders_ponumber n WHERE n.order_id = o.id AND n.recorded_at <= i.recorded_at
     ORDER BY n.id DESC LIMIT 1),
    (SELECT n.before FROM orders_ponumber n WHERE n.order_id = o.id ORDER BY n.id LIMIT 1), o.po_number)
FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id JOIN billing_plan p ON p.id = l.plan_id
JOIN orders_order o ON o.id = p.order_id WHERE i.id = %s ORDER BY o.id
"""


def _given_back(lines: Collection[InvoiceLine]) -> dict[int, GivesBack]:
    """Return what each line gives back of which invoice; most give nothing back."""
    back = [line for line in lines if line.net_minor < 0]
    posted = Charge.objects.filter(plan_id__in={line.plan_id for line in back}, credited_line_id__isnull=False)
    of_line = dict(posted.filter(invoice_line_id__in=[line.pk for line in back]).values_list(*_OF_LINE))
    charged = InvoiceLine.objects.filter(pk__in=of_line.values()).select_related("invoice").in_bulk()
    return {
        line: GivesBack(
            InvoiceId(charged[was].invoice_id),
            charged[was].invoice.number,
            Period(charged[was].service_start, charged[was].service_until),
        )
        for line, was in of_line.items()
    }


_OF_LINE = ("invoice_line_id", "credited_line_id")


def _line(line: InvoiceLine, currency: str, day_count: DayCount, gives_back: GivesBack | None) -> InvoiceLineRow:
    return InvoiceLineRow(
        id=InvoiceLineId(line.pk),
        position=line.position,
        order_line_id=OrderLineId(line.plan.order_line_id),
        description=line.description,
        quantity=line.quantity,
        service=Period(line.service_start, line.service_until),
        net=Money(line.net_minor, currency),
        tax_class=TaxClass(line.tax_class),
        rate=Rate(Fraction(line.rate_numerator, line.rate_denominator)),
        derivation=Derivation(
            price=Money(line.price_minor, currency),
            day_from=line.day_from,
            day_until=line.day_until,
            period_days=line.period_days,
            amount=Money(line.net_minor, currency),
            day_count=day_count,
            share=(line.share_from or 0, line.share_until or 1, line.share_of or 1),
            above=-line.plan.above_minor if gives_back else line.plan.above_minor,
        ),
        policy=line.policy,
        gives_back=gives_back,
        metered=line.plan.charge == PlanCharge.USAGE,
    )


def _tax(tax: InvoiceTax, currency: str) -> InvoiceTaxRow:
    return InvoiceTaxRow(
        tax_class=TaxClass(tax.tax_class),
        rate=Rate(Fraction(tax.rate_numerator, tax.rate_denominator)),
        net=Money(tax.net_minor, currency),
        tax=Money(tax.tax_minor, currency),
    )
