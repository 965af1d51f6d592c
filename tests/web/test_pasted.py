"""Whatever is pasted into whichever field of whichever form: it is kept, or refused beside its field, and comes back.

The forms are those that the pages of the story have, read from the pages themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from tests.builders import an_actor
from tests.web.office import Desk, faults
from tests.web.pages import Page
from tests.web.story import Told
from tests.web.test_every_page import PAGES, foreign, story_data
from tests.web.test_forms import Bad, everything, rightly
from tests.web.typing import Form, Forms

pytestmark = pytest.mark.once

SENT_AS = "application/x-www-form-urlencoded"
LINES = "行\n" * 10_000
MEGABYTE = "x" * 1_000_000
NUL = "株式\0会社"
SURROGATE = "株式\ud800会社"
BELL = "株式\x07会社"
STRANGE = "<script>alert('x')</script>\"{{7*7}}{% x %} \u202e\u2066た\u200b\ufeff👩\u200d👩\u200d👧 ｶﾞ '; --"
DIGITS = "１２３"
UNREADABLE = "\ufffd"
REFUSED_AT_ONCE = {
    "ten thousand lines": LINES,
    "a megabyte": MEGABYTE,
    "NUL": NUL,
    "half a character": SURROGATE,
    "a bell": BELL,
}


@dataclass(frozen=True)
class Typed:
    """A form of a page, and where it is sent to."""

    name: str
    address: str
    form: Form

    def sent(self, client: Client, given: Mapping[str, object]) -> tuple[int, str]:
        """Send it, take back whatever it does, and return the status and the page."""
        body = urlencode(given, doseq=True, errors="surrogatepass")
        with transaction.atomic():
            if self.form.method == "post":
                answer = client.post(self.address, body, content_type=SENT_AS)
            else:
                answer = client.get(f"{self.address}?{body}")
            transaction.set_rollback(True)
        return answer.status_code, answer.content.decode()


@dataclass(frozen=True)
class Paster:
    """Somebody who may do everything, every form with a field to type into, and what people typed before."""

    desk: Desk
    language: Language
    forms: list[Typed]
    data: set[str]

    def told(self, html: str, typed: str) -> dict[str, Mapping[str, str]]:
        """Check that a page stands whole in the reader's language but for what was typed; return its fields."""
        read = Page(html)
        assert read.faults == []
        assert read.language == self.language
        known = self.data | {typed, typed[:40], *typed.split(), *typed.upper().split()}
        assert foreign(read, self.language, known) == []
        return {one.get("name", ""): one for one in read.fields}


@pytest.fixture(scope="module", params=list(Language))
def paster(request: pytest.FixtureRequest, story: Told) -> Paster:
    """Somebody in one of the two languages."""
    desk = Desk.of(an_actor(*Role, companies=[story.office.company_id], name="万能 花子"), request.param)
    return Paster(desk, Language(request.param), list(_forms(story, desk)), story_data())


def _forms(story: Told, desk: Desk) -> Iterator[Typed]:
    """Yield every form with a field to type into, once."""
    seen = set()
    for name in PAGES:
        page = story.address(name)
        for form in Forms(desk.client.get(page).content.decode()).found:
            known = (form.action or page, tuple(form.texts))
            if form.texts and known not in seen:
                seen.add(known)
                yield Typed(name, form.action or page, form)


class TestRefused:
    """What no field keeps, in all fields of a form at once."""

    @pytest.mark.parametrize("pasted", REFUSED_AT_ONCE)
    def test_beside_each_field_and_comes_back(self, paster: Paster, pasted: str) -> None:
        """Every field says in the reader's language what is wrong with it and holds what was typed; nothing is done."""
        before, tried = everything(), 0
        for typed in paster.forms:
            if typed.form.method == "post":
                tried += 1
                # All fields of a form together stay below what is read of any form.
                text = REFUSED_AT_ONCE[pasted][: settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (len(typed.form.texts) + 1)]
                shown = text.replace("\0", UNREADABLE).replace("\ud800", 3 * UNREADABLE)
                status, html = typed.sent(
                    paster.desk.client, {**typed.form.sent, **dict.fromkeys(typed.form.texts, text)}
                )
                assert (typed.name, status) == (typed.name, 400)
                fields = paster.told(html, shown)
                assert [name for name in typed.form.texts if "aria-invalid" not in fields[name]] == []
                again = next(form for form in Forms(html).found if form.texts == typed.form.texts)
                assert {text for name in again.texts for text in again.sent[name]} == {shown}
        assert tried > 50
        assert everything() == before

    def test_what_is_looked_for(self, paster: Paster) -> None:
        """A list, a report or the search looks for what was pasted, or refuses it; it never breaks."""
        answers = {
            (typed.name, pasted): typed.sent(paster.desk.client, dict.fromkeys(typed.form.texts, text[:5_000]))[0]
            for typed in paster.forms
            for pasted, text in {**REFUSED_AT_ONCE, "strange signs": STRANGE, "digits": DIGITS}.items()
            if typed.form.method == "get"
        }
        assert len(answers) > 80
        assert set(answers.values()) <= {200, 400}


class TestStrange:
    """What a field may keep, field by field, the others filled rightly."""

    @pytest.mark.parametrize("text", [STRANGE, DIGITS], ids=["signs", "digits"])
    def test_it_is_kept_or_refused_and_comes_back(self, story: Told, paster: Paster, text: str) -> None:
        """A form is done, or is refused by a rule and holds what was typed; a script never runs."""
        before, answers = everything(), Counter[int]()
        for typed in paster.forms:
            good = {**typed.form.sent, **_rightly(typed, story)}
            for name in typed.form.texts if typed.form.method == "post" else ():
                status, html = typed.sent(paster.desk.client, {**good, name: text})
                answers[status] += 1
                assert "<script>alert" not in html
                if status >= 400:
                    assert "<code>" in faults(html), (typed.name, name)
                    fields = paster.told(html, text)
                    assert fields[name].get("value", text) == text, (typed.name, name)
        assert set(answers) <= {200, 302, 400, 403, 404, 409}
        assert min(answers[302], answers[400]) > 20
        assert everything() == before


def _rightly(typed: Typed, story: Told) -> dict[str, object]:
    given = rightly(Bad(typed.name, Role.CXO, "", ""), story)
    ours = {*typed.form.sent, *typed.form.texts}
    return {name: value for name, value in given.items() if name in ours and isinstance(value, str)}


class TestTheAccount:
    """The forms around the sign-in, which another package reads."""

    @pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
    @pytest.mark.parametrize(
        "text", [*REFUSED_AT_ONCE.values(), STRANGE, DIGITS], ids=[*REFUSED_AT_ONCE, "signs", "digits"]
    )
    def test_a_stranger_pastes(self, story: Told, name: str, text: str) -> None:
        """Whatever a stranger pastes into the sign-in, it is refused as any other."""
        stranger, before = Client(), everything()
        for form in Forms(stranger.get(reverse(name)).content.decode()).found:
            typed = Typed(name, form.action or reverse(name), form)
            status, _ = typed.sent(stranger, {**form.sent, **dict.fromkeys(form.texts, text)})
            assert status in {200, 302, 400, 429}
        assert everything() == before

    @pytest.mark.parametrize(
        "text", [*REFUSED_AT_ONCE.values(), STRANGE, DIGITS], ids=[*REFUSED_AT_ONCE, "signs", "digits"]
    )
    def test_who_is_signed_in_pastes(self, paster: Paster, text: str) -> None:
        """Whatever is pasted as a password or a code, nothing breaks and the password stays."""
        person = Person.objects.get(pk=paster.desk.actor.id)
        for name in ("account_change_password", "account_reauthenticate", "mfa_activate_totp"):
            for form in Forms(paster.desk.client.get(reverse(name)).content.decode()).found:
                typed = Typed(name, form.action or reverse(name), form)
                if form.texts:
                    status, _ = typed.sent(paster.desk.client, {**form.sent, **dict.fromkeys(form.texts, text)})
                    assert status in {200, 302, 400, 429}
        assert Person.objects.get(pk=paster.desk.actor.id).password == person.password
