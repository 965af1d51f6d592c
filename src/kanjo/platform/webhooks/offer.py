"""Which facts may be told outside, and which of their fields: filled once at start-up from one table of the processes.

What is not on the list does not go out: a new field of a fact is told only after somebody has put it there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kanjo.foundation.texts import Text


class Offer:
    """The kinds of fact that an endpoint may hear."""

    def __init__(self) -> None:
        self._names: dict[str, Text] = {}
        self.fields: frozenset[str] = frozenset()

    def connect(self, names: Mapping[str, Text], fields: Iterable[str]) -> None:
        """Take over the kinds with their names, and the fields that are told wherever a fact has them."""
        self._names = dict(names)
        self.fields = frozenset(fields)

    @property
    def kinds(self) -> list[str]:
        """The kinds in their order."""
        return list(self._names)

    def shown(self, kind: str) -> Text:
        """Return what a kind is called; one that is offered no longer goes by its code."""
        return self._names.get(kind, Text(en=kind, ja=kind))


OFFER = Offer()
