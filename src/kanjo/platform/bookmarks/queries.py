"""Reads of kept views."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kanjo.foundation.actors import Actor
from kanjo.platform.bookmarks.models import Bookmark
from kanjo.platform.names import called
from kanjo.platform.tables import NotFound


@dataclass(frozen=True, slots=True)
class KeptView:
    """A kept view as it is shown; `mine` says whether the reader may change it."""

    id: int
    page: str
    name: str
    query: str
    shared: bool
    mine: bool


def get_view(view_id: int, actor: Actor) -> KeptView:
    """Return a view that the actor kept or a colleague shares; refuses `NotFound`."""
    row = _seen(actor).filter(pk=view_id).first()
    if row is None:
        raise NotFound(what=called(Bookmark), key=view_id)
    return _view(row, actor)


def list_views(actor: Actor, page: str) -> list[KeptView]:
    """Return the views of a list that the actor kept, and those that colleagues share, by name."""
    return [_view(row, actor) for row in _seen(actor).filter(page=page).order_by("name", "id")]


def _seen(actor: Actor) -> QuerySet[Bookmark]:
    return Bookmark.objects.visible_to(actor).filter(Q(owner_id=actor.id) | Q(shared=True))


def _view(row: Bookmark, actor: Actor) -> KeptView:
    return KeptView(row.pk, row.page, row.name, row.query, row.shared, row.owner_id == actor.id)
