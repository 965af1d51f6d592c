"""The books: balances and postings as known, and the accounting periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from kanjo.domains.customers.queries import get_customers
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.money import Money
from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Text
from kanjo.platform.ledger.entries import ACCOUNT_NAMES, AccountCode
from kanjo.platform.ledger.operations import lock_period, open_periods
from kanjo.platform.ledger.queries import (
    Balance,
    PeriodRow,
    PostingRow,
    balances,
    count_periods,
    count_postings,
    get_period,
    list_periods,
    list_postings,
    next_year,
    oldest_open,
)
from kanjo.platform.paging import Page
from kanjo.platform.tables import NotFound
from kanjo.reports.before_lock import unfinished
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import BOOKS, doing, door
from kanjo.surfaces.web.fields import choice
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.known import asked_known
from kanjo.surfaces.web.lists import Asked, ListPage
from kanjo.surfaces.web.reports import report
from kanjo.surfaces.web.shown import Cell, Link, State
from kanjo.surfaces.web.subjects import source_of

TRIAL = Text(en="Trial balance", ja="残高試算表")
POSTINGS = Text(en="Postings", ja="仕訳明細")
PERIODS_TITLE = Text(en="Accounting periods", ja="会計期間")
ACCOUNT = Text(en="account", ja="勘定科目")
PERIOD = Text(en="Accounting period", ja="会計期間")
OPEN_YEAR = Text(en="Open the next year", ja="次年度の会計期間を開始")
LOCK = Text(en="Lock the period", ja="会計期間を締める")
LOCKED_ALREADY = Text(en="It is locked.", ja="すでに締められています。")
NOT_OVER = Text(en="It is not over before {until}.", ja="{until} まで終わりません。")
NOT_ITS_TURN = Text(
    en="{earlier} before it is open: lock it first.", ja="前の {earlier} が未締めです。先に締めてください。"
)
UNFINISHED = Text(en="Not finished in this period", ja="この期間の未処理")
ALL_FINISHED = Text(en="Nothing is left to do in this period.", ja="この期間に未処理はありません。")
NOT_INVOICED = Text(en="Charges due and not invoiced", ja="請求時期が来て未請求の明細")
NOT_ALLOCATED = Text(en="Receipts with something left to allocate", ja="未消込が残る入金")
NOT_RECOGNISED = Text(en="Months with revenue not recognised", ja="未計上の収益がある月")
HOW_MANY = Text(en="Count", ja="件数")
FOR_GOOD = Text(
    en="Nothing more can be posted from {first} to {last}, and there is no way back: a locked period is not opened"
    " again. What comes late is posted in the first open period.",
    ja="{first} から {last} には以後計上できません。取り消しはできず、締めた会計期間は再び開けません。"
    "後から判明したものは最初の未締め期間に計上します。",
)
TOO_LATE = Text(
    en="Once the period is locked, what is done of this is posted in the first open period.",
    ja="締めた後に処理すると、最初の未締め期間に計上されます。",
)
DEBIT, CREDIT = Text(en="Debit", ja="借方"), Text(en="Credit", ja="貸方")
OPEN, LOCKED = State(Text(en="Open", ja="未締め"), "warn"), State(Text(en="Locked", ja="締め済み"), "quiet")
CURRENT = State(Text(en="Open, current", ja="未締め（当月）"), "info")
TO_COME = State(Text(en="Open, to come", ja="未締め（今後）"), "quiet")
SHOWN = 500
NEWEST = Text(en="The newest {shown} of {all}.", ja="{all}件中、新しい順に{shown}件を表示しています。")


def _debit(row: Balance | PostingRow) -> Money | None:
    return Money(row.amount_minor, row.currency) if row.amount_minor > 0 else None


def _credit(row: Balance | PostingRow) -> Money | None:
    return Money(-row.amount_minor, row.currency) if row.amount_minor < 0 else None


@door(BOOKS)
def trial_balance(request: DeskRequest) -> HttpResponse:
    """Show every account's balance as known on a day at a moment."""
    known = asked_known(request)
    given = {name: value for name, value in request.GET.items() if name in {"on", "known_at"} and value}

    def account(row: Balance) -> Cell:
        where = reverse("postings", args=[row.code])
        return Cell(row.code, href=f"{where}?{urlencode(given)}" if given else where)

    columns: tuple[Column[Balance], ...] = (
        Column(labels.CODE, account),
        Column(labels.NAME, lambda row: row.name),
        amount(DEBIT, _debit),
        amount(CREDIT, _credit),
        amount(POSTINGS, lambda row: row.postings),
    )
    rows = balances(request.desk.company_id, known)
    sections = []
    for currency in sorted({row.currency for row in rows}):
        own = [row for row in rows if row.currency == currency]
        sides = [Money(sum(max(sign * row.amount_minor, 0) for row in own), currency) for sign in (1, -1)]
        table = Table.of(columns, own, ("", labels.TOTAL, *sides, sum(row.postings for row in own)))
        sections.append(Section(Text(en=currency, ja=currency), table))
    sections = sections or [Section(TRIAL, Table.of(columns, ()))]
    return report(request, TRIAL, known, sections, file=(columns, rows))


def _postings(rows: Sequence[PostingRow]) -> Table:
    customers = get_customers(CustomerId(row.party_id) for row in rows if row.party_id)

    def customer(row: PostingRow) -> Link | None:
        known = customers.get(CustomerId(row.party_id or 0))
        return Link(known.name, "customer", known.id) if known else None

    columns: tuple[Column[PostingRow], ...] = (
        Column(labels.ON, lambda row: row.effective_on),
        amount(DEBIT, _debit),
        amount(CREDIT, _credit),
        Column(Text(en="From", ja="発生元"), lambda row: source_of(row.source, row.source_id)),
        Column(Text(en="Entry", ja="仕訳番号"), lambda row: f"#{row.entry_id}"),
        Column(labels.CUSTOMER, customer),
        Column(labels.RECORDED, lambda row: row.recorded_at),
    )
    return Table.of(columns, rows)


@door(BOOKS)
def postings(request: DeskRequest, code: str) -> HttpResponse:
    """Show an account's postings as known, newest first."""
    known, company_id = asked_known(request), request.desk.company_id
    title = Text(en="Account {code}: {name}", ja="勘定科目 {code} {name}").filled(code=code, name=_name(code))
    rows = list_postings(company_id, code, known, limit=SHOWN)
    total = count_postings(company_id, code, known)
    note = NEWEST.filled(shown=f"{len(rows):,}", all=f"{total:,}") if total > len(rows) else None
    return report(request, title, known, [Section(POSTINGS, _postings(rows), note=note)])


def _name(code: str) -> Text:
    try:
        return ACCOUNT_NAMES[AccountCode(code)]
    except ValueError:
        raise NotFound(what=ACCOUNT, key=quoted(code)) from None


def _state(row: PeriodRow, on: date) -> State:
    if row.locked:
        return LOCKED
    return TO_COME if row.start > on else CURRENT if row.until > on else OPEN


def _periods(asked: Asked) -> Page[tuple[PeriodRow, State]]:
    today = asked.desk.today
    rows = list_periods(asked.desk.actor, on=today, limit=asked.limit, at=asked.at)
    return rows.of(lambda row: (row, _state(row, today)))


PERIODS = ListPage[tuple[PeriodRow, State]](
    title=PERIODS_TITLE,
    door=BOOKS,
    columns=(
        Column(labels.STARTS_ON, lambda one: Link(one[0].start, "period", one[0].id)),
        Column(labels.UNTIL, lambda one: last_day(one[0].until)),
        Column(labels.STATE, lambda one: one[1]),
    ),
    rows=_periods,
    count=lambda asked: count_periods(asked.desk.actor),
    acts=lambda _desk: (Act(OPEN_YEAR, Link("", "open-year"), "ledger.open-periods", main=True),),
)


@door(doing("ledger.open-periods"))
def open_year(request: DeskRequest) -> HttpResponse:
    """Open the twelve months after the last accounting period."""
    desk = request.desk
    calendar = FiscalCalendar(first_month=desk.company.fiscal_first_month)
    year = next_year(desk.company_id, calendar, desk.today)

    def do(_given: Given) -> Link:
        months = [(month.start, month.until) for month in calendar.months_in(year)]
        open_periods(company_id=desk.company_id, months=months, by=desk.actor, at=desk.now)
        return Link("", "periods")

    # The year is sent along: a form made before somebody else opened it does not open the year after.
    shown = Text(en="{first} to {last}", ja="{first} から {last}").filled(first=year.start, last=year.last_on)
    code = year.start.isoformat()
    fields = (choice("year", PERIODS_TITLE, ((code, shown),), initial=code),)
    says = Text(
        en="Twelve months are opened to be posted in. Who opens a period does not lock it.",
        ja="12か月分の会計期間を開始します。開始した人は、その会計期間を締めることはできません。",
    )
    back = Link(PERIODS_TITLE, "periods")
    return perform(request, Deed(title=OPEN_YEAR, back=back, button=OPEN_YEAR, do=do, fields=fields, says=says))


def _held(row: PeriodRow, on: date) -> Text | None:
    """Return why the period cannot be locked now."""
    if row.locked:
        return LOCKED_ALREADY
    if on < row.until:
        return NOT_OVER.filled(until=row.until)
    earliest = oldest_open(row.company_id) or row.start
    return NOT_ITS_TURN.filled(earlier=f"{earliest:%Y-%m}") if earliest < row.start else None


@door(BOOKS)
def period(request: DeskRequest, key: int) -> HttpResponse:
    """Show an accounting period."""
    row, today = get_period(request.desk.actor, key), request.desk.today
    held = _held(row, today)
    detail = Detail(
        kind=PERIOD,
        title=f"{row.start:%Y-%m}",
        state=_state(row, today),
        back=Link(PERIODS_TITLE, "periods"),
        facts=((labels.STARTS_ON, row.start), (labels.UNTIL, last_day(row.until))),
        acts=(Act(LOCK, Link("", "lock-period", key), "ledger.lock-period", held, main=held is None),),
        trail=(("ledger_period", key),),
    )
    return show(request, detail)


def _left(row: PeriodRow, today: date) -> Section:
    """Return what is not finished in the period, each with the way to it."""
    left = unfinished(row.company_id, until=row.until, today=today)
    ways = (
        (Link(NOT_INVOICED, "runs"), left.not_invoiced),
        (Link(NOT_ALLOCATED, "receipts"), left.not_allocated),
        (Link(NOT_RECOGNISED, "waterfall"), left.not_recognised),
    )
    rows = [(way, number, amount) for way, sums in ways for number, amount in sums]
    columns: tuple[Column[tuple[Link, int, Money]], ...] = (
        Column(labels.TITLE, lambda one: one[0]),
        amount(HOW_MANY, lambda one: one[1]),
        amount(labels.AMOUNT, lambda one: one[2]),
    )
    return Section(UNFINISHED, Table.of(columns, rows), note=TOO_LATE if rows else None, empty=ALL_FINISHED)


@door(doing("ledger.lock-period"))
def lock(request: DeskRequest, key: int) -> HttpResponse:
    """Lock a period for good: it takes no entry any more."""
    desk = request.desk
    row = get_period(desk.actor, key)

    def do(_given: Given) -> Link:
        lock_period(period_id=row.id, by=desk.actor, at=desk.now)
        return Link("", "period", key)

    says = FOR_GOOD.filled(first=row.start, last=last_day(row.until))
    deed = Deed(
        of=("ledger_period", key),
        title=LOCK,
        back=Link(f"{row.start:%Y-%m}", "period", key),
        button=LOCK,
        do=do,
        says=says,
        over=_held(row, desk.today),
        sections=() if row.locked or request.method == "POST" else (_left(row, desk.today),),
    )
    return perform(request, deed)
