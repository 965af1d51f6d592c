"""A person's own API tokens: made, shown once, looked at, revoked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone

from kanjo.foundation.texts import Text
from kanjo.platform.access.operations import make_token, revoke_token
from kanjo.platform.access.queries import TokenRow, list_living, list_tokens
from kanjo.platform.access.scopes import Scope
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import ONE_DAY
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.fields import choice, day, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, State

TITLE = Text(en="API tokens", ja="APIトークン")
MINE = Text(en="My settings", ja="個人設定")
MAKE = Text(en="Make a token", ja="トークンを発行")
REVOKE = Text(en="Revoke a token", ja="トークンを失効")
TOKEN = Text(en="Token", ja="トークン")
SCOPE = Text(en="It may", ja="操作範囲")
LAST_DAY = Text(en="Last day", ja="有効期限")
LAST_USED = Text(en="Last used", ja="最終使用日時")
ADDRESSES = Text(en="What programs may call", ja="APIの一覧を見る")
NO_TOKEN = Text(en="You have no token.", ja="発行済みのトークンはありません。")
NONE_LIVES = Text(en="No token lives.", ja="有効なトークンがありません。")
MADE = Text(
    en="Copy it now: it is shown this once and kept nowhere. Who has it acts as you.",
    ja="今すぐコピーしてください。再表示はできません。このトークンを持つ人は、あなたとして操作できます。",
)
SHOWN = Text(
    en="The form came twice. The token was made once, and shown once, in the answer to the first."
    " If you have not copied it, revoke it and make another.",
    ja="同じ内容が2回送信されました。トークンは1件だけ発行され、最初の応答で一度だけ表示されています。"
    "コピーしていない場合は、失効してから新しく発行してください。",
)
LIVES = State(Text(en="In force", ja="有効"), "ok")
REVOKED = State(Text(en="Revoked", ja="失効"), "stop")
OVER = State(Text(en="Over", ja="期限切れ"), "quiet")
USUAL_DAYS = 90


def _columns(now: datetime) -> tuple[Column[TokenRow], ...]:
    def state(row: TokenRow) -> State:
        if row.lives(now):
            return LIVES
        return OVER if row.revoked_at is None else REVOKED

    return (
        Column(labels.NAME, lambda row: row.name),
        Column(SCOPE, lambda row: row.scope.shown),
        Column(labels.RECORDED, lambda row: row.recorded_at),
        Column(LAST_USED, lambda row: row.last_used_at),
        Column(LAST_DAY, lambda row: timezone.localdate(row.until - ONE_DAY)),
        Column(labels.STATE, state),
    )


@door(SIGNED_IN)
def tokens(request: DeskRequest) -> HttpResponse:
    """Show the tokens of the person, the newest first."""
    desk = request.desk
    rows = list_tokens(desk.actor, desk.now)
    living = any(row.lives(desk.now) for row in rows)
    detail = Detail(
        kind=TITLE,
        title=TITLE.said_in(desk.actor.language),
        back=Link(MINE, "home"),
        facts=((labels.PERSON, desk.actor.name), (TITLE, Link(ADDRESSES, "api"))),
        sections=(Section(TITLE, Table.of(_columns(desk.now), rows), empty=NO_TOKEN),),
        acts=(
            Act(MAKE, Link("", "make-token"), "access.make-token", main=True),
            Act(REVOKE, Link("", "revoke-token"), "access.revoke-token", None if living else NONE_LIVES),
        ),
    )
    return show(request, detail)


@door(SIGNED_IN)
def make(request: DeskRequest) -> HttpResponse:
    """Make a token and show its secret, once; the same form sent again is told so."""
    desk = request.desk
    secrets: list[str] = []

    def do(given: Given) -> Link:
        secret = make_token(
            name=given["name"],
            scope=Scope(given["scope"]),
            last_on=given["last_on"],
            zone=timezone.get_current_timezone(),
            by=desk.actor,
            at=desk.now,
        )
        secrets.append(secret)
        return Link("", "tokens")

    fields = (
        words("name", Text(en="Name: which program holds it", ja="名称（利用するプログラム）"), most=80),
        choice("scope", SCOPE, tuple((one.value, one.shown) for one in Scope), initial=Scope.READ),
        day("last_on", LAST_DAY, desk.today + timedelta(days=USUAL_DAYS), hint=labels.BUSINESS_DAY),
    )
    says = Text(
        en="A program that holds the token may do what your roles may, as you, until the last day.",
        ja="トークンを持つプログラムは、有効期限まで、あなたの役割の範囲であなたとして操作できます。",
    )
    deed = Deed(tried=False, title=MAKE, back=Link(TITLE, "tokens"), button=MAKE, do=do, fields=fields, says=says)
    response = perform(request, deed)
    if secrets:
        return render(request, "token.html", {"title": TOKEN, "says": MADE, "secret": secrets[0]})
    repeated = isinstance(response, HttpResponseRedirect)
    return render(request, "token.html", {"title": TOKEN, "says": SHOWN, "revoke": REVOKE}) if repeated else response


@door(SIGNED_IN)
def revoke(request: DeskRequest) -> HttpResponse:
    """Let a token in no more."""
    desk = request.desk

    def do(given: Given) -> Link:
        revoke_token(token_id=int(given["token"]), by=desk.actor, at=desk.now)
        return Link("", "tokens")

    options = tuple((str(row.id), row.name) for row in list_living(desk.actor, desk.now))
    says = Text(en="The next call with it is refused, for good.", ja="次の呼び出しから拒否されます。元に戻せません。")
    fields = (choice("token", TOKEN, options),)
    deed = Deed(title=REVOKE, back=Link(TITLE, "tokens"), button=REVOKE, do=do, fields=fields, says=says)
    return perform(request, deed)
