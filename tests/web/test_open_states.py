"""What opens, is refused or is empty: axe reads it while it stands, and keys lead in, out and back."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, FloatRect, expect

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.web.browsing import PASSWORD, Window, served
from tests.web.story import Told
from tests.web.test_accessible import judged

T = TypeVar("T")

DESK, PHONE = 1440, 390
LOOKS = (
    (Language.JAPANESE, "light"),
    (Language.ENGLISH, "dark"),
    (Language.JAPANESE, "dark"),
    (Language.ENGLISH, "light"),
)


def look_of(width: int, turn: int) -> tuple[Language, str]:
    """Return language and theme of a turn: at each width all four take turns, on a phone each the other way round."""
    return LOOKS[turn % 4 ^ (width == PHONE)]


def in_turns(things: Sequence[T]) -> list[tuple[T, int]]:
    """Return each thing with its turn, so that desk and phone together show it in both languages and both themes."""
    return [(thing, turn) for turn, thing in enumerate(things)]


@pytest.fixture(scope="module")
def home(story: Told) -> Iterator[str]:
    """The story, served once for all."""
    with served() as address:
        yield address


@pytest.fixture(scope="module", params=[DESK, PHONE], ids=["desk", "phone"])
def opened(request: pytest.FixtureRequest, browser: Browser, home: str, story: Told) -> Iterator[tuple[Window, Person]]:
    """Somebody with every role, at a desk or with a phone."""
    everybody = an_actor(*Role, companies=[story.office.company_id], name="万能 花子")
    person = Person.objects.get(pk=everybody.id)
    person.set_password(PASSWORD)
    person.save()
    window = Window.opened(browser, home, person.email, request.param)
    yield window, person
    window.page.context.close()


@pytest.fixture
def window(opened: tuple[Window, Person], turn: int) -> Window:
    """The desk or the phone in the language and the theme whose turn it is."""
    window, person = opened
    assert window.page.viewport_size is not None
    person.language, theme = look_of(window.page.viewport_size["width"], turn)
    person.save()
    window.page.context.add_cookies([{"name": "kanjo-theme", "value": theme, "url": window.home}])
    return window


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


@pytest.mark.parametrize(("opening", "turn"), in_turns(OPENINGS), ids=str)
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


@pytest.mark.parametrize("turn", [0, 2])
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


@pytest.mark.parametrize("turn", range(4))
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


STATES: tuple[Callable[[Window, Told], None], ...] = (
    *(chosen, to_be_confirmed, refused, refused_while_typed, toasted),
    *(nothing_found, no_such_page, not_as_asked, by_the_burger),
)


@pytest.mark.parametrize(("state", "turn"), in_turns(STATES))
def test_a_state(window: Window, story: Told, state: Callable[[Window, Told], None], turn: int) -> None:
    """Rows chosen, an act to be confirmed, refusals, toasts, nothing found, errors, the menu: each is sound."""
    state(window, story)
    assert judged(window.page) == []
    language, theme = window.page.evaluate("[document.documentElement.lang, document.documentElement.dataset.bsTheme]")
    assert window.page.viewport_size is not None
    assert (language, theme) == look_of(window.page.viewport_size["width"], turn)


@pytest.mark.parametrize("things", [OPENINGS, STATES], ids=["openings", "states"])
def test_every_look_has_its_turn(things: Sequence[object]) -> None:
    """Each width is judged in every language by every theme, each thing in both of both."""
    seen = {(width, look_of(width, turn)) for width in (DESK, PHONE) for _thing, turn in in_turns(things)}
    assert len(seen) == 2 * len(LOOKS)
    for _thing, turn in in_turns(things):
        assert all(len(set(one)) == 2 for one in zip(look_of(DESK, turn), look_of(PHONE, turn), strict=True))


LIGHT = """async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const [...light] = canvas.getImageData(0, 0, image.width, image.height).data.filter((_, at) => at % 4 < 3);
    return light.reduce((sum, one) => sum + one, 0) / light.length;
}"""
"""How light a picture is, from 0 to 255."""


ON_A_PHONE = pytest.mark.parametrize("opened", [PHONE], ids=["phone"], indirect=True)


@ON_A_PHONE
@pytest.mark.parametrize("turn", [1])
def test_a_table_that_goes_on_says_so(window: Window, story: Told, browser: Browser) -> None:
    """At its edge, above the words of a row, lies a shadow until it is shown to the end."""
    window.goes(story.address("ageing"))
    table, judge = window.page.locator(".tw").first, browser.new_page()
    table.scroll_into_view_if_needed()

    def edge() -> float:
        box, row = table.bounding_box(), table.locator("tbody tr").first.bounding_box()
        assert box is not None
        assert row is not None
        clip = FloatRect(x=box["x"] + box["width"] - 6, y=row["y"] + 1, width=5, height=4)
        picture = window.page.screenshot(clip=clip)
        light: float = judge.evaluate(LIGHT, b64encode(picture).decode())
        return light

    begun = edge()
    table.evaluate("one => { one.scrollLeft = one.scrollWidth }")
    ended = edge()
    assert (begun < 240, ended > 250) == (True, True), (begun, ended)
    judge.close()


@ON_A_PHONE
@pytest.mark.parametrize("turn", [1])
def test_the_first_act_has_a_line_of_its_own(window: Window, story: Told) -> None:
    """On a phone the act that the page is for is as wide as the page, and the others lie below it."""
    window.goes(story.address("approval-item"))
    acts = window.page.locator(".kj-acts")
    widths = acts.evaluate("one => [one, ...one.children].map((box) => box.getBoundingClientRect().width)")
    tops = acts.evaluate("one => [...one.children].map((box) => box.getBoundingClientRect().top)")
    assert acts.locator("> *").first.get_attribute("class") == "btn btn-primary"
    assert widths[1] >= widths[0] - 1
    assert len(tops) > 1
    assert all(top > tops[0] for top in tops[1:])
