"""What every request goes through: the content policy, the language, the door, and the answer to a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation

from kanjo.foundation.eras import Calendar
from kanjo.foundation.money import MINOR_MAX
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.models import Person
from kanjo.platform.privacy.ways import Way
from kanjo.surfaces.doors import Door, named
from kanjo.surfaces.readers import Reader, begin, leave, reader
from kanjo.surfaces.web.days import read_by
from kanjo.surfaces.web.desk import CHOSEN, STANDING, DeskRequest, StandEnded, sit_down
from kanjo.surfaces.web.doors import door_of
from kanjo.surfaces.web.fields import Unreadable
from kanjo.surfaces.web.guard import keep_session, lacks_factor, sent_to_prove

Answer = Callable[[HttpRequest], HttpResponseBase]

LANGUAGE_COOKIE = "kanjo-language"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = ", ".join(
    f"{one}=()" for one in ("camera", "geolocation", "microphone", "payment", "usb", "serial", "midi")
)
"""What no page of ours asks a device for."""
STATUS = {
    RefusalKind.INVALID: 400,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.MISSING: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.TOO_OFTEN: 429,
}


class NotForYourRole(Refusal):
    """The page belongs to roles that the person does not hold."""

    rule = "access.not-your-page"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="This page is for: {roles}.", ja="このページを利用できる役割: {roles}。")
    remedy = Text(
        en="Ask a colleague with that role, or an administrator for the role.",
        ja="該当する役割の担当者に依頼するか、システム管理者に役割の付与を依頼してください。",
    )


class ContentPolicy:
    """Tell the browser to run and draw nothing that does not come from us, and to hand out no device."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the policy in the header."""
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class AtTheDesk:
    """Seat whoever is signed in, in its language and the zone of its company; show the sign-in to others.

    Refusals are answered as pages.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the person's language."""
        translation.activate(_language(request))
        read_by(_calendar(request))
        timezone.deactivate()
        begin(None)
        response = self._answer(request)
        leave()
        response.headers.setdefault("Content-Language", translation.get_language())
        if isinstance(response, HttpResponse) and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Let through whoever the route is declared for."""
        assert request.resolver_match is not None
        who = door_of(request.resolver_match)
        if who is None:
            raise Http404
        if who.by_token:
            return None
        if isinstance(request.user, Person):
            seated = cast("DeskRequest", request)
            try:
                seated.desk = sit_down(request.user, request.session.get(CHOSEN), request.session.get(STANDING))
            except StandEnded as ended:
                del request.session[STANDING]
                seated.desk = sit_down(request.user, request.session.get(CHOSEN))
                if request.method == "POST":
                    return refused(request, ended)
            if seated.desk.chosen is not None:
                timezone.activate(seated.desk.chosen.time_zone)
            keep_session(request, seated.desk.actor)
            begin(_reader(seated, who, kwargs.get("key")))
            return _refused_by_character(request) or _led_elsewhere(seated, who) or _asked_why(seated, who)
        if who.public:
            return None
        return _to_the_sign_in(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its rule and the way out."""
        return refused(request, exception) if isinstance(exception, Refusal) else None


def _to_the_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in and back; a page that asks for a part of itself stays, and tells where to sign in."""
    sign_in = f"{resolve_url('account_login')}?{urlencode({'next': request.get_full_path()})}"
    if "HX-Request" in request.headers:
        return render(request, "session_ended.html", {"sign_in": sign_in}, status=401)
    return HttpResponseRedirect(sign_in)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Return the page that tells a refusal, with the status of its kind."""
    response = render(request, "refusal.html", {"refusal": refusal}, status=STATUS[refusal.kind])
    if refusal.kind is RefusalKind.TOO_OFTEN:
        response.headers["Retry-After"] = str(refusal.facts["seconds"])
    return response


def _led_elsewhere(request: DeskRequest, who: Door) -> HttpResponseBase | None:
    """Return what a signed-in person is answered instead of the page, None for one that it may have."""
    request.unproven = lacks_factor(request.desk.actor)
    if request.unproven and not (who.public or who.unproven):
        return HttpResponseRedirect(resolve_url("mfa_index"))
    if who.public:
        return None
    return _refused_by_role(request, who) or sent_to_prove(request, who)


def _reader(request: DeskRequest, who: Door, key: object) -> Reader:
    assert request.resolver_match is not None
    return Reader(
        actor=request.desk.actor,
        page=request.resolver_match.url_name or "",
        key=key if isinstance(key, int) and key <= MINOR_MAX else None,
        now=request.desk.now,
        way=Way.FILE if who.holds else Way.PAGE,
        query=request.GET.urlencode(),
    )


def _asked_why(request: DeskRequest, who: Door) -> HttpResponse | None:
    """Lead who does not need the personal data of a paper, which cannot be masked, to the form that asks for a reason.

    A paper without a key is none, and who has no company has no paper to give a reason for.
    """
    now = reader()
    if now is None or now.key is None or not now.actor.companies or all(now.reads(kind) for kind in who.holds):
        return None
    return HttpResponseRedirect(resolve_url("reveal", f"{now.page}.{now.key}"))


def _refused_by_role(request: DeskRequest, who: Door) -> HttpResponse | None:
    if not who.roles or request.desk.actor.holds(*who.roles):
        return None
    return refused(request, NotForYourRole(roles=named(who.roles)))


def _refused_by_character(request: HttpRequest) -> HttpResponse | None:
    """Refuse an address with a character that no text has; a form says so beside its field."""
    given = [value for _, values in request.GET.lists() for value in values]
    return refused(request, Unreadable()) if any("\0" in text for text in given) else None


def _language(request: HttpRequest) -> str:
    """Return the person's language; before the sign-in that of the cookie; Japanese first."""
    if isinstance(request.user, Person):
        return request.user.language
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in set(Language) else Language.JAPANESE


def _calendar(request: HttpRequest) -> Calendar:
    return Calendar(request.user.calendar) if isinstance(request.user, Person) else Calendar.WESTERN
