"""The office that the tests of the pages work in."""

from __future__ import annotations

import pytest

from tests.web.office import Office, an_office


@pytest.fixture
def office(db: None) -> Office:
    """A Japanese selling company with its books, rates and matrix, a product, and a person per role."""
    return an_office()
