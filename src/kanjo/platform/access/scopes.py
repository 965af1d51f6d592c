"""What a token lets a program do."""

from __future__ import annotations

from enum import StrEnum

from kanjo.foundation.texts import Text


class Scope(StrEnum):
    """What a token lets a program do; never more than the roles of its person at that moment."""

    READ = "read"
    ACT = "act"
    """Reading and acting."""

    @property
    def shown(self) -> Text:
        """The scope as people read it."""
        return _NAMES[self]


_NAMES = {
    Scope.READ: Text(en="Read", ja="参照のみ"),
    Scope.ACT: Text(en="Read and act", ja="参照と操作"),
}
