"""What happened to something, from the audit trail: who, when, by which act, and where its state went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kanjo.platform.audit.queries import ChangeRow, list_history
from kanjo.surfaces.web.shown import said
from kanjo.surfaces.web.words import FACT_NAMES, VERB_NAMES, state_shown

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline; `changed` holds (column, before, after) as they were recorded."""

    at: datetime
    who: str
    what: str
    verb: str
    because: str
    became: str
    changed: tuple[tuple[str, str, str], ...]

    @property
    def icon(self) -> str:
        """The shape of what it came to."""
        return "circle-check" if self.became else "circle-dot"


def happened(subjects: Sequence[Subject]) -> list[Event]:
    """Return the history of the subjects (table, id), the latest first."""
    return [_event(row) for row in list_history(subjects)] if subjects else []


def _event(row: ChangeRow) -> Event:
    before, after = row.before or {}, row.after or {}
    state = after.get("state") or after.get("stage")
    return Event(
        at=row.recorded_at,
        who=row.actor,
        what=said(VERB_NAMES.get(row.verb, row.verb)),
        verb=row.verb,
        because=said(FACT_NAMES.get(row.because, row.because)),
        became=said(state_shown(row.subject, str(state))) if state else "",
        changed=tuple((name, _written(before.get(name)), _written(after.get(name))) for name in _named(before, after)),
    )


def _named(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted({*before, *after} - {"id", "recorded_at"})


def _written(value: object) -> str:
    return "" if value is None else str(value)
