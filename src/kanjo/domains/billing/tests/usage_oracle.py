"""What usage costs, one plan and one unit of thought at a time: what the columns must equal."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from kanjo.domains.billing.facts import BillingPolicy, UsageModel
from kanjo.domains.billing.rules.stretches import AWAY
from kanjo.domains.billing.rules.usage import EVENTS, RATED, RATINGS, TIERS, Usage
from kanjo.domains.billing.tests.owed_oracle import Away, Life, Owed, owed
from kanjo.domains.billing.tests.posting import House
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period


@dataclass(frozen=True, slots=True)
class Tier:
    """The units after *after*: a price for so many, and what the tier costs once."""

    after: int
    price: int
    per: int = 1
    flat: int = 0


@dataclass(frozen=True, slots=True)
class Rating:
    """How usage is priced from a day on."""

    model: UsageModel
    tiers: tuple[Tier, ...]
    included: int = 0
    minimum: int = 0
    effective_on: date = date.min


@dataclass(frozen=True, slots=True)
class Meter:
    """A plan of usage: its terms and what was used on which day."""

    service: Period
    ratings: tuple[Rating, ...]
    used: tuple[tuple[date, int], ...] = ()
    months: int = 1
    every_days: int = 0
    anchor_on: date | None = None
    due_from: date = date.min
    commitment: int = 0
    prepaid_units: int = 0
    prepaid_minor: int = 0
    policy: BillingPolicy = field(default_factory=BillingPolicy)
    away: tuple[Away, ...] = ()

    @property
    def life(self) -> Life:
        """The recurring plan in arrears that has the periods and the minimum of this one."""
        return Life(
            self.service,
            self.months,
            self.anchor_on or self.service.start,
            1,
            timing=BillingTiming.IN_ARREARS,
            due_from=self.due_from,
            policy=self.policy,
            every_days=self.every_days,
        )


@dataclass(frozen=True, slots=True)
class Month:
    """A period: its days, what was used, the steps of its cost and the day it is billed."""

    days: Period
    bill_on: date
    quantity: int
    steps: list[tuple[str, int, int, int]]
    """Kind, first unit of the tier, units, amount."""

    @property
    def cost(self) -> int:
        """The steps together."""
        return sum(step[-1] for step in self.steps)


def periods(meter: Meter) -> list[Month]:
    """Return what each period costs, one after the other."""
    units, money, months = meter.prepaid_units, meter.prepaid_minor, []
    term = 0
    priced_on = min(rating.effective_on for rating in meter.ratings)
    parts = [part for part in owed(meter.life) if part.days.until > priced_on]
    served = owed(replace(meter.life, away=list(meter.away)))
    for part in parts:
        quantity = sum(number for day, number in meter.used if part.days.start <= day < part.days.until)
        rating = _in_force(meter.ratings, part.days.start)
        days = [one for one in served if part.days.start <= one.days.start < part.days.until]
        included = min(quantity, _share(meter, days, rating.included))
        prepaid = min(quantity - included, units)
        units -= prepaid
        steps = [
            ("included", 0, included, 0),
            ("prepaid", 0, prepaid, 0),
            *_tiers(rating, quantity - included - prepaid),
        ]
        cost = _cost(steps)
        minimum = max(_share(meter, days, rating.minimum) - cost, 0)
        term += cost + minimum
        missing = max(meter.commitment - term, 0) if part is parts[-1] else 0
        drawn = min(cost + minimum + missing, money)
        money -= drawn
        steps += [("minimum", 0, 0, minimum), ("commitment", 0, 0, missing), ("drawn", 0, 0, -drawn)]
        months.append(Month(part.days, part.bill_on, quantity, [step for step in steps if step[2] or step[3]]))
    return months


def _cost(steps: list[tuple[str, int, int, int]]) -> int:
    return sum(step[-1] for step in steps)


def _in_force(ratings: tuple[Rating, ...], on: date) -> Rating:
    ordered = sorted(ratings, key=lambda rating: rating.effective_on)
    return [ordered[0], *(rating for rating in ordered if rating.effective_on <= on)][-1]


def _share(meter: Meter, days: list[Owed], whole: int) -> int:
    """Return what a recurring charge of so much would cost on the days that were served."""
    return sum(replace(one, price=whole).cost(meter.policy) for one in days)


def _tiers(rating: Rating, units: int) -> list[tuple[str, int, int, int]]:
    counts: dict[Tier, int] = {}
    for tier, following in zip(rating.tiers, [*rating.tiers[1:], None], strict=True):
        until = following.after if following else units
        if rating.model is UsageModel.VOLUME:
            counts[tier] = units if tier.after < units and (following is None or units <= until) else 0
        else:
            counts[tier] = max(min(units, until) - tier.after, 0)
    return [("tier", tier.after, count, _price(rating, tier, count)) for tier, count in counts.items()]


def _price(rating: Rating, tier: Tier, count: int) -> int:
    if not count:
        return 0
    if rating.model is UsageModel.PACKAGE:
        return -(-count // tier.per) * tier.price + tier.flat
    return divide(count * tier.price, tier.per, Rounding.HALF_UP) + tier.flat


def as_usage(meters: list[Meter]) -> Usage:
    """Return the plans as the rule takes them."""
    return Usage(
        House()
        .rows([meter.life for meter in meters])
        .with_columns(
            pl.Series(name, [getattr(meter, attribute) for meter in meters], dtype=pl.Int64)
            for name, attribute in (
                ("commitment_minor", "commitment"),
                ("prepaid_units", "prepaid_units"),
                ("prepaid_minor", "prepaid_minor"),
            )
        )
        .select(*RATED),
        _frame(RATINGS, [_rating(place, one) for place, meter in enumerate(meters) for one in meter.ratings]),
        _frame(
            TIERS,
            [
                (place, one.effective_on, tier.after, tier.price, tier.per, tier.flat)
                for place, meter in enumerate(meters)
                for one in meter.ratings
                for tier in one.tiers
            ],
        ),
        _frame(EVENTS, [(place, *event) for place, meter in enumerate(meters) for event in meter.used]),
        _frame(
            AWAY,
            [(place, one.start, one.until, False) for place, meter in enumerate(meters) for one in meter.away],
        ),
    )


def _rating(place: int, rating: Rating) -> tuple[Any, ...]:
    return place, rating.effective_on, rating.model.value, rating.included, rating.minimum


def _frame(schema: dict[str, type[pl.DataType]], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
