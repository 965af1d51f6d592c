"""The story that the pages and the programs are shown with: told once a run, copied for whoever looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_django.plugin import DjangoDbBlocker

from kanjo.platform.database.roles import Login
from tests.plumbing import copied, pointed_at
from tests.web.office import an_office
from tests.web.story import Told, told


@dataclass(frozen=True)
class Once:
    """What was told, and the database that holds it: nobody is connected to that again."""

    story: Told
    database: str


@pytest.fixture(scope="session")
def told_once(request: pytest.FixtureRequest, test_server: Login, django_db_blocker: DjangoDbBlocker) -> Iterator[Once]:
    """The story, told once for all that look at copies of it."""
    with copied(request.session, test_server, django_db_blocker) as database:
        with pointed_at(database):
            story = told(an_office())
        yield Once(story, database.owner.database)


@pytest.fixture(scope="module")
def story(
    request: pytest.FixtureRequest, told_once: Once, test_server: Login, django_db_blocker: DjangoDbBlocker
) -> Iterator[Told]:
    """The story, for a module whose tests look and leave it as it is."""
    with copied(request.session, test_server, django_db_blocker, told_once.database) as copy, pointed_at(copy):
        yield told_once.story


@pytest.fixture
def own_story(
    request: pytest.FixtureRequest, told_once: Once, test_server: Login, django_db_blocker: DjangoDbBlocker
) -> Iterator[Told]:
    """The story in a database of the test's own, for threads and browsers, and for who changes it."""
    with copied(request.session, test_server, django_db_blocker, told_once.database) as copy, pointed_at(copy):
        yield told_once.story
