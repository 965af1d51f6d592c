"""The pages have words for everything they may have to name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import kanjo
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import VERBS
from kanjo.platform.audit.models import Change
from kanjo.platform.outbox.operations import name_of
from kanjo.platform.runs.models import Run
from kanjo.platform.worklist.models import WorkItem
from kanjo.processes.reactions import REACTIONS
from kanjo.surfaces.web.subjects import FACT_TABLES
from kanjo.surfaces.web.words import FACT_NAMES, REACTION_NAMES, RUN_NAMES, VERB_NAMES, WORK_NAMES, act_named
from tests.web.story import Told
from tests.web.test_every_page import JAPANESE


def _refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for one in of.__subclasses__():
        yield one
        yield from _refusals(one)


class TestWords:
    def test_every_act_has_a_name(self) -> None:
        """The timeline names every verb of the house, and the execution of every kind of run."""
        ours = {name for name, verb in VERBS.items() if verb.function.__module__.startswith("kanjo.")}
        assert {*ours, *(f"{kind}.execute" for kind in RUN_NAMES)} - set(VERB_NAMES) == set()

    def test_an_act_is_no_past(self) -> None:
        """What may be done is said as an act, what was done as a past: never one for the other."""
        acts = {name: act_named(name).en for name in VERB_NAMES}
        assert (acts["approvals.activate-matrix"], acts["opportunities.engage"]) == ("Activate the matrix", "Engage")
        assert {name for name, act in acts.items() if not act[0].isupper()} == set()
        alike = {act.split()[0] for name, act in acts.items() if act.lower() == VERB_NAMES[name].en}
        assert alike == {"Let", "Read", "Set"}

    def test_what_happened_in_the_story_has_names(self, story: Told) -> None:
        """Every act, run and waiting work that the story left has words of its own."""
        assert set(Change.objects.values_list("verb", flat=True)) - set(VERB_NAMES) == set()
        assert set(Run.objects.values_list("kind", flat=True)) - set(RUN_NAMES) == set()
        assert set(WorkItem.objects.values_list("kind", flat=True)) - set(WORK_NAMES) == set()

    def test_what_follows_by_itself_has_names(self) -> None:
        """Each fact that something answers has words and a page of its own, and so has each answer its words."""
        assert {fact.kind for fact in REACTIONS} - set(FACT_NAMES) == set()
        assert {fact.kind for fact in REACTIONS} - set(FACT_TABLES) == set()
        assert {name_of(one) for answers in REACTIONS.values() for one in answers} - set(REACTION_NAMES) == set()

    @pytest.mark.parametrize("names", [VERB_NAMES, WORK_NAMES, RUN_NAMES, FACT_NAMES, REACTION_NAMES])
    def test_names_are_in_both_languages(self, names: dict[str, Text]) -> None:
        """Each name is Japanese in Japanese and has no Japanese letter in English."""
        assert [name for name, text in names.items() if not JAPANESE.search(text.ja)] == []
        assert [name for name, text in names.items() if not text.en or JAPANESE.search(text.en)] == []


class TestRefusals:
    def test_each_is_said_in_both_languages(self) -> None:
        """Every refusal of the product has its rule, its sentence and its way out, in Japanese and in English."""
        for module in walk_packages(kanjo.__path__, "kanjo."):
            if not {"config", "migrations", "tests"} & set(module.name.split(".")):
                import_module(module.name)
        every = {one for one in _refusals() if one.__module__.startswith("kanjo.") and "rule" in vars(one)}
        assert len(every) > 100
        assert {one.rule for one in every if not (one.says.en and one.remedy.en and one.remedy.ja)} == set()
        assert {one.rule for one in every if JAPANESE.search(one.says.en + one.remedy.en)} == set()
        assert {one.rule for one in every if not JAPANESE.search(one.says.ja + one.remedy.ja)} == set()
