"""What is owed over time: columns equal a day at a time under every policy, and what is posted always closes."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjo.domains.billing.facts import Billed, BillingPolicy, ChangeDay, Decrease, Restart, Stub
from kanjo.domains.billing.rules.owed import should_be, still_due
from kanjo.domains.billing.rules.plans import common_anchor
from kanjo.domains.billing.tests.owed_oracle import DAY, Away, Change, Life, Owed, each, owed
from kanjo.domains.billing.tests.posting import House
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.periods import Period
from kanjo.foundation.splitting import split
from tests.foundation.tables import worked_rows

BEGIN = date(2027, 12, 20)
FAR = date(2035, 1, 1)
few = settings(max_examples=30)


def _any(kind: type[StrEnum]) -> st.SearchStrategy[StrEnum]:
    return st.sampled_from(list(kind))


policies = st.builds(
    BillingPolicy,
    day_count=_any(DayCount),
    month_days=st.sampled_from([28, 30, 31]),
    first_stub=_any(Stub),
    last_stub=_any(Stub),
    first_billed=_any(Billed),
    changes_billed=_any(Billed),
    change_day=_any(ChangeDay),
    restart=_any(Restart),
    decrease=_any(Decrease),
)
days = st.integers(0, 500).map(lambda number: BEGIN + DAY * number)
changes = st.builds(
    Change, days, st.integers(-5_000, 9_000), st.integers(-3, 9), anchor_on=st.none() | st.none() | days
)
aways = st.builds(
    lambda start, length: Away(start, None if length is None else start + DAY * length),
    days,
    st.none() | st.integers(0, 90),
)


@st.composite
def lives(draw: st.DrawFn, policy: st.SearchStrategy[BillingPolicy] = policies, told: bool = True) -> Life:
    start = draw(days)
    return Life(
        service=Period(start, start + timedelta(days=draw(st.integers(1, 400)))),
        months=draw(st.sampled_from([1, 1, 2, 3, 6, 12])),
        every_days=draw(st.sampled_from([0, 0, 0, 1, 7, 14, 30, 90])),
        anchor_on=draw(st.just(start) | days),
        net=draw(st.integers(1, 40_000)),
        timing=draw(st.sampled_from([BillingTiming.IN_ADVANCE, BillingTiming.IN_ARREARS])),
        quantity=draw(st.integers(1, 20)),
        due_from=draw(st.just(start) | days),
        policy=draw(policy),
        swapped=draw(st.booleans()),
        changes=draw(st.lists(changes, max_size=4)) if told else [],
        away=draw(st.lists(aways, max_size=3)) if told else [],
    )


some_lives = st.lists(lives(), min_size=2, max_size=8)


def _as_rows(plan_id: int, life: Life, until_on: date) -> list[tuple[object, ...]]:
    return [
        (plan_id, *_days_of(one), one.price, one.quantity, one.bill_on, one.cost(life.policy))
        for one in owed(life)
        if one.price and one.bill_on <= until_on
    ]


def _days_of(part: Owed) -> tuple[date, ...]:
    return part.days.start, part.days.until, part.whole.start, part.whole.until


_COMPARED = ("plan_id", "service_start", "service_until", "whole_start", "whole_until", "price_minor", "quantity")


class TestShouldBe:
    @few
    @given(some_lives, days)
    def test_columns_equal_a_day_at_a_time(self, plans: list[Life], day: date) -> None:
        """Under every policy, with any changes, pauses and ends, the schedule is that of comparing every day."""
        found = should_be(House().rows(plans), day, House().known(plans)).filter(pl.col("price_minor") != 0)
        rows = found.select(*_COMPARED, "bill_on", "net_minor").sort(_COMPARED).rows()
        assert rows == sorted(row for place, life in enumerate(plans) for row in _as_rows(place, life, day))

    @few
    @given(st.lists(lives(told=False), min_size=1, max_size=6))
    def test_the_periods_of_a_plan_add_up(self, plans: list[Life]) -> None:
        """Cut anywhere by changes that cost nothing, the parts of a period cost what the whole costs."""
        whole = should_be(House().rows(plans), None)
        cut = [replace(life, changes=[Change(life.service.start + DAY * 7, 0, 1)]) for life in plans]
        parts = should_be(House().rows(cut), None, House().known(cut))
        assert _by_plan(parts) == _by_plan(whole)


def _by_plan(charges: pl.DataFrame) -> dict[int, int]:
    sums = charges.group_by("plan_id").agg(pl.sum("net_minor"))
    return {row[0]: row[1] for row in sums.rows() if row[1]}


class TestStillDue:
    @few
    @given(st.lists(some_lives, min_size=2, max_size=2), st.lists(days, min_size=2, max_size=2))
    def test_a_second_run_posts_nothing(self, states: list[list[Life]], on: list[date]) -> None:
        """After any history of facts recorded and withdrawn, what was just billed is not due again."""
        house = House()
        for plans, day in zip(histories(states), on, strict=True):
            house.bill(plans, day)
            assert house.bill(plans, day).is_empty()

    @few
    @given(st.lists(some_lives, min_size=1, max_size=3), days)
    def test_the_order_of_recording_does_not_matter(self, states: list[list[Life]], day: date) -> None:
        """Billed through any states of knowledge on the way, in the end exactly the days stand that should.

        Only what costs nothing is never posted: days that a day count leaves nothing for, and shares below half a yen.
        """
        house = House()
        told = histories(states)
        for plans in told:
            house.bill(plans, day)
        house.bill(told[-1], FAR)
        for place, life in enumerate(told[-1]):
            assert not [run for run in _wrong(owed(life), _standing(house, place)) if run.cost(life.policy)]

    @few
    @given(some_lives, days)
    def test_what_was_withdrawn_costs_nothing(self, plans: list[Life], day: date) -> None:
        """Facts recorded, billed and withdrawn leave to the yen what there would be without them."""
        before = [replace(life, changes=[], away=[]) for life in plans]
        house = House()
        for known in (before, plans, before):
            house.bill(known, day)
        house.bill(before, FAR)
        simple = House()
        simple.bill(before, FAR)
        assert {place: net for place, net in house.net.items() if net} == {p: n for p, n in simple.net.items() if n}

    @few
    @given(some_lives, days)
    def test_all_that_ends_is_given_back(self, plans: list[Life], day: date) -> None:
        """A plan that is known never to have begun is given back to the yen, whatever was billed of it."""
        house = House()
        house.bill(plans, day)
        house.bill([replace(life, away=[Away(life.service.start)]) for life in plans], FAR)
        assert not any(house.net.values())

    @few
    @given(some_lives, days, st.randoms(use_true_random=False))
    def test_the_order_of_facts_does_not_matter(self, plans: list[Life], day: date, chance) -> None:  # type: ignore[no-untyped-def]
        """Facts in any order make the same charges."""
        mixed = [
            replace(life, changes=chance.sample(life.changes, len(life.changes)), away=life.away[::-1])
            for life in plans
        ]
        assert House().bill(plans, day).equals(House().bill(mixed, day))

    def test_a_pause_that_begins_and_ends_on_one_day_is_nothing(self) -> None:
        """Stop and resume on the same day changes no charge."""
        life = a_life()
        paused = replace(life, away=[Away(date(2028, 2, 5), date(2028, 2, 5))])
        assert House().bill([life], FAR).equals(House().bill([paused], FAR))

    def test_a_one_time_charge_is_whole_or_not_at_all(self) -> None:
        """A pause leaves it, an end before its first day takes it away, one that comes later does not."""
        house = House()
        once = a_life(months=0)
        rows = house.rows([once]).with_columns(charge=pl.lit(ChargeKind.ONE_TIME.value))
        paused, over, late = (
            still_due(rows, FAR, house.known([replace(once, away=[away])]))["net_minor"].to_list()
            for away in (
                Away(date(2028, 2, 1), date(2028, 2, 9)),
                Away(date(2028, 2, 1)),
                Away(date(2028, 2, 2)),
            )
        )
        assert (paused, over, late) == ([30_000], [], [30_000])

    def test_a_credit_waits_for_the_invoice_of_the_change(self) -> None:
        """Billed with the next period, what an upgrade gives back comes on the day its charge does."""
        policy = BillingPolicy(changes_billed=Billed.WITH_NEXT)
        house, life = House(), a_life(policy=policy)
        house.bill([life], date(2028, 2, 1))
        upgraded = replace(life, changes=[Change(date(2028, 2, 16), 20_000)])
        assert house.bill([upgraded], date(2028, 2, 29)).is_empty()
        due = house.bill([upgraded], date(2028, 3, 1))
        assert due.select("net_minor", "credited_line_id").rows() == [(-14_483, 0), (24_138, None), (50_000, None)]

    def test_days_counted_anew_are_charged_anew(self) -> None:
        """A year billed ahead and then counted from another day is given back from there on: no share is left over."""
        year = a_life(service=Period(date(2028, 2, 1), date(2030, 2, 1)), months=12, net=366_000)
        house = House()
        house.bill([year], date(2028, 2, 1))
        moved = replace(year, changes=[Change(date(2028, 3, 1), 0, anchor_on=date(2028, 3, 1))])
        house.bill([moved], FAR)
        afresh = House()
        afresh.bill([moved], FAR)
        assert house.net == afresh.net

    def test_what_is_billed_anew_is_given_back_with_it(self) -> None:
        """A billing day moved forward bills days that were billed ahead: what stands on them goes at once."""
        house, life = House(), a_life()
        house.bill([life], date(2028, 3, 1))
        moved = replace(life, changes=[Change(date(2028, 2, 20), 1_000, anchor_on=date(2028, 2, 20))])
        due = house.bill([moved], date(2028, 2, 20))
        assert due.select("service_start", "net_minor").rows() == [
            (date(2028, 2, 20), -10_345),
            (date(2028, 2, 20), 31_000),
            (date(2028, 3, 1), -30_000),
        ]
        assert house.bill([moved], date(2028, 2, 20)).is_empty()

    @few
    @given(lives(told=False), st.lists(st.integers(0, 9), min_size=2, max_size=5).filter(any))
    def test_an_order_that_is_split_costs_the_same(self, life: Life, weights: list[int]) -> None:
        """Lines that share a line's price by any weights cost together what it did: each whole period to the yen.

        Of a broken period each line rounds its own share, so there it is to within a yen a line.
        """
        parts = [replace(life, net=net) for net in split(life.net, weights)]
        whole, apart = (should_be(House().rows(plans), None) for plans in ([life], parts))
        together = apart.group_by("service_start").agg(pl.sum("net_minor"))
        both = whole.join(together, on="service_start", suffix="_apart")
        assert both.height == whole.height
        for row in both.iter_rows(named=True):
            unbroken = (row["day_from"], row["day_until"]) == (0, row["period_days"])
            assert abs(row["net_minor"] - row["net_minor_apart"]) <= (0 if unbroken else len(weights))

    def test_a_ramp_is_its_segments(self) -> None:
        """One plan that grows costs what plans cost that each hold one of its prices."""
        ramp = a_life(changes=[Change(date(2028, 3, 1), 5_000), Change(date(2028, 4, 1), 7_000)])
        edges = [date(2028, 2, 1), date(2028, 3, 1), date(2028, 4, 1), date(2028, 5, 1)]
        segments = [
            a_life(service=Period(start, until), net=net)
            for start, until, net in zip(edges[:3], edges[1:], [30_000, 35_000, 42_000], strict=True)
        ]
        assert House().bill([ramp], FAR)["net_minor"].to_list() == House().bill(segments, FAR)["net_minor"].to_list()


def a_life(**changes: object) -> Life:
    life = Life(Period(date(2028, 2, 1), date(2028, 5, 1)), 1, date(2028, 2, 1), 30_000)
    return replace(life, **changes)  # type: ignore[arg-type]  # tests name the fields they change


def histories(states: list[list[Life]]) -> list[list[Life]]:
    """Return states of knowledge about the plans of the first: what is told of each changes, its terms do not."""
    return [
        [
            replace(life, changes=told.changes, away=told.away)
            for life, told in zip(states[0], [*state, *states[0][len(state) :]], strict=False)
        ]
        for state in states
    ]


def _standing(house: House, plan_id: int) -> dict[date, Owed]:
    """Return per day the charge that stands."""
    back = {(row["charge_id"], day) for row in house.given_back for day in each(Period(row["start"], row["until"]))}
    standing = {}
    for row in house.charged:
        days = Period(row["start"], row["until"])
        whole = Period(row["whole_start"], row["whole_until"])
        charge = Owed(days, whole, row["price_minor"], row["quantity"], days.start)
        left = [day for day in each(days) if (row["charge_id"], day) not in back]
        standing.update(dict.fromkeys(left, charge) if row["line_id"] == plan_id else {})
    return standing


def _wrong(should: list[Owed], standing: dict[date, Owed]) -> list[Owed]:
    """Return the runs of days that are not billed on the terms they should, as they should be and as they stand."""
    due = {day: part for part in should for day in each(part.days) if part.price}
    wrong = [
        day
        for day in sorted({*due, *standing})
        if day not in due or day not in standing or _terms(due[day]) != _terms(standing[day])
    ]
    return [
        replace(part, days=Period(run[0], run[-1] + DAY))
        for side in (due, standing)
        for part, run in _runs([(side[day], day) for day in wrong if day in side])
    ]


def _terms(part: Owed) -> tuple[int, Period]:
    return part.price, part.whole


def _runs(days: list[tuple[Owed, date]]) -> list[tuple[Owed, list[date]]]:
    placed = groupby(enumerate(days), key=lambda one: (one[1][0], one[1][1] - DAY * one[0]))
    return [(part, [day for _, (_, day) in run]) for (part, _), run in placed]


class TestWorkedTable:
    @pytest.mark.parametrize("row", worked_rows("owed.md"), ids=lambda row: row["what"])
    def test_comes_out_as_printed(self, row: dict[str, str]) -> None:
        """Each row of docs/algorithms/owed.md."""
        assert worked(row) == row["charges"]


def worked(row: dict[str, str]) -> str:
    """Return the charges of a row of the worked table."""
    first, last = row["service"].split(" to ")
    start = date.fromisoformat(first)
    policy = _policy(row["policy"])
    number, _, unit = row["every"].partition(" ")
    life = Life(
        Period(start, date.fromisoformat(last) + DAY),
        int(number) if unit == "months" else 0,
        common_anchor([start], policy.anchor) or start,
        int(row["price"]),
        timing=BillingTiming(row["timing"]),
        policy=policy,
        every_days=int(number) * {"months": 0, "weeks": 7, "days": 1}[unit],
    )
    for fact in filter(None, row["told"].split("; ")):
        _tell(life, fact)
    plans = House().rows([life])
    charges = should_be(plans, None, House().known([life])).sort("service_start").iter_rows(named=True)
    return "; ".join(
        f"{one['bill_on']}: {one['service_start']} to {one['service_until'] - DAY} = {one['net_minor']}"
        for one in charges
    )


def _policy(said: str) -> BillingPolicy:
    chosen = dict(one.split("=") for one in said.split("; ") if one)
    kinds = {name: type(value) for name, value in asdict(BillingPolicy()).items()}
    return BillingPolicy(**{name: kinds[name](value) for name, value in chosen.items()})


def _tell(life: Life, fact: str) -> None:
    words = fact.split(" ")
    if words[0] == "away":
        life.away.append(Away(date.fromisoformat(words[1]), date.fromisoformat(words[3])))
    elif words[0] == "ends":
        life.away.append(Away(date.fromisoformat(words[1])))
    else:
        units = int(words[2][1:]) if words[2:] else 0
        life.changes.append(Change(date.fromisoformat(words[0]), int(words[1]), units))
