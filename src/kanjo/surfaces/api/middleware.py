"""What every call goes through: its size, its language, and answers that are no page."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils import translation

from kanjo.surfaces.api.acts import ROOT
from kanjo.surfaces.api.problems import BodyTooLarge, NotJson, NotThisMethod, language_of, problem
from kanjo.surfaces.readers import begin, leave

Answer = Callable[[HttpRequest], HttpResponseBase]


class AtTheCounter:
    """Answer programs: refuse a body before anything reads it, and never answer with a page."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a call; let everything else pass."""
        if not request.path.startswith(ROOT):
            return self._answer(request)
        translation.activate(language_of(request))
        begin(None)
        response = self._answered(request)
        leave()
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        try:
            _ = request.body
        except RequestDataTooBig:
            return problem(request, BodyTooLarge(most=f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,}"))
        except UnreadablePostError:
            return problem(request, NotJson())
        response = self._answer(request)
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = problem(request, NotThisMethod(method=str(request.method)))
            response.headers["Allow"] = allowed
        return response
