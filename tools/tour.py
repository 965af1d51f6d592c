"""For developers: take the pictures of docs/tour.md anew, so that the tour shows the pages as they are.

`PYTHONPATH=src python tools/tour.py` plays the made-up company in a home of its own (a minute or two), signs in as the
people at their desks, follows one deal round the circle and writes docs/tour/*.webp. Chromium is wanted.
"""

from __future__ import annotations

import base64
import csv
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "suginamiki"
PICTURES = ROOT / "docs" / "tour"
DESK, PHONE = (1440, 900), (390, 844)
QUALITY = 82
MOST_BYTES = 150_000
KANJO = "from kanjo.surfaces.console.main import app; app()"


@dataclass(frozen=True)
class Stop:
    """One picture: whose desk, in which language, where, and what is pressed there first."""

    name: str
    role: str
    at: str
    language: str = "ja"
    size: tuple[int, int] = DESK
    theme: str = "light"
    presses: tuple[Callable[[Page], None], ...] = ()


def first(selector: str) -> Callable[[Page], None]:
    """Return the press of the first thing that is found so, and the wait for what comes of it."""

    def press(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")

    return press


def row(text: str) -> Callable[[Page], None]:
    """Return the press of the first row that says so."""
    return first(f"tbody tr:has-text('{text}') a")


def down(selector: str) -> Callable[[Page], None]:
    """Return the way down to a part of the page."""
    return lambda page: page.locator(selector).first.evaluate(
        "one => scrollBy(0, one.getBoundingClientRect().top - 64)"
    )


STOPS = (
    Stop("queue", "receivables", "/"),
    Stop("deal", "sales_manager", "/opportunities?stage=won", presses=(first("tbody tr a"),)),
    Stop("quote", "sales_rep", "/quotes?state=submitted", "en", presses=(first("tbody tr a"),)),
    Stop("waterfall-of-prices", "sales_rep", "/quotes?state=submitted", presses=(first("tbody tr a"), first(".fig"))),
    Stop("approvals", "cxo", "/approvals?state=open", size=PHONE),
    Stop("decide", "cxo", "/", size=PHONE, presses=(first(".q-i a"),)),
    Stop("contract", "deal_management", "/contracts", "en", presses=(first("tbody tr a"),)),
    Stop("billing", "receivables", "/invoices", presses=(first("tbody tr td:nth-child(3)"),)),
    Stop("amount", "receivables", "/invoices", "en", presses=(first("tbody tr a"), first(".fig"))),
    Stop("receipt", "receivables", "/receipts?left=left", presses=(first("tbody tr a"), first("a[href*='/allocate']"))),
    Stop("ageing", "cfo", "/ageing", "en"),
    Stop("revenue", "rev_rec", "/waterfall"),
    Stop("renewals", "renewal_rep", "/", "en", theme="dark"),
    Stop("circle", "management", "/process-map"),
    Stop("phone-deal", "sales_rep", "/opportunities?stage=won", "en", PHONE, "dark", presses=(first("tbody tr a"),)),
)


@contextmanager
def played() -> Iterator[tuple[str, str]]:
    """Play the made-up company in a home of its own; give its address and the password of its people."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = Path(tempfile.mkdtemp(prefix="kanjo-tour-"))
    home.chmod(0o755)  # where root plays, the database belongs to another account
    environment = {**os.environ, "KANJO_HOME": str(home), "KANJO_PORT": str(port), "KANJO_EXAMPLE": str(EXAMPLE)}
    kanjo = [sys.executable, "-c", KANJO]
    try:
        subprocess.run([*kanjo, "up"], env=environment, check=True)
        yield f"http://127.0.0.1:{port}", (home / "demonstration-password").read_text("ascii")
    finally:
        subprocess.run([*kanjo, "down"], env=environment, check=False)
        shutil.rmtree(home, ignore_errors=True)


def people() -> dict[str, str]:
    """Return the address of the first person of each role."""
    with (EXAMPLE / "people.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {one["role"]: f"{one['key']}@suginamiki.example" for one in reversed(rows)}


def desk(browser: Browser, home: str, email: str, password: str, stop: Stop) -> Page:
    """Sign in with the window, the language and the look of a stop."""
    width, height = stop.size
    phone = stop.size == PHONE
    page = browser.new_page(viewport={"width": width, "height": height}, has_touch=phone, is_mobile=phone)
    page.goto(home)
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{home}/")
    page.evaluate(
        """async (choices) => {
          const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
          for (const [to, name, value] of choices)
            await fetch(to, {method: "POST", body: new URLSearchParams({csrfmiddlewaretoken: token, [name]: value})});
        }""",
        [["/language", "language", stop.language], ["/look", "theme", stop.theme]],
    )
    return page


def taken(page: Page, home: str, stop: Stop) -> bytes:
    """Return the picture of a stop."""
    page.goto(f"{home}{stop.at}")
    page.wait_for_load_state("networkidle")
    for press in stop.presses:
        press(page)
    page.wait_for_timeout(300)
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return base64.b64decode(shot["data"])


def main() -> None:
    """Take the pictures, all of them or those named."""
    wanted = [stop for stop in STOPS if stop.name in sys.argv[1:] or not sys.argv[1:]]
    emails = people()
    with played() as (home, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for stop in wanted:
            page = desk(browser, home, emails[stop.role], password, stop)
            picture = taken(page, home, stop)
            page.close()
            (PICTURES / f"{stop.name}.webp").write_bytes(picture)
            heavy = " (too heavy)" if len(picture) > MOST_BYTES else ""
            sys.stdout.write(f"{stop.name}: {len(picture) // 1000} kB{heavy}\n")
        browser.close()


if __name__ == "__main__":
    main()
