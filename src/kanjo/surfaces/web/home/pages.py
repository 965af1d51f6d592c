"""What waits for me; the language I read; the company I work in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from kanjo.foundation.actors import ROLE_NAMES
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.operations import choose_language
from kanjo.platform.worklist.queries import WorkRow, count_queue, list_queue
from kanjo.surfaces.web.desk import CHOSEN, Desk, DeskRequest
from kanjo.surfaces.web.doors import PUBLIC, SIGNED_IN, door
from kanjo.surfaces.web.middleware import LANGUAGE_COOKIE
from kanjo.surfaces.web.shown import State
from kanjo.surfaces.web.subjects import page_of
from kanjo.surfaces.web.words import WORK_NAMES

SHOWN = 200
LATE = Text(en="{day}, overdue", ja="{day}（期限超過）")
DUE = Text(en="due {day}", ja="期限 {day}")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, as it is drawn."""

    what: object
    why: Text
    role: Text
    owner: str
    since: datetime
    due_on: date | None
    due: State


@door(SIGNED_IN)
def home(request: DeskRequest) -> HttpResponse:
    """Show what waits for the person, nearest due date first."""
    items = list_queue(request.desk.actor, limit=SHOWN)
    context = {
        "items": [_waiting(item, request.desk.today) for item in items],
        "total": count_queue(request.desk.actor),
    }
    return render(request, "home.html", context)


@door(PUBLIC)
def choose_language_here(request: HttpRequest) -> HttpResponse:
    """Change the language: of the person where one is signed in, and of this browser."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    wanted = Language.ENGLISH if request.POST.get("language") == Language.ENGLISH else Language.JAPANESE
    desk: Desk | None = getattr(request, "desk", None)
    if desk is not None and desk.actor.roles:
        with transaction.atomic():
            choose_language(language=wanted, by=desk.actor, at=timezone.now())
    response = _back(request)
    response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=365 * 24 * 3600, samesite="Lax", httponly=True)
    return response


@door(SIGNED_IN)
def choose_company(request: DeskRequest) -> HttpResponse:
    """Go on working in another selling company that the person is assigned to."""
    wanted = request.POST.get("company", "")
    for company in request.desk.companies:
        if str(company.id) == wanted:
            request.session[CHOSEN] = company.id
    return HttpResponseRedirect("/")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    given = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(given if safe else "/")


def _waiting(item: WorkRow, today: date) -> Waiting:
    late = item.due_on is not None and item.due_on < today
    return Waiting(
        what=page_of(item.subject, item.subject_id, WORK_NAMES.get(item.kind, item.kind)),
        why=item.why,
        role=ROLE_NAMES[item.role],
        owner=item.owner,
        since=item.since,
        due_on=item.due_on,
        due=State((LATE if late else DUE).filled(day=item.due_on), "stop" if late else "quiet"),
    )
