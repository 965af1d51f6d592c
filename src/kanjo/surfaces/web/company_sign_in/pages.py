"""The company's own sign-in: a person is sent there and comes back, to sign in, to connect, or to prove itself anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from kanjo.connectors.openid.believing import Client, Errand, Named, NotBelieved, OtherAddress, come_back, send
from kanjo.foundation.texts import Text
from kanjo.platform.identity.company_accounts import connect_account, disconnect_account, find_person, is_connected
from kanjo.platform.identity.invitations import accept_invitation, get_invitation
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import actor_of, get_actor
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Detail, show
from kanjo.surfaces.web.doors import PUBLIC, SIGNED_IN, doing, door
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, State

TITLE = Text(en="Company account", ja="会社アカウント")
MINE = Text(en="My settings", ja="個人設定")
CONNECT = Text(en="Connect it", ja="接続する")
DISCONNECT = Text(en="Disconnect it", ja="接続を解除")
ISSUER = Text(en="Sign-in of the company", ja="シングルサインオン")
CONNECTED = State(Text(en="Connected", ja="接続済み"), "ok")
NOT_CONNECTED = State(Text(en="Not connected", ja="未接続"))
NO_SIGN_IN = Text(en="This house has no sign-in of the company.", ja="シングルサインオンは設定されていません。")
IS_CONNECTED = Text(en="It is connected.", ja="すでに接続されています。")
IS_NOT = Text(en="It is not connected.", ja="接続されていません。")

ERRAND: Final = "company-sign-in"
INVITATION: Final = "invitation"
"""Where a session remembers whom it sent to the issuer and why, and by which invitation somebody came."""

SIGN_IN, AGAIN, CONNECTING, INVITED = "sign-in", "again", "connect", "invited"

WILLING: Final = "connecting"
"""Where a session remembers that its person sent the form that connects an account."""


def _there() -> Client:
    there: Client | None = settings.COMPANY_SIGN_IN
    if there is None:
        raise Http404
    return there


def led(request: HttpRequest, why: str) -> str:
    """Return where to send somebody at the issuer, and remember why."""
    back = request.build_absolute_uri(reverse("company-sign-in-back"))
    address, errand = send(_there(), back=back, at=timezone.now(), again=why == AGAIN)
    asked = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    request.session[ERRAND] = {"why": why, "next": asked if safe else "", **errand.as_json()}
    return address


@door(PUBLIC)
def start(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the issuer to sign in, and who is signed in to prove itself anew."""
    return HttpResponseRedirect(led(request, AGAIN if request.user.is_authenticated else SIGN_IN))


@door(PUBLIC)
def back(request: HttpRequest) -> HttpResponse:
    """Take in who comes back from the issuer; what was remembered of it is good for this once."""
    kept: dict[str, Any] = request.session.pop(ERRAND, {})
    why, onward = kept.pop("why", ""), kept.pop("next", "") or "/"
    if not kept:
        raise NotBelieved(why="state")
    named = come_back(_there(), Errand(**kept), request.GET.dict(), at=timezone.now(), again=why == AGAIN)
    if why == CONNECTING:
        return _connected(request, named)
    if why == INVITED:
        return _let_in(request, named)
    person = find_person(named.issuer, named.subject)
    if why == AGAIN:
        if person != request.user:
            raise NotBelieved(why="sub")
        record_authentication(request, person, "company", reauthenticated=True)
        return HttpResponseRedirect(onward)
    return _signed_in(request, person, onward)


def _signed_in(request: HttpRequest, person: Person, onward: str) -> HttpResponse:
    """Sign a person in; who has a second factor is asked for it next."""
    record_authentication(request, person, "company")
    answer: HttpResponse = perform_login(request, person, email_verification="none", redirect_url=onward)
    return answer


def _connected(request: HttpRequest, named: Named) -> HttpResponse:
    if not isinstance(request.user, Person):
        raise NotBelieved(why="nobody is signed in")
    with transaction.atomic():
        connect_account(issuer=named.issuer, subject=named.subject, by=actor_of(request.user), at=timezone.now())
    return HttpResponseRedirect(reverse("company-account"))


def _let_in(request: HttpRequest, named: Named) -> HttpResponse:
    """Let the person of an invitation in by the account that it brought."""
    now: datetime = timezone.now()
    with transaction.atomic():
        invited = get_invitation(request.session.get(INVITATION, ""), now)
        if named.email.casefold() != invited.email.casefold():
            raise OtherAddress(email=named.email or "?", invited=invited.email)
        by = get_actor(invited.person_id)
        accept_invitation(digest=invited.digest, password=None, by=by, at=now)
        connect_account(issuer=named.issuer, subject=named.subject, by=by, at=now)
    del request.session[INVITATION]
    return _signed_in(request, Person.objects.get(pk=by.id), "/")


@door(SIGNED_IN)
def account(request: DeskRequest) -> HttpResponse:
    """Show whether the person signs in with an account of the company."""
    desk, there = request.desk, settings.COMPANY_SIGN_IN
    connected = there is not None and is_connected(desk.actor.id, there.issuer)
    missing = NO_SIGN_IN if there is None else None
    detail = Detail(
        kind=MINE,
        title=TITLE.said_in(desk.actor.language),
        state=CONNECTED if connected else NOT_CONNECTED,
        back=Link(MINE, "home"),
        facts=((labels.PERSON, desk.actor.name), (ISSUER, there.name if there else None)),
        acts=(
            Act(
                CONNECT,
                Link("", "connect-company-account"),
                "identity.connect-account",
                missing or (IS_CONNECTED if connected else None),
                main=True,
            ),
            Act(
                DISCONNECT,
                Link("", "disconnect-company-account"),
                "identity.disconnect-account",
                missing or (None if connected else IS_NOT),
            ),
        ),
    )
    return show(request, detail)


@door(doing("identity.connect-account"))
def connect(request: DeskRequest) -> HttpResponse:
    """Ask whether the person wants to bring its account along."""
    if settings.COMPANY_SIGN_IN is None:
        return HttpResponseRedirect(reverse("company-account"))

    def do(_given: Given) -> Link:
        request.session[WILLING] = True
        return Link("", "bring-company-account")

    says = Text(
        en="You are led to the company's sign-in. The account that you show there will sign you in here.",
        ja="会社側のログイン画面に移動します。そこで使用したアカウントで、今後 Kanjo にログインできます。",
    )
    return perform(request, Deed(title=CONNECT, back=Link(TITLE, "company-account"), button=CONNECT, do=do, says=says))


@door(SIGNED_IN)
def bring(request: DeskRequest) -> HttpResponse:
    """Lead who sent the form to the issuer: by a link, since a form may not lead out of the house."""
    if settings.COMPANY_SIGN_IN is None or not request.session.pop(WILLING, False):
        return HttpResponseRedirect(reverse("company-account"))
    context = {"title": TITLE, "href": led(request, CONNECTING), "name": settings.COMPANY_SIGN_IN.name}
    return render(request, "lead.html", context)


@door(SIGNED_IN)
def disconnect(request: DeskRequest) -> HttpResponse:
    """Let the account sign its person in no more."""
    desk = request.desk

    def do(_given: Given) -> Link:
        if settings.COMPANY_SIGN_IN is not None:
            disconnect_account(issuer=settings.COMPANY_SIGN_IN.issuer, by=desk.actor, at=desk.now)
        return Link("", "company-account")

    says = Text(en="From then on your password signs you in.", ja="以後は、パスワードでログインします。")
    return perform(
        request, Deed(title=DISCONNECT, back=Link(TITLE, "company-account"), button=DISCONNECT, do=do, says=says)
    )
