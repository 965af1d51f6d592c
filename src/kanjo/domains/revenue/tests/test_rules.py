from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjo.domains.catalog.facts import Recognition
from kanjo.domains.revenue.rules.books import NoOpenBooks, booked, posting_day
from kanjo.domains.revenue.rules.schedule import OBLIGATIONS, POSTED, earned_by_month, to_post
from kanjo.foundation.money import split

Promise = tuple[str, int, date | None, date | None, date | None]
MONTHS = dict[tuple[int, date], int]


def over_time(price: int, start: date, until: date) -> Promise:
    return (Recognition.OVER_TIME, price, start, until, None)


def at_a_point(price: int, delivered_on: date | None) -> Promise:
    return (Recognition.AT_A_POINT, price, None, None, delivered_on)


def frame(promises: list[Promise]) -> pl.DataFrame:
    rows = [(key, 1, "JPY", *promise, date(2024, 1, 1)) for key, promise in enumerate(promises, 1)]
    return pl.DataFrame(rows, schema=OBLIGATIONS, orient="row")


def earned(promises: list[Promise], until: date | None = None) -> MONTHS:
    return {(key, month): amount for key, month, amount in earned_by_month(frame(promises), until).iter_rows()}


def oracle(promises: list[Promise], until: date) -> MONTHS:
    """Return the same day by day: the price split over the days, each day's part put into its month."""
    months: MONTHS = defaultdict(int)
    for key, (method, price, start, end, delivered_on) in enumerate(promises, 1):
        if method == Recognition.AT_A_POINT:
            if delivered_on and delivered_on < until:
                months[key, delivered_on.replace(day=1)] += price
            continue
        assert start is not None
        assert end is not None
        for number, part in enumerate(split(price, [1] * (end - start).days)):
            day = start + timedelta(days=number)
            if day < until:
                months[key, day.replace(day=1)] += part
    return {place: amount for place, amount in months.items() if amount}


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
PRICES = st.integers(-(10**6), 10**6) | st.sampled_from([1, -1, 365, 10**15, 2**62])
OVER_TIME = st.tuples(PRICES, DAYS, st.integers(1, 800)).map(
    lambda told: over_time(told[0], told[1], told[1] + timedelta(days=told[2]))
)
AT_A_POINT = st.tuples(PRICES, st.none() | DAYS).map(lambda told: at_a_point(*told))
PROMISES = st.lists(OVER_TIME | AT_A_POINT, max_size=5)


class TestEarnedByMonth:
    def test_a_year_is_earned_by_the_days_of_its_months(self) -> None:
        months = earned([over_time(365_000, date(2025, 4, 1), date(2026, 4, 1))])
        assert [months[1, date(2025, month, 1)] for month in (4, 5, 6)] == [30_000, 31_000, 30_000]
        assert months[1, date(2026, 2, 1)] == 28_000
        assert sum(months.values()) == 365_000

    def test_the_first_days_bear_what_does_not_divide(self) -> None:
        assert earned([over_time(100, date(2026, 1, 30), date(2026, 2, 2))]) == {
            (1, date(2026, 1, 1)): 67,
            (1, date(2026, 2, 1)): 33,
        }

    def test_nothing_is_earned_before_the_delivery(self) -> None:
        assert earned([at_a_point(500, None)], date(2030, 1, 1)) == {}
        assert earned([at_a_point(500, date(2026, 3, 31))], date(2026, 3, 31)) == {}
        assert earned([at_a_point(500, date(2026, 3, 31))], date(2026, 4, 1)) == {(1, date(2026, 3, 1)): 500}

    def test_a_price_smaller_than_its_days_loses_no_yen(self) -> None:
        assert earned([over_time(3, date(2026, 1, 1), date(2027, 1, 1))]) == {(1, date(2026, 1, 1)): 3}

    @settings(max_examples=200, deadline=None)
    @given(PROMISES, DAYS)
    def test_equals_the_price_split_over_its_days_one_by_one(self, promises: list[Promise], until: date) -> None:
        assert earned(promises, until) == oracle(promises, until)

    @settings(max_examples=200, deadline=None)
    @given(OVER_TIME)
    def test_all_months_together_earn_the_price(self, promise: Promise) -> None:
        assert sum(earned([promise]).values()) == promise[1]


class TestAmended:
    """An amendment is a promise of its own over the days that are left (IFRS 15.21(a), ASC 606-10-25-13(a))."""

    @pytest.mark.row("BIL-7")
    def test_less_is_earned_from_its_day_on(self) -> None:
        """Before July 1,000 a day are earned, then 600: what was earned before stays as it was."""
        line = over_time(365_000, date(2026, 4, 1), date(2027, 4, 1))
        less = over_time(-400 * 274, date(2026, 7, 1), date(2027, 4, 1))
        months = by_month([line, less])
        assert [months[date(2026, month, 1)] for month in (6, 7, 8, 9)] == [30_000, 18_600, 18_600, 18_000]

    @given(OVER_TIME, DAYS, st.integers(-(10**6), 10**6), DAYS)
    def test_what_is_withdrawn_was_never_earned(self, promise: Promise, day: date, total: int, until: date) -> None:
        """An amendment and its withdrawal together earn nothing in any month, wherever the books are cut."""
        amendment, withdrawal = (over_time(price, day, day + timedelta(days=300)) for price in (total, -total))
        assert by_month([promise, amendment, withdrawal], until) == by_month([promise], until)


def by_month(promises: list[Promise], until: date | None = None) -> dict[date, int]:
    months: dict[date, int] = defaultdict(int)
    for (_, month), amount in earned(promises, until).items():
        months[month] += amount
    return {month: amount for month, amount in months.items() if amount}


class TestToPost:
    def after(self, runs: list[tuple[list[Promise], date]]) -> MONTHS:
        """Run several times, each on the facts then known, and return what stands posted by month."""
        posted: MONTHS = defaultdict(int)
        reached: date | None = None
        for promises, until in runs:
            rows = [(key, month, amount) for (key, month), amount in posted.items()]
            for key, month, amount in to_post(
                frame(promises), pl.DataFrame(rows, schema=POSTED, orient="row"), until, reached
            ).iter_rows():
                posted[key, month] += amount
            reached = max(until, reached or until)
        return {place: amount for place, amount in posted.items() if amount}

    @settings(max_examples=100, deadline=None)
    @given(PROMISES, DAYS)
    def test_a_second_run_posts_nothing(self, promises: list[Promise], until: date) -> None:
        posted = [(key, month, amount) for (key, month), amount in oracle(promises, until).items()]
        assert to_post(frame(promises), pl.DataFrame(posted, schema=POSTED, orient="row"), until).is_empty()

    @settings(max_examples=100, deadline=None)
    @given(PROMISES, st.lists(DAYS, min_size=1, max_size=4))
    def test_many_cuts_in_any_order_post_what_the_last_day_alone_posts(
        self, promises: list[Promise], cuts: list[date]
    ) -> None:
        assert self.after([(promises, cut) for cut in cuts]) == oracle(promises, max(cuts))

    @settings(max_examples=100, deadline=None)
    @given(st.lists(AT_A_POINT, max_size=5), st.lists(st.none() | DAYS, min_size=5, max_size=5), DAYS)
    def test_what_was_told_late_ends_where_what_was_told_in_time_does(
        self, promises: list[Promise], first_told: list[date | None], until: date
    ) -> None:
        before = [at_a_point(promise[1], day) for promise, day in zip(promises, first_told, strict=False)]
        assert self.after([(before, until), (promises, until)]) == self.after([(promises, until)])

    @settings(max_examples=50, deadline=None)
    @given(PROMISES, DAYS)
    def test_the_order_of_the_facts_changes_nothing(self, promises: list[Promise], until: date) -> None:
        rows = frame(promises)
        shuffled = rows[random.Random(0).sample(range(rows.height), rows.height)]
        nothing = pl.DataFrame(schema=POSTED)
        assert to_post(rows, nothing, until).equals(to_post(shuffled, nothing, until))


APRIL, MAY = (date(2026, 4, 1), date(2026, 5, 1)), (date(2026, 5, 1), date(2026, 6, 1))


class TestBooks:
    @pytest.mark.parametrize(
        ("day", "periods", "posted_on"),
        [
            (date(2026, 4, 30), [APRIL, MAY], date(2026, 4, 30)),
            (date(2026, 4, 30), [MAY], date(2026, 5, 1)),
            (date(2025, 1, 31), [MAY, APRIL], date(2026, 4, 1)),
        ],
    )
    def test_posts_in_the_month_or_in_the_first_open_one_after_it(
        self, day: date, periods: list[tuple[date, date]], posted_on: date
    ) -> None:
        assert posting_day(day, periods) == posted_on

    def test_refuses_when_no_books_are_open(self) -> None:
        with pytest.raises(NoOpenBooks):
            posting_day(date(2026, 6, 1), [APRIL, MAY])

    def test_posts_on_the_last_earned_day_but_never_before_it_was_promised(self) -> None:
        slices = pl.DataFrame(
            {
                "month": [date(2026, 4, 1), date(2026, 5, 1), date(2026, 4, 1)],
                "promised_on": [date(2026, 1, 1), date(2026, 1, 1), date(2026, 5, 7)],
            }
        )
        days = booked(slices, date(2026, 5, 16), [APRIL, MAY])["effective_on"].to_list()
        assert days == [date(2026, 4, 30), date(2026, 5, 15), date(2026, 5, 7)]
