"""What is due of 1,000,000 subscription lines, in columns, against a plain proration of as many lines.

Also how the time grows from 10,000 lines on, what a tenth of the lines costs that changed and are compared with what
was posted, and whether a random sample, of every policy, equals the oracle that looks at every single day.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from statistics import median
from time import perf_counter

import polars as pl

from benchmarks.kit.figures import Figure, tell
from kanjo.domains.billing.facts import Billed, BillingPolicy, ChangeDay, Decrease, Restart, Stub
from kanjo.domains.billing.rules.owed import Known, should_be, still_due
from kanjo.domains.billing.rules.plans import FOLLOWED
from kanjo.domains.billing.rules.stretches import AWAY, CHANGES
from kanjo.domains.billing.tests.owed_oracle import Away, Change, Life, owed
from kanjo.domains.billing.tests.posting import House
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.columns import proportion
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.periods import Period

LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
SAMPLE = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
SIZES = [size for size in (10_000, 100_000, LINES) if size <= LINES]
ON = date(2026, 4, 30)
BAR = 5 / 30
"""5 million lines a second where a plain proration does 30."""
TRIALS = 5


def main() -> None:
    """Measure and tell."""
    figures = []
    for size in SIZES:
        plans = subscriptions(size)
        took = _took(lambda plans=plans: still_due(plans, ON))  # type: ignore[misc]  # bound now
        plain = _took(lambda plans=plans: _prorated(plans))  # type: ignore[misc]
        bar = BAR if size == LINES else None
        figures.append(Figure(f"due-{size}", size / took, "lines/s", size / plain, plain / took, bar))
    plans = subscriptions(LINES)
    known = _a_tenth_changed()
    took = _took(lambda: still_due(plans, ON, known))
    figures.append(Figure("due-a-tenth-changed", LINES / took, "lines/s"))
    wrong = _unlike_the_oracle(Random(4))  # noqa: S311 the same sample each time
    figures.append(Figure("due-unlike-the-oracle", wrong, f"of {SAMPLE:,}", ratio=float(wrong), bar=0, at_most=True))
    tell(figures)


def subscriptions(count: int) -> pl.DataFrame:
    """Return monthly plans in advance, begun on every day of a month, at many prices."""
    policy = {name: pl.lit(value) for name, value in asdict(BillingPolicy()).items()}
    start = pl.date(2026, 4, 1) + pl.duration(days=pl.col("plan_id") % 31)
    return (
        pl.select(plan_id=pl.int_range(count, dtype=pl.Int64))
        .with_columns(
            charge=pl.lit("recurring"),
            timing=pl.lit("in_advance"),
            interval_months=pl.lit(1, dtype=pl.Int64),
            interval_days=pl.lit(0, dtype=pl.Int64),
            anchor_on=start,
            quantity=pl.lit(1, dtype=pl.Int64),
            net_minor=pl.col("plan_id") % 99_991 + 1,
            service_start=start,
            service_until=start.dt.offset_by("1y"),
            due_from=start,
            accepted_on=pl.lit(None, dtype=pl.Date),
            billed_until=pl.lit(None, dtype=pl.Date),
            **policy,
        )
        .select(pl.col(name).cast(kind) for name, kind in FOLLOWED.items())
    )


def _prorated(plans: pl.DataFrame) -> pl.DataFrame:
    """Return what some days of a month of every plan cost, with the days of both, and nothing else."""
    days = plans.with_columns(
        month_days=pl.col("service_start").dt.month_end().dt.day().cast(pl.Int64),
        billed_days=pl.col("service_start").dt.day().cast(pl.Int64),
    )
    return proportion(days, into="amount", factors=["net_minor", "billed_days"], over=["month_days"])


def _a_tenth_changed() -> Known:
    ids = pl.int_range(0, LINES, 10, dtype=pl.Int64)
    changes = pl.select(
        plan_id=ids,
        effective_on=pl.lit(date(2026, 4, 20)),
        net_minor=pl.lit(500, dtype=pl.Int64),
        quantity=pl.lit(1, dtype=pl.Int64),
        anchor_on=pl.lit(None, dtype=pl.Date),
    )
    away = pl.select(
        plan_id=pl.int_range(5, LINES, 1_000, dtype=pl.Int64),
        start=pl.lit(date(2026, 4, 25)),
        until=pl.lit(date(2026, 5, 5)),
        for_good=pl.lit(value=False),
    )
    return Known(changes=changes.select(*CHANGES), away=away.select(*AWAY))


def _unlike_the_oracle(chance: Random) -> int:
    """Return how many plans of a random sample have another schedule than the one made day by day."""
    wrong = 0
    for begun in range(0, SAMPLE, 10_000):
        lives = [_a_life(chance) for _ in range(min(10_000, SAMPLE - begun))]
        house = House()
        rows = should_be(house.rows(lives), None, house.known(lives)).filter(pl.col("price_minor") != 0)
        found: dict[int, list[tuple[object, ...]]] = {}
        columns = ("plan_id", "service_start", "service_until", "bill_on", "price_minor", "quantity", "net_minor")
        for plan_id, *row in rows.select(columns).sort("plan_id", "service_start").iter_rows():
            found.setdefault(plan_id, []).append(tuple(row))
        for place, life in enumerate(lives):
            should = [
                (part.days.start, part.days.until, part.bill_on, part.price, part.quantity, part.cost(life.policy))
                for part in owed(life)
                if part.price
            ]
            wrong += should != found.get(place, [])
    return wrong


def _a_life(chance: Random) -> Life:
    start = date(2027, 12, 20) + timedelta(days=chance.randrange(400))
    policy = BillingPolicy(
        day_count=chance.choice(list(DayCount)),
        month_days=chance.choice([28, 30, 31]),
        first_stub=chance.choice(list(Stub)),
        last_stub=chance.choice(list(Stub)),
        first_billed=chance.choice(list(Billed)),
        changes_billed=chance.choice(list(Billed)),
        change_day=chance.choice(list(ChangeDay)),
        restart=chance.choice(list(Restart)),
        decrease=chance.choice(list(Decrease)),
    )

    def a_day() -> date:
        return start + timedelta(days=chance.randrange(-10, 130))

    def a_change() -> Change:
        anchor = a_day() if chance.random() < 0.2 else None
        return Change(a_day(), chance.randrange(-5_000, 9_000), chance.randrange(-3, 9), anchor)

    def an_absence() -> Away:
        begins = a_day()
        return Away(begins, None if chance.random() < 0.2 else begins + timedelta(days=chance.randrange(40)))

    return Life(
        service=Period(start, start + timedelta(days=chance.randrange(1, 120))),
        months=chance.choice([1, 1, 2, 3, 12]),
        anchor_on=chance.choice([start, a_day()]),
        net=chance.randrange(1, 40_000),
        timing=chance.choice([BillingTiming.IN_ADVANCE, BillingTiming.IN_ARREARS]),
        quantity=chance.randrange(1, 20),
        due_from=start,
        policy=policy,
        changes=[a_change() for _ in range(chance.randrange(4))],
        away=[an_absence() for _ in range(chance.randrange(3))],
    )


def _took(work: Callable[[], object]) -> float:
    def once() -> float:
        began = perf_counter()
        work()
        return perf_counter() - began

    return median(once() for _ in range(TRIALS))


if __name__ == "__main__":
    main()
