"""The process map is what the verbs say."""

from __future__ import annotations

import pytest

from kanjo.foundation.actors import Role
from kanjo.platform.acts import VERBS
from kanjo.reports.process_map import BESIDE, CIRCLE, FULL, SIDE_OF, Side, Step
from kanjo.surfaces.web.menu import ICONS

STEPS = (*CIRCLE, *BESIDE)


def named(page: str) -> Step:
    return next(step for step in STEPS if step.page == page)


@pytest.mark.row("MO-8")
class TestProcessMap:
    def test_every_act_of_the_trade_has_its_one_step(self) -> None:
        """An act that no step holds is on no map; acts that keep the house (people, tokens, facts) are none."""
        placed = [act.name for step in STEPS for act in step.acts]
        trade = {name for name, act in VERBS.items() if act.function.__module__.startswith("kanjo.domains")}
        assert trade <= set(placed)
        assert len(placed) == len(set(placed))

    @pytest.mark.parametrize("step", STEPS, ids=lambda step: step.page)
    def test_the_owner_of_a_step_may_do_some_of_it_and_it_has_a_page(self, step: Step) -> None:
        assert any(step.owner in act.roles for act in step.acts)
        assert step.page in ICONS

    @pytest.mark.parametrize("step", STEPS, ids=lambda step: step.page)
    def test_a_side_has_marks_where_one_of_its_roles_may_act_and_nowhere_else(self, step: Step) -> None:
        for side in Side:
            roles = {role for role, its in SIDE_OF.items() if its is side}
            able = [act for act in step.acts if roles & set(act.roles)]
            marks = step.marks(side)
            assert (marks > 0) == bool(able)
            assert (marks == FULL) == (3 * len(able) > 2 * len(step.acts))

    def test_the_circle_goes_from_the_front_to_the_back(self) -> None:
        assert named("opportunities").marks(Side.FRONT) == FULL
        assert named("open-items").marks(Side.BACK) == FULL
        assert named("contracts").marks(Side.FRONT) == named("contracts").marks(Side.BACK) == 0
        assert named("contracts").marks(Side.MIDDLE) == FULL

    def test_only_who_takes_no_part_in_a_deal_has_no_side(self) -> None:
        assert set(Role) - set(SIDE_OF) == {Role.HR, Role.AUDITOR, Role.ADMINISTRATOR}
