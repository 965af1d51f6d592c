"""The process map: each step with its owner, its marks, what waits there now, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kanjo.foundation.actors import ROLE_NAMES, Actor
from kanjo.foundation.texts import Text
from kanjo.platform.outbox.operations import name_of
from kanjo.platform.worklist.queries import count_open_by_subject, count_queue_by_subject
from kanjo.processes.reactions import REACTIONS
from kanjo.reports.process_map import BESIDE, CIRCLE, FULL, Side, Step
from kanjo.surfaces.doors import named
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.doors import SIGNED_IN, door, opens
from kanjo.surfaces.web.menu import ICONS
from kanjo.surfaces.web.shown import said
from kanjo.surfaces.web.words import FACT_NAMES, REACTION_NAMES, act_named

TITLE = Text(en="Process map", ja="業務プロセス")
_MARKED = Text(en="{side}: {marks} of {full}", ja="{side}: {full}段階中{marks}")


@dataclass(frozen=True, slots=True)
class Marks:
    """How far a step is one side's, as dots and in words."""

    side: str
    dots: str
    words: str


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step as the template draws it; `follows` is what it sets going by itself."""

    name: str
    href: str
    icon: str
    owner: str
    marks: list[Marks]
    waiting: int
    mine: int
    acts: list[tuple[str, str]]
    follows: list[tuple[str, str]]


@door(SIGNED_IN)
def process_map(request: DeskRequest) -> HttpResponse:
    """Show the circle, and what stands beside it."""
    actor = request.desk.actor
    waiting, mine = count_open_by_subject(actor), count_queue_by_subject(actor)
    context = {
        "title": TITLE,
        "circle": [_drawn(step, actor, waiting, mine) for step in CIRCLE],
        "beside": [_drawn(step, actor, waiting, mine) for step in BESIDE],
    }
    return render(request, "process_map.html", context)


def _drawn(step: Step, actor: Actor, waiting: dict[str, int], mine: dict[str, int]) -> DrawnStep:
    return DrawnStep(
        name=said(step.name),
        href=reverse(step.page) if opens(step.page, actor) else "",
        icon=ICONS[step.page],
        owner=said(ROLE_NAMES[step.owner]),
        marks=[_marks(step, side) for side in Side],
        waiting=_of(step, waiting),
        mine=_of(step, mine),
        acts=[(said(act_named(act.name)), said(named(act.roles))) for act in step.acts],
        follows=[
            (said(FACT_NAMES[fact.kind]), said(REACTION_NAMES[name_of(answer)]))
            for fact, answers in REACTIONS.items()
            if fact.kind.split(".")[0] in step.apps
            for answer in answers
        ],
    )


def _marks(step: Step, side: Side) -> Marks:
    count = step.marks(side)
    words = _MARKED.filled(side=side.shown, marks=count, full=FULL)
    return Marks(said(side.shown), "●" * count + "○" * (FULL - count), said(words))


def _of(step: Step, counted: dict[str, int]) -> int:
    return sum(count for table, count in counted.items() if table.split("_")[0] in step.apps)
