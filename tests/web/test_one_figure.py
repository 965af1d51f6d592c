"""The same figure on two screens is the same figure, and a change is on all of them at once."""

from __future__ import annotations

import html
import re

import pytest

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from tests.api.programs import program_of
from tests.web.office import Desk
from tests.web.story import Told


def read(page: str, *words: str) -> list[int]:
    """Return the amounts that stand on a page behind each of the words, the pages' marks left out."""
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") :])).split())
    found = []
    for word in words:
        at = re.search(rf"{word}\D*?JPY ([\d,]+)", text)
        assert at, (word, text)
        found.append(int(at[1].replace(",", "")))
    return found


def owed(clerk: Desk, story: Told) -> dict[str, int]:
    """Return what customers owe, as each screen and the API say it."""
    items = program_of(story.office, Role.AUDITOR).asks("open-items", settled="false")["items"]
    return {
        "list": read(clerk.see("open-items"), "Sum of all that match JPY [\\d,]+")[0],
        "ageing": read(clerk.see("ageing"), "Total")[0],
        "the chart's sentence": read(clerk.see("ageing"), "Of")[0],
        "books": read(clerk.see("trial-balance"), "Trade receivables")[0],
        "API": sum(item["open_minor"] for item in items),
    }


@pytest.mark.row("SOV-2")
@pytest.mark.row("SFP-5")
@pytest.mark.row("SFA-1")
def test_what_is_owed_is_one_figure_everywhere_before_and_after_a_payment(story: Told) -> None:
    """What one person allocates is at once what everybody else sees, in lists, reports, books and API."""
    clerk = story.office.desk(Role.RECEIVABLES, Language.ENGLISH)
    before = owed(clerk, story)
    assert len(set(before.values())) == 1, before
    number = re.findall(r"INV-\d+-\d+", clerk.see("open-items"))[0]
    clerk.do("allocate", story.keys["allocate"], number=number, amount="777", on="2026-06-01")
    after = owed(clerk, story)
    assert len(set(after.values())) == 1, after
    assert after["list"] == before["list"] - 777
