"""Schedules: on which days of a company the house makes runs of a kind; and the turns it took.

What is said holds from a day on, the latest word counts; a pause holds until something is set after it. A turn is a
day and its run: there is one of each day. While a run of that day or an earlier one waits for somebody, the schedule
waits behind it, so that days are billed in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, RunId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.rhythms import DAY, InForce, Rhythm, Timetable, days_due
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.companies.queries import get_company
from kanjo.platform.runs.models import Run, Schedule, Turn
from kanjo.platform.runs.operations import refuse_without_reason
from kanjo.platform.runs.states import RunState

AHEAD = timedelta(days=400)
"""So far is looked for the next days."""
SHOWN = 5
"""So many next days, and so many of the last turns three times over, are shown."""


class ScheduleInPast(Refusal):
    """A schedule from a day that is over: its runs would be of days that are over, too."""

    rule = "schedules.in-past"
    says = Text(en="{day} is over.", ja="{day} はすでに過ぎています。")
    remedy = Text(en="Give today, {today}, or a later day.", ja="本日（{today}）以降の日を指定してください。")


class NothingScheduled(Refusal):
    """Nothing to pause."""

    rule = "schedules.nothing-scheduled"
    kind = RefusalKind.CONFLICT
    says = Text(en="Nothing is done by schedule from {day} on.", ja="{day} 以降に有効な自動実行の予定はありません。")
    remedy = Text(
        en="Look at the schedule: it may be paused already.",
        ja="予定を確認してください（停止済みの可能性があります）。",
    )


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A version of a schedule; `timetable` says what was set, also of one that is paused.

    One is `set_aside` by a pause that was recorded after it, for its day or an earlier one: it never begins.
    """

    id: int
    kind: str
    rhythm: Rhythm
    days: tuple[int, ...]
    at_time: time
    paused: bool
    effective_on: date
    because: str
    set_by: str
    recorded_at: datetime
    set_aside: bool = False

    @property
    def timetable(self) -> Timetable:
        """The days and the time that were set."""
        return Timetable(self.rhythm, self.days, self.at_time)


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn: its day, its run and where that stands; `waits` while somebody has to do something about it."""

    id: int
    on: date
    run_id: RunId
    key: str
    state: RunState
    working: bool
    made: dict[str, Any]
    stopped: Text | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ScheduleView:
    """What is done by schedule: the version in force, the days to come, what was set before, the last turns.

    `begins` is the version that begins next.
    """

    kind: str
    in_force: ScheduleRow | None
    begins: ScheduleRow | None
    next_on: tuple[date, ...]
    versions: tuple[ScheduleRow, ...]
    turns: tuple[TurnRow, ...]


@verb("runs.set-schedule", Role.CFO)
def set_schedule(
    *, company_id: CompanyId, kind: str, given: Timetable, on: date, because: str, by: Actor, at: datetime
) -> int:
    """Let the house make runs of a kind on given days, from a day on; return the version.

    It stands in for the second person who approves a run by hand, so whoever prepares runs does not set it. Refuses
    `NoReason`, `ScheduleInPast`.
    """
    refuse_without_reason(because)
    _refuse_past(company_id, on, by, at)
    version = Schedule(company_id=company_id, kind=kind, effective_on=on, because=because, set_by_id=by.id)
    return _write(version, given, paused=False)


@verb("runs.pause-schedule", Role.RECEIVABLES, Role.SALES_OPERATIONS, Role.CFO, Role.ADMINISTRATOR)
def pause_schedule(*, company_id: CompanyId, kind: str, on: date, because: str, by: Actor, at: datetime) -> int:
    """Let the house make no runs of a kind from a day on, until it is set anew; return the version.

    What was set before for a later day does not begin. To stop is safe, so more may do it. Refuses `NoReason`,
    `ScheduleInPast`, `NothingScheduled`.
    """
    refuse_without_reason(because)
    _refuse_past(company_id, on, by, at)
    rows = _standing(_versions(company_id, kind))
    begun, later = [row for row in rows if row.effective_on <= on], [row for row in rows if row.effective_on > on]
    holds = next((row for row in [*begun[-1:], *later] if not row.paused), None)
    if holds is None:
        raise NothingScheduled(at="on", day=on)
    version = Schedule(company_id=company_id, kind=kind, effective_on=on, because=because, set_by_id=by.id)
    return _write(version, _row(holds).timetable, paused=True)


@verb("runs.take-turn", Role.ADMINISTRATOR)
def note_turn(*, company_id: CompanyId, kind: str, on: date, run_id: RunId, by: Actor, at: datetime) -> None:
    """Write down that a run was made for a day of the schedule."""
    Turn.objects.create(company_id=company_id, kind=kind, on=on, run_id=run_id)


def scheduled_companies(kind: str) -> list[CompanyId]:
    """Return the companies that ever had a schedule of that kind, in order."""
    found = Schedule.objects.filter(kind=kind).order_by("company_id").values_list("company_id", flat=True)
    return [CompanyId(key) for key in found.distinct()]


def next_turn(company_id: CompanyId, kind: str, by: Actor, at: datetime) -> date | None:
    """Return the first day of the schedule whose time has come and whose turn was not taken, None without one."""
    zone = ZoneInfo(get_company(company_id, by).time_zone)
    tomorrow = at.astimezone(zone).date() + DAY
    rows = _standing(_versions(company_id, kind))
    versions = [_in_force(row) for row in rows]
    for day in days_due(versions, after=_last_on(company_id, kind), until=tomorrow):
        row = [one for one in rows if one.effective_on <= day][-1]
        if _row(row).timetable.moment(day, zone) <= at:
            return day
    return None


def run_ahead(company_id: CompanyId, kind: str, *, on: date) -> Run | None:
    """Return the oldest run of that kind, up to a day, that came to no end yet: the schedule waits behind it."""
    waiting = Q(state__in=[RunState.PREVIEWED, RunState.APPROVED])
    return Run.objects.filter(waiting, company_id=company_id, kind=kind, target_on__lte=on).order_by("id").first()


def version_on(company_id: CompanyId, kind: str, on: date) -> int | None:
    """Return the version that holds on a day, None without one."""
    rows = _standing(_versions(company_id, kind))
    return next((row.pk for row in reversed(rows) if row.effective_on <= on), None)


def schedule_of(actor: Actor, run_id: RunId) -> ScheduleRow | None:
    """Return the version by which a run of the actor's companies was made, as it held then; None for one by hand."""
    turn = Turn.objects.visible_to(actor).filter(run_id=run_id).first()
    if turn is None:
        return None
    known = [row for row in _versions(CompanyId(turn.company_id), turn.kind) if row.recorded_at <= turn.recorded_at]
    held = [row for row in _standing(known) if row.effective_on <= turn.on]
    return _row(held[-1]) if held else None


def version_ids(company_id: CompanyId, kind: str) -> list[int]:
    """Return all versions that were ever set, in the order of their days."""
    return [row.pk for row in _versions(company_id, kind)]


def get_schedule(actor: Actor, company_id: CompanyId, kind: str, *, at: datetime) -> ScheduleView:
    """Return what is done by schedule for a company; refuses `NotFound`."""
    company = get_company(company_id, actor)
    today, rows = company.today(at), _versions(company_id, kind)
    standing, last = _standing(rows), _last_on(company_id, kind)
    after = max(last or date.min, today - DAY)
    coming = days_due([_in_force(row) for row in standing], after=after, until=today + AHEAD)
    turns = Turn.objects.filter(company_id=company_id, kind=kind).select_related("run").order_by("-on")[: 3 * SHOWN]
    begun = [row for row in standing if row.effective_on <= today]
    later = standing[len(begun) :]
    return ScheduleView(
        kind=kind,
        in_force=_row(begun[-1]) if begun else None,
        begins=_row(later[0]) if later else None,
        next_on=tuple(islice(coming, SHOWN)),
        versions=tuple(_row(row, set_aside=row not in standing) for row in reversed(rows)),
        turns=tuple(_turn(turn) for turn in turns),
    )


def _refuse_past(company_id: CompanyId, on: date, by: Actor, at: datetime) -> None:
    today = get_company(company_id, by).today(at)
    if on < today:
        raise ScheduleInPast(at="on", day=on, today=today)


def _write(version: Schedule, given: Timetable, *, paused: bool) -> int:
    version.rhythm, version.days, version.at_time, version.paused = given.rhythm, [*given.days], given.at, paused
    version.save(force_insert=True)
    return int(version.pk)


def _versions(company_id: CompanyId, kind: str) -> list[Schedule]:
    found = Schedule.objects.filter(company_id=company_id, kind=kind).select_related("set_by")
    return list(found.order_by("effective_on", "id"))


def _standing(rows: Sequence[Schedule]) -> list[Schedule]:
    """Return the versions that count: a pause sets aside what was set before it for its day or a later one."""
    pauses = [row for row in rows if row.paused]
    return [row for row in rows if not any(row.pk < one.pk and one.effective_on <= row.effective_on for one in pauses)]


def _last_on(company_id: CompanyId, kind: str) -> date | None:
    turns = Turn.objects.filter(company_id=company_id, kind=kind)
    return turns.order_by("-on").values_list("on", flat=True).first()


def _in_force(row: Schedule) -> InForce:
    return InForce(row.effective_on, None if row.paused else _row(row).timetable)


def _row(row: Schedule, *, set_aside: bool = False) -> ScheduleRow:
    return ScheduleRow(
        id=row.pk,
        kind=row.kind,
        rhythm=Rhythm(row.rhythm),
        days=tuple(row.days),
        at_time=row.at_time,
        paused=row.paused,
        effective_on=row.effective_on,
        because=row.because,
        set_by=row.set_by.name,
        recorded_at=row.recorded_at,
        set_aside=set_aside,
    )


def _turn(turn: Turn) -> TurnRow:
    run = turn.run
    return TurnRow(
        id=turn.pk,
        on=turn.on,
        run_id=RunId(run.pk),
        key=run.key,
        state=RunState(run.state),
        working=run.under_way,
        made=run.report or run.preview.get("made", {}),
        stopped=Text(en=run.stopped_en, ja=run.stopped_ja) if run.stopped_rule else None,
        recorded_at=turn.recorded_at,
    )
