"""A line that is split costs what it cost, to the yen, under every policy, however it was changed before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kanjo.domains.billing.facts import LineToBill, PartOf
from kanjo.domains.billing.rules.owed import Known, should_be
from kanjo.domains.billing.rules.parting import PartedAway, PartedBeforeChange, PartedInstalments, parted
from kanjo.domains.billing.tests.owed_oracle import DAY, Away, Change, Life, owed
from kanjo.domains.billing.tests.posting import House
from kanjo.domains.billing.tests.test_owed import FAR, aways, changes, lives
from kanjo.domains.catalog.facts import ChargeKind, TaxClass
from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from tests.foundation.tables import worked_rows

LINE, PART = OrderLineId(1), OrderLineId(2)


@dataclass(frozen=True)
class Split:
    """A line as it was, and what goes to another from a day on."""

    life: Life
    on: date
    net: int
    quantity: int

    def other(self) -> Life:
        """Return what is left of the line."""
        gone = Change(self.on, -self.net, -self.quantity, parted=True)
        return replace(self.life, changes=[*self.life.changes, gone])

    def part(self) -> Life:
        """Return the line that was a part of it, as the rule makes it."""
        life = self.other()
        line, change = parted(self.line(), _plans(life), House().known([life]))
        assert change is not None
        assert line.service is not None
        assert line.anchor_on is not None
        came = Change(change.effective_on, change.net_minor, change.quantity, parted=change.parted)
        return replace(
            life,
            service=line.service,
            anchor_on=line.anchor_on,
            net=line.net_minor,
            quantity=line.quantity,
            due_from=line.due_from,
            above=line.above_minor,
            changes=[came],
            away=[],
        )

    def line(self) -> LineToBill:
        """Return the part as an amendment orders it."""
        return LineToBill(
            order_line_id=PART,
            description=Text(en="Users", ja="利用者"),
            charge=ChargeKind.RECURRING,
            timing=self.life.timing,
            interval_months=0 if self.life.every_days else self.life.months,
            interval_days=self.life.every_days,
            net_minor=self.net,
            tax_class=TaxClass.STANDARD,
            service=Period(self.on, self.life.service.until),
            quantity=self.quantity,
            due_from=self.on,
            part_of=PartOf(LINE, self.on),
        )


def _plans(life: Life) -> pl.DataFrame:
    rows = House().rows([life])
    return rows.with_columns(order_line_id=pl.lit(LINE, dtype=pl.Int64), part=pl.lit(0, dtype=pl.Int64))


@st.composite
def splits(draw: st.DrawFn) -> Split:
    """Return a line with a history, split on a day on which it is served and after which nothing is told."""
    life = draw(lives(told=False))
    on = life.service.start + DAY * draw(st.integers(0, life.service.days - 1))
    told = draw(st.lists(changes, max_size=3))
    gone = draw(st.lists(aways, max_size=2))
    life.changes = [one for one in told if one.effective_on <= on]
    life.away = [one for one in gone if one.until is not None and one.until <= on]
    return Split(life, on, draw(st.integers(-9_000, 40_000)), draw(st.integers(1_000, 1_009)))


def _per_days(*plans: Life) -> dict[tuple[date, ...], int]:
    """Return what is owed for each stretch of days that is charged by itself, and when, of all plans together."""
    found: dict[tuple[date, ...], int] = defaultdict(int)
    rows = should_be(House().rows(plans), None, House().known(plans))
    for row in rows.iter_rows(named=True):
        found[row["service_start"], row["service_until"], row["bill_on"]] += row["net_minor"]
    return {days: net for days, net in found.items() if net}


def _split_there(split: Split) -> Life:
    """Return the line unsplit, charged apart from the day on all the same."""
    return replace(split.life, changes=[*split.life.changes, Change(split.on, 0, 50_000)])


few = settings(max_examples=60)


class TestTheSame:
    @pytest.mark.row("BIL-7")
    @few
    @given(splits(), st.none() | st.tuples(st.integers(0, 60), st.none() | st.integers(0, 40)))
    def test_all_days_cost_together_what_they_cost(self, split: Split, then: tuple[int, int | None] | None) -> None:
        """Stretch by stretch, on the same billing days, also when all of it is paused or ended later."""
        whole, other, part = _split_there(split), split.other(), _part(split)
        if then is not None:
            start = split.on + DAY * then[0]
            away = Away(start, None if then[1] is None else start + DAY * then[1])
            whole, other, part = (replace(one, away=[*one.away, away]) for one in (whole, other, part))
        assert _per_days(other, part) == _per_days(whole)

    @few
    @given(splits())
    def test_columns_equal_a_day_at_a_time(self, split: Split) -> None:
        """What each of the two is charged is what comparing every day says."""
        for life in (split.other(), _part(split)):
            found = should_be(House().rows([life]), None, House().known([life])).filter(pl.col("price_minor") != 0)
            days = found.select("service_start", "service_until", "bill_on", "net_minor").sort("service_start").rows()
            assert days == [
                (one.days.start, one.days.until, one.bill_on, one.cost(life.policy)) for one in owed(life) if one.price
            ]

    @few
    @given(splits(), st.lists(st.integers(-100, 500), max_size=3), st.integers(0, 500))
    def test_what_was_billed_before_comes_to_the_same(self, split: Split, before: list[int], after: int) -> None:
        """Billed on any days before the split and after, they come to what the line came to; then nothing is left."""
        none = replace(split.life, net=0, changes=[], quantity=0)
        part, house, alone = _part(split), House(), House()
        for day in before:
            house.bill([split.life, none], split.life.service.start + DAY * day)
            alone.bill([split.life], split.life.service.start + DAY * day)
        for on in (split.life.service.start + DAY * after, FAR):
            house.bill([split.other(), part], on)
            alone.bill([split.life], on)
        assert sum(house.net.values()) == sum(alone.net.values())
        assert house.bill([split.other(), part], FAR).is_empty()

    @few
    @given(splits(), st.integers(-5_000, 5_000))
    def test_split_once_more(self, split: Split, net: int) -> None:
        """A part of a part, and two parts on one day, come to the same."""
        part = _part(split)
        for second in (Split(split.other(), split.on, net, 10_000), Split(part, split.on, net, 10_000)):
            rest = part if second.life is not part else split.other()
            assert _per_days(second.other(), _part(second), rest) == _per_days(_split_there(split))


def _part(split: Split) -> Life:
    """Return the part, of a line that is charged on the day after the change is true."""
    late = DAY if split.life.policy.change_day.value == "old" else timedelta()
    assume(split.on + late < split.life.service.until)
    return split.part()


def _life(**told: object) -> Life:
    everyday: dict[str, object] = {
        "service": Period(date(2026, 4, 1), date(2027, 4, 1)),
        "months": 1,
        "anchor_on": date(2026, 4, 1),
        "net": 20_000,
        "quantity": 10,
    }
    return Life(**everyday | told)  # type: ignore[arg-type]  # tests name the fields they change


class TestRefused:
    def test_before_a_day_from_which_something_else_is_agreed(self) -> None:
        """A later change, pause or end is for all of the line: it is split from then on."""
        for told in (
            {"changes": [Change(date(2026, 7, 1), 5_000)]},
            {"away": [Away(date(2026, 7, 1), date(2026, 7, 11))]},
            {"away": [Away(date(2026, 7, 1))]},
        ):
            with pytest.raises(PartedBeforeChange) as refused:
                Split(_life(**told), date(2026, 6, 1), 8_000, 4).part()
            assert refused.value.facts["day"] == date(2026, 7, 1)

    def test_while_it_is_not_served(self) -> None:
        """Of a line that is paused until further notice nothing is charged."""
        with pytest.raises(PartedAway):
            Split(_life(away=[Away(date(2026, 5, 1))]), date(2026, 6, 1), 8_000, 4).part()

    def test_in_instalments(self) -> None:
        """Instalments are for all of the line."""
        split = Split(_life(), date(2026, 6, 1), 8_000, 4)
        plans = _plans(split.other())
        cut = plans.with_columns(part=pl.lit(1, dtype=pl.Int64), charge=pl.lit(ChargeKind.ONE_TIME.value))
        with pytest.raises(PartedInstalments):
            parted(split.line(), pl.concat([plans, cut]), Known())


@pytest.mark.parametrize("row", worked_rows("parting.md"), ids=lambda row: row["what"])
def test_worked_rows(row: dict[str, str]) -> None:
    """The tables of docs/algorithms/parting.md."""
    price, part = int(row["price"]), int(row["part"])
    ends = [Away(date.fromisoformat(row["both end"]))] if row["both end"] else []
    split = Split(_life(net=price), date.fromisoformat(row["split on"]), part, 1)
    plans = [replace(one, away=ends) for one in (_split_there(split), split.other(), split.part())]
    first, until = (date.fromisoformat(day) for day in row["days"].split(" to "))
    costs = []
    for life in plans:
        schedule = should_be(House().rows([life]), None, House().known([life]))
        within = schedule.filter(pl.col("service_start") >= first, pl.col("service_until") <= until + DAY)
        costs.append(int(within["net_minor"].sum()))
    assert costs == [int(row[name]) for name in ("unsplit", "what stays", "the part")]
