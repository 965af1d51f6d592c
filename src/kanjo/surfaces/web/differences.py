"""What differs between two of a kind, in one form everywhere: what it is, how it was, how it is.

What went is struck through, what came is underlined, and a word says which it is: nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kanjo.foundation.texts import Text
from kanjo.surfaces.web.shown import Cell, cell

ADDED = Text(en="Added", ja="追加")
REMOVED = Text(en="Removed", ja="削除")
CHANGED = Text(en="Changed", ja="変更")

Facts = Sequence[tuple[object, object]]
"""What something is made of: its name, and how it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; a side that is None was or is not there."""

    what: object
    was: object = None
    became: object = None

    @property
    def word(self) -> Text:
        """What happened to it."""
        return ADDED if self.was is None else REMOVED if self.became is None else CHANGED

    @property
    def sides(self) -> tuple[Cell, Cell]:
        """How it was and how it is, as they are drawn."""
        return _marked(self.was, "del"), _marked(self.became, "ins")


def changes_of(before: Facts, after: Facts) -> list[Change]:
    """Return what differs between facts of the same names; a fact that is None or blank is not there."""
    was, is_now = _by_name(before), _by_name(after)
    names = [name for name, _ in before] + [name for name, _ in after if cell(name).text not in was]
    found = (Change(name, was.get(cell(name).text), is_now.get(cell(name).text)) for name in names)
    return [one for one in found if cell(one.was).text != cell(one.became).text]


def _by_name(facts: Facts) -> Mapping[str, object]:
    return {cell(name).text: None if value == "" else value for name, value in facts}


def _marked(value: object, mark: str) -> Cell:
    return cell(None) if value is None else replace(cell(value), mark=mark)
