"""The office that the tests of the pages work in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web.browsing import browsing
from tests.web.office import Office, an_office


@pytest.fixture
def office(db: None) -> Office:
    """A Japanese selling company with its books, rates and matrix, a product, and a person per role."""
    return an_office()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a file; its own loop in this thread is nothing that the database has to fear."""
    with pytest.MonkeyPatch.context() as patched, browsing() as started:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started
