"""The process map shows what waits at each step, and leads only where the reader may go."""

from __future__ import annotations

import html
import re

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language, Text
from kanjo.platform.worklist import operations as worklist
from kanjo.reports.process_map import BESIDE, CIRCLE, Side
from kanjo.surfaces.doors import named
from kanjo.surfaces.web.words import act_named
from tests.web.office import Desk
from tests.web.story import Told


def payment(desk: Desk) -> str:
    """Return the card of the eighth step."""
    found = re.search(r'<li class="pane" value="8">.*?</li>', desk.see("process-map"), re.DOTALL)
    assert found
    return found[0]


def waiting(card: str) -> tuple[int, int]:
    """Return how much waits at a step, and how much of it for the reader."""
    return tuple(
        int(found[1]) if (found := re.search(words, card)) else 0 for words in (r"Waiting: (\d+)", r"for me: (\d+)")
    )  # type: ignore[return-value]  # two words, two numbers


@pytest.mark.row("MO-8")
@pytest.mark.row("SFQ-2")
def test_what_comes_is_on_the_map_at_once(story: Told) -> None:
    """For everybody of the company; what waits for the reader is told apart."""
    rep, clerk = (story.office.desk(role, Language.ENGLISH) for role in (Role.SALES_REP, Role.RECEIVABLES))
    (all_before, mine_before), (_, clerks_before) = waiting(payment(rep)), waiting(payment(clerk))
    worklist.put(
        kind="receivables.unmatched-receipt",
        subject=("receivables_receipt", 4_711),
        company_id=story.office.company_id,
        role=Role.RECEIVABLES,
        why=Text(en="Nobody knows the payer", ja="振込人が不明です"),
    )
    assert waiting(payment(rep)) == (all_before + 1, mine_before)
    assert waiting(payment(clerk)) == (all_before + 1, clerks_before + 1)


@pytest.mark.row("MO-8")
def test_every_step_tells_its_owner_its_marks_and_who_may(story: Told) -> None:
    """A list that is closed to the reader is named and not linked."""
    page = story.office.desk(Role.SALES_REP, Language.ENGLISH).see("process-map")
    assert page.count("Owner: ") == 13
    marks = re.findall(r'aria-label="([A-Z][a-z ]+): (\d) of 3"', page)
    steps = (*CIRCLE, *BESIDE)
    assert [int(count) for _, count in marks] == [step.marks(side) for step in steps for side in Side]
    assert [side for side, _ in marks] == [side.shown.en for side in Side] * 13
    assert re.search(r"Allocate a receipt</dt><dd>Accounts Receivable</dd>", page)
    told = re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", html.unescape(page))
    acts = [act for step in steps for act in step.acts]
    assert {(act_named(act.name).en, named(act.roles).en) for act in acts} <= set(told)
    assert 'href="/quotes"' in page
    map_alone = page[page.index('<ol class="circle">') :]
    assert 'href="/obligations"' not in map_alone
    assert re.search(r"</svg>\s*<span class=\"n\">9</span> Revenue</h2>", map_alone)
