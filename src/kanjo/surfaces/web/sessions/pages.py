"""Where a person is signed in: looked at, and ended one by one or all others at once."""

from __future__ import annotations

from django.http import HttpResponse

from kanjo.foundation.texts import Text
from kanjo.platform.identity.operations import end_other_sessions, end_session
from kanjo.platform.identity.sessions import SessionRow, list_sessions, named
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.fields import choice
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.shown import Link, State

TITLE = Text(en="Where you are signed in", ja="ログイン中の端末")
MINE = Text(en="My settings", ja="個人設定")
END = Text(en="Sign out a device", ja="端末を選んでログアウト")
END_OTHERS = Text(en="Sign out all others", ja="ほかの端末をすべてログアウト")
SESSION = Text(en="Signed in", ja="端末")
DEVICE = Text(en="Device", ja="端末")
ADDRESS = Text(en="From the address", ja="接続元アドレス")
BEGAN = Text(en="Signed in at", ja="ログイン日時")
SEEN = Text(en="Last seen", ja="最終操作日時")
HERE = State(Text(en="This device", ja="この端末"), "ok")
THERE = State(Text(en="Signed in", ja="ログイン中"), "info")
NO_OTHER = Text(en="You are not signed in anywhere else.", ja="ほかにログイン中の端末はありません。")
NOTE = Text(
    en="A session ends twelve hours after the sign-in, and two hours after the last request. End what you do not know,"
    " and change your password.",
    ja="ログインから12時間、または最後の操作から2時間で自動的にログアウトします。"
    "心当たりのない端末はログアウトし、パスワードを変更してください。",
)

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")


def device(said: str) -> str:
    """Return browser and system of what a browser says of itself; where neither is known, what it says."""
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for name in _SYSTEMS if name in said), "")
    return ", ".join(word for word in (browser, system) if word) or said[:60]


def table(rows: list[SessionRow], here: str = "") -> Table:
    """Return sessions as a table; the one of the name *here* is marked."""
    columns: tuple[Column[SessionRow], ...] = (
        Column(DEVICE, lambda row: device(row.device)),
        Column(ADDRESS, lambda row: row.address),
        Column(BEGAN, lambda row: row.began_at),
        Column(SEEN, lambda row: row.seen_at),
        Column(labels.STATE, lambda row: HERE if row.name == here else THERE),
    )
    return Table.of(columns, rows)


@door(SIGNED_IN)
def sessions(request: DeskRequest) -> HttpResponse:
    """Show where the person is signed in."""
    desk, here = request.desk, named(request.session.session_key or "")
    rows = list_sessions(desk.actor.id)
    held = None if any(row.name != here for row in rows) else NO_OTHER
    detail = Detail(
        kind=MINE,
        title=TITLE.said_in(desk.actor.language),
        back=Link(MINE, "home"),
        facts=((labels.PERSON, desk.actor.name),),
        note=NOTE,
        sections=(Section(TITLE, table(rows, here)),),
        acts=(
            Act(END, Link("", "end-session"), "identity.end-session", held),
            Act(END_OTHERS, Link("", "end-other-sessions"), "identity.end-other-sessions", held, main=True),
        ),
    )
    return show(request, detail)


@door(SIGNED_IN)
def end(request: DeskRequest) -> HttpResponse:
    """End one of the other sessions of the person."""
    desk, here = request.desk, named(request.session.session_key or "")

    def do(given: Given) -> Link:
        end_session(name=given["session"], by=desk.actor, at=desk.now)
        return Link("", "sessions")

    options = tuple(
        (row.name, f"{device(row.device)}, {row.address}") for row in list_sessions(desk.actor.id) if row.name != here
    )
    says = Text(en="Whoever works there signs in anew.", ja="その端末では、次の操作時に再度ログインが必要になります。")
    fields = (choice("session", SESSION, options),)
    return perform(request, Deed(title=END, back=Link(TITLE, "sessions"), button=END, do=do, fields=fields, says=says))


@door(SIGNED_IN)
def end_others(request: DeskRequest) -> HttpResponse:
    """End all sessions of the person but this one."""
    desk = request.desk

    def do(_given: Given) -> Link:
        end_other_sessions(session=request.session.session_key, by=desk.actor, at=desk.now)
        return Link("", "sessions")

    says = Text(
        en="Only this browser stays signed in.", ja="このブラウザー以外は、すべて再度ログインが必要になります。"
    )
    return perform(request, Deed(title=END_OTHERS, back=Link(TITLE, "sessions"), button=END_OTHERS, do=do, says=says))
