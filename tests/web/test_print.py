"""Pages on A4: the record without the screen around it, whole to the last column, headings on every sheet."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize
from pypdf import PdfReader

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.web.browsing import served
from tests.web.crowd import COPIES, crowd
from tests.web.story import Told
from tests.web.test_checks import seated

PRINTED = ("invoice", "quote", "contract", "invoices", "trial-balance", "opportunity", "ageing")
SHEET: ViewportSize = {"width": 703, "height": 1000}
"""What a sheet of A4 holds between its margins, in the pixels of a page."""


def bare(text: str) -> str:
    """Return a text without spaces, its signs as they are typed: a font may draw one that only looks alike."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def words(pdf: Path) -> list[str]:
    """Return the text of each sheet."""
    return [bare(sheet.extract_text()) for sheet in PdfReader(pdf).pages]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_paper(own_story: Told, browser: Browser, tmp_path: Path, theme: str) -> None:
    """No menu, no button, no address; every heading of a table on every sheet of it, every column to its end."""
    story, office = own_story, own_story.office
    crowd(0, 90, {name: COPIES[name] for name in ("billing_invoice",)})
    with served() as home:
        reader = seated(browser, home, office, Role.AUDITOR, Language.JAPANESE)
        reader.page.set_viewport_size(SHEET)
        reader.page.context.add_cookies([{"name": "kanjo-theme", "value": theme, "url": home}])
        for name in PRINTED:
            reader.page.goto(home + story.address(name))
            title = reader.page.inner_text("h1").split("\n")[0]
            heads = [
                one for one in reader.page.locator("main .tbl").first.locator("th").all_inner_texts() if one.strip()
            ]
            reader.page.emulate_media(media="print")
            wide = reader.page.evaluate(_WIDE)
            pdf = tmp_path / f"{name}.pdf"
            reader.page.pdf(path=pdf, prefer_css_page_size=True)
            sheets = words(pdf)
            text = "".join(sheets)
            assert bare(title) in text, name
            assert "受付箱" not in text, name
            assert "http" not in text, name
            assert bare("現在（出力者: auditor 太郎）") in text, name
            assert [one for one in heads if bare(one) not in text] == [], name
            assert wide == [], name
            if name == "invoices":
                assert len(sheets) > 1
                assert ["支払期日" in sheet for sheet in sheets] == [True] * len(sheets)
        reader.page.context.close()


_WIDE = """[...document.querySelectorAll("main .tw, main .dl")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.getAttribute("aria-label") ?? one.className)"""
