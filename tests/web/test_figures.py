"""Amounts that open their derivation: parts that add up, the calculation, and whether it comes out again."""

from __future__ import annotations

import re

import pytest
from django.db import connections
from django.utils import translation
from playwright.sync_api import Browser, expect

from kanjo.domains.billing.facts import Derivation
from kanjo.foundation.actors import Role
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.shown import Derived, cell
from tests.builders import an_actor
from tests.web.browsing import PASSWORD, Window, served
from tests.web.story import Told

AMOUNT = re.compile(r"[−\d,]+")


class TestSteps:
    def test_of_a_part_of_a_period(self) -> None:
        """Eleven of thirty days: price, share, what it is before rounding, the amount."""
        by = Derivation(Money(10_000, "JPY"), 0, 11, 30, Money(3_667, "JPY"))
        assert [str(shown) for _name, shown in by.steps][1:3] == ["11 ÷ 30", "3,666.666…"]
        assert by.steps[-1][1] == by.amount == by.recomputed

    def test_of_the_rest_of_a_period(self) -> None:
        """The rest is what is left of the rounded price, so that both parts add up to it."""
        by = Derivation(Money(10_000, "JPY"), 11, 30, 30, Money(6_333, "JPY"))
        assert [shown for _name, shown in by.steps[2:]] == [
            Money(10_000, "JPY"),
            Money(3_667, "JPY"),
            Money(6_333, "JPY"),
        ]

    def test_in_cents(self) -> None:
        """A share of a price in another currency keeps the decimals of that currency."""
        by = Derivation(Money(10_000, "USD"), 0, 1, 3, Money(3_333, "USD"))
        assert by.steps[2][1] == "33.33333…"


class TestDerived:
    def test_a_difference_is_told(self) -> None:
        """An amount that its parts do not make says by how much, in the colour of what went wrong."""
        parts = [("a", Money(60, "JPY")), ("b", Money(30, "JPY"))]
        with translation.override("ja"):
            working = cell(Derived.sum_of("x", Money(100, "JPY"), labels.TOTAL, parts)).working
        assert working is not None
        assert working.verdict is not None
        assert (working.verdict.tone, "¥10" in working.verdict.text) == ("stop", True)


class TestOnPages:
    @pytest.mark.parametrize("name", ["invoice", "quote", "open-item", "obligation"])
    @pytest.mark.parametrize("language", list(Language))
    def test_parts_add_up(self, story: Told, name: str, language: Language) -> None:
        """On every page the parts shown of an amount sum to it, and what is recomputed is equal."""
        page = story.office.desk(Role.AUDITOR, language).see(name, story.keys[name])
        workings = re.findall(r'<dl class="parts">(.*?)</dl>', page, re.DOTALL)
        assert workings
        for working in workings:
            *parts, total = (_number(one) for one in re.findall(r"<dd[^>]*>(.*?)</dd>", working))
            assert sum(parts) == total
        assert ("再計算して一致" if language == Language.JAPANESE else "Recomputed: equal") in page
        assert "st-stop" not in page

    def test_an_invoice_that_was_tampered_with(self, story: Told) -> None:
        """A total that no longer is the sum of its lines is told in red on the page, with the difference."""
        key = str(story.keys["invoice"])
        _tamper(
            "UPDATE billing_invoice SET net_minor = net_minor + 7, total_minor = total_minor + 7 WHERE id = %s", key
        )
        page = story.office.desk(Role.AUDITOR).see("invoice", key)
        _tamper(
            "UPDATE billing_invoice SET net_minor = net_minor - 7, total_minor = total_minor - 7 WHERE id = %s", key
        )
        assert re.search(r'st st-stop">.*?再計算と不一致（差額 ¥7）', page, re.DOTALL)


@pytest.mark.parametrize(("language", "width"), [(Language.JAPANESE, 1440), (Language.ENGLISH, 390)])
def test_in_the_browser(own_story: Told, browser: Browser, language: Language, width: int) -> None:
    """A pressed figure opens beside itself, or as a sheet on a phone; Esc closes it and the figure keeps the focus."""
    story = own_story
    person = Person.objects.get(pk=an_actor(*Role, companies=[story.office.company_id], name="万能 花子").id)
    person.language = language
    person.set_password(PASSWORD)
    person.save()
    with served() as home:
        window = Window.opened(browser, home, person.email, width)
        window.goes(story.address("invoice"))
        figure, opened = window.page.locator(".tbl .fig").first, window.page.locator(".pop:popover-open")
        figure.focus()
        window.page.keyboard.press("Enter")
        opened.wait_for()
        expect(figure).to_have_attribute("aria-expanded", "true")  # told a moment after it opened
        over, box = figure.bounding_box(), opened.bounding_box()
        assert over
        assert box
        if width < 760:
            assert (round(box["x"]), round(box["x"] + box["width"])) == (0, width)
            assert round(box["y"] + box["height"]) == 900
        else:
            assert box["y"] >= over["y"] + over["height"] or box["y"] + box["height"] <= over["y"]
        window.page.keyboard.press("Escape")
        opened.wait_for(state="detached")
        expect(figure).to_have_attribute("aria-expanded", "false")
        assert figure.evaluate("one => one === document.activeElement")
        assert window.complaints == []


def _number(shown: str) -> int:
    found = AMOUNT.search(shown.replace("JPY", "").replace("¥", "").replace(" ", ""))
    assert found, shown
    return int(found[0].replace(",", "").replace("−", "-"))


def _tamper(statement: str, key: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE billing_invoice DISABLE TRIGGER USER")
        cursor.execute(statement, [key])
        cursor.execute("ALTER TABLE billing_invoice ENABLE TRIGGER USER")
