"""適格請求書 / Tax invoice, 適格返還請求書 / credit note that gives a part of one back, 修正請求書 / corrected invoice.

The items are those of the Consumption Tax Act art. 57-4(1) and (3): issuer and registration number, date or period of
supply, content with the reduced-rate mark, amount and rate per rate, tax per rate (rounded once per rate), recipient.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from kanjo.domains.billing.papers import invoice_words as words
from kanjo.domains.billing.papers.usage_steps import StepWords
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Language, Text
from kanjo.platform.documents.letter import Addressee, Sender, quantity_in, words_in
from kanjo.platform.documents.typesetting import Attached, render

TEMPLATE = Path(__file__).parent / "qualified_invoice.typ"


class TotalsDoNotAddUp(Refusal):
    """An invoice whose lines, rates and total tell different sums."""

    rule = "billing.paper-totals"
    says = Text(
        en="The lines of invoice {number} add up to {lines}, its rates to {rates} and its total is {total}.",
        ja="請求書{number}の明細合計は{lines}、税率別合計は{rates}、請求金額は{total}で、一致していません。",
    )
    remedy = Text(en="Compute the invoice again before it is printed.", ja="請求書を再計算してから発行してください。")


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One charged line, excluding tax; *supplied* is the day or period of the supply where it differs by line.

    *steps* say how the amount of usage came about.
    """

    description: str
    quantity: Decimal
    unit: str
    unit_price: Money | None
    amount: Money
    rate_percent: Decimal | None
    reduced: bool = False
    supplied: Period | None = None
    steps: tuple[StepWords, ...] = ()


@dataclass(frozen=True, slots=True)
class RateTotal:
    """The lines of one rate: their total before tax and the tax, rounded once; *rate_percent* None is non-taxable."""

    rate_percent: Decimal | None
    net: Money
    tax: Money
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where the customer pays to."""

    bank: str
    branch: str
    kind: str
    number: str
    holder: str


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice that a credit note gives back, and when its supply was."""

    number: str
    supplied: Period


@dataclass(frozen=True, slots=True)
class Corrects:
    """The invoice that a corrected invoice takes the place of: its amounts by rate, and what corrected it when."""

    number: str
    issued_on: date
    rates: tuple[RateTotal, ...]
    documents: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    """Everything an invoice shows; amounts are taken as computed, only their sums are checked.

    With *original* it is a credit note: its amounts are those given back, positive, and *supplied* is the day or
    period of the return. With *corrects* it is a corrected invoice, whose amounts are those after it (art. 57-4(4)).
    *references* are further pairs of label and number (order, purchase order, contract) in
    the paper's language. *electronic* is the JP PINT XML that says the same; it lies inside the PDF.
    """

    language: Language
    number: str
    issued_on: date
    supplied: Period
    addressee: Addressee
    sender: Sender
    lines: tuple[InvoiceLine, ...]
    rates: tuple[RateTotal, ...]
    total: Money
    due_on: date | None = None
    bank: BankAccount | None = None
    subject: str = ""
    references: tuple[tuple[str, str], ...] = ()
    original: Original | None = None
    corrects: Corrects | None = None
    remarks: str = ""
    draft: bool = False
    seal_box: bool = False
    electronic: str = ""

    def as_pdf(self) -> bytes:
        """Return the invoice as PDF/A; the same paper gives the same bytes. Refuses sums that do not agree."""
        self._refuse_unless_it_adds_up()
        return render(
            TEMPLATE, self._on_paper(), dated_on=self.issued_on, attached=self._attached(), seal=self.sender.seal
        )

    def _attached(self) -> tuple[Attached, ...]:
        if not self.electronic:
            return ()
        said = words.ELECTRONIC.said_in(self.language)
        return (Attached(f"{self.number}.xml", "application/xml", said, self.electronic),)

    def _refuse_unless_it_adds_up(self) -> None:
        lines = sum((line.amount.minor for line in self.lines), 0)
        net = sum((rate.net.minor for rate in self.rates), 0)
        gross = net + sum((rate.tax.minor for rate in self.rates), 0)
        if (lines, gross) != (net, self.total.minor):
            currency = self.total.currency
            raise TotalsDoNotAddUp(
                number=self.number,
                lines=Money(lines, currency).shown(self.language),
                rates=Money(gross, currency).shown(self.language),
                total=self.total.shown(self.language),
            )

    @property
    def title(self) -> Text:
        """The kind of paper: a qualified one only where the sender has a registration number."""
        if self.corrects:
            return words.QUALIFIED_CORRECTED if self.sender.registration_number else words.CORRECTED
        if self.original:
            return words.QUALIFIED_CREDIT_NOTE if self.sender.registration_number else words.CREDIT_NOTE
        return words.QUALIFIED_INVOICE if self.sender.registration_number else words.INVOICE

    def _on_paper(self) -> dict[str, object]:
        language = self.language
        labels = words.CREDIT_WORDS if self.original else words.INVOICE_WORDS
        labels = words.CORRECTED_WORDS if self.corrects else labels
        return {
            "language": language.value,
            "words": words_in({**words.WORDS, **labels}, language),
            "title": self.title.said_in(language),
            "number": self.number,
            "draft": self.draft,
            "seal": self.seal_box,
            "addressee": self.addressee.on_paper(language),
            "sender": self.sender.on_paper(language),
            "references": self._references(),
            "terms": self._terms(),
            "lines": [self._line(line) for line in self.lines],
            "rates": [self._rate(rate) for rate in self.rates],
            "net": self._sum_of([rate.net for rate in self.rates]),
            "tax": self._sum_of([rate.tax for rate in self.rates]),
            "total": self.total.shown(language),
            "has_reduced": any(line.reduced for line in self.lines),
            "changes": self._changes(),
            "bank": self._bank(),
            "remarks": self.remarks,
        }

    def _sum_of(self, amounts: list[Money]) -> str:
        return Money(sum(amount.minor for amount in amounts), self.total.currency).shown(self.language)

    def _references(self) -> list[list[str]]:
        language = self.language
        if self.corrects:
            return [*self._corrected(), *map(list, self.references)]
        own = [
            (words.CREDIT_NUMBER if self.original else words.NUMBER, self.number),
            (words.ISSUED_ON, self.sender.day_in(self.issued_on, language)),
        ]
        return [*([label.said_in(language), shown] for label, shown in own), *map(list, self.references)]

    def _corrected(self) -> list[list[str]]:
        """Return which invoice is corrected, and when."""
        language, day_in, corrects = self.language, self.sender.day_in, self.corrects
        assert corrects is not None
        rows = [
            (words.OWN_NUMBER, self.number),
            (words.CORRECTED_NUMBER, corrects.number),
            (words.CORRECTED_ISSUED_ON, day_in(corrects.issued_on, language)),
            (words.CORRECTED_ON, day_in(self.issued_on, language)),
        ]
        return [[label.said_in(language), shown] for label, shown in rows]

    def _corrected_by(self, corrects: Corrects) -> str:
        language, day_in = self.language, self.sender.day_in
        shown = words.CORRECTED_BY_SHOWN
        by = (
            shown.filled(number=number, day=day_in(day, language)).said_in(language)
            for number, day in corrects.documents
        )
        return "\n".join(by)

    def _changes(self) -> list[list[str]]:
        """Return by rate, and for all, what was invoiced, what stands, and the difference."""
        if not self.corrects:
            return []
        sides = [{(one.rate_percent, one.reduced): one for one in rates} for rates in (self.corrects.rates, self.rates)]
        zero = Money.zero(self.total.currency)
        rows = []
        for percent, reduced in {**sides[0], **sides[1]}:
            nothing = RateTotal(percent, zero, zero, reduced)
            before, after = (side.get((percent, reduced), nothing) for side in sides)
            rows.append([self._rate(after)[0], *self._change(before, after)])
        all_rates = [_added(side.values(), zero) for side in sides]
        return [*rows, [words.ALL_RATES.said_in(self.language), *self._change(*all_rates)]]

    def _change(self, before: RateTotal, after: RateTotal) -> list[str]:
        difference = after.net + after.tax - before.net - before.tax
        amounts = (before.net, before.tax, after.net, after.tax, difference)
        return [amount.shown(self.language) for amount in amounts]

    def _terms(self) -> list[list[str]]:
        language = self.language
        supplied = words.RETURNED if self.original else words.SUPPLIED
        terms = [(words.SUBJECT, self.subject), (supplied, self.sender.period_in(self.supplied, language))]
        if self.original:
            terms.append((words.ORIGINAL_NUMBER, self.original.number))
            terms.append((words.ORIGINAL_SUPPLIED, self.sender.period_in(self.original.supplied, language)))
        if self.corrects:
            terms.append((words.CORRECTED_BY, self._corrected_by(self.corrects)))
        if self.due_on:
            terms.append((words.DUE_ON, self.sender.day_in(self.due_on, language)))
        return [[label.said_in(language), shown] for label, shown in terms if shown]

    def _line(self, line: InvoiceLine) -> dict[str, object]:
        language = self.language
        return {
            "description": f"{line.description} {words.REDUCED_MARK}" if line.reduced else line.description,
            "supplied": self.sender.period_in(line.supplied, language),
            "quantity": quantity_in(line.quantity, line.unit),
            "unit_price": line.unit_price.shown(language) if line.unit_price else "",
            "rate": _percent(line.rate_percent) or words.NO_TAX.said_in(language),
            "amount": line.amount.shown(language),
            "steps": [[one.said_in(language) for one in (step.name, step.counted, step.amount)] for step in line.steps],
        }

    def _rate(self, rate: RateTotal) -> list[str]:
        language = self.language
        label = words.REDUCED_RATE if rate.reduced else words.RATE
        named = label.filled(percent=_percent(rate.rate_percent)) if rate.rate_percent is not None else words.NO_TAX
        return [named.said_in(language), rate.net.shown(language), rate.tax.shown(language)]

    def _bank(self) -> str:
        if not self.bank:
            return ""
        account = self.bank
        number = words.ACCOUNT.filled(kind=account.kind, number=account.number).said_in(self.language)
        return "\n".join([f"{account.bank} {account.branch}".rstrip(), number, account.holder])


def _percent(rate: Decimal | None) -> str:
    return "" if rate is None else f"{rate.normalize():f}%"


def _added(rates: Iterable[RateTotal], zero: Money) -> RateTotal:
    told = tuple(rates)
    net, tax = (
        Money.total(amounts, zero.currency) for amounts in ([one.net for one in told], [one.tax for one in told])
    )
    return RateTotal(None, net, tax)
