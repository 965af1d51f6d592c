"""Runs, waiting work, accounting periods, selling companies, and what their books say as known on a day."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from kanjo.domains.billing.operations.run import KIND as BILLING
from kanjo.domains.licenses.queries import PositionRow, position
from kanjo.domains.receivables.queries import ageing
from kanjo.domains.revenue.queries import waterfall_by_month
from kanjo.foundation.ids import CompanyId, CustomerId, RunId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.platform.companies.queries import CompanyView, page_of_companies
from kanjo.platform.ledger.entries import ACCOUNT_NAMES, AccountCode
from kanjo.platform.ledger.queries import (
    Balance,
    PeriodRow,
    PostingRow,
    balances,
    get_period,
    list_periods,
    list_postings,
)
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.paging import Page
from kanjo.platform.runs.queries import FailureRow, RunRow, get_run, list_failures, list_runs
from kanjo.platform.runs.schedules import ScheduleRow, ScheduleView, get_schedule, schedule_of
from kanjo.platform.runs.states import RunState
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.queries import WorkRow, list_queue
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Code, Day, Moment, one_of
from kanjo.surfaces.api.reads.deals import shared_customer
from kanjo.surfaces.api.resources import Report, Resource
from kanjo.surfaces.doors import BOOKS
from kanjo.surfaces.readers import told_of

KNOWN = {"on": Day, "known_at": Moment}


@dataclass(frozen=True, slots=True)
class Run:
    """A run with its preview, its report, what failed, and the schedule that made it, if one did."""

    row: RunRow
    failures: tuple[FailureRow, ...]
    schedule: ScheduleRow | None


@dataclass(frozen=True, slots=True)
class Company:
    """A selling company, and the day it is there."""

    row: CompanyView
    today: date


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account's balance as known."""

    on: date
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class Postings:
    """The newest postings of an account as known, at most `limit`."""

    on: date
    code: str
    name: Text
    postings: tuple[PostingRow, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """What was recognised in a month, and what is to come; no month for what waits for its delivery."""

    currency: str
    month: date | None
    recognised_minor: int
    to_come_minor: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Revenue by month as known."""

    on: date
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """What a customer owes, by how late it is, and as `credits` what it has to get: their sum is `open_minor`."""

    customer_id: CustomerId
    customer: str
    currency: str
    open_minor: int
    not_due: int
    days_1_30: int
    days_31_60: int
    days_61_90: int
    days_over_90: int
    credits: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is owed on a day, customer by customer."""

    on: date
    customers: tuple[Late, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """What a customer may use on a day."""

    on: date
    products: tuple[PositionRow, ...]


def _known(caller: Caller, company_id: int, asked: dict[str, Any]) -> AsKnown:
    return AsKnown(asked.get("on") or caller.company(company_id).today(caller.now), asked.get("known_at"))


def _run(caller: Caller, key: int) -> Run:
    row, failures = get_run(caller.actor, RunId(key)), list_failures(caller.actor, RunId(key))
    return Run(row, tuple(failures), schedule_of(caller.actor, row.id))


def _company(caller: Caller, key: int) -> Company:
    row = caller.company(key)
    return Company(row, row.today(caller.now))


def _trial_balance(caller: Caller, key: int, **asked: Any) -> TrialBalance:
    known = _known(caller, key, asked)
    return TrialBalance(known.effective_on, tuple(balances(CompanyId(key), known)))


def _postings(caller: Caller, key: int, code: str, limit: int = 100, **asked: Any) -> Postings:
    known = _known(caller, key, asked)
    try:
        name = ACCOUNT_NAMES[AccountCode(code)]
    except ValueError:
        raise NotFound(what=ROW_NAMES["ledger_account"], key=quoted(code)) from None
    return Postings(known.effective_on, code, name, tuple(list_postings(CompanyId(key), code, known, limit=limit)))


def _waterfall(caller: Caller, key: int, **asked: Any) -> Waterfall:
    known = _known(caller, key, asked)
    frame = waterfall_by_month(CompanyId(key), known)
    return Waterfall(known.effective_on, tuple(Month(**row) for row in frame.iter_rows(named=True)))


def _ageing(caller: Caller, key: int, **asked: Any) -> Ageing:
    known = _known(caller, key, asked)
    frame = ageing(CompanyId(key), known).select([field.name for field in fields(Late)])
    return Ageing(known.effective_on, tuple(Late(**row) for row in frame.iter_rows(named=True)))


def _position(caller: Caller, key: int, on: date | None = None) -> Position:
    day, row = on or caller.today, shared_customer(caller, key)
    return Position(day, tuple(position(caller.actor, row.id, AsKnown(day))))


def _waiting(caller: Caller, **asked: Any) -> Page[WorkRow]:
    rows = list_queue(caller.actor, **asked)
    for row in rows:
        told_of(row.subject, row.subject_id)
    return rows


RESOURCES = (
    Resource(
        name="runs",
        title=Text(en="Runs", ja="一括処理"),
        row=RunRow,
        rows=lambda caller, **asked: list_runs(caller.actor, **asked),
        filters={"kind": Code, "state": one_of(RunState)},
        whole=Run,
        one=_run,
        table="runs_run",
        door=BOOKS,
    ),
    Resource(
        name="work-items",
        title=Text(en="What waits for me", ja="自分の受付箱"),
        row=WorkRow,
        rows=_waiting,
    ),
    Resource(
        name="periods",
        title=Text(en="Accounting periods", ja="会計期間"),
        row=PeriodRow,
        rows=lambda caller, **asked: list_periods(caller.actor, on=caller.today, **asked),
        whole=PeriodRow,
        one=lambda caller, key: get_period(caller.actor, key),
        table="ledger_period",
        door=BOOKS,
    ),
    Resource(
        name="companies",
        title=Text(en="Selling companies", ja="販売会社"),
        row=CompanyView,
        rows=lambda caller, **asked: page_of_companies(caller.actor, **asked),
        whole=Company,
        one=_company,
    ),
)

REPORTS = (
    Report(
        name="billing-schedule",
        title=Text(en="Billing by schedule: the days to come and the last ones", ja="自動請求の予定と実績"),
        whole=ScheduleView,
        make=lambda caller, key: get_schedule(caller.actor, CompanyId(key), BILLING, at=caller.now),
        door=BOOKS,
    ),
    Report(
        name="trial-balance",
        title=Text(en="Trial balance as known", ja="残高試算表"),
        whole=TrialBalance,
        make=_trial_balance,
        filters=KNOWN,
        door=BOOKS,
    ),
    Report(
        name="postings",
        title=Text(en="Postings of an account as known", ja="勘定科目の仕訳明細"),
        whole=Postings,
        make=_postings,
        filters={"code": Code, **KNOWN},
        door=BOOKS,
    ),
    Report(
        name="waterfall",
        title=Text(en="Revenue waterfall as known", ja="収益認識の推移"),
        whole=Waterfall,
        make=_waterfall,
        filters=KNOWN,
        door=BOOKS,
    ),
    Report(
        name="ageing",
        title=Text(en="Ageing of receivables as known", ja="売掛金年齢表"),
        whole=Ageing,
        make=_ageing,
        filters=KNOWN,
        door=BOOKS,
    ),
    Report(
        name="license-position",
        title=Text(en="License position of a customer", ja="ライセンス保有状況"),
        whole=Position,
        make=_position,
        filters={"on": Day},
        of="customers",
    ),
)
