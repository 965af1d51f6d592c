"""領収書: money that arrived, acknowledged to who paid it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kanjo.domains.receivables.facts import Letterhead, RateShare
from kanjo.domains.receivables.papers import words
from kanjo.domains.receivables.papers.sheets import addressee_of, rates_on_paper, sender_of
from kanjo.foundation.eras import Calendar
from kanjo.foundation.money import Money
from kanjo.platform.documents.letter import words_in
from kanjo.platform.documents.typesetting import render

TEMPLATE = Path(__file__).parent / "acknowledgement.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementPaper:
    """Everything an acknowledgement shows.

    *settled* are invoice numbers with what of them was paid; *rates* are there where whole invoices were paid. *first*
    names the paper that this one repeats.
    """

    head: Letterhead
    number: str
    issued_on: date
    received_on: date
    amount: Money
    settled: tuple[tuple[str, Money], ...]
    rates: tuple[RateShare, ...] = ()
    first: tuple[str, date] | None = None
    calendar: Calendar = Calendar.WESTERN
    seal: bytes = b""

    def as_pdf(self) -> bytes:
        """Return the paper as PDF/A; the same paper gives the same bytes."""
        return render(TEMPLATE, self._on_paper(), dated_on=self.issued_on, seal=self.seal)

    def _on_paper(self) -> dict[str, object]:
        language, currency = self.head.language, self.amount.currency
        return {
            "language": language.value,
            "words": words_in(words.ACKNOWLEDGEMENT_WORDS, language),
            "title": (words.AGAIN if self.first else words.ACKNOWLEDGEMENT).said_in(language),
            "number": self.number,
            "draft": False,
            "seal": False,
            "addressee": addressee_of(self.head).on_paper(language),
            "sender": sender_of(self.head, self.calendar, self.seal).on_paper(language),
            "references": self._references(),
            "total": self.amount.shown(language),
            "terms": self._terms(),
            "settled": [[number, amount.shown(language)] for number, amount in self.settled],
            "rates": rates_on_paper(self.rates, currency, language),
            "has_reduced": any(rate.reduced for rate in self.rates),
        }

    def _references(self) -> list[list[str]]:
        language, day = self.head.language, sender_of(self.head, self.calendar).day_in
        rows = [(words.NUMBER, self.number), (words.ISSUED_ON, day(self.issued_on, language))]
        if self.first:
            number, issued_on = self.first
            shown = words.FIRST_SHOWN.filled(number=number, day=day(issued_on, language)).said_in(language)
            rows.append((words.FIRST, shown))
        return [[label.said_in(language), shown] for label, shown in rows]

    def _terms(self) -> list[list[str]]:
        language, day = self.head.language, sender_of(self.head, self.calendar).day_in
        number, more = self.settled[0][0], len(self.settled) - 1
        purpose = (
            words.PURPOSE_MORE.filled(number=number, count=more) if more else words.PURPOSE_SHOWN.filled(numbers=number)
        )
        rows = [
            (words.PURPOSE, purpose.said_in(language)),
            (words.RECEIVED_ON, day(self.received_on, language)),
            (words.MEANS, words.TRANSFER.said_in(language)),
        ]
        return [[label.said_in(language), shown] for label, shown in rows]
