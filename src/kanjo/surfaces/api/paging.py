"""Pages of a list: a limit that is capped, and an opaque cursor that fits the list and filters it came from."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from zlib import crc32

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

USUAL, MOST = 50, 200
"""Rows of a page, where the caller does not say and at most."""

DEEPEST = 10_000_000


class NotACursor(Refusal):
    """A cursor of another list, of other filters, or of nobody."""

    rule = "api.cursor"
    says = Text(en="The cursor does not belong to this list.", ja="カーソルがこの一覧のものではありません。")
    remedy = Text(
        en="Begin without a cursor, and keep the filters from page to page.",
        ja="カーソルなしで始め、続きのページでも同じ条件を指定してください。",
    )


def cursor_at(offset: int, of: str, filters: Mapping[str, object]) -> str:
    """Return the cursor of the rows from *offset* on."""
    return base64.urlsafe_b64encode(f"{offset}.{_sealed(offset, of, filters)}".encode()).decode()


def offset_at(cursor: str, of: str, filters: Mapping[str, object]) -> int:
    """Return where the rows of a cursor begin, 0 without one; refuses `NotACursor`."""
    if not cursor:
        return 0
    try:
        offset, _, seal = base64.urlsafe_b64decode(cursor.encode()).decode("ascii").partition(".")
        number = int(offset)
    except (binascii.Error, ValueError):
        raise NotACursor(at="cursor") from None
    if seal != str(_sealed(number, of, filters)) or not 0 <= number <= DEEPEST:
        raise NotACursor(at="cursor")
    return number


def _sealed(offset: int, of: str, filters: Mapping[str, object]) -> int:
    return crc32(f"{of} {offset} {sorted(filters.items())!r}".encode())
