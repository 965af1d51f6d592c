"""The ways by which personal data is looked at."""

from __future__ import annotations

from enum import StrEnum

from kanjo.foundation.texts import Text

SHORTEST_DAYS = 365
"""No look is forgotten earlier, whatever the installation asks for: the database itself refuses it."""


class Way(StrEnum):
    """How somebody came to see personal data."""

    PAGE = "page"
    EXPORT = "export"
    FILE = "file"
    API = "api"
    REVEAL = "reveal"

    @property
    def shown(self) -> Text:
        """The way as people read it."""
        return _NAMES[self]


_NAMES = {
    Way.PAGE: Text(en="Page", ja="画面"),
    Way.EXPORT: Text(en="Export", ja="書き出し"),
    Way.FILE: Text(en="File", ja="ファイル"),
    Way.API: Text(en="API", ja="API"),
    Way.REVEAL: Text(en="Reveal with a reason", ja="理由を付けた表示"),
}
