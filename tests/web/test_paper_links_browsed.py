"""Links that were mailed, in a real browser: what a test client takes, a browser may send so that it is refused."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.invitations import invite_person
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from tests.web.browsing import PASSWORD, served
from tests.web.story import Told
from tests.web.test_paper_links import TO, path_in


@pytest.mark.row("AR-3")
def test_is_downloaded_by_its_button(own_story: Told, browser: Browser) -> None:
    """Nobody signed in, no cookie kept: in both languages the button saves the PDF, and nothing runs out of sight."""
    clerk, invoice = own_story.office.desk(Role.RECEIVABLES), own_story.keys["invoice"]
    clerk.do("send-invoice", invoice, channel="download", recipient=TO, on="2026-05-01")
    deliver(by=house(), at=timezone.now())
    path = path_in(str(mail.outbox[-1].body))
    with served() as home:
        for width in (1440, 390):
            page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
            page.goto(home + path)
            for switch, button in (("English", "PDFをダウンロード"), ("日本語", "Download the PDF")):
                with page.expect_download() as saved:
                    page.get_by_role("button", name=button, exact=True).click()
                assert saved.value.suggested_filename.endswith(".pdf")
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                page.get_by_role("link", name=switch, exact=True).click()
            assert page.context.cookies() == []


@pytest.mark.row("S5")
def test_an_invitation_is_taken_up(own_story: Told, browser: Browser) -> None:
    """Whoever is invited opens the link, chooses a password and is in."""
    with transaction.atomic():
        _, secret = invite_person(
            email="hanako@kanjo.example",
            name="新人 花子",
            roles=[Role.SALES_REP],
            companies=[own_story.office.company_id],
            language=Language.ENGLISH,
            by=own_story.office.people[Role.ADMINISTRATOR],
            at=timezone.now(),
        )
    with served() as home:
        page = browser.new_context().new_page()
        page.goto(f"{home}/invitation/{secret}")
        assert secret not in page.url
        for field in ("#password1", "#password2"):
            page.fill(field, PASSWORD)
        with page.expect_navigation():
            page.get_by_role("button", name="Come in", exact=True).click()
        assert page.url == f"{home}/"
