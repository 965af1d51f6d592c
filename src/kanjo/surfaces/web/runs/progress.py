"""How far a run is: left at any time, found again in the top bar and on the home page, and its end is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from kanjo.foundation.ids import RunId
from kanjo.foundation.texts import Text
from kanjo.platform.runs.operations import RUNNERS
from kanjo.platform.runs.queries import UnderWay, how_far, list_under_way
from kanjo.platform.runs.states import RunState
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import PANEL
from kanjo.surfaces.web.doors import BOOKS, SIGNED_IN, door
from kanjo.surfaces.web.shown import said
from kanjo.surfaces.web.words import RUN_NAMES

STARTED = "started"
"""The runs that this session started and whose end its person has not seen."""
NAMED = Text(en="{kind} {key}", ja="{kind} {key}")
DONE = Text(en="{done} of {all} parts done", ja="{all}区分中{done}区分が完了")
FAILED = Text(en="{failed} failed", ja="失敗 {failed}件")
LEFT = Text(en="{left} left", ja="残り{left}区分")
ENDED = Text(en="Finished.", ja="完了しました。")
STANDS = Text(
    en="Not finished: start it again, it goes on where it is.", ja="未完了です。再度実行すると続きから再開します。"
)
SECONDS = Text(en="about {count} s to go", ja="残り約{count}秒")
MINUTES = Text(en="about {count} min to go", ja="残り約{count}分")
WAITS = Text(en="waits for its turn", ja="開始待ち")
OFTEN, SELDOM = "500ms", "2s"
"""How soon a page asks again: at first at once, since most runs are short."""
SHORT = timedelta(seconds=10)
QUIET = timedelta(minutes=10)
"""A run of which nothing was done for so long is not under way any more: somebody has to start it again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, as it is drawn."""

    href: str
    asks: str
    name: str
    words: str
    done: int
    all: int
    ended: bool
    live: bool
    pause: str = SELDOM

    @property
    def share(self) -> int:
        """The share that is done, in percent, rounded down."""
        return 100 if self.ended else self.done * 100 // self.all if self.all else 0


@door(BOOKS)
def progress(request: DeskRequest, key: int) -> HttpResponse:
    """Answer how far a run is to its page that asks again and again; lead others to that page."""
    one = drawn(how_far(request.desk.actor, RunId(key)), request.desk.now)
    if PANEL not in request.headers:
        return HttpResponseRedirect(one.href)
    response = render(request, "_progress.html", {"one": one, "asked": True})
    if not one.live and urlsplit(request.headers.get("HX-Current-URL", "")).path == one.href:
        response.headers["HX-Refresh"] = "true"  # the page of the run shows what came of it
    return response


@door(SIGNED_IN)
def working(request: DeskRequest) -> HttpResponse:
    """Answer what the top bar tells of runs under way, and nothing else."""
    return render(request, "_working.html")


def under_way(request: HttpRequest) -> list[Progress]:
    """Return the runs that the person may run and that are under way, and those it started until it saw their end."""
    desk = getattr(request, "desk", None)
    if desk is None or not desk.actor.holds(*RUNNERS):
        return []
    own = [RunId(one) for one in request.session.get(STARTED, ())]
    return [drawn(one, desk.now) for one in list_under_way(desk.actor, since=desk.now - QUIET, also=own)]


def begin(request: DeskRequest, key: int) -> None:
    """Remember that the person started a run, at once: the request that executes it may last."""
    _remember(request, [*(one for one in request.session.get(STARTED, ()) if one != key), key])


def seen(request: DeskRequest, key: int, *, ended: bool) -> None:
    """Forget a run whose end was shown."""
    started = request.session.get(STARTED, ())
    if ended and key in started:
        _remember(request, [one for one in started if one != key])


def drawn(run: UnderWay, now: datetime) -> Progress:
    """Return how far a run is, in words; what is left is told from what is done so far."""
    ended, all_done = run.state is RunState.EXECUTED, run.done == run.shards
    begun = run.begun_at is not None and (now - run.last_at if run.last_at else QUIET) < QUIET
    live = run.working or (run.state is RunState.APPROVED and begun and run.stopped is None)
    parts = [DONE.filled(done=f"{run.done:,}", all=f"{run.shards:,}")]
    if not ended and not all_done:
        parts.append(LEFT.filled(left=f"{run.shards - run.done:,}"))
    parts.append(FAILED.filled(failed=f"{run.failed:,}"))
    if ended:
        parts.append(ENDED)
    elif live:
        parts += _to_go(run, now) if run.done else [WAITS]
    elif run.done or run.stopped:
        parts.append(STANDS)
    return Progress(
        href=reverse("run", args=[run.id]),
        asks=reverse("run-progress", args=[run.id]),
        name=said(NAMED.filled(kind=RUN_NAMES.get(run.kind, run.kind), key=run.key)),
        words=" · ".join(said(one) for one in parts),
        done=run.done,
        all=run.shards,
        ended=ended,
        live=not ended and run.state is RunState.APPROVED and run.stopped is None,
        pause=OFTEN if run.working and run.started_at and now - run.started_at < SHORT else SELDOM,
    )


def _to_go(run: UnderWay, now: datetime) -> Sequence[Text]:
    if not run.done or run.begun_at is None:
        return []
    seconds = int((now - run.begun_at).total_seconds() / run.done * (run.shards - run.done))
    if seconds < 1:
        return []
    return [SECONDS.filled(count=seconds) if seconds < 90 else MINUTES.filled(count=-(-seconds // 60))]


def _remember(request: DeskRequest, started: list[int]) -> None:
    request.session[STARTED] = started
    request.session.save()
    request.session.modified = False
