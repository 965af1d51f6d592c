"""What an offer is worth against the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from kanjo.domains.catalog.facts import ChargeKind
from kanjo.domains.quotes.facts import OfferLine, WaterfallStep
from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Text

_LIST = Text(en="List price", ja="標準価格")
_DISCOUNT = Text(en="Discount", ja="値引き")
_UPLIFT = Text(en="Uplift", ja="割増し")
_TERM = Text(en="Adjusted to the term", ja="契約期間による増減")


def listed_minor(line: OfferLine) -> int:
    """Return what the quantity costs at list: once, or per billing interval."""
    return line.list_minor * line.quantity


def intervals(line: OfferLine) -> Fraction:
    """Return how many billing intervals the service period has; days of a broken month count as thirtieths."""
    if line.terms.charge is ChargeKind.ONE_TIME or line.service is None:
        return Fraction(1)
    if line.terms.interval_days:
        return Fraction(line.service.days, line.terms.interval_days)
    months, days = line.service.months_and_days()
    return (months + Fraction(min(days, 30), 30)) / line.terms.interval_months


def whole_intervals(line: OfferLine) -> tuple[int, int]:
    """Return how many whole billing intervals the service period has, and how many begin in it."""
    if line.terms.charge is ChargeKind.ONE_TIME or line.service is None:
        return 1, 1
    return line.terms.interval.counted_in(line.service)


def list_total(line: OfferLine) -> Fraction:
    """Return what the line would cost at list over the whole term, exact.

    In proportion to what it does cost, so that a line at list has a discount of exactly zero however its broken
    intervals were rounded; a free line counts its intervals.
    """
    if line.net_minor:
        return Fraction(listed_minor(line) * line.total_minor, line.net_minor)
    return listed_minor(line) * intervals(line)


def list_total_minor(lines: Sequence[OfferLine]) -> int:
    """Return what the offer would cost at list over the whole term, rounded half up once."""
    exact = sum((list_total(line) for line in lines), Fraction(0))
    return divide(exact.numerator, exact.denominator, Rounding.HALF_UP)


def discount(lines: Sequence[OfferLine]) -> Fraction:
    """Return 1 - net / list over all lines, exact; negative above list, 0 where nothing is listed."""
    listed = sum((list_total(line) for line in lines), Fraction(0))
    return 1 - sum(line.total_minor for line in lines) / listed if listed else Fraction(0)


def discount_asked_for(lines: Sequence[OfferLine]) -> Fraction:
    """Return the largest discount of the whole offer and of any line: an uplift elsewhere hides nothing."""
    return max(discount(lines), *(discount([line]) for line in lines))


def waterfall(line: OfferLine) -> tuple[WaterfallStep, ...]:
    """Return the steps from the list price to what the customer pays over the term; their changes add up to it."""
    listed = listed_minor(line)
    steps = [WaterfallStep("quotes.list-price", _LIST, listed, listed)]
    change = line.net_minor - listed
    if change:
        rule, name = ("quotes.discount", _DISCOUNT) if change < 0 else ("quotes.uplift", _UPLIFT)
        share = Fraction(change, listed) if listed else None
        steps.append(WaterfallStep(rule, name, change, line.net_minor, share))
    if line.terms.charge is ChargeKind.RECURRING:
        steps.append(WaterfallStep("quotes.term", _TERM, line.total_minor - line.net_minor, line.total_minor))
    return tuple(steps)


def term_months(starts_on: date, until: date | None) -> int:
    """Return the begun months of a term, 0 without one."""
    if until is None:
        return 0
    months, days = Period(starts_on, until).months_and_days()
    return months + (days > 0)


@cache
def longest_wait(terms: str) -> int:
    """Return the most days that pass from an invoice to its due day under payment terms.

    Closing days and bank holidays make it depend on the day of the invoice: two years of them are tried.
    """
    read = payment_terms(terms)
    first = date(2027, 1, 1)
    days = (first + timedelta(days=number) for number in range(2 * 366))
    return max((read.due_on(day) - day).days for day in days)
