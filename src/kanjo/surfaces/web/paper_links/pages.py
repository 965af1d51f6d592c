"""The page behind a link that was mailed: what the paper is, and the button that downloads it. Nobody signs in.

The link is not led to another address: a mail program opens it without a session, and two may be open at once. The
secret in the address is what a form of another site lacks, so that there is no token beside it.
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal import ratelimit
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kanjo.domains.billing.queries import LinkedPaper, get_linked
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Language, Text
from kanjo.processes.paper_by_link import fetch_paper
from kanjo.surfaces.pacing import TooOften
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.pages import CORRECTED
from kanjo.surfaces.web.charts import told
from kanjo.surfaces.web.doors import PUBLIC, door
from kanjo.surfaces.web.files.pages import as_download

OVER, NEVER = "billing.link-over", "billing.no-such-link"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
"""What keeps the page and its address out of caches, of the logs of others and of search machines."""
CREDIT_NOTE = Text(en="Credit note", ja="返還請求書")
A_MINUTE = 60
LINKS = Text(en="Links from one address", ja="同一アドレスからのリンクの利用")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@door(PUBLIC)
def paper(request: HttpRequest, secret: str) -> HttpResponse:
    """Show what the link leads to; its button downloads it, and only that counts as a download."""
    answer = _answered(request, secret)
    for name, value in HEADERS.items():
        answer.headers[name] = value
    return answer


def _answered(request: HttpRequest, secret: str) -> HttpResponse:
    _speak(request, translation.get_language())
    try:
        if not ratelimit.consume(request, app="allauth.account", action="paper-link", limit_get=True):
            raise TooOften(what=LINKS, most=A_MINUTE, seconds=60)
        if request.method == "POST":
            return _downloaded(request, secret)
        found = get_linked(secret, timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal)
    _speak(request, found.language)
    timezone.activate(found.time_zone)
    return render(request, "paper_link.html", {"paper": found, "facts": _facts(found), **_switch(request)})


def _downloaded(request: HttpRequest, secret: str) -> HttpResponse:
    with transaction.atomic():
        file = fetch_paper(secret=secret, part=request.POST.get("file", ""), at=timezone.now())
    return as_download(file.content, file.name, file.media_type)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return what is told in place of a paper: gone where there was one, missing where there never was."""
    status = {OVER: 410, NEVER: 404, TooOften.rule: 429}.get(refusal.rule)
    if status is None:
        raise refusal
    if refusal.rule == OVER:
        _speak(request, str(refusal.facts["language"]))
    answer = render(request, "paper_link_over.html", {"refusal": refusal, **_switch(request)}, status=status)
    if status == 429:
        answer.headers["Retry-After"] = str(refusal.facts["seconds"])
    return answer


def _facts(found: LinkedPaper) -> list[tuple[Text, Any]]:
    kind = CORRECTED if found.is_corrected else CREDIT_NOTE if found.is_credit else labels.INVOICE
    return [
        (labels.NUMBER, found.number),
        (Text(en="Document", ja="書類"), kind),
        (Text(en="Issued by", ja="発行者"), found.issuer),
        (labels.TOTAL, told(found.total)),
        *([(labels.DUE_ON, found.due_on)] if found.due_on else []),
        (Text(en="Link good until", ja="リンクの有効期限"), found.until),
    ]


def _speak(request: HttpRequest, language: str) -> None:
    """Speak the language that the address asks for, else *language*."""
    asked = request.GET.get("language", "")
    translation.activate(asked if asked in set(Language) else language)


def _switch(request: HttpRequest) -> dict[str, str]:
    """Return where the page stands in the other language: in its address, for a browser may keep no cookie of ours."""
    other = Language.ENGLISH if translation.get_language() == Language.JAPANESE else Language.JAPANESE
    return {"other": other, "switch": f"{request.path}?language={other}"}
