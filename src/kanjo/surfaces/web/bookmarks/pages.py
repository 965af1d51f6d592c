"""Views of lists that people keep by name: kept, shared and dropped."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import NoReverseMatch, resolve, reverse

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.bookmarks.operations import drop_view, keep_view
from kanjo.platform.bookmarks.queries import get_view
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import doing, door
from kanjo.surfaces.web.fields import choice, words
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import ListPage
from kanjo.surfaces.web.shown import Link

KEEP = Text(en="Keep this view", ja="この表示を保存")
DROP = Text(en="Drop the view", ja="保存した表示を削除")
BACK = Text(en="The list", ja="一覧")
STAYS = Text(
    en="The view “{name}” goes; the list itself and its rows stay.",
    ja="表示「{name}」を削除します。一覧と登録内容はそのまま残ります。",
)
FOR_ME, FOR_ALL = "me", "all"
WHOM = (
    (FOR_ME, Text(en="Only me", ja="自分だけ")),
    (FOR_ALL, Text(en="My colleagues in this company", ja="この会社の利用者全員")),
)


class NoSuchList(Refusal):
    """The address names a list that there is not."""

    rule = "bookmarks.no-such-list"
    says = Text(en="There is no list “{page}”.", ja="一覧「{page}」はありません。")
    remedy = Text(en="Keep a view from the list itself.", ja="一覧の画面から保存してください。")


@door(doing("bookmarks.keep"))
def keep(request: DeskRequest) -> HttpResponse:
    """Keep what the address says of a list under a name."""
    desk = request.desk
    page = request.GET.get("of", "customers")
    if not _is_list(page):
        raise NoSuchList(page=quoted(page))
    query = request.GET.get("query", "")

    def do(given: Given) -> Link:
        keep_view(
            company_id=desk.company_id,
            page=page,
            name=given["name"],
            query=query,
            shared=given["for"] == FOR_ALL,
            by=desk.actor,
            at=desk.now,
        )
        return Link("", page, query=query)

    fields = (
        words("name", labels.NAME, most=60),
        choice("for", Text(en="Seen by", ja="公開範囲"), WHOM, initial=FOR_ME),
    )
    says = Text(
        en="Filters, order and columns are kept. The name of a view of yours takes its place.",
        ja="絞り込み条件、並び順、列が保存されます。自分の表示と同じ名前にすると上書きされます。",
    )
    back = Link(BACK, page, query=query)
    return perform(request, Deed(title=KEEP, back=back, button=KEEP, do=do, fields=fields, says=says))


def _is_list(page: str) -> bool:
    try:
        return isinstance(resolve(reverse(page)).func, ListPage)
    except NoReverseMatch:
        return False


@door(doing("bookmarks.drop"))
def drop(request: DeskRequest, key: int) -> HttpResponse:
    """Drop a kept view."""
    desk = request.desk
    view = get_view(key, desk.actor)

    def do(_given: Given) -> Link:
        drop_view(view_id=key, by=desk.actor, at=desk.now)
        return Link("", view.page)

    says = STAYS.filled(name=view.name)
    back = Link(BACK, view.page, query=view.query)
    return perform(request, Deed(title=DROP, back=back, button=DROP, do=do, says=says))
