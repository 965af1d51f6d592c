"""Posting, and opening and locking periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, EntryId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.ledger.entries import ACCOUNT_NAMES, AccountCode, JournalEntry
from kanjo.platform.ledger.models import Account, Entry, Period, Posting
from kanjo.platform.ledger.queries import oldest_open
from kanjo.platform.runs.models import Run
from kanjo.platform.tables import alone


class PeriodLocked(Refusal):
    """The day lies in a locked accounting period."""

    rule = "ledger.period-locked"
    kind = RefusalKind.CONFLICT
    says = Text(en="The books of {day} are locked.", ja="{day} の会計期間は締められています。")
    remedy = Text(
        en="Post it in the first open period, with a reference to that day.",
        ja="最初の未締め期間に、その日付を参照して計上してください。",
    )


class RunUnderWay(Refusal):
    """A run that posts into the period has begun and not ended."""

    rule = "ledger.run-under-way"
    kind = RefusalKind.CONFLICT
    says = Text(en="Run {key} is half done.", ja="実行 {key} が途中です。")
    remedy = Text(
        en="Execute it to its end, then lock the period.", ja="最後まで実行してから、会計期間を締めてください。"
    )


class PeriodNotOver(Refusal):
    """The period has not ended where the company is."""

    rule = "ledger.period-not-over"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The accounting period {period} is not over before {until}.",
        ja="会計期間 {period} は {until} まで終わりません。",
    )
    remedy = Text(en="Lock it on {until} or later.", ja="{until} 以降に締めてください。")


class EarlierPeriodOpen(Refusal):
    """A period before this one is not locked yet."""

    rule = "ledger.earlier-period-open"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The accounting period {period} cannot be locked: {earlier} before it is open.",
        ja="会計期間 {period} は締められません。前の会計期間 {earlier} が未締めです。",
    )
    remedy = Text(en="Lock the periods in order, {earlier} first.", ja="{earlier} から順に締めてください。")


class PeriodMissing(Refusal):
    """No accounting period was opened for the day."""

    rule = "ledger.period-missing"
    kind = RefusalKind.CONFLICT
    says = Text(en="No accounting period is open for {day}.", ja="{day} の会計期間がまだ開かれていません。")
    remedy = Text(en="Rev/Rec or the CFO opens the year first.", ja="収益認識担当または CFO が年度を開いてください。")


class AccountMissing(Refusal):
    """The chart of the company has no account of that code: it was made before the account was."""

    rule = "ledger.account-missing"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The chart of accounts of {company} has no account {code} ({name}).",
        ja="{company} の勘定科目表に科目 {code}（{name}）がありません。",
    )
    remedy = Text(
        en="Whoever runs the installation completes the chart: ./kanjo company chart {company}",
        ja="システムの運用担当者が勘定科目表を補完してください: ./kanjo company chart {company}",
    )


class Unbalanced(Refusal):
    """The sides of an entry do not sum to zero."""

    rule = "ledger.unbalanced"
    says = Text(
        en="The entry for {source} {key} does not sum to zero.", ja="{source} {key} の仕訳の貸借が一致しません。"
    )
    remedy = Text(en="Debits and credits must be equal.", ja="借方と貸方を一致させてください。")


def open_chart(*, company_id: CompanyId) -> None:
    """Give a new company its chart of accounts."""
    Account.objects.bulk_create(
        (
            Account(company_id=company_id, code=code.value, name_en=name.en, name_ja=name.ja)
            for code, name in ACCOUNT_NAMES.items()
        ),
        ignore_conflicts=True,
    )


@verb("ledger.complete-chart", Role.ADMINISTRATOR)
def complete_chart(*, company_id: CompanyId, by: Actor, at: datetime) -> int:
    """Give a company the accounts that its chart lacks, as after an upgrade; return how many. None is changed."""
    before = len(_account_ids(company_id))
    open_chart(company_id=company_id)
    return len(_account_ids(company_id)) - before


@verb("ledger.open-periods", Role.REV_REC, Role.CFO, Role.ADMINISTRATOR)
def open_periods(*, company_id: CompanyId, months: Sequence[tuple[date, date]], by: Actor, at: datetime) -> None:
    """Open accounting periods (start, until); those that exist stay as they are."""
    alone("ledger.open-periods", company_id)
    known = set(Period.objects.filter(company_id=company_id).values_list("start", flat=True))
    Period.objects.bulk_create(
        Period(company_id=company_id, start=start, until=until) for start, until in months if start not in known
    )


@verb("ledger.lock-period", Role.CFO, apart_from=("ledger.open-periods",), of=("ledger_period", "period_id"))
def lock_period(*, period_id: int, by: Actor, at: datetime) -> None:
    """Lock an accounting period for good: it takes no entry any more. A posting under way is waited for.

    Refuses `PeriodNotOver` before its end in the company's zone, `EarlierPeriodOpen` out of order, and `RunUnderWay`
    while a large run that posts into it is half done: what it loaded could never be settled.
    """
    period = Period.objects.locked(period_id, by)
    if period.state == Period.State.LOCKED:
        raise PeriodLocked(day=period.start)
    _refuse_out_of_turn(period, at)
    half_done = Run.objects.filter(
        company_id=period.company_id,
        state=Run.State.APPROVED,
        staged=True,
        target_on__gte=period.start,
        target_on__lt=period.until,
        shards__done=True,
    ).first()
    if half_done is not None:
        raise RunUnderWay(key=half_done.key)
    period.state = Period.State.LOCKED
    period.save(update_fields=["state"])


def _refuse_out_of_turn(period: Period, at: datetime) -> None:
    if at.astimezone(ZoneInfo(period.company.time_zone)).date() < period.until:
        raise PeriodNotOver(period=f"{period.start:%Y-%m}", until=period.until)
    earliest = oldest_open(CompanyId(period.company_id)) or period.start
    if earliest < period.start:
        raise EarlierPeriodOpen(period=f"{period.start:%Y-%m}", earlier=f"{earliest:%Y-%m}")


def post(entries: Sequence[JournalEntry]) -> list[EntryId]:
    """Write entries with their postings, in the transaction of the caller; refuse what the books cannot take."""
    for entry in entries:
        if sum(side.amount_minor for side in entry.sides) != 0:
            raise Unbalanced(source=entry.source, key=entry.source_id)
    if not entries:
        return []
    company_id = entries[0].company_id
    accounts = account_ids(company_id, {side.account for entry in entries for side in entry.sides})
    with refused_by_the_books(entries[0].effective_on):
        rows = Entry.objects.bulk_create(_entry_row(entry) for entry in entries)
        Posting.objects.bulk_create(
            Posting(
                company_id=entry.company_id,
                entry_id=row.pk,
                account_id=accounts[side.account],
                effective_on=entry.effective_on,
                amount_minor=side.amount_minor,
                currency=entry.currency,
                party_id=side.party_id,
            )
            for row, entry in zip(rows, entries, strict=True)
            for side in entry.sides
            if side.amount_minor
        )
    return [EntryId(row.pk) for row in rows]


def account_ids(company_id: CompanyId, codes: Iterable[AccountCode] = ()) -> dict[str, int]:
    """Return the account ids of a company by code; refuses `AccountMissing` where one of *codes* is not there."""
    known = _account_ids(company_id)
    for code in sorted(codes):
        if code not in known:
            company = SellingCompany.objects.get(pk=company_id).code
            raise AccountMissing(company=company, code=code.value, name=ACCOUNT_NAMES[code])
    return known


def _account_ids(company_id: CompanyId) -> dict[str, int]:
    return dict(Account.objects.filter(company_id=company_id).values_list("code", "pk"))


def require_open(*, company_id: CompanyId, day: date) -> None:
    """Refuse `PeriodLocked` or `PeriodMissing`; until the transaction ends nobody locks the period of *day*."""
    with refused_by_the_books(day), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_refuse_closed(%s, %s, %s)", [company_id, day, day])


@contextmanager
def refused_by_the_books(day: date) -> Iterator[None]:
    """Turn the ledger's own errors into refusals; the statement is undone, the transaction goes on."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as error:
        match getattr(error.__cause__, "sqlstate", ""):
            case "KJ010":
                raise PeriodLocked(day=day) from error
            case "KJ011":
                raise PeriodMissing(day=day) from error
        raise


def _entry_row(entry: JournalEntry) -> Entry:
    return Entry(
        company_id=entry.company_id,
        effective_on=entry.effective_on,
        source=entry.source,
        source_id=entry.source_id,
        currency=entry.currency,
    )
