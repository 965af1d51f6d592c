"""Pages of a list: a limit that is capped, and an opaque cursor that fits the list and filters it came from."""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.paging import LONGEST as LONGEST_PLACE

USUAL, MOST = 50, 200
"""Rows of a page, where the caller does not say and at most."""

LONGEST = LONGEST_PLACE + 20
"""Characters of a cursor."""


class NotACursor(Refusal):
    """A cursor of another list, of other filters, or of nobody."""

    rule = "api.cursor"
    says = Text(en="The cursor does not belong to this list.", ja="カーソルがこの一覧のものではありません。")
    remedy = Text(
        en="Begin without a cursor, and keep the filters from page to page.",
        ja="カーソルなしで始め、続きのページでも同じ条件を指定してください。",
    )


def cursor_at(place: str, of: str, filters: Mapping[str, object]) -> str:
    """Return the cursor of the rows from a place on, "" for none."""
    return f"{place}.{_sealed(place, of, filters)}" if place else ""


def place_at(cursor: str, of: str, filters: Mapping[str, object]) -> str:
    """Return where the rows of a cursor begin, "" without one; refuses `NotACursor`."""
    place, _, seal = cursor.rpartition(".")
    if cursor and (not place or seal != str(_sealed(place, of, filters))):
        raise NotACursor(at="cursor")
    return place


def _sealed(place: str, of: str, filters: Mapping[str, object]) -> int:
    return crc32(f"{of} {place} {sorted(filters.items())!r}".encode())
