"""Who reads the answer that is being made: what it may see of personal data, and what it was shown.

What is shown whole is counted here and written down by the door before the answer leaves: there is no way to show
personal data that is not noted. Where nobody reads, everything is masked.
"""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from kanjo.foundation.actors import Actor
from kanjo.foundation.personal import SENTENCES, Kind, Personal, needs
from kanjo.platform.privacy.operations import Seen, note_looks
from kanjo.platform.privacy.queries import is_open
from kanjo.platform.privacy.ways import Way


@dataclass
class Reader:
    """One reader of one answer."""

    actor: Actor
    page: str
    key: int | None
    now: datetime
    way: Way = Way.PAGE
    query: str = ""
    shown: Counter[tuple[str, int]] = field(default_factory=Counter)
    kinds: set[Kind] = field(default_factory=set)
    masks: bool = False
    _open: bool | None = None

    def reads(self, kind: Kind) -> bool:
        """Return whether the reader sees a kind whole: it needs it, or gave a reason for this page."""
        return needs(self.actor, kind) or self.opened

    @property
    def opened(self) -> bool:
        """Whether the reader gave a reason for this page a short while ago."""
        if self._open is None:
            self._open = self.key is not None and is_open(self.actor, self.page, self.key, self.now)
        return self._open

    def told(self, one: Personal) -> str:
        """Return the whole and note it, or what is left of it."""
        if not one.whole:
            return ""
        if not self.reads(one.kind):
            self.masks = True
            return one.masked
        self.note(one.kind, one.of)
        return one.whole

    def note(self, kind: Kind, of: tuple[str, int]) -> None:
        """Note that something of a kind is shown, and whose."""
        self.shown[of] += 1
        self.kinds.add(kind)

    def leave(self) -> None:
        """Write down what was shown."""
        if self.shown:
            seen = [Seen(of, pieces) for of, pieces in sorted(self.shown.items())]
            kinds = " ".join(sorted(self.kinds))
            self.shown = Counter()
            note_looks(seen, kinds=kinds, way=self.way, page=self.page, key=self.key, query=self.query, by=self.actor)


_READER: ContextVar[Reader | None] = ContextVar("reader", default=None)


def reader() -> Reader | None:
    """Return who reads the answer being made, None for nobody."""
    return _READER.get()


def begin(one: Reader | None) -> None:
    """Say who reads from now on."""
    _READER.set(one)


def leave() -> None:
    """Write down what the reader was shown; from now on nobody reads."""
    one = _READER.get()
    _READER.set(None)
    if one is not None:
        one.leave()


def exports() -> None:
    """Say that the answer is a file of the whole list."""
    now = _READER.get()
    if now is not None:
        now.way = Way.EXPORT


def showed(kind: Kind, of: tuple[str, int]) -> None:
    """Note that a paper which cannot be masked is given to a reader who may have it."""
    now = _READER.get()
    if now is not None and now.reads(kind):
        now.note(kind, of)


def told_of(subject: str, key: int) -> None:
    """Note a sentence about a thing, where such sentences name people and the reader was given it."""
    now, kind = _READER.get(), SENTENCES.get(subject)
    if now is not None and kind is not None and needs(now.actor, kind):
        now.note(kind, (subject, key))


def told(one: Personal) -> str:
    """Return personal data as the reader may see it."""
    now = _READER.get()
    return now.told(one) if now is not None else one.masked
