"""Lists and reports: as quick with a thousand rows as with ten, in one order, whatever the address asks."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.surfaces.web.addresses import urlpatterns
from kanjo.surfaces.web.lists import ListPage
from tests.web.crowd import COPIES, crowd
from tests.web.office import Desk
from tests.web.story import Told

PAGES: Mapping[str, ListPage[object]] = {
    str(route.name): route.callback
    for route in urlpatterns
    if isinstance(route.callback, ListPage) and route.name != "gap-list"
}
"""But the list of gaps, which no auditor opens: its own test asks it."""
REPORTS = ("ageing", "waterfall", "trial-balance", "postings")
ALL = ("home", *PAGES, *REPORTS)
MOST_QUERIES, COMPUTED = 10, {"holds": 30}
"""What is on hold is computed from all that billing knows, for the rows and for the sums above them."""
ODD_PLACES = ("-1", "0", "abc", "1.5", "２", "last.-1", "last.x", "9" * 5000, "WzEsIj4iLDEsMV0")
ODD_TEXTS = ("あ" * 10_000, "100%_\\", "'; DROP TABLE quotes_quote; --", "<script>alert(1)</script>", " ")
ODD_DAYS = ("2026-02-30", "abc", "0001-01-01", "9999-12-31", "-1", "R99.1.1", "\x00", "9" * 5000)
ODD_MOMENTS = ("abc", "0001-01-01", "9999-12-31 23:59:59", "2026-04-01T00:00:00+25:00", "\x00", "2026-04-01")


@dataclass(frozen=True)
class Asked:
    """What a list asked the database at ten rows and at a thousand."""

    few: Mapping[str, list[str]]
    many: Mapping[str, list[str]]


@pytest.fixture(scope="module")
def asked(story: Told) -> Asked:
    """Open every list with ten more rows in it, then with a thousand."""
    auditor = story.office.desk(Role.AUDITOR)
    auditor.see("home")  # the first request of a session notes that it is there
    crowd(0, 10)
    few = {name: _queries(auditor, story.address(name)) for name in ALL}
    crowd(10, 1_000)
    return Asked(few, {name: _queries(auditor, story.address(name)) for name in ALL})


class TestManyRows:
    @pytest.mark.parametrize("name", ALL)
    def test_a_thousand_rows_cost_no_more_questions(self, asked: Asked, name: str) -> None:
        """A list asks the database as often for a thousand rows as for ten, and seldom."""
        assert len(asked.many[name]) == len(asked.few[name])
        assert len(asked.many[name]) <= COMPUTED.get(name, MOST_QUERIES), "\n".join(asked.many[name])

    @pytest.mark.parametrize("name", PAGES)
    def test_the_order_is_one(self, asked: Asked, name: str) -> None:
        """The rows of a page stand in an order whose last key no two rows share."""
        pages = [query for query in asked.many[name] if " LIMIT 51" in query]
        assert len(pages) == 1
        place = re.search(r"(\d+) (?:ASC|DESC) LIMIT 51", pages[0])
        assert place is not None
        assert _columns(pages[0])[int(place[1]) - 1].endswith('"."id" AS "id"'), pages

    @pytest.mark.parametrize("name", PAGES)
    def test_paging(self, story: Told, asked: Asked, name: str) -> None:
        """Fifty rows to a page; next and previous lead on and back, and no row stands on two pages."""
        desk = story.office.desk(Role.AUDITOR)
        pages = [desk.see(name)]
        pages.append(_led(desk, name, pages[0], "next"))
        first, second = map(_rows, pages)
        assert (len(first), len(second)) == (50, 50)
        assert set(first) & set(second) == set()
        assert _rows(_led(desk, name, pages[1], "prev")) == first
        assert _rows(_led(desk, name, pages[1], "first")) == first
        assert 'rel="prev"' not in pages[0]
        last = _led(desk, name, pages[1], "last")
        assert 'rel="next"' not in last
        before = _led(desk, name, last, "prev")
        assert _rows(_led(desk, name, before, "next")) == _rows(last)

    def test_the_queue_is_paged(self, story: Told, asked: Asked) -> None:
        """Nothing that waits is out of reach: the queue goes on to a next page, and its groups count all of it."""
        desk = story.office.desk(Role.AUDITOR)
        pages = [desk.see("home")]
        pages.append(_led(desk, "home", pages[0], "next"))
        assert [page.count('class="q-i"') for page in pages] == [50, 50]
        counted = [int(count.replace(",", "")) for count in re.findall(r"（([\d,]+)件）", pages[0])]
        total = re.search(r'class="n">(\d+)<', pages[0])
        assert total is not None
        assert max(counted) > 50
        assert sum(counted) <= int(total[1])

    def test_everything_is_crowded(self) -> None:
        """There is a list for each kind of thing that the crowd has, so that none is measured empty."""
        assert len(COPIES) > len(PAGES)


class TestOddAddresses:
    @pytest.mark.parametrize("name", PAGES)
    @pytest.mark.parametrize("language", list(Language))
    def test_a_list_answers_whatever_is_asked(self, story: Told, name: str, language: Language) -> None:
        """Any text gives a page; what is no place in it and no choice of a filter is refused by name."""
        desk = story.office.desk(Role.AUDITOR, language)
        for place in ODD_PLACES:
            assert "lists.not-a-place" in desk.see(name, status=400, at=place)
        for text in ODD_TEXTS if PAGES[name].search else ():
            assert "<script>alert" not in desk.see(name, q=text)
        assert "pages.unreadable" in desk.see(name, status=400, q="\0")
        for one in PAGES[name].filters:
            assert "pages.unknown-choice" in desk.see(name, status=400, **{one.name: "x" * 5_000})

    @pytest.mark.parametrize("name", REPORTS)
    def test_a_report_answers_whatever_is_asked(self, story: Told, name: str) -> None:
        """A day or a moment that cannot be read is refused with the way to write it; every other gives the report."""
        desk, address = story.office.desk(Role.AUDITOR), story.address(name)
        odd = [*({"on": day} for day in ODD_DAYS), *({"known_at": moment} for moment in ODD_MOMENTS)]
        answers = {repr(given): desk.client.get(address, given) for given in odd}
        assert {
            given: answer.status_code for given, answer in answers.items() if answer.status_code not in {200, 400}
        } == {}
        for answer in answers.values():
            page = answer.content.decode()
            assert answer.status_code == 200 or "で入力してください" in page or "してください" in page

    def test_no_such_account(self, story: Told) -> None:
        """An account that the chart does not have is not there."""
        client = story.office.desk(Role.AUDITOR).client
        for code in ("9999", "x" * 300, "<script>", "%00"):
            assert client.get(f"/accounts-of-books/{code}").status_code == 404

    def test_a_number_beyond_all_numbers(self, story: Told) -> None:
        """A key larger than any the database holds is not there."""
        client = story.office.desk(Role.AUDITOR).client
        for key in (2**31, 2**63, 10**30, 10**6000):
            assert client.get(f"/quotes/{key}" if key < 10**100 else "/quotes/" + "9" * 6000).status_code == 404


class TestTheLastPage:
    def test_it_says_where_it_stands(self, asked: Asked, story: Told) -> None:
        """The last page holds the last fifty rows and says which; so does the one before it."""
        desk = story.office.desk(Role.AUDITOR)
        page = _led(desk, "quotes", desk.see("quotes"), "last")
        assert "1,004件中 955〜1,004件" in page
        assert "1,004件中 905〜954件" in _led(desk, "quotes", page, "prev")


class TestSums:
    def test_all_that_match_are_added_up(self, asked: Asked, story: Told) -> None:
        """The sum below the list is that of all matching rows, not of the page; a filter narrows both."""
        desk = story.office.desk(Role.AUDITOR)
        answer = desk.client.get(story.address("quotes"), {"as": "csv"}).content.decode("utf-8-sig")
        head, *rows = csv.reader(StringIO(answer))
        total = sum(int(row[head.index("合計（税抜）")]) for row in rows)
        foot = re.search(r"<tfoot>.*?</tfoot>", desk.see("quotes"), re.DOTALL)
        assert foot is not None
        assert f"{total:,}" in foot[0]
        assert "該当全件の合計" in foot[0]


def _queries(desk: Desk, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert desk.client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def _columns(query: str) -> list[str]:
    return query.removeprefix("SELECT ").partition(" FROM ")[0].split(", ")


def _led(desk: Desk, name: str, page: str, way: str) -> str:
    """Open the page that the link of a way leads to."""
    link = re.search(rf'rel="{way}" href="([^"]*)"', page)
    assert link is not None, way
    answer = desk.client.get(reverse(name) + html.unescape(link[1]))
    assert answer.status_code == 200
    return answer.content.decode()


def _rows(page: str) -> list[str]:
    of_list = page.partition('class="tbl cards"')[2] or page
    return re.findall(r"<tr><td.*?</tr>", of_list.partition("<tfoot>")[0], re.DOTALL)
