"""An invoice as it stands after it was given back and charged anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kanjo.domains.billing.models import Charge, Invoice, InvoiceLine
from kanjo.domains.billing.queries.invoices import InvoiceLineRow, InvoiceTaxRow, InvoiceView, get_invoice
from kanjo.domains.billing.rules.corrections import NothingCorrected, PostedDays, Standing, standing
from kanjo.domains.catalog.facts import TaxClass
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import InvoiceId
from kanjo.foundation.money import Money, Rate, Rounding


@dataclass(frozen=True, slots=True)
class CorrectedInvoice:
    """An issued invoice with what stands of it: lines that are left or were charged anew, and their tax.

    The tax is rounded once per rate over what stands. *documents* are the invoices and credit notes that corrected it,
    with their days; the correction is of the last of these. *version* counts what corrected it: a document that charged
    it anew, and each one after the first.
    """

    original: InvoiceView
    lines: tuple[InvoiceLineRow, ...]
    taxes: tuple[InvoiceTaxRow, ...]
    documents: tuple[tuple[str, date], ...]
    version: int

    @property
    def number(self) -> str:
        """Its own number: that of the original, and which correction of it this is."""
        return f"{self.original.row.number}-R{self.version}"

    @property
    def corrected_on(self) -> date:
        """The day of the last document that corrected it."""
        return max(day for _, day in self.documents)

    @property
    def total(self) -> Money:
        """What is owed in place of the original, tax included."""
        amounts = [amount for tax in self.taxes for amount in (tax.net, tax.tax)]
        return Money.total(amounts, self.original.row.total.currency)


def is_corrected(view: InvoiceView) -> bool:
    """Return whether something of an invoice was given back and charged anew."""
    return not view.row.is_credit and _standing(view)[1]


def get_corrected(invoice_id: InvoiceId, actor: Actor) -> CorrectedInvoice:
    """Return an invoice as it stands corrected; refuses `NothingCorrected` and `InvoiceMissing`."""
    original = get_invoice(invoice_id, actor)
    rows, anew = ([], False) if original.row.is_credit else _standing(original)
    if not anew:
        raise NothingCorrected(number=original.row.number)
    concerned = [line_id for row in rows for line_id in (row.line_id, *row.by)]
    ids = InvoiceLine.objects.filter(pk__in=concerned).values_list("invoice_id", flat=True).distinct()
    views = [original, *(get_invoice(InvoiceId(key), actor) for key in sorted(ids) if key != invoice_id)]
    lines = {int(line.id): line for view in views for line in view.lines}
    left = [*(_left(row, lines) for row in rows), *(line for line in original.lines if line.net.minor < 0)]
    stands = tuple(replace(line, position=at) for at, line in enumerate((one for one in left if one.net), start=1))
    return CorrectedInvoice(
        original=original,
        lines=stands,
        taxes=_taxes(stands, original.tax_rounding),
        documents=tuple((view.row.number, view.row.issued_on) for view in views[1:]),
        version=_version(views, rows),
    )


def _version(views: Sequence[InvoiceView], rows: Sequence[Standing]) -> int:
    """Return how many documents came since the first that charged anew, itself included."""
    anew = {row.line_id for row in rows} - {int(line.id) for line in views[0].lines}
    charged = [any(int(line.id) in anew for line in view.lines) for view in views]
    return len(views) - charged.index(True)


def _standing(view: InvoiceView) -> tuple[list[Standing], bool]:
    charged = [int(line.id) for line in view.lines if line.net.minor > 0]
    if not Charge.objects.filter(credited_line_id__in=charged).exists():
        return [], False
    own = InvoiceLine.objects.filter(pk__in=charged).values("plan_id")
    # What others who share were charged anew is theirs to be told of.
    to_payer = Invoice.objects.filter(payer_id=view.row.payer_id).values("pk")
    posted = Charge.objects.filter(plan_id__in=own, invoice_id__in=to_payer).values_list(*_POSTED)
    return standing(charged, (PostedDays(*row) for row in posted))


_POSTED = ("plan_id", "service_start", "service_until", "invoice_line_id", "credited_line_id", "recorded_at")


def _left(row: Standing, lines: dict[int, InvoiceLineRow]) -> InvoiceLineRow:
    line = lines[row.line_id]
    amounts = [line.net, *(lines[back].net for back in row.by)]
    net = Money.total(amounts, line.net.currency)
    return replace(line, net=net, service=row.left, steps=line.steps if net == line.net else ())


def _taxes(lines: Sequence[InvoiceLineRow], rounding: Rounding) -> tuple[InvoiceTaxRow, ...]:
    nets: dict[tuple[TaxClass, Rate], list[Money]] = {}
    for line in lines:
        nets.setdefault((line.tax_class, line.rate), []).append(line.net)
    sums = {key: Money.total(amounts, amounts[0].currency) for key, amounts in nets.items()}
    return tuple(InvoiceTaxRow(of, rate, net, rate.of(net, rounding)) for (of, rate), net in sums.items())
