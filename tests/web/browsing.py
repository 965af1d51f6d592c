"""A real browser on real pages: a server in this process, and desks that sign in and press what they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Literal

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "correct horse battery"
_PRESSED: tuple[Literal["link"], Literal["button"]] = ("link", "button")


@contextmanager
def served() -> Iterator[str]:
    """Serve the pages and their files on a free port; give the address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start a browser that shows nothing on a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """The window of one person. `complaints` holds whatever the browser found wrong, on all pages."""

    page: Page
    home: str
    complaints: list[str] = field(default_factory=list)
    touch: bool = False

    @classmethod
    def opened(cls, browser: Browser, home: str, email: str, width: int, *, touch: bool = False) -> Window:
        """Open a window, or with *touch* that of a phone, and sign in through the form."""
        page = browser.new_context(viewport={"width": width, "height": 900}, has_touch=touch).new_page()
        page.set_default_timeout(10_000)
        window = cls(page, home, touch=touch)
        page.on("console", window._hears)
        page.on("pageerror", lambda error: window.complaints.append(str(error)))
        page.on("requestfailed", window._misses)
        page.on("response", window._reads)
        page.goto(f"{home}/accounts/login/")
        page.fill("#id_login", email)
        page.fill("#id_password", PASSWORD)
        with page.expect_navigation():
            page.click("form.form button")
        return window

    def goes(self, path: str, *words: str) -> None:
        """Open an address, then press one link or button after the other."""
        self.page.goto(self.home + path)
        self._fits()
        self.presses(*words)

    def presses(self, *words: str) -> None:
        """Press the links and buttons of these words in the content of the page."""
        for one in words:
            content = self.page.locator("main")
            link, button = (content.get_by_role(role, name=one, exact=True) for role in _PRESSED)
            self._follows(link.or_(button).first)

    def turns_to(self, entry: str) -> None:
        """Follow an entry of the menu, which a phone opens first; what waits there counts behind its name."""
        burger = self.page.locator(".kj-burger")
        if burger.is_visible():
            self._presses(burger)
        link = self.page.locator(".kj-nav").get_by_role("link", name=re.compile(rf"^{re.escape(entry)} ?\d*$"))
        self._follows(link)

    def menu(self) -> list[str]:
        """Return the entries of the menu, without what waits there."""
        return [_bare(entry) for entry in self.page.locator(".kj-nav a").all_text_contents()]

    def here(self) -> str:
        """Return the entry of the menu that is marked as open."""
        return _bare(self.page.locator(".kj-nav a[aria-current=page]").inner_text())

    def opens_the_first(self) -> str:
        """Follow the link of the first row of a list; return its words."""
        link = self.page.locator("[data-rows] tbody tr a").first
        words = link.inner_text()
        self._follows(link)
        return words

    def types(self, **typed: str) -> None:
        """Fill fields by their name; `__` in a name stands for a dash."""
        for name, text in typed.items():
            self.page.fill(f"[name='{name.replace('__', '-')}']", text)

    def chooses(self, **words: str) -> None:
        """Choose from lists by the words shown."""
        for name, text in words.items():
            self.page.select_option(f"[name='{name.replace('__', '-')}']", label=text)

    def brings(self, name: str, content: bytes, called: str) -> None:
        """Choose a file for a field."""
        file: FilePayload = {"name": called, "mimeType": "application/octet-stream", "buffer": content}
        self.page.set_input_files(f"[name='{name}']", files=file)

    def reads(self) -> str:
        """Return the words of the page."""
        return self.page.inner_text("main")

    def waits_for(self, words: str) -> None:
        """Wait until the page, which changes by itself, says the words."""
        expect(self.page.locator("main")).to_contain_text(words)

    def path(self) -> str:
        """Return where the window stands."""
        return self.page.url.removeprefix(self.home)

    def _presses(self, it: Locator) -> None:
        if self.touch:
            it.tap()
        else:
            it.click()

    def _follows(self, it: Locator) -> None:
        with self.page.expect_navigation():
            self._presses(it)
        self._fits()

    def _fits(self) -> None:
        beyond = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if beyond > 0:
            self.complaints.append(f"{self.path()} is {beyond} px too wide")

    def _hears(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _misses(self, request: Request) -> None:
        # A form that is sent while it is being checked no longer waits for the answer; nor does who leaves a page that
        # is just being read again, or whose icon is still to come.
        unwaited = "hx-request" in request.headers or request.is_navigation_request() or request.url.endswith(".svg")
        if not (unwaited and request.failure == "net::ERR_ABORTED"):
            self.complaints.append(f"failed: {request.url}")

    def _reads(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


def _bare(entry: str) -> str:
    return re.sub(r"\d+$", "", entry.strip()).strip()
