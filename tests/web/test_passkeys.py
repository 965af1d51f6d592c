"""Passkeys in a real browser with an authenticator that it makes up: kept, signed in with, asked for again, removed."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.factors import has_factor
from tests.plumbing import FreshDatabase
from tests.web.browsing import served
from tests.web.office import an_office
from tests.web.signing_in import PASSWORD, a_person, email_of

TOUCH_ID = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Device:
    """A device with a reader for fingers, of one person."""

    page: Page
    cdp: CDPSession
    reader: str
    home: str

    @classmethod
    def of(cls, browser: Browser, home: str) -> Device:
        page = browser.new_context().new_page()
        page.set_default_timeout(10_000)
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        reader = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCH_ID})["authenticatorId"]
        return cls(page, cdp, reader, home)

    def knows_the_finger(self, *, yes: bool) -> None:
        """Let the reader take the person for another, or for itself."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.reader, "isUserVerified": yes})

    def keys(self) -> int:
        return len(self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.reader})["credentials"])

    def goes(self, path: str) -> None:
        self.page.goto(self.home + path)

    def path(self) -> str:
        return self.page.url.removeprefix(self.home)

    def signs_in_by_password(self, person: Actor) -> None:
        self.goes("/accounts/login/")
        self.page.fill("#id_login", email_of(person))
        self.page.fill("#id_password", PASSWORD)
        with self.page.expect_navigation():
            self.page.click("form.form button.btn-primary")

    def presses(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.click(button)

    def signs_out(self) -> None:
        self.page.context.clear_cookies()


@pytest.mark.row("S2")
def test_a_passkey_from_first_to_last(fresh_database: FreshDatabase, browser: Browser) -> None:
    """It is kept after the password, signs in alone, is asked for again, and signs in no more once removed."""
    person = a_person(Role.CXO, companies=[an_office().company_id], language=Language.ENGLISH)
    with served() as home:
        device = Device.of(browser, home.replace("127.0.0.1", "localhost"))
        device.signs_in_by_password(person)
        device.goes("/accounts/2fa/webauthn/add/")
        assert "/accounts/reauthenticate/" in device.path()
        device.page.fill("#id_password", PASSWORD)
        device.presses("form.form button.btn-primary")
        assert device.path() == "/accounts/2fa/webauthn/add/"
        device.page.fill("#id_name", "Laptop")
        device.presses("#passkey-add")
        assert device.path() == "/accounts/2fa/recovery-codes/"
        assert has_factor(person.id)
        assert device.keys() == 1
        _signs_in_alone(device)
        _is_asked_for_as_second_factor(device, person)
        _is_removed(device, person)


def _signs_in_alone(device: Device) -> None:
    device.signs_out()
    device.goes("/accounts/login/?next=/quotes")
    device.knows_the_finger(yes=False)
    device.page.click("#passkey-sign-in")
    device.page.locator("[data-passkey-fault]").first.wait_for(state="visible")
    device.knows_the_finger(yes=True)
    device.presses("#passkey-sign-in")
    assert device.path() == "/quotes"


def _is_asked_for_as_second_factor(device: Device, person: Actor) -> None:
    device.signs_out()
    device.signs_in_by_password(person)
    assert device.path() == "/accounts/2fa/authenticate/"
    device.goes("/quotes")
    assert device.path() == "/accounts/2fa/authenticate/"
    device.goes("/accounts/2fa/authenticate/")
    device.presses("#passkey-sign-in")
    assert device.path() == "/"


def _is_removed(device: Device, person: Actor) -> None:
    device.goes("/accounts/2fa/webauthn/")
    assert "Laptop" in device.page.inner_text("main")
    device.page.click("main a:has-text('Remove')")
    if "reauthenticate" in device.path():
        device.goes("/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/webauthn/")
        device.presses("#passkey-again")
        device.page.click("main a:has-text('Remove')")
    device.presses("main form button.btn-primary")
    assert not has_factor(person.id)
    device.signs_out()
    device.goes("/accounts/login/")
    device.presses("#passkey-sign-in")
    assert device.path().startswith("/accounts/login/")
