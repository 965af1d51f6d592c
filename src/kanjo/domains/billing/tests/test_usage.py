"""What usage costs: columns equal one plan at a time, and what is posted ends at what it should be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanjo.domains.billing.facts import BillingPolicy, PlanCharge, Stub, UsageModel, UsageStep
from kanjo.domains.billing.rules.owed import still_due
from kanjo.domains.billing.rules.plans import FOLLOWED
from kanjo.domains.billing.rules.shares import WHOLE
from kanjo.domains.billing.rules.usage import BEYOND, cost_alone, priced, priced_from
from kanjo.domains.billing.tests.owed_oracle import DAY, Away
from kanjo.domains.billing.tests.posting import House
from kanjo.domains.billing.tests.usage_oracle import Meter, Rating, Tier, as_usage, periods
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.periods import Period, add_months
from tests.foundation.tables import worked_rows

BEGIN = date(2027, 12, 20)
FAR = date(2035, 1, 1)
few = settings(max_examples=30)
days = st.integers(0, 300).map(lambda number: BEGIN + DAY * number)
units = st.integers(0, 60)
pauses = st.builds(
    lambda start, length: Away(start, None if length is None else start + DAY * length),
    days,
    st.none() | st.integers(0, 90),
)
rising = [UsageModel.PER_UNIT, UsageModel.GRADUATED, UsageModel.PACKAGE]


@st.composite
def ratings(draw: st.DrawFn, models: list[UsageModel] | None = None, effective_on: date = date.min) -> Rating:
    model = draw(st.sampled_from(models or list(UsageModel)))
    after = [0, *sorted(draw(st.sets(st.integers(1, 80), max_size=0 if model is UsageModel.PER_UNIT else 3)))]
    tiers = tuple(
        Tier(one, draw(st.integers(0, 99)), draw(st.sampled_from([1, 1, 3, 10])), draw(st.sampled_from([0, 0, 70])))
        for one in after
    )
    included = draw(st.sampled_from([0, 0, 15]))
    return Rating(model, tiers, included, draw(st.sampled_from([0, 0, 500, 3_001])), effective_on)


@st.composite
def meters(draw: st.DrawFn, models: list[UsageModel] | None = None) -> Meter:
    start = draw(days)
    later = draw(st.lists(days, max_size=2, unique=True))
    policy = BillingPolicy(
        day_count=draw(st.sampled_from(list(DayCount))),
        first_stub=draw(st.sampled_from(list(Stub))),
        last_stub=draw(st.sampled_from(list(Stub))),
    )
    first = draw(st.just(date.min) | days)
    return Meter(
        Period(start, start + DAY * draw(st.integers(1, 200))),
        (draw(ratings(models, first)), *(draw(ratings(models, day)) for day in later if day != first)),
        tuple(draw(st.lists(st.tuples(days, units), max_size=12))),
        months=draw(st.sampled_from([1, 1, 3])),
        anchor_on=draw(st.none() | days),
        due_from=draw(st.just(date.min) | days),
        commitment=draw(st.sampled_from([0, 0, 9_000])),
        prepaid_units=draw(st.sampled_from([0, 0, 90])),
        prepaid_minor=draw(st.sampled_from([0, 0, 2_500])),
        policy=policy,
        away=tuple(draw(st.lists(pauses, max_size=2))),
    )


some = st.lists(meters(), min_size=1, max_size=5)


@dataclass
class Book:
    """What was posted of usage, by the rule of what is owed."""

    house: House = field(default_factory=House)

    def bill(self, plans: list[Meter], on: date) -> pl.DataFrame:
        """Post what is due by a day and return it."""
        usage = as_usage(plans)
        rows = usage.plans.with_columns(charge=pl.lit(PlanCharge.USAGE.value)).select(*FOLLOWED)
        known = replace(self.house.known([]), metered=priced(usage).periods)
        due = still_due(rows, on, known)
        for row in due.iter_rows(named=True):
            self.house.post(row, WHOLE, plans[row["plan_id"]].policy.month_days)
        return due

    @property
    def net(self) -> dict[tuple[int, date], int]:
        """What stands of each period: charged and not given back."""
        back = {one["charge_id"] for one in self.house.given_back}
        standing = [one for one in self.house.charged if one["charge_id"] not in back]
        nets = {(one["line_id"], one["start"]): one["price_minor"] for one in standing}
        assert len(nets) == len(standing), "no period stands twice"
        return nets


class TestPriced:
    @few
    @given(some)
    def test_columns_equal_one_plan_at_a_time(self, plans: list[Meter]) -> None:
        """Under every model and agreement, periods, quantities, steps and costs are those of plain counting."""
        found = priced(as_usage(plans))
        assert found.periods.rows() == [
            (place, month.bill_on, month.days.start, month.days.until, month.quantity, month.cost)
            for place, meter in enumerate(plans)
            for month in periods(meter)
        ]
        steps = found.steps.select("plan_id", "service_start", "kind", "from_units", "units", "amount_minor")
        assert steps.rows() == [
            (place, month.days.start, *step)
            for place, meter in enumerate(plans)
            for month in periods(meter)
            for step in month.steps
        ]

    @few
    @given(some, st.randoms(use_true_random=False))
    def test_the_order_of_events_does_not_matter(self, plans: list[Meter], chance: Any) -> None:
        """Recorded in any order, and each in two parts, events cost the same."""
        mixed = [
            replace(meter, used=tuple(chance.sample([half for one in meter.used for half in _halves(one)], k)))
            for meter in plans
            for k in [2 * len(meter.used)]
        ]
        found, again = priced(as_usage(plans)), priced(as_usage(mixed))
        assert found.periods.equals(again.periods)
        assert found.steps.equals(again.steps)

    @few
    @given(meters(rising), days, units)
    def test_more_units_never_cost_less(self, meter: Meter, day: date, more: int) -> None:
        """Whatever else is agreed, one more event costs nothing or something, but by volume."""
        before, after = (
            sum(month.cost for month in periods(one))
            for one in (meter, replace(meter, used=(*meter.used, (day, more))))
        )
        assert before <= after

    @few
    @given(meters([UsageModel.VOLUME]))
    def test_by_volume_there_is_one_price(self, meter: Meter) -> None:
        """All units of a period stand in one tier, the one their number reaches."""
        steps = priced(as_usage([meter])).steps.filter(pl.col("kind") == UsageStep.TIER)
        assert steps["service_start"].is_unique().all()
        assert (steps["units"] > steps["from_units"]).all()

    def test_large_amounts_stay_exact(self) -> None:
        """A quantity times a price beyond 64 bits is divided before it is narrowed."""
        meter = a_meter(used=((date(2028, 4, 1), 10**15),), tiers=(Tier(0, 10**9 + 1, 10**9),))
        assert priced(as_usage([meter])).periods["net_minor"].to_list() == [10**15 + 10**6]

    @pytest.mark.parametrize("used", [((date(2028, 4, 1), 10**15),), ((date(2028, 4, 1), 2**63 - 1),) * 3])
    def test_what_nobody_can_bill_stops_nothing_else(self, used: tuple[tuple[date, int], ...]) -> None:
        """A cost beyond all bounds is told as `BEYOND`; what else there is costs what it costs without it."""
        dear = replace(
            a_meter(used=(*used, (date(2028, 5, 1), 5)), tiers=(Tier(0, 10**15),)),
            service=Period(date(2028, 4, 1), date(2028, 6, 1)),
            commitment=10**15,
            prepaid_minor=10**15,
        )
        found = priced(as_usage([a_meter(used=((date(2028, 4, 1), 5),)), dear])).periods
        assert found["net_minor"].to_list() == [50, BEYOND, 5 * 10**15]

    def test_many_that_nobody_can_bill_are_summed_exactly(self) -> None:
        """Two years of days beyond all bounds: no sum over the term wraps."""
        service = Period(date(2028, 4, 1), date(2030, 4, 1))
        used = tuple((service.start + DAY * number, 10**18) for number in range(service.days))
        meter = replace(
            a_meter(used=used, tiers=(Tier(0, 10**15),)), service=service, commitment=10**15, prepaid_units=10**15
        )
        assert set(priced(as_usage([meter])).periods["net_minor"]) == {BEYOND}

    @few
    @given(meters(), units.map(lambda number: number * 10))
    def test_what_is_bounded_is_what_is_billed(self, meter: Meter, quantity: int) -> None:
        """An event costs at the door what its period costs that has no other, whatever is agreed beside the tiers."""
        alone = replace(
            meter,
            ratings=(replace(meter.ratings[0], minimum=0, effective_on=date.min),),
            anchor_on=meter.service.start,
            service=Period(meter.service.start, add_months(meter.service.start, meter.months)),
            used=((meter.service.start, quantity),),
            commitment=0,
            prepaid_minor=0,
            away=(),
        )
        usage = as_usage([alone])
        assert cost_alone(usage.events, usage)["cost"].to_list() == priced(usage).periods["net_minor"].to_list()

    def test_what_was_used_before_it_had_a_price_costs_nothing(self) -> None:
        """The first price holds from the period that its day is in; no earlier one costs its minimum."""
        rating = Rating(UsageModel.PER_UNIT, (Tier(0, 10),), minimum=900, effective_on=date(2028, 5, 31))
        meter = replace(
            a_meter(used=((date(2028, 4, 30), 5), (date(2028, 5, 1), 5))),
            service=Period(date(2028, 4, 1), date(2028, 7, 1)),
            ratings=(rating,),
        )
        found = priced(as_usage([meter])).periods
        assert found["service_start"].to_list() == [date(2028, 5, 1), date(2028, 6, 1)]
        assert found["net_minor"].to_list() == [900, 900]
        assert priced_from(as_usage([meter])) == {0: date(2028, 5, 1)}

    def test_a_rating_holds_for_whole_periods(self) -> None:
        """A price that changes inside a period holds from the next one on."""
        rating = Rating(UsageModel.PER_UNIT, (Tier(0, 10),))
        dearer = replace(rating, tiers=(Tier(0, 20),), effective_on=date(2028, 4, 10))
        meter = replace(
            a_meter(used=((date(2028, 4, 30), 5), (date(2028, 5, 1), 5))),
            service=Period(date(2028, 4, 1), date(2028, 6, 1)),
            ratings=(rating, dearer),
        )
        assert priced(as_usage([meter])).periods["net_minor"].to_list() == [50, 100]


class TestUsageDue:
    @few
    @given(some, days)
    def test_a_second_run_posts_nothing(self, plans: list[Meter], day: date) -> None:
        """What was just billed is not due again."""
        book = Book()
        book.bill(plans, day)
        assert book.bill(plans, day).is_empty()

    @few
    @given(some, st.lists(st.lists(st.lists(st.tuples(days, units), max_size=8), min_size=5, max_size=5), max_size=3))
    def test_late_and_corrected_events_end_at_what_it_costs(self, plans: list[Meter], told: list[Any]) -> None:
        """Whatever was known on the way, what is posted of each period is what it costs by what is known at last."""
        book = Book()
        for used in told:
            book.bill([replace(meter, used=tuple(one)) for meter, one in zip(plans, used, strict=False)], FAR)
        book.bill(plans, FAR)
        assert book.net == {
            (place, month.days.start): month.cost
            for place, meter in enumerate(plans)
            for month in periods(meter)
            if month.cost
        }

    @few
    @given(some, st.integers(1, 150))
    def test_an_early_end_gives_back_what_came_after(self, plans: list[Meter], length: int) -> None:
        """A service known to have ended before a period was billed costs what it would have had that been known."""
        ended = [
            replace(
                meter, service=Period(meter.service.start, min(meter.service.until, meter.service.start + DAY * length))
            )
            for meter in plans
        ]
        book, simple = Book(), Book()
        book.bill(plans, FAR)
        book.bill(ended, FAR)
        simple.bill(ended, FAR)
        assert book.net == simple.net

    @few
    @given(some, st.lists(pauses, min_size=1, max_size=2), days)
    def test_a_pause_told_late_and_taken_back(self, plans: list[Meter], late: list[Away], day: date) -> None:
        """Billed before a pause was known, each period ends at what it costs with it; taken back, at what it did."""
        paused = [replace(meter, away=(*meter.away, *late)) for meter in plans]
        book = Book()
        for told in (plans, paused, plans):
            book.bill(told, FAR if told is not plans else day)
            book.bill(told, FAR)
            assert book.net == {
                (place, month.days.start): month.cost
                for place, meter in enumerate(told)
                for month in periods(meter)
                if month.cost
            }
        assert book.bill(plans, FAR).is_empty()

    @few
    @given(some)
    def test_away_for_all_of_a_period_there_is_no_minimum(self, plans: list[Meter]) -> None:
        """Nothing used and never served, a period has neither minimum nor included units: only the term's true-up."""
        gone = [replace(meter, away=(Away(date.min),), used=()) for meter in plans]
        kinds = set(priced(as_usage(gone)).steps["kind"])
        assert kinds <= {UsageStep.COMMITMENT, UsageStep.DRAWN}

    def test_a_late_event_charges_its_period_anew(self) -> None:
        """An event of April that comes in May is charged to April, at the tier April has reached, for April's days."""
        book = Book()
        meter = a_meter(used=((date(2028, 4, 3), 100),), tiers=(Tier(0, 10), Tier(100, 8)))
        assert book.bill([meter], date(2028, 4, 30))["net_minor"].to_list() == [1_000]
        late = replace(meter, used=(*meter.used, (date(2028, 4, 30), 5)))
        due = book.bill([late], date(2028, 5, 10))
        assert due.select("service_start", "quantity", "net_minor", "credited_line_id", "sequence").rows() == [
            (date(2028, 4, 1), 100, -1_000, 0, 1),
            (date(2028, 4, 1), 105, 1_040, None, 2),
        ]

    def test_nothing_is_due_before_the_period_ends(self) -> None:
        """Usage is billed on the last day of its period."""
        meter = a_meter(used=((date(2028, 4, 3), 100),))
        assert Book().bill([meter], date(2028, 4, 29)).is_empty()


def a_meter(*, used: tuple[tuple[date, int], ...], tiers: tuple[Tier, ...] = (Tier(0, 10),)) -> Meter:
    return Meter(Period(date(2028, 4, 1), date(2028, 5, 1)), (Rating(UsageModel.GRADUATED, tiers),), used)


def _halves(event: tuple[date, int]) -> list[tuple[date, int]]:
    day, number = event
    return [(day, number // 2), (day, number - number // 2)]


class TestWorkedTable:
    @pytest.mark.row("BIL-6")
    @pytest.mark.parametrize("row", worked_rows("usage.md"), ids=lambda row: row["what"])
    def test_comes_out_as_printed(self, row: dict[str, str]) -> None:
        """Each row of docs/algorithms/usage.md."""
        meter = _meter(row)
        found = priced(as_usage([meter]))
        assert worked(found.periods, found.steps) == row["periods"]


def worked(months: pl.DataFrame, steps: pl.DataFrame) -> str:
    """Return the periods as the worked table writes them."""
    said = []
    for month in months.iter_rows(named=True):
        own = steps.filter(pl.col("service_start") == month["service_start"])
        inside = "; ".join(_said(step) for step in own.iter_rows(named=True))
        head = f"{month['bill_on']}: {month['service_start']} to {month['service_until'] - DAY}"
        said.append(f"{head}, {month['quantity']} = {month['net_minor']} [{inside}]")
    return "; ".join(said)


def _said(step: dict[str, Any]) -> str:
    match step["kind"]:
        case UsageStep.INCLUDED | UsageStep.PREPAID:
            return f"{step['kind'][0]} {step['units']}"
        case UsageStep.TIER:
            return f"{step['from_units']}: {step['units']} = {step['amount_minor']}"
        case UsageStep.DRAWN:
            return f"drawn {step['amount_minor']}"
        case kind:
            return f"{kind[:3]} {step['amount_minor']}"


_TIER = re.compile(r"(\d+): (\d+) / (\d+)(?: \+ (\d+))?")


def _meter(row: dict[str, str]) -> Meter:
    first, last = (date.fromisoformat(day) for day in row["service"].split(" to "))
    tiers = tuple(Tier(*(int(number or 0) for number in found)) for found in _TIER.findall(row["tiers"]))
    agreed = dict(one.split(" ", 1) for one in row["agreed"].split("; ") if one)
    prepaid = agreed.get("prepaid", "0")
    return Meter(
        Period(first, last + DAY),
        (Rating(UsageModel(row["model"]), tiers, int(agreed.get("included", 0)), int(agreed.get("minimum", 0))),),
        tuple((date.fromisoformat(day), int(number)) for day, number in _pairs(row["used"])),
        anchor_on=date.fromisoformat(agreed["anchor"]) if "anchor" in agreed else None,
        commitment=int(agreed.get("commitment", 0)),
        prepaid_units=int(prepaid.removesuffix(" units")) if prepaid.endswith(" units") else 0,
        prepaid_minor=0 if prepaid.endswith(" units") else int(prepaid),
        away=tuple(Away(start, last + DAY) for start, last in _days(agreed.get("paused", ""))),
    )


def _days(words: str) -> list[tuple[date, date]]:
    pairs = [one.split(" to ") for one in words.split(", ") if one]
    return [(date.fromisoformat(start), date.fromisoformat(last)) for start, last in pairs]


def _pairs(used: str) -> list[list[str]]:
    return [one.split(" ") for one in used.split("; ") if one]
