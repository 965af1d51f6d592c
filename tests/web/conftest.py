"""The office that the tests of the pages work in."""

from __future__ import annotations

import pytest

from tests.plumbing import FreshDatabase
from tests.web.office import Office, an_office
from tests.web.story import Told, told


@pytest.fixture
def office(db: None) -> Office:
    """A Japanese selling company with its books, rates and matrix, a product, and a person per role."""
    return an_office()


@pytest.fixture(scope="module")
def story(shared_database: FreshDatabase) -> Told:
    """The story, told once for a module whose tests look and leave it as it is."""
    return told(an_office())
