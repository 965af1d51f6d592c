"""A form asks the rules while it is typed: by its own address, and nothing is done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from kanjo.domains.customers.models import Customer
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.plumbing import FreshDatabase
from tests.web.browsing import PASSWORD, Window, served
from tests.web.office import Desk, Office, an_office, offer_of, opened
from tests.web.story import Told
from tests.web.test_doors import ACTS
from tests.web.test_forms import CUSTOMER, everything

UNASKED = frozenset({"open-year"})
"""Forms with a field in which there is nothing to type."""


def checked(desk: Desk, name: str, /, *keys: object, touched: Sequence[str] = (), **typed: object) -> str:
    """Ask what the rules say to what is typed so far."""
    address = reverse(name, args=keys)
    answer = desk.client.post(address, {**typed, "check": "1", "touched": touched})
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def told(page: str) -> dict[str, str]:
    """Return the rules that are told beside the fields, by the place they stand at."""
    slots = re.findall(r'<div class="said" id="([^"]+)-said"[^>]*>(.*?)</div>', page, re.DOTALL)
    return {at: found[1] for at, html in slots if (found := re.search(r"<code>([^<]+)</code>", html))}


class TestChecks:
    def test_a_blank_field_is_told_once_it_was_left(self, office: Office) -> None:
        """What is not typed yet is no fault; what was left blank is."""
        rep = office.desk(Role.SALES_REP)
        assert told(checked(rep, "register-customer", country="JP")) == {}
        assert told(checked(rep, "register-customer", country="JP", touched=["name"])) == {"name": "form.missing"}

    def test_a_rule_of_the_deed_is_asked_too(self, office: Office) -> None:
        """A corporate number that another customer carries is told before the form is sent, beside its field."""
        rep, known = office.desk(Role.SALES_REP), {**CUSTOMER, "corporate_number": "7000012050002"}
        rep.do("register-customer", **known)
        before = everything()
        page = checked(rep, "register-customer", **{**known, "name": "別の会社"})
        assert told(page) == {"corporate_number": "customers.already-known"}
        assert everything() == before

    def test_nothing_is_done(self, office: Office) -> None:
        """A form without a fault is checked and leaves nothing, neither a row nor an entry nor something to deliver."""
        rep, before = office.desk(Role.SALES_REP), everything()
        assert told(checked(rep, "register-customer", **CUSTOMER)) == {}
        assert everything() == before
        assert not Customer.objects.filter(name=CUSTOMER["name"]).exists()

    def test_the_offer_is_shown_as_it_is_typed(self, office: Office) -> None:
        """A quote shows its price, whom it asks, the invoices and the revenue to come before it is drafted."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        before = everything()
        page = checked(rep, "draft-quote", deal, **offer_of(office, net="9,000"))
        assert told(page) == {}
        assert "¥158,000" in page
        assert "CxO（役員）" in page
        # April in advance and the appliance: 59,000 and 10 % tax, and eleven months of 9,000 and 900
        assert re.search(r"請求予定（税込）.*¥64,900.*¥9,900.*¥158,000.*¥15,800.*¥173,800", page, re.DOTALL)
        assert "請求予定の明細（税抜）" in page
        assert "収益の計上予定（税抜）" in page
        assert everything() == before

    def test_a_fault_of_a_row_stands_at_the_row(self, office: Office) -> None:
        """The second line's day stands beside the second line's day."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office))
        page = checked(rep, "draft-quote", deal, **{**offer_of(office), "lines-1-first_on": "きのう"})
        assert told(page) == {"lines-1-first_on": "days.unreadable"}

    def test_a_file_is_not_asked_for(self, story: Told) -> None:
        """A chosen file is not sent to be checked, and is not told to be missing."""
        desk = story.office.desk(Role.RECEIVABLES)
        assert told(checked(desk, "take-bank-file", on="2026-05-30", touched=["statement"])) == {}

    def test_whose_session_ended_is_told(self, office: Office) -> None:
        """A form whose session ended is told where to sign in, instead of being given another page."""
        answer = Client().post(reverse("register-customer"), {"check": "1"}, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        page = answer.content.decode()
        assert "<html" not in page
        assert f"{reverse('account_login')}?next=" in page


SHOWN_ONCE: Mapping[str, Mapping[str, object]] = {
    "make-token": {"name": "会計連携", "scope": "act", "last_on": "2027-03-31"},
    "invite-person": {
        "email": "new@kanjo.example",
        "name": "新人 一郎",
        "language": "ja",
        "roles-count": "1",
        "roles-0-role": "sales_rep",
        "companies-count": "0",
    },
    "register-webhook": {"name": "会計連携", "url": "https://hooks.kanjo.example/"},
}
"""Forms whose answer shows what is never shown again, filled in."""


@pytest.mark.parametrize("name", SHOWN_ONCE)
def test_a_secret_is_not_made_by_asking(office: Office, name: str) -> None:
    """Whatever is shown once, or mailed, is made when the form is sent and not while it is typed."""
    desk = Desk.of(an_actor(*Role, companies=[office.company_id], name="万能 花子"))
    before = everything()
    answer = desk.client.post(reverse(name), {**SHOWN_ONCE[name], "check": "1"})
    assert "form-said" in answer.content.decode()
    assert everything() == before
    assert mail.outbox == []


@pytest.mark.parametrize("name", ACTS)
class TestEveryForm:
    def test_can_be_asked_and_does_nothing(self, story: Told, name: str) -> None:
        """Every form answers what it is asked while typed, and leaves everything as it was."""
        desk = Desk.of(an_actor(*Role, companies=[story.office.company_id], name="万能 花子"))
        before = everything()
        answer = desk.client.post(story.address(name), {"check": "1"})
        assert answer.status_code < 500
        assert everything() == before
        if answer.status_code != 200:
            return
        asks = 'hx-post="' in desk.client.get(story.address(name)).content.decode()
        fields = desk.client.get(story.address(name)).content.decode().count('-said"') > 1
        assert asks == fields


def seated(browser: Browser, home: str, office: Office, role: Role, language: Language) -> Window:
    """Seat the person of a role at a window."""
    person = Person.objects.get(pk=office.people[role].id)
    person.language = language
    person.set_password(PASSWORD)
    person.save()
    return Window.opened(browser, home, person.email, 1440)


class TestInABrowser:
    def test_while_it_is_typed(self, fresh_database: FreshDatabase, browser: Browser) -> None:
        """The refusal appears when the field is left and goes when it is mended; the focus stays where it was."""
        office = an_office()
        with served() as home:
            rep = seated(browser, home, office, Role.SALES_REP, Language.JAPANESE)
            rep.goes("/customers/register")
            page = rep.page
            page.fill("#country", "アトランティス")
            page.fill("#name", "株式会社若葉")
            expect(page.locator("#country-said .fault")).to_contain_text("customers.country-unknown")
            expect(page.locator("#country")).to_have_attribute("aria-invalid", "true")
            page.focus("#country")
            page.fill("#country", "日本")
            expect(page.locator("#country-said .fault")).to_have_count(0)
            expect(page.locator("#country")).not_to_have_attribute("aria-invalid", "true")
            expect(page.locator("#country")).to_be_focused()
            assert page.input_value("#name") == "株式会社若葉"
            assert not Customer.objects.filter(name="株式会社若葉").exists()
            assert rep.complaints == []
            page.context.close()

    def test_the_quote_grows_as_it_is_typed(self, fresh_database: FreshDatabase, browser: Browser) -> None:
        """Price, path, invoices and revenue stand below the form without a button being pressed."""
        office = an_office()
        deal = office.desk(Role.SALES_REP).do("open-opportunity", office.customer_id, **opened(office))
        with served() as home:
            rep = seated(browser, home, office, Role.SALES_REP, Language.ENGLISH)
            rep.goes(f"/opportunities/{deal}/quote")
            rep.chooses(lines__0__product="Cloud, monthly")
            rep.types(lines__0__quantity="10", lines__0__net="9,000")
            rep.types(lines__0__first_on="2026-04-01", lines__0__last_on="2027-03-31")
            rep.types(starts_on="2026-04-01", last_on="2027-03-31", valid_on="2026-04-30", on="2026-04-01")
            expect(rep.page.locator("#checked")).to_contain_text("JPY 108,000")
            expect(rep.page.locator("#checked")).to_contain_text("Revenue to come")
            assert rep.complaints == []
            rep.page.context.close()
