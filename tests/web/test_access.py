"""The table of who may do what is true: it is what docs/access.md shows, and every cell of it is requested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kanjo.foundation.actors import Role
from kanjo.surfaces.access import ROOT, Line, Mark, as_page, lines
from tests.api.programs import Program, a_program, program_of, sent_a_batch
from tests.api.test_doors import _sent, _tried
from tests.api.world import OPERATIONS as CALLS
from tests.api.world import ids_of
from tests.builders import a_company, an_actor
from tests.web.office import Desk, an_office
from tests.web.story import Told
from tests.web.test_forms import everything

pytestmark = pytest.mark.once

KEPT = Path(__file__).parents[2] / "docs" / "access.md"
LINES = lines()
PAGES = [line for line in LINES if not line.path.startswith(ROOT)]
OPERATIONS = [line for line in LINES if line.path.startswith(ROOT)]
OPENS = {200, 302}
UNDERSTOOD = {200, 422}
"""What an operation answers to whom it lets in: an act is tried with a field that no body takes."""
NOT_THERE, REFUSED = {404}, {403}


@pytest.fixture(scope="module")
def ids(story: Told) -> Mapping[str, int]:
    """One thing of every kind in the company of the story."""
    program = a_program(an_actor(*Role, companies=[story.office.company_id], name="万能 花子"))
    sent_a_batch(program, story.office.company_id)
    return ids_of(program)


class TestThePage:
    @pytest.mark.row("E13")
    def test_it_is_what_the_house_declares(self) -> None:
        """docs/access.md is the table of today: what changes it, changes the file (tools/access.py)."""
        assert KEPT.read_text() == as_page(LINES)

    def test_every_address_stands_under_a_heading(self) -> None:
        """No address is lost between the parts of the house; every address has one line."""
        addresses = [(line.method, line.path) for line in LINES]
        assert len(addresses) == len(set(addresses)) > 190
        page = KEPT.read_text()
        assert len(re.findall(r"^\| (?:GET|POST)", page, re.MULTILINE)) == len(LINES)
        assert f"{sum(line.cells for line in LINES):,} cells of {len(LINES)} addresses" in page


@pytest.mark.row("A1")
@pytest.mark.row("A3")
class TestEveryCell:
    @pytest.mark.parametrize("role", list(Role))
    def test_of_a_role(self, story: Told, ids: Mapping[str, int], role: Role) -> None:
        """Each address lets a role in or refuses it as its cell says, and a refused press changes nothing."""
        desk, program, before = story.office.desk(role), program_of(story.office, role), everything()
        wrong = {}
        for line in PAGES:
            mark = line.mark(role)
            refused = mark is Mark.REFUSED
            answers = {desk.client.get(story.address(line.name)).status_code}
            if refused:
                answers.add(desk.client.post(story.address(line.name)).status_code)
            if not answers <= (REFUSED if refused else {302} if mark is Mark.REASON else OPENS):
                wrong[line.name] = answers
        for line in OPERATIONS:
            status = _called(program, line, ids)
            if status not in (REFUSED if line.mark(role) is Mark.REFUSED else UNDERSTOOD):
                wrong[line.name] = {status}
        assert wrong == {}
        assert _business(everything()) == _business(before)

    def test_of_another_companys_objects(self, story: Told, ids: Mapping[str, int]) -> None:
        """What another company owns is not there, for whoever holds every role next door; what is shared is."""
        office = an_office(a_company("kanjo-other"), story.office.customer_id)
        actor = an_actor(*Role, companies=[office.company_id], name="他社 次郎")
        desk, program, before = Desk.of(actor), a_program(actor), everything()
        keyed = [line for line in LINES if line.foreign is not Mark.NONE]
        wrong = {}
        for line in keyed:
            hidden = line.foreign is Mark.HIDDEN
            answers = _asked(desk, program, line, story, ids, pressing=hidden)
            if not answers <= (NOT_THERE if hidden else OPENS | UNDERSTOOD):
                wrong[line.name] = answers
        assert wrong == {}
        assert _business(everything()) == _business(before)
        assert len(keyed) > 120

    def test_of_nobodys_company(self, story: Told, ids: Mapping[str, int]) -> None:
        """Who holds every role and no company meets nothing of any, and where one is needed is told whom to ask."""
        actor = an_actor(*Role, name="無所属")
        desk, program = Desk.of(actor), a_program(actor)
        expected: Mapping[Mark, set[int]] = {
            Mark.HIDDEN: NOT_THERE,
            Mark.TOLD: REFUSED,
            Mark.EMPTY: OPENS,
        }
        told = [line for line in LINES if line.unassigned is not Mark.NONE]
        answers = {
            line.name: (_asked(desk, program, line, story, ids, pressing=line.unassigned is Mark.HIDDEN), line)
            for line in told
        }
        assert {name: found for name, (found, line) in answers.items() if not found <= expected[line.unassigned]} == {}
        assert len(told) > 150


def _asked(
    desk: Desk, program: Program, line: Line, story: Told, ids: Mapping[str, int], *, pressing: bool
) -> set[int]:
    """Return the statuses of an address: of a look, with *pressing* also of a press."""
    if line in OPERATIONS:
        return {_called(program, line, ids, example=pressing)}
    address = story.address(line.name)
    answers = {desk.client.get(address).status_code}
    return answers | ({desk.client.post(address).status_code} if pressing else set())


def _called(program: Program, line: Line, ids: Mapping[str, int], *, example: bool = False) -> int:
    """Return the status of an operation; an act of another company is tried with a body that its schema takes."""
    one = next(one for one in CALLS if one.described["operationId"] == line.name)
    return int(_sent(program, one, ids).status_code) if example else _tried(program, one, ids)


def _business(counts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of rows without the log of who looked."""
    return {name: count for name, count in counts.items() if name != "Look"}
