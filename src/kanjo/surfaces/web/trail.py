"""What happened to something, from the audit trail: who, when, by which act, and where its state went.

The story of a deal adds what was written once and is its own history, over all functions of the house.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone

from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Text
from kanjo.platform.audit.queries import ChangeRow, list_history
from kanjo.platform.identity.queries import house
from kanjo.platform.privacy.queries import personal_columns
from kanjo.reports.deals import ITEM, MOST, REQUEST, Deal, Occurrence, Part, Phase, occurrences, subjects_of
from kanjo.surfaces.web.column_names import COLUMN_NAMES
from kanjo.surfaces.web.differences import Change
from kanjo.surfaces.web.shown import Cell, cell, said
from kanjo.surfaces.web.subjects import page_of
from kanjo.surfaces.web.words import FACT_NAMES, VERB_NAMES, state_shown

Subject = tuple[str, int]
ALL = Text(en="All", ja="すべて")
PICKS = Text(en="Show one function", ja="機能で絞り込み")
BY_ITSELF = Text(en="Automatic entries: {count}", ja="自動処理 {count}件")
FOR = Text(en="{name} for {absent}", ja="{name}（{absent} さんの代理）")
TRUE_ON = Text(en="as of {day}", ja="業務日 {day}")
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CUT = Text(en="The last {count} entries are shown.", ja="直近の{count}件を表示しています。")


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline; `changed` holds what was recorded as changed.

    `of` leads to what it happened to, `true_on` says its day where that is another than the day it was recorded on.
    """

    at: datetime
    who: str
    what: str
    verb: str
    because: str
    became: str
    changed: tuple[Change, ...]
    of: Cell | None = None
    amount: str = ""
    true_on: str = ""
    by_itself: bool = False

    @property
    def icon(self) -> str:
        """The shape of what it came to."""
        return "circle-check" if self.became else "circle-dot"


@dataclass(frozen=True, slots=True)
class Fold:
    """Entries in a row; with a label they are folded under it."""

    label: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A function by which a story is filtered."""

    label: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Story:
    """A timeline, the latest first, with the functions it may be filtered by."""

    events: Sequence[Event]
    choices: Sequence[Choice] = ()
    cut: str = ""

    @property
    def picks(self) -> str:
        """What the choices are for."""
        return said(PICKS)

    @property
    def folds(self) -> list[Fold]:
        """The entries as they are drawn: what nobody did stands folded."""
        drawn = []
        for by_itself, run in groupby(self.events, key=lambda event: event.by_itself):
            events = tuple(run)
            drawn.append(Fold(said(BY_ITSELF.filled(count=len(events))) if by_itself else "", events))
        return drawn


def happened(subjects: Sequence[Subject]) -> list[Event]:
    """Return the history of the subjects (table, id), the latest first."""
    return [_event(row) for row in list_history(subjects)] if subjects else []


def story_of(deal: Deal, chosen: str) -> Story:
    """Return all that happened to any part of a deal, or only to the parts of the function *chosen*."""
    phase = next((phase for phase in Phase if phase == chosen), None)
    parts = {(part.table, part.id): part for part in deal.parts}
    ours = house().id
    changes = _acts(list_history(subjects_of(deal, phase), limit=MOST))
    events = [*(_told(row, parts, ours) for row in changes), *(_occurred(one) for one in occurrences(deal, phase))]
    events.sort(key=lambda event: event.at, reverse=True)
    known = {part.phase for part in deal.parts}
    choices = [
        Choice(said(ALL), "?#story", phase is None),
        *(Choice(said(one.shown), f"?of={one}#story", phase is one) for one in Phase if one in known),
    ]
    return Story(events[:MOST], choices, said(CUT.filled(count=MOST)) if len(events) >= MOST else "")


def _acts(rows: Iterable[ChangeRow]) -> list[ChangeRow]:
    """Return one row per act: that a request has items, and what became of it by the answer to one, is no other."""
    acts: list[ChangeRow] = []
    for row in rows:
        last = acts[-1] if acts else None
        same = (
            last is not None
            and (last.actor_id, last.verb) == (row.actor_id, row.verb)
            and (last.subject, row.subject) == (REQUEST, ITEM)
            and last.recorded_at - row.recorded_at < timedelta(seconds=1)
        )
        if not same and not (row.subject == ITEM and row.before is None):
            acts.append(row)
    return acts


def _told(row: ChangeRow, parts: dict[Subject, Part], ours: int) -> Event:
    part = parts[row.subject, row.subject_id]
    by_itself = row.actor_id == ours or row.because in FACT_NAMES
    of = cell(page_of(row.subject, row.subject_id, part.number or part.phase.shown))
    return replace(_event(row), of=of, by_itself=by_itself)


def _occurred(one: Occurrence) -> Event:
    recorded_on = timezone.localtime(one.at).date()
    return Event(
        at=one.at,
        who=one.who,
        what=said(VERB_NAMES[one.verb]),
        verb=one.verb,
        because="",
        became="",
        changed=(),
        of=cell(page_of(one.table, one.id, one.number)),
        amount=cell(one.amount).text if one.amount else "",
        true_on=said(TRUE_ON.filled(day=one.on)) if one.on != recorded_on else "",
        by_itself=one.by_itself,
    )


def _event(row: ChangeRow) -> Event:
    after = row.after or {}
    state = after.get("state") or after.get("stage")
    return Event(
        at=row.recorded_at,
        who=said(FOR.filled(name=row.actor, absent=row.for_name)) if row.for_name else row.actor,
        what=said(VERB_NAMES.get(row.verb, row.verb)),
        verb=row.verb,
        because=said(FACT_NAMES.get(row.because, row.because)),
        became=said(state_shown(row.subject, str(state))) if state else "",
        changed=tuple(changed_by(row)),
    )


def changed_by(row: ChangeRow) -> list[Change]:
    """Return what an entry of the trail changed, column by column, the values as they were recorded.

    A column that was and is empty tells nothing.
    """
    before, after = row.before or {}, row.after or {}
    names = sorted({*before, *after} - {"id", "recorded_at"})
    changes = (
        Change(COLUMN_NAMES.get(name, name), _seen(row, name, before.get(name)), _seen(row, name, after.get(name)))
        for name in names
    )
    return [one for one in changes if (one.was, one.became) != (None, None)]


def _seen(row: ChangeRow, column: str, value: object) -> str | None:
    """Return what was recorded of a column, as the reader may see it."""
    kind, text = personal_columns().get((row.subject, column)), _written(value)
    return text if kind is None or text is None else said(Personal(text, kind, (row.subject, row.subject_id)))


def _written(value: object) -> str | None:
    if value is None or value == "":
        return None
    text = str(value)
    return said(Text(en=text, ja=text)) if _A_DAY.fullmatch(text) else text
