"""The office that the programs call."""

from __future__ import annotations

import pytest

from kanjo.foundation.actors import Role
from tests.api.programs import Program, a_program, sent_a_batch
from tests.builders import an_actor
from tests.web.office import Office, an_office
from tests.web.story import Told


@pytest.fixture
def office(db: None) -> Office:
    """A Japanese selling company with its books, rates and matrix, a product, and a person per role."""
    return an_office()


@pytest.fixture(scope="module")
def everybody(story: Told) -> Program:
    """A program of somebody with every role, in the company of the story, that sent a batch."""
    program = a_program(an_actor(*Role, companies=[story.office.company_id], name="万能 花子"))
    sent_a_batch(program, story.office.company_id)
    return program
