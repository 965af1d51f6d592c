"""What opens, is refused or is empty: axe reads it while it stands, and keys lead in, out and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.web.browsing import PASSWORD, Window, browsing, served
from tests.web.story import Told
from tests.web.test_accessible import judged

DESK, PHONE = (Language.JAPANESE, 1440, "light"), (Language.ENGLISH, 390, "dark")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser; its own loop in this thread is nothing that the database has to fear."""
    with pytest.MonkeyPatch.context() as patched, browsing() as started:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


@pytest.fixture(scope="module")
def home(story: Told) -> Iterator[str]:
    """The story, served once for all."""
    with served() as address:
        yield address


@pytest.fixture(scope="module", params=[DESK, PHONE], ids=["desk", "phone"])
def window(request: pytest.FixtureRequest, browser: Browser, home: str, story: Told) -> Iterator[Window]:
    """Somebody with every role, at a desk in Japanese by day or with a phone in English by night."""
    language, width, theme = request.param
    everybody = an_actor(*Role, companies=[story.office.company_id], name="万能 花子")
    person = Person.objects.get(pk=everybody.id)
    person.language = language
    person.set_password(PASSWORD)
    person.save()
    window = Window.opened(browser, home, person.email, width)
    window.page.context.add_cookies([{"name": "kanjo-theme", "value": theme, "url": home}])
    yield window
    window.page.context.close()


@dataclass(frozen=True)
class Opening:
    """Something that a key opens: where, what is pressed, what then stands there, and who has the focus afterwards."""

    page: str
    button: str
    opened: str

    def __str__(self) -> str:
        return f"{self.page} {self.button}"


OPENINGS = (
    Opening("invoice", ".tbl .fig", ".pop:popover-open"),
    Opening("customers", ".kj-me > summary", ".kj-me[open] .menu"),
    Opening("customers", "details.more:has(input[name=without]) > summary", "details.more[open] .menu"),
    Opening("customers", "details.more:has(a) > summary", "details.more[open] .menu"),
)


@pytest.mark.parametrize("opening", OPENINGS, ids=str)
def test_what_a_key_opens(window: Window, story: Told, opening: Opening) -> None:
    """It opens by the key, is sound while it stands open, closes by Esc from within, and gives the focus back."""
    window.goes(story.address(opening.page))
    button, page = window.page.locator(opening.button).first, window.page
    button.focus()
    page.keyboard.press("Enter")
    opened = page.locator(opening.opened)
    opened.wait_for()
    # Of what lies half under it nothing is said: it cannot be pressed while this stands there.
    assert judged(page, opening.opened) == []
    page.keyboard.press("Tab")
    assert opened.evaluate("one => one.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    assert button.evaluate("one => one === document.activeElement")


def test_the_list_of_keys(window: Window, story: Told) -> None:
    """The dialog takes the focus, and gives it back to the link that had it."""
    window.goes(story.address("customers"))
    link, dialog = window.page.locator("[data-rows] tbody a").first, window.page.locator("dialog#keys")
    link.focus()
    window.page.keyboard.press("?")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("one => one.contains(document.activeElement)")
    assert judged(window.page) == []
    window.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert link.evaluate("one => one === document.activeElement")


def test_the_panel_beside_a_list(window: Window, story: Told) -> None:
    """A pressed row opens beside the list with the focus in it; Esc closes it and leads back to the row."""
    window.goes(story.address("invoices"))
    if window.page.viewport_size == {"width": 1440, "height": 900}:
        row = window.page.locator("[data-rows] tbody tr").nth(1)
        row.locator("td:not(.pick)").nth(2).click()
        heading = window.page.locator("#panel h2")
        expect(heading).to_be_focused()
        assert judged(window.page) == []
        window.page.keyboard.press("Escape")
        expect(heading).to_have_count(0)
        expect(row.locator("a").first).to_be_focused()


def chosen(window: Window, story: Told) -> None:
    """Choose rows, which the bar above the list counts; a phone has no boxes."""
    window.goes(story.address("invoices"))
    for box in window.page.locator("td.pick input:visible").all():
        box.check()
        expect(window.page.locator("#chosen [data-count]")).not_to_be_empty()


def to_be_confirmed(window: Window, story: Told) -> None:
    """Ask for an act on chosen rows, which is told before it is done."""
    window.goes(f"{story.address('invoices')}?each=send&chosen={story.keys['invoice']}")
    expect(window.page.locator("form.form .btn-primary")).to_be_visible()


def refused(window: Window, story: Told) -> None:
    """Send a form blank: the first refused field has the focus, its refusal beside it."""
    window.goes(story.address("register-customer"))
    window.page.locator("form.form .btn-primary").click()
    expect(window.page.locator("[name=name][aria-invalid]")).to_be_focused()


def refused_while_typed(window: Window, story: Told) -> None:
    """Type what no rule takes: the refusal comes while the form stands."""
    window.goes(story.address("open-opportunity"))
    window.page.fill("[name=engaged_on]", "x")
    window.page.keyboard.press("Tab")
    expect(window.page.locator("#engaged_on-said .fault")).to_be_visible()
    window.page.locator("form.form .btn-primary").focus()
    window.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")


def toasted(window: Window, story: Told) -> None:
    """Do something that is told on the next page."""
    window.goes(f"{story.address('keep-view')}?of=customers")
    window.page.fill("[name=name]", "視野")
    with window.page.expect_navigation():
        window.page.locator("form.form .btn-primary").click()
    expect(window.page.locator(".note.toast")).to_be_visible()


def nothing_found(window: Window, story: Told) -> None:
    """Look for what is not there."""
    window.goes(f"{story.address('customers')}?q=どこにもない会社")
    expect(window.page.locator(".empty")).to_be_visible()


def no_such_page(window: Window, _story: Told) -> None:
    """Go where nothing is."""
    window.page.goto(f"{window.home}/nowhere")
    expect(window.page.locator("h1")).to_be_visible()


def not_as_asked(window: Window, story: Told) -> None:
    """Ask a report for a day that is none."""
    window.page.goto(f"{window.home}{reverse('ageing')}?on=x")
    expect(window.page.locator("h1")).to_be_visible()


def by_the_burger(window: Window, story: Told) -> None:
    """Open the menu, on a phone by its button."""
    window.goes(story.address("customers"))
    if window.page.locator(".kj-burger").is_visible():
        window.page.locator(".kj-burger").click()
    expect(window.page.locator(".kj-nav a").first).to_be_visible()


@pytest.mark.parametrize(
    "state",
    [
        *(chosen, to_be_confirmed, refused, refused_while_typed, toasted),
        *(nothing_found, no_such_page, not_as_asked, by_the_burger),
    ],
)
def test_a_state(window: Window, story: Told, state: Callable[[Window, Told], None]) -> None:
    """Rows chosen, an act to be confirmed, refusals, toasts, nothing found, errors, the menu: each is sound."""
    state(window, story)
    assert judged(window.page) == []
