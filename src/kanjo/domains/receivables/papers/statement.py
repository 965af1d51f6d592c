"""月締め請求書: a month of a customer, over the invoices that were delivered in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kanjo.domains.receivables.facts import InvoiceCopy, Letterhead, RateShare
from kanjo.domains.receivables.papers import words
from kanjo.domains.receivables.papers.sheets import addressee_of, rates_on_paper, sender_of
from kanjo.foundation.eras import Calendar
from kanjo.foundation.money import Money
from kanjo.foundation.periods import Period
from kanjo.platform.documents.letter import words_in
from kanjo.platform.documents.typesetting import render

TEMPLATE = Path(__file__).parent / "statement.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPaper:
    """Everything a monthly statement shows; amounts are in the smallest unit of *currency*, and taken as they are."""

    head: Letterhead
    number: str
    issued_on: date
    days: Period
    currency: str
    previous_minor: int
    paid_minor: int
    invoices: tuple[InvoiceCopy, ...]
    rates: tuple[RateShare, ...]
    calendar: Calendar = Calendar.WESTERN
    seal: bytes = b""

    @property
    def net_minor(self) -> int:
        """What was invoiced before tax."""
        return sum(rate.net_minor for rate in self.rates)

    @property
    def tax_minor(self) -> int:
        """The taxes of the invoices, added up."""
        return sum(rate.tax_minor for rate in self.rates)

    @property
    def total_minor(self) -> int:
        """What is owed now."""
        return self.previous_minor - self.paid_minor + self.net_minor + self.tax_minor

    def as_pdf(self) -> bytes:
        """Return the paper as PDF/A; the same paper gives the same bytes."""
        return render(TEMPLATE, self._on_paper(), dated_on=self.issued_on, seal=self.seal)

    def _on_paper(self) -> dict[str, object]:
        language, sender = self.head.language, sender_of(self.head, self.calendar, self.seal)
        pairs = (
            (words.NUMBER, self.number),
            (words.ISSUED_ON, sender.day_in(self.issued_on, language)),
            (words.DAYS, sender.period_in(self.days, language)),
        )
        return {
            "language": language.value,
            "words": words_in(words.STATEMENT_WORDS, language),
            "title": words.STATEMENT.said_in(language),
            "number": self.number,
            "draft": False,
            "seal": False,
            "addressee": addressee_of(self.head).on_paper(language),
            "sender": sender.on_paper(language),
            "references": [[label.said_in(language), shown] for label, shown in pairs],
            "total": self._shown(self.total_minor),
            "balance": [self._shown(amount) for amount in self._balance()],
            "invoices": [self._invoice(one) for one in self.invoices],
            "rates": rates_on_paper(self.rates, self.currency, language),
            "has_reduced": any(rate.reduced for rate in self.rates),
        }

    def _balance(self) -> Sequence[int]:
        carried = self.previous_minor - self.paid_minor
        return self.previous_minor, self.paid_minor, carried, self.net_minor, self.tax_minor, self.total_minor

    def _invoice(self, one: InvoiceCopy) -> list[str]:
        day = sender_of(self.head, self.calendar).day_in(one.issued_on, self.head.language)
        return [one.number, day, *map(self._shown, (one.net_minor, one.tax_minor, one.total_minor))]

    def _shown(self, minor: int) -> str:
        return Money(minor, self.currency).shown(self.head.language)
