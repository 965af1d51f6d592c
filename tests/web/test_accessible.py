"""WCAG 2.2 AA as far as a machine can tell: axe reads every page, at a desk and on a phone, light and dark."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.web.browsing import PASSWORD, Window, served
from tests.web.story import Told
from tests.web.test_every_page import PAGES

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
JUDGED = """(within) => axe.run(within || document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}).then((found) => found.violations.flatMap(
    (one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 160)}`),
))"""


@pytest.mark.parametrize(
    ("language", "width", "theme"), [(Language.JAPANESE, 1440, "light"), (Language.ENGLISH, 390, "dark")]
)
def test_every_page(own_story: Told, browser: Browser, language: Language, width: int, theme: str) -> None:
    """Nothing that axe knows of is wrong on any page, and the browser complains of nothing."""
    story = own_story
    everybody = an_actor(*Role, companies=[story.office.company_id], name="万能 花子")
    person = Person.objects.get(pk=everybody.id)
    person.language = language
    person.set_password(PASSWORD)
    person.save()
    with served() as home:
        window = Window.opened(browser, home, person.email, width)
        window.page.context.add_cookies([{"name": "kanjo-theme", "value": theme, "url": home}])
        wrong = {one: name for name in reversed(PAGES) for one in _violations(window, story.address(name))}
        assert window.page.locator("html").get_attribute("data-bs-theme") == theme
        assert wrong == {}
        assert window.complaints == []
        window.page.context.close()


def test_a_fault_is_found(browser: Browser) -> None:
    """The judge sees a field without a label, a pale word and an image without words."""
    page = browser.new_page()
    page.set_content('<main><h1>a</h1><p style="color:#ccc">pale</p><input><img src="x"></main>')
    found = " ".join(judged(page))
    assert all(rule in found for rule in ("label", "color-contrast", "image-alt", "html-has-lang"))
    page.close()


def _violations(window: Window, path: str) -> list[str]:
    window.goes(path)
    return judged(window.page)


def judged(page: Page, within: str = "") -> list[str]:
    """Return what axe finds wrong with a page as it stands, or with what stands *within* a part of it."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(JUDGED, within)
    return found
