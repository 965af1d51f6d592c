"""The same figure on two screens is the same figure, and a change is on all of them at once."""

from __future__ import annotations

import csv
import html
import re
from io import StringIO

import pytest

from kanjo.domains.receivables.queries import list_open_items
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from tests.api.programs import program_of
from tests.web.office import Desk, Office
from tests.web.story import Told
from tests.web.test_set_offs import ON, credited


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


def aged(clerk: Desk) -> list[int]:
    """Return the totals of the ageing: what is open, its buckets, what is credited and not used."""
    page = clerk.see("ageing")
    foot = page[page.index("<tfoot>") : page.index("</tfoot>")]
    found = re.findall(r"(−?)JPY ([\d,]+)", foot)
    return [int(minor.replace(",", "")) * (-1 if minus else 1) for minus, minor in found]


def credits_of(office: Office, clerk: Desk) -> dict[str, int]:
    """Return what is credited and not used, as each screen, the file and the API say it."""
    told = re.search(r"credits of JPY ([\d,]+) are not used yet", clerk.see("ageing"))
    assert told is not None
    file = clerk.client.get("/ageing", {"as": "csv"}).content.decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(file)))
    rows = program_of(office, Role.AUDITOR).asks(f"companies/{office.company_id}/ageing")["customers"]
    return {
        "list": -sum(row.open_minor for row in list_open_items(house()) if row.open_minor < 0),
        "column": -aged(clerk)[-1],
        "the chart's sentence": int(told[1].replace(",", "")),
        "file": -sum(int(line["Unapplied credits"]) for line in lines),
        "API": -sum(row["credits"] for row in rows),
    }


@pytest.mark.row("SFA-1")
def test_what_is_credited_is_one_figure_in_a_column_of_its_own(office: Office) -> None:
    """A credit is in no bucket, the row adds up with it, and what is set off leaves it everywhere at once."""
    (invoice, credit), clerk = credited(office), office.desk(Role.RECEIVABLES, Language.ENGLISH)
    before, [open_, *parts] = credits_of(office, clerk), aged(clerk)
    assert len(set(before.values())) == 1, before
    assert (open_, len(parts), min(parts[:-1]) >= 0) == (sum(parts), 6, True)
    clerk.do("set-off", invoice, other=credit, amount="900", **ON)
    after = credits_of(office, clerk)
    assert after == {where: figure - 900 for where, figure in before.items()}
    assert aged(clerk)[0] == open_
