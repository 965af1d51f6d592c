"""Reads of the books, as known on any moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Case, Count, F, Func, IntegerField, Max, Min, Q, QuerySet, Sum, Value, When

from kanjo.foundation.actors import Actor
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.periods import Period as Days
from kanjo.foundation.periods import add_months
from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.models import Period, Posting
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tallies import Tally, counted


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account: signed, debit positive."""

    code: str
    name: Text
    currency: str
    amount_minor: int
    postings: int


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting as it is shown."""

    id: int
    entry_id: int
    effective_on: date
    recorded_at: datetime
    source: str
    source_id: int
    amount_minor: int
    currency: str
    party_id: int | None


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """An accounting period as it is shown; `until` is exclusive. Locked, it takes no entry."""

    id: int
    company_id: CompanyId
    start: date
    until: date
    locked: bool


_FAR = 10_000_000
"""More days than there are between any two: what is to come stands behind all that has begun."""


def list_periods(actor: Actor, *, on: date, limit: int = 100, at: str = "") -> Page[PeriodRow]:
    """Return the accounting periods of the actor's companies: that of the day, those before it, those to come."""
    [by_id] = sorted_by(Period, "", {}, "id")
    keys = (replace(by_id, column="away"), by_id)
    rows = Period.objects.visible_to(actor).annotate(away=_away(on))
    return paged(rows, keys, at, limit, lambda page: [_period(row) for row in page.alias(away=_away(on))])


def count_periods(actor: Actor) -> Tally:
    """Return how many accounting periods there are."""
    return counted(Period.objects.visible_to(actor))


def next_year(company_id: CompanyId, calendar: FiscalCalendar, today: date) -> Days:
    """Return the twelve months after the last accounting period; without one, the fiscal year that *today* is in."""
    last = Period.objects.filter(company_id=company_id).aggregate(last=Max("until"))["last"]
    start = last or calendar.year(calendar.year_of(today)).start
    return Days(start, add_months(start, 12))


def oldest_open(company_id: CompanyId) -> date | None:
    """Return the start of the first period that is not locked."""
    still_open = Period.objects.filter(company_id=company_id, state=Period.State.OPEN)
    first: date | None = still_open.aggregate(first=Min("start"))["first"]
    return first


def get_period(actor: Actor, period_id: int) -> PeriodRow:
    """Return one accounting period, or refuse `NotFound`."""
    return _period(Period.objects.seen(period_id, actor))


def balances(company_id: CompanyId, known: AsKnown) -> list[Balance]:
    """Return each account's balance from what was true by `known.effective_on` and known by `known.known_at`."""
    sums = (
        _known(Posting.objects.filter(company_id=company_id), known)
        .values("account__code", "account__name_en", "account__name_ja", "currency")
        .annotate(total=Sum("amount_minor"), number=Count("pk"))
        .order_by("account__code", "currency")
    )
    return [
        Balance(
            code=row["account__code"],
            name=Text(en=row["account__name_en"], ja=row["account__name_ja"]),
            currency=row["currency"],
            amount_minor=int(row["total"]),
            postings=row["number"],
        )
        for row in sums
    ]


def balance_of(company_id: CompanyId, code: AccountCode, known: AsKnown) -> int:
    """Return one account's balance in minor units, debit positive."""
    postings = _known(Posting.objects.filter(company_id=company_id, account__code=code), known)
    return int(postings.aggregate(total=Sum("amount_minor"))["total"] or 0)


def list_postings(company_id: CompanyId, code: str, known: AsKnown, *, limit: int = 100) -> list[PostingRow]:
    """Return an account's postings, newest first."""
    rows = (
        _known(Posting.objects.filter(company_id=company_id, account__code=code), known)
        .select_related("entry")
        .order_by("-effective_on", "-id")[:limit]
    )
    return [
        PostingRow(
            id=row.pk,
            entry_id=row.entry_id,
            effective_on=row.effective_on,
            recorded_at=row.recorded_at,
            source=row.entry.source,
            source_id=row.entry.source_id,
            amount_minor=row.amount_minor,
            currency=row.currency,
            party_id=row.party_id,
        )
        for row in rows
    ]


def count_postings(company_id: CompanyId, code: str, known: AsKnown) -> int:
    """Return how many postings `list_postings` has."""
    return _known(Posting.objects.filter(company_id=company_id, account__code=code), known).count()


def _period(row: Period) -> PeriodRow:
    return PeriodRow(row.pk, CompanyId(row.company_id), row.start, row.until, row.state == Period.State.LOCKED)


def _away(on: date) -> Case:
    """Return how far down the list a period stands: by days back from the day, then by days ahead."""
    back, ahead = (
        Func(*days, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
        for days in ((Value(on), F("start")), (F("start"), Value(on)))
    )
    return Case(When(start__lte=on, then=back), default=ahead + _FAR, output_field=IntegerField())


def _known(postings: QuerySet[Posting], known: AsKnown) -> QuerySet[Posting]:
    asked = Q(effective_on__lte=known.effective_on)
    if known.known_at is not None:
        asked &= Q(recorded_at__lte=known.known_at)
    return postings.filter(asked)
