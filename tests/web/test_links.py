"""Where the pages lead: nobody is shown a link that would answer that it is not for him, or not there."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from kanjo.foundation.actors import Role
from kanjo.surfaces.web.addresses import urlpatterns
from kanjo.surfaces.web.doors import Door, door_of
from tests.web.office import Desk
from tests.web.pages import Page
from tests.web.story import PERSONAL, ROUTES, Told

NO_PAGE = frozenset({"health", "language", "look", "choose-company", *PERSONAL})
FILES = frozenset({"quote-draft-pdf", "invoice-pdf", "invoice-xml", "file", "bank-file-original"})
DOORS: dict[str, Door] = {str(route.name): vars(route.callback)["door"] for route in urlpatterns}
PAGES = [name for name in ROUTES if name not in NO_PAGE | FILES and not DOORS[name].verb]
"""What may be looked at; the forms of acts lead back to it."""


@pytest.mark.parametrize("role", list(Role))
def test_no_link_is_shut(story: Told, role: Role) -> None:
    """Whatever page a role may open, every link on it leads through a door that lets the role in."""
    desk = story.office.desk(role)
    shut = {(page, href) for page, href in _links(story, desk) if not _lets_in(href, desk)}
    assert shut == set()


@pytest.mark.parametrize("role", [Role.SALES_REP, Role.AUDITOR])
def test_no_link_is_dead(story: Told, role: Role) -> None:
    """Every link on every page is answered, followed one by one."""
    desk = story.office.desk(role)
    leads = {href: page for page, href in _links(story, desk)}
    answers = {(page, href): desk.client.get(href).status_code for href, page in leads.items()}
    assert len(answers) > 100
    assert {link: status for link, status in answers.items() if status not in {200, 302}} == {}


def _links(story: Told, desk: Desk) -> Iterator[tuple[str, str]]:
    """Yield each page that the desk may open with every address it leads to, as a whole."""
    for name in PAGES:
        address = story.address(name)
        if not _lets_in(address, desk):
            continue
        answer = desk.client.get(address)
        if answer.status_code == 200:
            for href in Page(answer.content.decode()).hrefs:
                yield name, f"{address}{href}" if href.startswith("?") else href


def _lets_in(href: str, desk: Desk) -> bool:
    path = urlsplit(href).path
    if not path:
        return True
    who = door_of(resolve(path))
    return who is not None and (not who.roles or desk.actor.holds(*who.roles))
