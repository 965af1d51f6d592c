"""The payment terms that forms offer."""

from __future__ import annotations

from kanjo.foundation.terms import ClosingDay, DaysAfter, PaymentTerms

_OFFERED: tuple[PaymentTerms, ...] = (
    ClosingDay(31, 1, 31),
    ClosingDay(31, 2, 31),
    ClosingDay(20, 1, 31),
    DaysAfter(30),
    DaysAfter(45),
    DaysAfter(60),
    DaysAfter(90),
    DaysAfter(0),
)
TERMS = tuple((terms.code, terms.shown) for terms in _OFFERED)
"""Code and words of the usual terms, the commonest first (月末締め翌月末払い)."""
