"""What the papers of receivables share: rates, and the letter around them."""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.domains.receivables.facts import Letterhead, RateShare
from kanjo.domains.receivables.papers import words
from kanjo.foundation.eras import Calendar
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.platform.documents.letter import Addressee, Sender


def addressee_of(head: Letterhead) -> Addressee:
    """Return who the paper goes to."""
    return Addressee(name=head.addressee, address=_written(head.address))


def sender_of(head: Letterhead, calendar: Calendar, seal: bytes = b"") -> Sender:
    """Return who signs it, under its *seal* where it has one."""
    return Sender(
        name=head.issuer_name,
        registration_number=head.registration_number,
        address=_written(head.issuer_address),
        calendar=calendar,
        seal=seal,
    )


def rates_on_paper(rates: Sequence[RateShare], currency: str, language: Language) -> list[list[str]]:
    """Return each rate with its total and its tax."""
    return [
        [
            _named(rate, language),
            Money(rate.net_minor, currency).shown(language),
            Money(rate.tax_minor, currency).shown(language),
        ]
        for rate in rates
    ]


def _named(rate: RateShare, language: Language) -> str:
    label = words.REDUCED_RATE if rate.reduced else words.RATE
    return (label.filled(percent=rate.percent) if rate.percent else words.NO_TAX).said_in(language)


def _written(address: str) -> tuple[str, ...]:
    return tuple(line for line in address.splitlines() if line.strip())
