"""Everything that happens, by the day it happens on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from kanjo.processes.history.days import Calendar
from kanjo.processes.history.deals import scenes_of
from kanjo.processes.history.routine import monthly_scenes
from kanjo.processes.history.script import Script
from kanjo.processes.history.stage import Scene
from kanjo.processes.history.telling import told_scenes
from kanjo.processes.history.using import usage_scenes


def scenes_by_day(script: Script, calendar: Calendar) -> Mapping[date, Sequence[Scene]]:
    """Return the scenes of each day in their order; the same script and calendar give the same."""
    days: dict[date, list[Scene]] = defaultdict(list)
    of_deals = (scene for deal in script.deals for scene in scenes_of(deal, calendar))
    later = (*told_scenes(script, calendar), *usage_scenes(script, calendar))
    for scene in [*monthly_scenes(script, calendar), *of_deals, *later]:
        days[scene.on].append(scene)
    return {day: sorted(scenes, key=lambda scene: scene.rank) for day, scenes in days.items()}
