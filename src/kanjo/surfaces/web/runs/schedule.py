"""Billing by schedule: on which days the house bills, which come next, and what became of the last ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from django.http import HttpResponse

from kanjo.domains.billing.operations.run import KIND
from kanjo.foundation.money import CURRENCIES, Money
from kanjo.foundation.quoting import quoted
from kanjo.foundation.rhythms import WEEKDAY_NAMES, NotSuchADay, Rhythm, Timetable
from kanjo.foundation.texts import Text
from kanjo.platform.runs.schedules import (
    ScheduleRow,
    TurnRow,
    get_schedule,
    pause_schedule,
    set_schedule,
)
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import BOOKS, doing, door
from kanjo.surfaces.web.fields import Field, choice, clock, clock_shown, day, many, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link

TITLE = Text(en="Billing by schedule", ja="自動請求の予定")
SET = Text(en="Set the schedule", ja="予定を設定")
PAUSE = Text(en="Pause the schedule", ja="予定を一時停止")
DAYS = Text(en="Days", ja="請求する日")
AT = Text(en="At", ja="時刻")
ZONE = Text(en="Time zone", ja="タイムゾーン")
NEXT = Text(en="Next days", ja="次回以降の請求日")
NO_NEXT = Text(en="Nothing is billed by schedule.", ja="自動請求の予定はありません。")
LAST = Text(en="Last days", ja="最近の自動請求")
NO_LAST = Text(en="No day was billed by schedule yet.", ja="自動請求の実績はありません。")
VERSIONS = Text(en="What was set", ja="設定の履歴")
PAUSED = Text(en="Paused", ja="停止中")
SET_ASIDE = Text(en="{days} (set aside by a later pause)", ja="{days}（その後の一時停止により無効）")
RUNS_OUT = Text(en="Under way", ja="実行中")
DAY = Text(en="Day", ja="対象日")
RUN = Text(en="Run", ja="一括処理")
SET_BY = Text(en="Set by", ja="設定者")
RHYTHM = Text(en="How often", ja="頻度")
WEEKDAYS = Text(en="Days of the week", ja="曜日")
MONTH_DAYS = Text(en="Days of the month", ja="毎月の日付")
FOR_MONTHLY = Text(
    en="For days of the month, such as 10, 20, 31; 31 is the last day of every month.",
    ja="「毎月（日付指定）」の場合に「10、20、31」の形で入力してください。31は毎月の末日を指します。",
)
SET_SAYS = Text(
    en="On these days everything due that day is billed, dated that day. A run above the approval limit waits for the"
    " CFO; any other is executed at once. Days missed are made up for, in order.",
    ja="指定した日に、その日までに請求期日が到来した分を同日付で請求します。承認上限を超える処理はCFOの承認を待ち、"
    "それ以外はすぐに実行します。停止などで実行できなかった日は、順番に実行します。",
)
PAUSE_SAYS = Text(
    en="From that day on nothing is billed by schedule, until it is set anew. What is due meanwhile is billed by the"
    " first run after it.",
    ja="指定した日以降、再び設定するまで自動請求を行いません。その間に期日が到来した分は、再開後の最初の処理で請求します。",
)
TOTAL_OF = re.compile(r"total_([A-Z]{3})")
USUAL = time(6, 0)


@door(BOOKS)
def schedule(request: DeskRequest) -> HttpResponse:
    """Show what is billed by schedule: when, the days to come, the last ones."""
    desk = request.desk
    view = get_schedule(desk.actor, desk.company_id, KIND, at=desk.now)
    holds = view.in_force or view.begins
    held = None if view.next_on else NO_NEXT
    stands = Section(NEXT, Table.of(_next(view.versions), view.next_on), empty=NO_NEXT)
    detail = Detail(
        kind=TITLE,
        title=TITLE.said_in(desk.actor.language),
        back=Link(Text(en="Runs", ja="一括処理"), "runs"),
        facts=(
            (DAYS, _days(holds) if holds else None),
            (AT, clock_shown(holds.at_time) if holds else None),
            (ZONE, desk.company.time_zone),
            (labels.FROM_DAY, holds.effective_on if holds else None),
            (SET_BY, holds.set_by if holds else None),
            (labels.REASON, holds.because if holds else None),
        ),
        sections=(
            stands,
            Section(LAST, Table.of(_TURNS, view.turns), empty=NO_LAST),
            Section(VERSIONS, Table.of(_VERSIONS, view.versions)),
        ),
        acts=(
            Act(PAUSE, Link("", "pause-billing-schedule"), "runs.pause-schedule", held),
            Act(SET, Link("", "set-billing-schedule"), "runs.set-schedule", main=True),
        ),
    )
    return show(request, detail)


def _next(versions: Sequence[ScheduleRow]) -> tuple[Column[date], ...]:
    """Return a day to come and its hour, by the version that holds on it; *versions* begin with the last."""

    def at(on: date) -> str:
        return next(clock_shown(row.at_time) for row in versions if row.effective_on <= on and not row.set_aside)

    return (Column(DAY, lambda on: on), Column(AT, at))


def _days(row: ScheduleRow) -> Text:
    days = PAUSED if row.paused else row.timetable.shown
    return SET_ASIDE.filled(days=days) if row.set_aside else days


def _stands(row: TurnRow) -> object:
    return RUNS_OUT if row.working else row.state


def _total(made: dict[str, Any]) -> Money | Text | None:
    """Return what was billed, or would be, with tax: an amount, or those of all currencies in a row."""
    sums = [Money(number, found[1]) for name, number in made.items() if (found := TOTAL_OF.fullmatch(name))]
    known = [one for one in sums if one.currency in CURRENCIES]
    if len(known) < 2:
        return known[0] if known else None
    return Text(en=", ".join(one.shown("en") for one in known), ja="、".join(one.shown("ja") for one in known))


_TURNS: tuple[Column[TurnRow], ...] = (
    Column(DAY, lambda row: row.on),
    Column(RUN, lambda row: Link(row.key, "run", row.run_id)),
    Column(labels.STATE, _stands),
    Column(Text(en="Invoices", ja="請求書件数"), lambda row: row.made.get("invoices", 0), number=True),
    Column(labels.TOTAL, lambda row: _total(row.made), number=True),
    Column(Text(en="Failed", ja="失敗件数"), lambda row: row.made.get("failed", 0), number=True),
    Column(Text(en="Why it stopped", ja="中断の理由"), lambda row: row.stopped),
)
_VERSIONS: tuple[Column[ScheduleRow], ...] = (
    Column(labels.FROM_DAY, lambda row: row.effective_on),
    Column(DAYS, _days),
    Column(AT, lambda row: clock_shown(row.at_time)),
    Column(SET_BY, lambda row: row.set_by),
    Column(labels.REASON, lambda row: row.because),
    Column(labels.RECORDED, lambda row: row.recorded_at),
)


@door(doing("runs.set-schedule"))
def set_one(request: DeskRequest) -> HttpResponse:
    """Let the house bill on given days, from a day on."""
    desk = request.desk
    view = get_schedule(desk.actor, desk.company_id, KIND, at=desk.now)

    def do(given: Given) -> Link:
        set_schedule(
            company_id=desk.company_id,
            kind=KIND,
            given=_timetable(given),
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "billing-schedule")

    deed = Deed(
        title=SET,
        back=Link(TITLE, "billing-schedule"),
        button=SET,
        do=do,
        fields=_to_set(view.in_force or view.begins, first_on=desk.today + timedelta(days=1)),
        says=SET_SAYS,
        beside=_beside,
    )
    return perform(request, deed)


def _to_set(before: ScheduleRow | None, first_on: date) -> Sequence[Field]:
    """Return the fields of a schedule, filled with what holds."""
    weekly = before is not None and before.rhythm is Rhythm.WEEKLY
    monthly = before is not None and before.rhythm is Rhythm.MONTHLY
    days = [str(one) for one in before.days] if before else []
    return (
        choice(
            "rhythm",
            RHYTHM,
            tuple((one.value, one.shown) for one in Rhythm),
            initial=before.rhythm if before else Rhythm.DAILY,
        ),
        many(
            "weekdays",
            WEEKDAYS,
            tuple((str(key), name) for key, name in WEEKDAY_NAMES.items()),
            needed=False,
            initial=days if weekly else (),
        ),
        Field("month_days", MONTH_DAYS, _numbers, "text", False, FOR_MONTHLY, ", ".join(days) if monthly else ""),
        clock("at_time", AT, before.at_time if before else USUAL),
        day("on", labels.FROM_DAY, first_on, hint=labels.BUSINESS_DAY),
        prose("because", labels.REASON),
    )


def _beside(at: str, given: Given) -> str:
    if at != "days":
        return at
    return "weekdays" if given["rhythm"] == Rhythm.WEEKLY else "month_days"


def _timetable(given: Given) -> Timetable:
    rhythm = Rhythm(given["rhythm"])
    days = {
        Rhythm.DAILY: (),
        Rhythm.WEEKLY: tuple(int(one) for one in given["weekdays"] or ()),
        Rhythm.MONTHLY: given["month_days"] or (),
    }
    return Timetable(rhythm, days[rhythm], given["at_time"])


def _numbers(text: str, at: str) -> tuple[int, ...]:
    """Return the numbers of a list of days, whatever stands between them; full width is read, too."""
    plain = text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    parts = [part.strip() for part in re.split(r"[,、，・\s]+", plain) if part.strip()]
    odd = next((part for part in parts if not re.fullmatch(r"\d{1,2}", part, re.ASCII)), None)
    if odd is not None:
        raise NotSuchADay(at=at, day=quoted(odd))
    return tuple(int(part) for part in parts)


@door(doing("runs.pause-schedule"))
def pause(request: DeskRequest) -> HttpResponse:
    """Let nothing be billed by schedule from a day on."""
    desk, company_id = request.desk, request.desk.company_id

    def do(given: Given) -> Link:
        pause_schedule(
            company_id=company_id,
            kind=KIND,
            on=given["on"],
            because=given["because"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "billing-schedule")

    fields = (day("on", labels.FROM_DAY, desk.today, hint=labels.BUSINESS_DAY), prose("because", labels.REASON))
    back = Link(TITLE, "billing-schedule")
    return perform(request, Deed(title=PAUSE, back=back, button=PAUSE, do=do, fields=fields, says=PAUSE_SAYS))
