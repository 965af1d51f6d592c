"""What a person is told: the work that came to it and what became of what it asked for, read and unread."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseRedirect

from kanjo.foundation.texts import Text
from kanjo.platform.deputies.operations import TABLE as DEPUTATION
from kanjo.platform.notices.kinds import Kind
from kanjo.platform.notices.operations import read_all, read_notice
from kanjo.platform.notices.queries import (
    NoticeRow,
    count_notices,
    count_work,
    get_notice,
    list_notices,
    list_work,
)
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.deputies.pages import of
from kanjo.surfaces.web.desk import CHOSEN, STANDING, DeskRequest
from kanjo.surfaces.web.details import Act, Column
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.shown import Link, State
from kanjo.surfaces.web.subjects import page_of

TITLE = Text(en="Notices", ja="お知らせ")
NOTICE = Text(en="Notice", ja="内容")
KIND = Text(en="About", ja="種類")
TOLD_AT = Text(en="Since", ja="日時")
READ_ALL = Text(en="Mark all as read", ja="すべて既読にする")
HOW = Text(en="Notification settings", ja="通知設定")
READ = {True: State(Text(en="Read", ja="既読"), "quiet"), False: State(Text(en="Unread", ja="未読"), "wait")}

TITLES = {"notices": TITLE, "new-work": Text(en="New work", ja="新着の作業")}
WHICH = "n"
"""What the address calls the notice: it is one person's own."""

_COLUMNS: tuple[Column[NoticeRow], ...] = (
    Column(NOTICE, lambda row: Link(row.says, "open-notice", query=urlencode({WHICH: f"{row.source}-{row.id}"}))),
    Column(KIND, lambda row: row.kind.shown),
    Column(TOLD_AT, lambda row: row.at),
    Column(labels.STATE, lambda row: READ[row.read]),
)
_READ = Filter("read", labels.STATE, (False, True), lambda value: READ[value].text)


def _acts(name: str, page: str) -> tuple[Act, ...]:
    return (
        Act(READ_ALL, Link("", "read-notices"), "notices.read-all", main=True),
        Act(TITLES[page], Link("", page), name),
        Act(HOW, Link("", "told"), "notices.choose"),
    )


NOTICES = ListPage[NoticeRow](
    title=TITLE,
    filters=(_READ, Filter("kind", KIND, tuple(kind for kind in Kind if kind not in {Kind.MINE, Kind.QUEUE}))),
    columns=_COLUMNS,
    rows=lambda asked: list_notices(
        asked.desk.own, kind=asked.choices["kind"], read=asked.choices["read"], limit=asked.limit, at=asked.at
    ),
    count=lambda asked: count_notices(asked.desk.own, kind=asked.choices["kind"], read=asked.choices["read"]),
    acts=lambda _desk: _acts("notices.read", "new-work"),
    note=Text(
        en="What became of your deals and of what you asked for, in all your companies. Latest first.",
        ja="所属するすべての会社について、担当案件の動きと申請の結果を新しい順に表示します。",
    ),
    empty=Text(
        en="Nothing was told to you yet. Answers of approvers, news of your deals and finished runs will stand here.",
        ja="お知らせはまだありません。承認の結果、担当案件の動き、一括処理の完了がここに届きます。",
    ),
)
NEW_WORK = ListPage[NoticeRow](
    title=TITLES["new-work"],
    filters=(_READ,),
    columns=_COLUMNS,
    rows=lambda asked: list_work(asked.desk.own, read=asked.choices["read"], limit=asked.limit, at=asked.at),
    count=lambda asked: count_work(asked.desk.own, read=asked.choices["read"]),
    acts=lambda _desk: _acts("notices.read", "notices"),
    note=Text(
        en="What waits for you or your roles, in all your companies. What came last stands first.",
        ja="所属するすべての会社について、自分または自分の役割宛の作業を新しい順に表示します。",
    ),
    empty=Text(
        en="No work came to you yet. What is put on your queue will stand here.",
        ja="新着の作業はありません。受付箱に届いた作業がここに表示されます。",
    ),
)


@door(SIGNED_IN)
def open_one(request: DeskRequest) -> HttpResponse:
    """Lead to what a notice is about, in its company and as the person itself; it is read then."""
    own = request.desk.own
    source, _, number = request.GET.get(WHICH, "").partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return HttpResponseRedirect(Link("", "notices").url)
    with transaction.atomic():
        notice = get_notice(own, source, int(number))
        read_notice(source=source, notice_id=notice.id, by=own, at=request.desk.now)
    if notice.company_id is not None:
        request.session[CHOSEN] = notice.company_id
    request.session.pop(STANDING, None)
    return HttpResponseRedirect(_subject(notice).url)


def _subject(notice: NoticeRow) -> Link:
    """Return the way to what a notice is about; work without a page of its own is on the queue."""
    if notice.subject == DEPUTATION:
        return Link("", "deputation", query=of(notice.subject_id))
    if notice.kind is Kind.SIGN_IN:
        return Link("", "mfa_index")
    leads = page_of(notice.subject, notice.subject_id, "")
    return leads if isinstance(leads, Link) else Link("", "home")


@door(SIGNED_IN)
def read_everything(request: DeskRequest) -> HttpResponse:
    """Mark all that the person was told as read."""
    desk = request.desk

    def do(_given: Given) -> Link:
        read_all(by=desk.own, at=desk.now)
        return Link("", "notices")

    says = Text(
        en="The work itself stays on your queue until it is done.",
        ja="作業そのものは、完了するまで受付箱に残ります。",
    )
    return perform(request, Deed(title=READ_ALL, back=Link(TITLE, "notices"), button=READ_ALL, do=do, says=says))
