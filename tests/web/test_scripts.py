"""Scripts in names, in a real browser: no page runs them, and no page breaks its own policy."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Dialog

from kanjo.foundation.actors import Role
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.web.browsing import PASSWORD, Window, served
from tests.web.office import a_bank_file, opened
from tests.web.story import ROUTES, Told
from tests.web.test_forms import CUSTOMER

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'-alert(3)-'",
    "<svg/onload=alert(4)>",
    "</textarea><script>alert(5)</script>",
    '" onfocus=alert(6) autofocus x="',
    "{{constructor.constructor('alert(7)')()}}",
    '<div hx-get="/look" hx-trigger="load">8</div>',
    "javascript:alert(9)",
    "</title><script>alert(10)</script>",
    "<iframe srcdoc='<script>parent.alert(11)</script>'>",
    "<math><a xlink:href=javascript:alert(12)>x</a>",
    "<style>*{display:none}</style>",
    "\u202e<script>alert(14)</script>",
)
FOREIGN = """[...document.querySelectorAll('main *')].filter(
    (one) => (/^(script|iframe|math|style)$/i.test(one.tagName) && one.type !== 'application/json')
        || [...one.attributes].some((attribute) => /^on/i.test(attribute.name)),
).length"""
NOT_CRAWLED = {"language", "look", "choose-company", "health"}


@pytest.mark.row("X7")
def test_no_page_runs_what_was_typed(own_story: Told, browser: Browser) -> None:
    """Every page, drawn by Chromium with scripts in every name, opens no dialog and reports no breach of its policy."""
    story, office = own_story, own_story.office
    rep, clerk = office.desk(Role.SALES_REP), office.desk(Role.RECEIVABLES)
    keys = []
    for number, text in enumerate(PAYLOADS):
        key = rep.do("register-customer", **{**CUSTOMER, "name": f"{number} {text}", "address": text, "name_kana": ""})
        rep.do("add-department", key, name=text)
        keys.append((key, rep.do("open-opportunity", key, **{**opened(office), "name": text})))
    clerk.do("take-bank-file", statement=a_bank_file("<script>alert(15)</script>", 1_500), on="2026-05-30")
    reader = an_actor(*Role, companies=[office.company_id], name='<img src=x onerror="alert(16)">')
    person = Person.objects.get(pk=reader.id)
    person.set_password(PASSWORD)
    person.save()
    addresses = [
        story.address(name)
        for name in ROUTES
        if name not in NOT_CRAWLED and not name.endswith(("pdf", "xml", "original"))
    ]
    addresses = [one for one in addresses if not one.startswith("/files/")]
    addresses += [reverse("customer", args=[key]) for key, _ in keys]
    addresses += [reverse("opportunity", args=[deal]) for _, deal in keys]
    addresses += [f"{reverse('search')}?q={text[:20]}" for text in ("alert", "<script>", "onerror")]
    dialogs: list[str] = []
    with served() as home:
        window = Window.opened(browser, home, person.email, 1440)

        def close(dialog: Dialog) -> None:
            dialogs.append(dialog.message)
            dialog.dismiss()

        window.page.on("dialog", close)
        foreign = {}
        for address in addresses:
            window.page.goto(home + address)
            found = window.page.evaluate(FOREIGN)
            if found:
                foreign[address] = found
    assert dialogs == []
    assert foreign == {}
    assert [one for one in window.complaints if "Content Security Policy" in one or "Refused" in one] == []
    assert len(addresses) > 120
