"""The stepper of a deal: one strip that stands on the pages of all its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kanjo.foundation.texts import Text
from kanjo.reports.deal_steps import Standing, Step, steps_of
from kanjo.reports.deals import OPPORTUNITY, Deal, Part
from kanjo.surfaces.web.shown import cell, day_shown, said
from kanjo.surfaces.web.subjects import page_of

STAGES = Text(en="Stages of the deal", ja="取引の進み具合")
_ICONS = {
    Standing.DONE: "circle-check",
    Standing.CURRENT: "circle-dot",
    Standing.BEGUN: "circle-half-2",
    Standing.AHEAD: "circle-dashed",
    Standing.STOPPED: "alert-octagon",
}


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """One stage as the template draws it: `what` is what stands there, `word` the standing in a word."""

    name: str
    standing: str
    word: str
    icon: str
    href: str
    what: str
    on: str
    misses: str
    now: bool
    all: str


def stages(deal: Deal | None) -> Sequence[DrawnStep]:
    """Return the stages of a deal as they are drawn."""
    return [_drawn(step) for step in steps_of(deal)] if deal else []


def _drawn(step: Step) -> DrawnStep:
    part = step.part
    return DrawnStep(
        name=said(step.phase.shown),
        standing=step.standing.value,
        word=said(step.standing.shown),
        icon=_ICONS[step.standing],
        href=cell(page_of(part.table, part.id, "")).href if part else "",
        what=_called(part) if part else "",
        on=day_shown(step.on) if step.on else "",
        misses=said(step.misses) if step.misses else "",
        now=step.standing is Standing.CURRENT,
        all=said(STAGES),
    )


def _called(part: Part) -> str:
    return "" if part.table == OPPORTUNITY else part.number
