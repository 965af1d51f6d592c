"""Verbs of kept views: every role keeps its own, and drops no other's."""

from __future__ import annotations

from datetime import datetime

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.bookmarks.models import Bookmark
from kanjo.platform.tables import alone, refuse_unseen

MOST = 50
"""Views of one list that a person keeps."""


class TooManyViews(Refusal):
    """The person keeps as many views of the list as there is room for."""

    rule = "bookmarks.too-many"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="You keep {most} views of this list already.", ja="この一覧の保存した表示は上限（{most}件）に達しています。"
    )
    remedy = Text(en="Drop one first.", ja="不要な表示を削除してください。")


class ViewTooLong(Refusal):
    """The view says more than an address holds."""

    rule = "bookmarks.too-long"
    says = Text(en="The view has too many conditions to be kept.", ja="条件が多すぎるため保存できません。")
    remedy = Text(en="Take some away.", ja="条件を減らしてください。")


class NotYourView(Refusal):
    """A colleague's view is changed by its owner only."""

    rule = "bookmarks.not-yours"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="“{name}” was kept by somebody else.", ja="「{name}」は他の利用者が保存した表示です。")
    remedy = Text(
        en="Ask its owner, or keep one of your own.", ja="保存した人に依頼するか、自分の表示を保存してください。"
    )


@verb("bookmarks.keep", *Role)
def keep_view(*, company_id: CompanyId, page: str, name: str, query: str, shared: bool, by: Actor, at: datetime) -> int:
    """Keep a view of a list under a name and return its id; the name of an own view takes its place.

    Refuses `TooManyViews`, `ViewTooLong`.
    """
    refuse_unseen(company_id, by)
    if len(query) > 2_000:
        raise ViewTooLong(at="name")
    alone("bookmarks.keep", by.id)
    mine = Bookmark.objects.filter(company_id=company_id, owner_id=by.id, page=page)
    kept = mine.filter(name=name).first()
    if kept is None and mine.count() >= MOST:
        raise TooManyViews(at="name", most=MOST)
    kept = kept or Bookmark(company_id=company_id, owner_id=by.id, page=page, name=name)
    kept.query, kept.shared = query, shared
    kept.save()
    return int(kept.pk)


@verb("bookmarks.drop", *Role)
def drop_view(*, view_id: int, by: Actor, at: datetime) -> None:
    """Drop a kept view; refuses `NotYourView`."""
    view = Bookmark.objects.locked(view_id, by)
    if view.owner_id != by.id:
        raise NotYourView(name=quoted(view.name))
    view.delete()
