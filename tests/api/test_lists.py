"""Lists of the API: as quick with a thousand rows as with ten, whole from cursor to cursor, whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanjo.foundation.actors import Role
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.worklist.models import WorkItem
from kanjo.surfaces.api.addresses import REPORTS, RESOURCES
from kanjo.surfaces.api.paging import MOST, cursor_at
from kanjo.surfaces.api.resources import Report
from tests.api.programs import Program, program_of
from tests.api.world import OPERATIONS, Operation, named
from tests.web.crowd import FIRST, crowd
from tests.web.story import Told

LISTS = tuple(one for one in OPERATIONS if one.method == "get" and not one.keyed)
OWN = {"batches", "batch-items"}
"""Held by tests of their own: they are what the caller itself sent."""
CROWDED = tuple(name for name in RESOURCES if name not in {"billing-policies", "companies", "matrices", *OWN})
MOST_QUERIES, COMPUTED = 8, {"holds": 16}
"""What is on hold is computed from all that billing knows."""
RECEIVABLE = AccountCode.RECEIVABLE.value
ODD_TEXTS = ("あ" * 200, "100%_\\", "'; DROP TABLE quotes_quote; --", "<script>alert(1)</script>", " ", "\U0001f4a3")
ODD_DAYS = ("2026-02-30", "abc", "0001-01-01", "9999-12-31", "-1", "1700000000", "", "9" * 500, "2026-04-01T00:00")
ODD_LIMITS = ("0", "-1", "201", "-6698949720612", "abc", "1.5", "", "9" * 500)


@pytest.fixture(scope="module")
def crowded(story: Told, everybody: Program) -> Mapping[str, tuple[list[str], list[str]]]:
    """What every list asks the database with ten more rows in it, and with a thousand."""
    crowd(0, 10)
    few = {name: _queries(everybody, name) for name in CROWDED}
    crowd(10, 1_000)
    return {name: (few[name], _queries(everybody, name)) for name in CROWDED}


class TestManyRows:
    @pytest.mark.parametrize("name", CROWDED)
    def test_a_thousand_rows_cost_no_more_questions(
        self, crowded: Mapping[str, tuple[list[str], list[str]]], name: str
    ) -> None:
        """A list asks the database as often for a thousand rows as for ten, and seldom, the caller included."""
        few, many = crowded[name]
        assert len(few) == len(many) <= COMPUTED.get(name, MOST_QUERIES), many

    @pytest.mark.parametrize("name", [name for name in CROWDED if name != "work-items"])
    def test_from_cursor_to_cursor_every_row_comes_once(
        self, crowded: Mapping[str, tuple[list[str], list[str]]], everybody: Program, name: str
    ) -> None:
        """The pages of a list hold every row once, at most so many at a time, and the last says that it is the last."""
        page = everybody.asks(name, limit=MOST)
        ids, sizes = [one["id"] for one in page["items"]], {len(page["items"])}
        while page["next"]:
            page = everybody.asks(name, limit=MOST, cursor=page["next"])
            ids += [one["id"] for one in page["items"]]
            sizes.add(len(page["items"]))
        assert len(ids) == len(set(ids))
        assert max(sizes) == MOST
        assert set(range(FIRST + 1, FIRST + 1_001)) - set(ids) == set()

    def test_the_crowd_is_no_work_of_others(self, everybody: Program) -> None:
        """The queue holds what waits for the roles of the person, and nothing that is done."""
        states = WorkItem.objects.filter(pk__in=[one["id"] for one in everybody.asks("work-items")["items"]])
        assert set(states.values_list("state", flat=True)) == {WorkItem.State.OPEN}


class TestWhatIsAsked:
    @pytest.mark.parametrize("operation", LISTS, ids=named)
    def test_filters_are_on_the_list_or_refused(self, everybody: Program, operation: Operation) -> None:
        """Every filter takes what it says and refuses all else by its name; a name that is not there is refused."""
        name = operation.path.rpartition("/")[2]
        for asked in operation.described["parameters"]:
            schema = asked["schema"]
            for value in schema.get("enum", ()):
                given: dict[str, Any] = {asked["name"]: value}
                everybody.asks(name, **given)
            if asked["name"] == "search":
                for text in ODD_TEXTS:
                    everybody.asks(name, search=text)
                self._refused(everybody, name, "search", "あ" * 201, "a\0b")
            elif "enum" in schema or schema["type"] == "integer":
                self._refused(everybody, name, asked["name"], "x" * 500, "0", "-1", str(2**63), "\0")
            elif schema.get("format") == "date":
                self._refused(everybody, name, asked["name"], *ODD_DAYS)
        self._refused(everybody, name, "limit", *ODD_LIMITS)
        self._refused(everybody, name, "no_such_name", "1")
        self._refused(everybody, name, "order_by", "id")

    @pytest.mark.parametrize(
        "cursor",
        ["x", "MA==", "=", "あ", ".", "last", cursor_at("last", "orders", {}), cursor_at("last", "quotes", {}) + "0"],
    )
    def test_a_cursor_of_elsewhere_is_refused(self, everybody: Program, cursor: str) -> None:
        """A cursor that was not given by this list for these filters is none."""
        assert everybody.asks("quotes", status=422, cursor=cursor)["rule"] == "api.cursor"

    def test_a_cursor_fits_its_filters(self, everybody: Program) -> None:
        """With other filters the next page would be another list's."""
        cursor = everybody.asks("quotes", limit=1)["next"]
        everybody.asks("quotes", limit=1, cursor=cursor)
        assert everybody.asks("quotes", status=422, cursor=cursor, state="drafted")["at"] == "cursor"

    @pytest.mark.parametrize(
        "report", [one for one in REPORTS if one.of == "companies" and "on" in one.filters], ids=lambda one: one.name
    )
    def test_a_report_answers_whatever_is_asked(self, everybody: Program, story: Told, report: Report) -> None:
        """A day or a moment that cannot be read is refused; every other gives the report."""
        path = f"companies/{story.office.company_id}/{report.name}"
        code: dict[str, Any] = {"code": RECEIVABLE} if report.name == "postings" else {}
        for day in ODD_DAYS:
            everybody.asks(path, status=422, on=day, **code)
        for moment in ("abc", "2026-04-01T00:00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "\0"):
            everybody.asks(path, status=422, known_at=moment, **code)
        known: dict[str, Any] = {"known_at": "2026-06-01T09:00:00+09:00"} if "known_at" in report.filters else {}
        everybody.asks(path, on="2026-05-31", **known, **code)

    def test_no_such_account(self, everybody: Program, story: Told) -> None:
        """An account that the chart does not have is not there."""
        path = f"companies/{story.office.company_id}/postings"
        assert everybody.asks(path, code=RECEIVABLE)["postings"]
        for code in ("9999", "x", "<script>"):
            everybody.asks(path, status=404, code=code)
        everybody.asks(path, status=422)

    def test_languages(self, everybody: Program) -> None:
        """Sentences in the answers are in the language asked for."""
        japanese = Program(everybody.secret, "ja")
        item = everybody.asks("products", search="BOX")["items"][0]
        assert item["terms"]["name"] == "Appliance"
        assert japanese.asks("products", search="BOX")["items"][0]["terms"]["name"] == "専用機器"

    @staticmethod
    def _refused(program: Program, path: str, name: str, *values: str) -> None:
        for value in values:
            asked: dict[str, Any] = {name: value}
            told = program.asks(path, status=422, **asked)
            assert told["errors"][0]["at"] == name, value


class TestEachRole:
    def test_the_queue_is_ones_own(self, story: Told) -> None:
        """What waits for somebody is what its roles wait for, as on the page."""
        rep = program_of(story.office, Role.SALES_REP)
        assert {one["role"] for one in rep.asks("work-items")["items"]} <= {Role.SALES_REP}


def _queries(program: Program, name: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        program.asks(name, limit=MOST)
    return [query["sql"] for query in queries if "last_used_at" not in query["sql"][:40]]
