"""The difference of two schedules: columns equal a day at a time, nothing is billed twice, every credit closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.billing.rules.difference import CHARGED, COVERED, GIVEN_BACK, difference
from kanjo.domains.billing.tests.coverage_oracle import DAY, Part, Posted, each, missing_and_surplus
from kanjo.foundation.periods import Period
from tests.foundation.tables import worked_rows

BEGIN = date(2028, 2, 1)
Due = list[Part]
House = dict[int, Posted]


@st.composite
def dues(draw: st.DrawFn) -> Due:
    """Draw the days of a line as they should be billed: stretches that do not meet twice, each a part of a whole."""
    edges = sorted(draw(st.sets(st.integers(0, 50), max_size=8)))
    parts = []
    for first, last in pairwise(edges):
        if draw(st.booleans()):
            days = Period(BEGIN + DAY * first, BEGIN + DAY * last)
            whole = Period(
                days.start - DAY * draw(st.integers(0, 20)),
                days.until + DAY * draw(st.integers(0, 20)),
            )
            terms = draw(st.integers(1, 3))
            parts.append(Part(terms, days, whole, draw(st.integers(-(10**9), 10**9))))
    return parts


lines_of_dues = st.lists(dues(), min_size=1, max_size=3)
histories = st.lists(lines_of_dues, min_size=1, max_size=4)


def post(due: list[Due], house: House) -> tuple[list[int], list[int]]:
    """Post the difference of every line and return the amounts charged and given back."""
    charges, given_back = difference(
        _frame([row for line, parts in enumerate(due) for row in _due_rows(line, parts)], COVERED),
        _frame(_of_all(house, _charged_rows), CHARGED),
        _frame(_of_all(house, _back_rows), GIVEN_BACK),
    )
    for row in given_back.iter_rows(named=True):
        house[row["line_id"]].given_back.append((row["charge_id"] % 1000, Period(row["start"], row["until"])))
    for row in charges.iter_rows(named=True):
        whole = Period(row["whole_start"], row["whole_until"])
        part = Part(row["terms_id"], Period(row["start"], row["until"]), whole, row["price_minor"])
        house.setdefault(row["line_id"], Posted()).charges.append(part)
    return charges["net_minor"].to_list(), given_back["net_minor"].to_list()


def _frame(rows: list[tuple[object, ...]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema, orient="row")


def _of_all(house: House, rows: Callable[[int, Posted], list[tuple[object, ...]]]) -> list[tuple[object, ...]]:
    return [row for line, posted in house.items() for row in rows(line, posted)]


def _row(line: int, part: Part) -> tuple[object, ...]:
    whole = part.whole
    return (line, part.terms, part.days.start, part.days.until, whole.start, whole.until, part.price, 0, "actual", 30)


def _due_rows(line: int, parts: Due) -> list[tuple[object, ...]]:
    return [(*_row(line, part), part.days.start) for part in parts]


def _charged_rows(line: int, posted: Posted) -> list[tuple[object, ...]]:
    return [(line * 1000 + number, *_row(line, part)) for number, part in enumerate(posted.charges)]


def _back_rows(line: int, posted: Posted) -> list[tuple[object, ...]]:
    return [(line * 1000 + charge, days.start, days.until) for charge, days in posted.given_back]


def terms_by_day(parts: list[Part]) -> dict[date, int]:
    """Return the terms that each day is billed at."""
    return {day: part.terms for part in parts for day in each(part.days)}


class TestDifference:
    @given(histories)
    def test_columns_equal_a_day_at_a_time(self, history: list[list[Due]]) -> None:
        """Whatever was posted before, the columns find what comparing every single day finds."""
        house: House = {}
        for due in history:
            for line in range(len(due)):
                house.setdefault(line, Posted())
            before = {line: Posted([*one.charges], [*one.given_back]) for line, one in house.items()}
            charged, given_back = post(due, house)
            expected, taken = [], []
            for line, one in before.items():
                parts = due[line] if line < len(due) else []
                missing, surplus = missing_and_surplus(parts, one)
                expected += [parts[number].cost(days) for number, days in missing]
                taken += [-one.charges[number].cost(days) for number, days in surplus]
            assert (sorted(charged), sorted(given_back)) == (sorted(expected), sorted(taken))

    @given(histories)
    def test_a_second_run_posts_nothing(self, history: list[list[Due]]) -> None:
        """What was just posted is never due again, after any history of changes."""
        house: House = {}
        for due in history:
            post(due, house)
            assert post(due, house) == ([], [])

    @given(histories)
    def test_the_order_of_recording_does_not_matter(self, history: list[list[Due]]) -> None:
        """By whatever changes one came there, the days billed in the end are those that should be, at their terms."""
        house: House = {}
        for due in history:
            post(due, house)
        for line, posted in house.items():
            parts = history[-1][line] if line < len(history[-1]) else []
            stands = {day: posted.charges[number].terms for day, number in posted.standing().items()}
            assert stands == terms_by_day(parts)

    @given(histories)
    def test_credits_close_to_the_yen(self, history: list[list[Due]]) -> None:
        """However it was cut, what is given back of a charge adds up to it exactly once all its days are."""
        house: House = {}
        for due in [*history, []]:
            post(due, house)
        assert all(posted.net() == 0 for posted in house.values())

    @given(lines_of_dues)
    def test_a_first_run_bills_the_schedule(self, due: list[Due]) -> None:
        """With nothing posted, exactly the schedule is charged and nothing given back."""
        charged, given_back = post(due, {})
        assert sum(charged) == sum(part.cost(part.days) for parts in due for part in parts)
        assert not given_back

    @given(dues(), st.integers(0, 50), st.integers(0, 50))
    def test_a_pause_withdrawn_leaves_what_there_was(self, parts: Due, first: int, last: int) -> None:
        """A suspension of any days, recorded, billed and taken back, costs nothing in the end."""
        paused = [
            Part(part.terms, kept, part.whole, part.price)
            for part in parts
            for kept in (
                _cut(part.days, None, BEGIN + DAY * min(first, last)),
                _cut(part.days, BEGIN + DAY * max(first, last), None),
            )
            if kept is not None
        ]
        house: House = {}
        for due in (parts, paused, parts):
            post([due], house)
        assert sum(one.net() for one in house.values()) == sum(part.cost(part.days) for part in parts)


def _cut(days: Period, start: date | None, until: date | None) -> Period | None:
    first = days.start if start is None else max(days.start, start)
    last = days.until if until is None else min(days.until, until)
    return Period(first, last) if first < last else None


class TestWorkedTable:
    @pytest.mark.parametrize("row", worked_rows("difference.md"), ids=lambda row: row["what"])
    def test_comes_out_as_printed(self, row: dict[str, str]) -> None:
        """Each row of docs/algorithms/difference.md."""
        house: House = {}
        post([_parts(row["posted before"])], house)
        charges, given_back = post([_parts(row["should be"])], house)
        assert [_listed(charges), _listed(given_back)] == [row["charged"], row["given back"]]


def _parts(said: str) -> Due:
    """Read parts as 'terms: first to last of whole-first to whole-last at price', apart by semicolons."""
    return [_part(one.strip()) for one in said.split(";") if one.strip()]


def _part(said: str) -> Part:
    terms, rest = said.split(": ")
    days, rest = rest.split(" of ")
    whole, price = rest.split(" at ")
    return Part(int(terms), _days(days), _days(whole), int(price))


def _days(said: str) -> Period:
    first, last = (date.fromisoformat(day) for day in said.split(" to "))
    return Period(first, last + timedelta(days=1))


def _listed(amounts: list[int]) -> str:
    return "; ".join(map(str, amounts))
