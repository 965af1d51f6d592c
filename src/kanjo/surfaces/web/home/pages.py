"""What waits for me; the language I read, the look I like, the company I work in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from kanjo.foundation.actors import ROLE_NAMES
from kanjo.foundation.eras import Calendar
from kanjo.foundation.texts import Language, Text
from kanjo.platform.deputies.queries import list_stands
from kanjo.platform.identity.operations import choose_calendar, choose_language
from kanjo.platform.tallies import Tally
from kanjo.platform.worklist.queries import DueCounts, WorkRow, count_queue, count_queue_by_due, list_queue
from kanjo.reports.whose import customers_of
from kanjo.surfaces.readers import told_of
from kanjo.surfaces.web.days import ONE_DAY
from kanjo.surfaces.web.desk import CHOSEN, Desk, DeskRequest
from kanjo.surfaces.web.doors import PUBLIC, SIGNED_IN, door
from kanjo.surfaces.web.lists import AT, ROWS, paging
from kanjo.surfaces.web.look import CHOICES, cookie
from kanjo.surfaces.web.middleware import LANGUAGE_COOKIE
from kanjo.surfaces.web.shown import Link, State, said
from kanjo.surfaces.web.subjects import icon_of, page_of
from kanjo.surfaces.web.words import WORK_NAMES

LATE = Text(en="{day}, overdue", ja="{day}（期限超過）")
DUE = Text(en="due {day}", ja="期限 {day}")
OVERDUE = Text(en="Past the due date ({count})", ja="期限を過ぎています（{count}件）")
TODAY = Text(en="Due today ({count})", ja="今日まで（{count}件）")
LATER = Text(en="Later ({count})", ja="明日以降（{count}件）")
FEW = 10
"""What is shown of the queue of somebody absent."""
_DONE_AT = {"approvals.decide": "decide-item"}
"""The form in which work is done at once, by its kind."""
UNDATED = Text(en="Without a due date ({count})", ja="期限なし（{count}件）")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, as it is drawn."""

    what: object
    customer: str
    href: str
    icon: str
    why: Text
    role: Text
    owner: str
    since: datetime
    due_on: date | None
    due: State | None


@dataclass(frozen=True, slots=True)
class Absent:
    """What waits for somebody absent, as its deputy sees it."""

    key: int
    name: str
    last: date
    count: int
    items: Sequence[Waiting]


@dataclass(frozen=True, slots=True)
class Group:
    """What waits with one kind of due date."""

    words: str
    icon: str
    hot: bool
    items: Sequence[Waiting]


@door(SIGNED_IN)
def home(request: DeskRequest) -> HttpResponse:
    """Show what waits for the person, nearest due date first."""
    desk = request.desk
    counts = count_queue_by_due(desk.actor, desk.today)
    items = list_queue(desk.actor, limit=ROWS, at=request.GET.get(AT, ""))
    context = {
        "groups": _grouped(_all_waiting(items, desk.today), counts, desk.today),
        "stands": [] if desk.actor.for_id else _absent(desk),
        **paging(request, items, Tally(counts.total)),
    }
    return render(request, "home.html", context)


@door(PUBLIC)
def choose_language_here(request: HttpRequest) -> HttpResponse:
    """Change the language: of the person where one is signed in, and of this browser; or how it reads days."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    if "calendar" in request.POST:
        return _calendar_chosen(request)
    wanted = Language.ENGLISH if request.POST.get("language") == Language.ENGLISH else Language.JAPANESE
    desk: Desk | None = getattr(request, "desk", None)
    if desk is not None and desk.actor.roles:
        with transaction.atomic():
            choose_language(language=wanted, by=desk.actor, at=timezone.now())
    response = _back(request)
    response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


def _calendar_chosen(request: HttpRequest) -> HttpResponse:
    wanted = Calendar.ERAS if request.POST["calendar"] == Calendar.ERAS else Calendar.WESTERN
    desk: Desk | None = getattr(request, "desk", None)
    if desk is not None and desk.own.roles:
        with transaction.atomic():
            choose_calendar(calendar=wanted, by=desk.own, at=timezone.now())
    return _back(request)


@door(SIGNED_IN)
def choose_look(request: DeskRequest) -> HttpResponse:
    """Change the theme or the density of this browser."""
    response = _back(request)
    for name, choices in CHOICES.items():
        wanted = request.POST.get(name, "")
        if wanted in choices:
            response.set_cookie(cookie(name), wanted, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@door(SIGNED_IN)
def choose_company(request: DeskRequest) -> HttpResponse:
    """Go on working in another selling company that the person is assigned to."""
    wanted = request.POST.get("company", "")
    for company in request.desk.companies:
        if str(company.id) == wanted:
            request.session[CHOSEN] = company.id
    return HttpResponseRedirect("/")


def _absent(desk: Desk) -> list[Absent]:
    """Return for each person that the reader stands in for what waits there, the first few of it."""
    return [
        Absent(
            key=stand.deputation_id,
            name=stand.name,
            last=timezone.localdate(stand.until - ONE_DAY),
            count=count_queue(stand.actor),
            items=_all_waiting(list_queue(stand.actor, limit=FEW), desk.today, stay=True),
        )
        for stand in list_stands(desk.own, desk.now)
    ]


def _back(request: HttpRequest) -> HttpResponseRedirect:
    given = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(given if safe else "/")


def _grouped(items: Sequence[Waiting], counts: DueCounts, today: date) -> list[Group]:
    kinds = (
        (OVERDUE, counts.overdue, "alert-octagon", True, lambda due: due is not None and due < today),
        (TODAY, counts.today, "clock", False, lambda due: due == today),
        (LATER, counts.later, "calendar", False, lambda due: due is not None and due > today),
        (UNDATED, counts.undated, "inbox", False, lambda due: due is None),
    )
    groups = []
    for words, count, icon, hot, belongs in kinds:
        here = [item for item in items if belongs(item.due_on)]
        if here:
            groups.append(Group(said(words.filled(count=count)), icon, hot, here))
    return groups


def _all_waiting(rows: Sequence[WorkRow], today: date, *, stay: bool = False) -> list[Waiting]:
    customers = customers_of([(row.subject, row.subject_id) for row in rows])
    return [_waiting(row, today, said(customers.get((row.subject, row.subject_id), "")), stay=stay) for row in rows]


def _led(item: WorkRow, name: object) -> object:
    """Return the name of work leading to where it is done at once, to the page of its row where that is elsewhere."""
    form = Link(name, _DONE_AT[item.kind], item.subject_id) if item.kind in _DONE_AT else None
    return form if form and not form.shut else page_of(item.subject, item.subject_id, name)


def _waiting(item: WorkRow, today: date, customer: str, *, stay: bool) -> Waiting:
    """Return work as it is drawn; what is only looked at from here leads nowhere."""
    late = item.due_on is not None and item.due_on < today
    tone = "stop" if late else "warn" if item.due_on == today else "quiet"
    told_of(item.subject, item.subject_id)
    name: object = WORK_NAMES.get(item.kind, item.kind)
    what = name if stay else _led(item, name)
    return Waiting(
        what=what,
        customer=customer,
        href=what.url if isinstance(what, Link) and not what.shut else "",
        icon=icon_of(item.subject),
        why=item.why,
        role=ROLE_NAMES[item.role],
        owner=item.owner,
        since=item.since,
        due_on=item.due_on,
        due=State((LATE if late else DUE).filled(day=item.due_on), tone) if item.due_on else None,
    )
