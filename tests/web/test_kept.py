"""Nothing typed is lost: a session that ends in the middle of a form, and rows that were added."""

from __future__ import annotations

from django.urls import reverse
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.plumbing import FreshDatabase
from tests.web.browsing import PASSWORD, served
from tests.web.office import an_office, opened
from tests.web.test_checks import seated


def test_a_session_that_ends_in_a_form(fresh_database: FreshDatabase, browser: Browser) -> None:
    """After the sign-in the form is back with all that was typed, the added row too; nobody else is shown it."""
    office = an_office()
    rep = office.desk(Role.SALES_REP)
    deal = rep.do("open-opportunity", office.customer_id, **opened(office))
    with served() as home:
        other = seated(browser, home, office, Role.SALES_OPERATIONS, Language.ENGLISH)
        other.page.context.close()
        window = seated(browser, home, office, Role.SALES_REP, Language.ENGLISH)
        page, path = window.page, f"/opportunities/{deal}/quote"
        window.goes(path, "Add a row")
        window.types(lines__2__quantity="７", starts_on="2026-04-01")
        page.context.clear_cookies(name="sessionid")
        page.press("[name='starts_on']", "Control+Enter")
        page.wait_for_url("**/accounts/login/**")
        _sign_in(page, _email(office.people[Role.SALES_OPERATIONS].id))
        page.wait_for_url(f"**{path}")
        assert page.locator("[name='lines-2-quantity']").count() == 0
        page.context.clear_cookies(name="sessionid")
        page.goto(home + path)
        _sign_in(page, _email(office.people[Role.SALES_REP].id))
        page.wait_for_url(f"**{path}")
        expect(page.locator("[name='lines-2-quantity']")).to_have_value("７")
        expect(page.locator("[name='starts_on']")).to_have_value("2026-04-01")
        page.context.close()


def test_ticked_boxes_outlive_the_session(fresh_database: FreshDatabase, browser: Browser) -> None:
    """What was ticked is ticked again after the sign-in, what was not is not."""
    office = an_office()
    with served() as home:
        window = seated(browser, home, office, Role.ADMINISTRATOR, Language.JAPANESE)
        page, path = window.page, reverse("register-webhook")
        window.goes(path)
        boxes = page.locator("[name='kinds']")
        ticked = [place for place in range(boxes.count()) if place % 2]
        for place in ticked:
            boxes.nth(place).check()
        window.types(name="基幹連携")
        page.context.clear_cookies(name="sessionid")
        page.press("[name='name']", "Control+Enter")
        page.wait_for_url("**/accounts/login/**")
        _sign_in(page, _email(office.people[Role.ADMINISTRATOR].id))
        page.wait_for_url(f"**{path}")
        expect(page.locator("[name='name']")).to_have_value("基幹連携")
        assert [place for place in range(boxes.count()) if boxes.nth(place).is_checked()] == ticked
        assert ticked
        page.context.close()


def _email(key: int) -> str:
    return str(Person.objects.get(pk=key).email)


def _sign_in(page: Tab, email: str) -> None:
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.click("form.form button")
