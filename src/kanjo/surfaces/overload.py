"""More work than there are hands: whoever cannot be served soon is told so at once, with when to come again.

`Gate` stands before the house. A request first has its body read, then waits for one of a few places to be worked at;
where too many wait, or one has waited too long, it is answered 503. So is what the database had no time for.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.template.loader import render_to_string
from django.views.defaults import server_error

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text

AGAIN_SECONDS = 5
"""When to come again."""
PROGRAMS = "/api/v1/"
FILES = "/static/"
LARGEST = 32 * 2**20
"""A body beyond it is not read before its turn."""
PIECE = 64 * 2**10

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


class Busy(Refusal):
    """Too much is asked at once."""

    rule = "house.busy"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Too much is being done at the moment; nothing was done.", ja="混み合っているため、実行していません。"
    )
    remedy = Text(en="Try again in a few seconds.", ja="数秒後にもう一度お試しください。")


def busy(path: str, languages: str = "") -> HttpResponse:
    """Answer that too much is asked: a problem to programs, in their language, a page in both to people."""
    if path.startswith(PROGRAMS):
        language = Language.ENGLISH if languages.lower().startswith("en") else Language.JAPANESE
        response = HttpResponse(json.dumps(_problem(language)), content_type="application/problem+json", status=503)
        response.headers["Content-Language"] = language.value
    else:
        response = HttpResponse(render_to_string("busy.html", {"busy": Busy}), status=503)
    response.headers["Retry-After"], response.headers["Cache-Control"] = str(AGAIN_SECONDS), "no-store"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what broke while a page was made: what the database had no time or no place for may be tried again."""
    if isinstance(sys.exc_info()[1], OperationalError):
        return busy(request.path, request.headers.get("Accept-Language", ""))
    response: HttpResponseServerError = server_error(request)
    return response


class Gate:
    """Lets so many requests be worked at together, so many more wait for so many seconds, and no more in."""

    def __init__(self, house: Application, *, places: int, waiting: int, seconds: float) -> None:
        self._house = house
        self._inside = BoundedSemaphore(places + waiting)
        self._places = BoundedSemaphore(places)
        self._seconds = seconds

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO", "").startswith(FILES):
            return self._house(environ, start)
        if not self._inside.acquire(blocking=False):
            return _told(environ, start)
        try:
            with _body_of(environ) as body:
                return self._worked_at({**environ, "wsgi.input": body}, start)
        finally:
            self._inside.release()

    def _worked_at(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if not self._places.acquire(timeout=self._seconds):
            return _told(environ, start)
        try:
            return self._house(environ, start)
        finally:
            self._places.release()


@contextmanager
def _body_of(environ: dict[str, Any]) -> Iterator[Any]:
    """Read the body, however slowly it comes, so that nobody else waits for it."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or not 0 < int(length) <= LARGEST:
        yield environ["wsgi.input"]
        return
    with SpooledTemporaryFile(max_size=2**20) as body:
        left = int(length)
        while left and (piece := environ["wsgi.input"].read(min(left, PIECE))):
            body.write(piece)
            left -= len(piece)
        body.seek(0)
        yield body


def _told(environ: dict[str, Any], start: Start) -> list[bytes]:
    response = busy(environ.get("PATH_INFO", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    start(f"503 {response.reason_phrase}", [(name, str(value)) for name, value in response.items()])
    return [response.content]


def _problem(language: Language) -> dict[str, Any]:
    return {
        "type": f"urn:kanjo:{Busy.rule}",
        "rule": Busy.rule,
        "title": Text(en="Busy", ja="混雑").said_in(language),
        "status": 503,
        "detail": Busy.says.said_in(language),
        "remedy": Busy.remedy.said_in(language),
        "at": "",
        "errors": [],
    }
