"""What the usage of each plan and period costs, step by step.

Guarantees, steps and worked tables: docs/algorithms/usage.md. Columns in, columns out; days half-open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import LineAway, UsageModel, UsageStep
from kanjo.domains.billing.rules.owed import METERED, Known, should_be
from kanjo.domains.billing.rules.plans import FOLLOWED
from kanjo.domains.billing.rules.shares import SHARE, amount
from kanjo.domains.billing.rules.stretches import AWAY
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.columns import product, proportion, totals
from kanjo.foundation.money import Rounding

RATED: dict[str, type[pl.DataType]] = {
    **FOLLOWED,
    "commitment_minor": pl.Int64,
    "prepaid_units": pl.Int64,
    "prepaid_minor": pl.Int64,
}
"""A plan with its policy and what is agreed for its whole term; its price, quantity and timing do not count."""

RATINGS: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "effective_on": pl.Date,
    "model": pl.String,
    "included_units": pl.Int64,
    "minimum_minor": pl.Int64,
}
"""How a plan is priced from a day on, in the periods that begin on it or later; from the first, in the one it is in."""

TIERS: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "effective_on": pl.Date,
    "from_units": pl.Int64,
    "price_minor": pl.Int64,
    "per_units": pl.Int64,
    "flat_minor": pl.Int64,
}
"""A tier holds the units after *from_units*, up to those of the next; the first holds them from 0. None is negative."""

EVENTS: dict[str, type[pl.DataType]] = {"plan_id": pl.Int64, "used_on": pl.Date, "quantity": pl.Int64}
"""What was used, corrections in the place of what they correct."""

STEPS: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "service_start": pl.Date,
    "kind": pl.String,
    "units": pl.Int64,
    "from_units": pl.Int64,
    "price_minor": pl.Int64,
    "per_units": pl.Int64,
    "flat_minor": pl.Int64,
    "amount_minor": pl.Int64,
}

BEYOND = 10**16
"""What a period costs that costs as much or more: nobody can bill it, and nothing is computed of it exactly."""
MOST_IN_PERIOD = 10**18
"""Units of a period that are counted exactly; one that has more costs `BEYOND`."""

_PERIOD = ("plan_id", "service_start")
_ORDER = pl.Enum([step.value for step in UsageStep])


@dataclass(frozen=True, slots=True)
class Usage:
    """What is agreed, what was used and when plans are paused.

    Frames as `RATED`, `RATINGS`, `TIERS`, `EVENTS` and `AWAY`.
    """

    plans: pl.DataFrame
    ratings: pl.DataFrame
    tiers: pl.DataFrame
    events: pl.DataFrame
    away: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=AWAY))

    def without(self, away: Sequence[LineAway]) -> Usage:
        """Return the same where lines, which are the plans here, are paused or end for good as well."""
        if not away:
            return self
        ends = [(one.order_line_id, one.start) for one in away if one.for_good]
        days = pl.DataFrame(ends, {"plan_id": pl.Int64, "ends_on": pl.Date}, orient="row")
        first = days.group_by("plan_id").agg(pl.min("ends_on"))
        cut = self.plans.join(first, on="plan_id", how="left", maintain_order="left")
        until = pl.min_horizontal("service_until", "ends_on")
        pauses = [(one.order_line_id, one.start, one.until, False) for one in away if not one.for_good]
        return replace(
            self,
            plans=cut.with_columns(service_until=until).drop("ends_on"),
            away=pl.concat([self.away, pl.DataFrame(pauses, AWAY, orient="row")]),
        )


@dataclass(frozen=True, slots=True)
class Priced:
    """What every period of the term should cost (`METERED`), and the steps that add up to it (`STEPS`)."""

    periods: pl.DataFrame
    steps: pl.DataFrame


def priced(usage: Usage) -> Priced:
    """Return what each period of each plan should cost, with the steps that add up to it.

    What one plan costs beyond `BEYOND` is cut off there, for others are priced beside it; its steps do not add up.
    """
    used = _drawn_units(_by_days(_used(usage), usage))
    tiers = _in_tiers(used, usage.tiers)
    costs = _closed(_summed(used, tiers))
    steps = pl.concat(
        [
            _step(used, UsageStep.INCLUDED, units="included"),
            _step(used, UsageStep.PREPAID, units="prepaid"),
            tiers.select(*STEPS),
            *(_step(costs, kind, amount=name) for kind, name in _ADDED.items()),
        ]
    )
    return Priced(
        costs.with_columns(net_minor="cost").select(*METERED).sort(_PERIOD),
        steps.sort(*_PERIOD, pl.col("kind").cast(_ORDER), "from_units"),
    )


def _used(usage: Usage) -> pl.DataFrame:
    """Return every period with its rating and the quantity used in it; days outside of all periods are left out."""
    terms = ("commitment_minor", "prepaid_units", "prepaid_minor")
    periods = _priced_periods(usage).join(usage.plans.select("plan_id", *terms), on="plan_id")
    rated = periods.join_asof(
        _since(usage.ratings), left_on="service_start", right_on="since", by="plan_id", check_sortedness=False
    ).drop_nulls("model")
    events = usage.events.sort("used_on").join_asof(
        periods.select("plan_id", "service_start", "service_until"),
        left_on="used_on",
        right_on="service_start",
        by="plan_id",
        coalesce=False,
        check_sortedness=False,
    )
    within = events.filter(pl.col("used_on") < pl.col("service_until")).select(*_PERIOD, "quantity")
    counted = pl.col("quantity").cast(pl.Int128).sum().clip(upper_bound=MOST_IN_PERIOD + 1).cast(pl.Int64)
    quantities = within.group_by(_PERIOD, maintain_order=True).agg(counted)
    return rated.join(quantities, on=_PERIOD, how="left").with_columns(pl.col("quantity").fill_null(0))


def _since(ratings: pl.DataFrame) -> pl.DataFrame:
    """Add since, in its order: the day from which a rating counts, of the first of a plan every day before it too."""
    first = pl.col("effective_on") == pl.col("effective_on").min().over("plan_id")
    return ratings.with_columns(since=pl.when(first).then(date.min).otherwise("effective_on")).sort("since")


def _by_days(rated: pl.DataFrame, usage: Usage) -> pl.DataFrame:
    """Add what of the units included and of the minimum is for the days on which the plan is served in the period."""
    shares = {f"{name}_share": amount(pl.col(name)) for name in _OF_PERIOD}
    away = usage.away.select("plan_id").unique()
    columns = (*_PERIOD, *_OF_PERIOD, *SHARE)
    never = rated.join(away, on="plan_id", how="anti").select(columns)
    paused = rated.join(away, on="plan_id", how="semi").sort("service_start")
    plans = usage.plans.join(away, on="plan_id", how="semi")
    served = _charged(plans, Known(away=usage.away)).rename({"service_start": "served_on"}).sort("served_on")
    parts = served.select("plan_id", "served_on", *SHARE).join_asof(
        paused.select(*_PERIOD, *_OF_PERIOD),
        left_on="served_on",
        right_on="service_start",
        by="plan_id",
        coalesce=False,
        check_sortedness=False,
    )
    both = pl.concat([never, parts.drop_nulls("service_start").select(columns)])
    sums = totals(both.with_columns(**shares), by=_PERIOD, columns=[*shares])
    return rated.join(sums, on=_PERIOD, how="left").with_columns(pl.col(*shares).fill_null(0))


_OF_PERIOD = ("included_units", "minimum_minor")


def cost_alone(events: pl.DataFrame, usage: Usage) -> pl.DataFrame:
    """Return *events* (`EVENTS`) that a plan prices, in their order, with the cost of each as if there were no other.

    Up to `BEYOND`; no minimum, no commitment, and nothing drawn of prepaid money.
    """
    numbered = events.with_row_index("event").sort("used_on")
    since = _since(usage.ratings)
    rated = numbered.join_asof(since, left_on="used_on", right_on="since", by="plan_id", check_sortedness=False).join(
        usage.plans.select("plan_id", "prepaid_units"), on="plan_id"
    )
    free = pl.col("included_units") + pl.col("prepaid_units")
    used = rated.with_columns(billable=pl.max_horizontal(pl.col("quantity") - free, 0))
    by_event = ("event",)
    costs = totals(_in_tiers(used, usage.tiers).select("event", cost="amount_minor"), by=by_event, columns=["cost"])
    found = used.join(costs, on=by_event, how="left").sort("event")
    return found.with_columns(pl.col("cost").fill_null(0).clip(upper_bound=BEYOND)).select(*EVENTS, "event", "cost")


def evenly_used(usage: Usage, units: pl.DataFrame) -> Usage:
    """Return the same with so many units (plan_id, units) used in each period, by its days in one that is not whole."""
    periods = _priced_periods(usage).join(units, on="plan_id")
    events = periods.select("plan_id", used_on="service_start", quantity=amount(pl.col("units")))
    return replace(usage, events=pl.concat([usage.events, events]))


def priced_from(usage: Usage) -> dict[int, date]:
    """Return per plan the first day of which usage has a price."""
    return dict(_priced_periods(usage).group_by("plan_id").agg(pl.min("service_start")).iter_rows())


def _priced_periods(usage: Usage) -> pl.DataFrame:
    """Return the periods that are not over before usage has a price, by their first day."""
    since = usage.ratings.group_by("plan_id").agg(priced_on=pl.min("effective_on"))
    periods = _periods(usage.plans).join(since, on="plan_id", maintain_order="left")
    return periods.filter(pl.col("service_until") > pl.col("priced_on")).drop("priced_on")


def _periods(plans: pl.DataFrame) -> pl.DataFrame:
    """Return the periods of a recurring charge in arrears on the same terms, by their first day."""
    return _charged(plans, Known()).sort("service_start")


def _charged(plans: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return what a recurring charge in arrears on the same terms would be charged for, with the share of its price."""
    recurring = plans.with_columns(
        charge=pl.lit(ChargeKind.RECURRING.value),
        timing=pl.lit(BillingTiming.IN_ARREARS.value),
        net_minor=pl.lit(0, dtype=pl.Int64),
        billed_until=pl.lit(None, dtype=pl.Date),
    ).select(*FOLLOWED)
    return should_be(recurring, None, known).select(*_PERIOD, "service_until", "bill_on", *SHARE)


def _drawn_units(used: pl.DataFrame) -> pl.DataFrame:
    """Add the units that are included and prepaid, used up in order of day, and those that are left to be priced."""
    counted = used.sort(_PERIOD).with_columns(included=pl.min_horizontal("quantity", "included_units_share"))
    counted = counted.with_columns(left=pl.col("quantity") - pl.col("included"))
    counted = counted.with_columns(prepaid=_drawn("left", "prepaid_units"))
    return counted.with_columns(billable=pl.col("left") - pl.col("prepaid"))


def _drawn(of: str, stock: str) -> pl.Expr:
    """Return what each period takes of what the term has in stock, the earlier period first."""
    through = pl.col(of).cast(pl.Int128).cum_sum().over("plan_id")
    drawn = pl.min_horizontal(through, stock) - pl.min_horizontal(through - pl.col(of), stock)
    return drawn.cast(pl.Int64)


def _in_tiers(used: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    """Return a step per tier that has units, its amount rounded once, half up, and no more than `BEYOND`."""
    until = pl.col("from_units").shift(-1).over("plan_id", "effective_on", order_by="from_units")
    placed = used.join(tiers.with_columns(until_units=until), on=["plan_id", "effective_on"])
    begins, ends, units = pl.col("from_units"), pl.col("until_units"), pl.col("billable")
    reaches = (units > begins) & (units <= ends).fill_null(value=True)
    within = pl.min_horizontal(units, ends) - begins
    whole = pl.col("model") == UsageModel.VOLUME
    filled = placed.with_columns(
        units=pl.when(whole).then(pl.when(reaches).then(units).otherwise(0)).otherwise(within)
    ).filter(pl.col("units") > 0)
    by_package = pl.col("model") == UsageModel.PACKAGE
    begun = proportion(filled, into="begun", factors=["units"], over=["per_units"], rounding=Rounding.CEILING)
    counted = begun.with_columns(
        count=pl.when(by_package).then("begun").otherwise("units"),
        over=pl.when(by_package).then(1).otherwise("per_units"),
    )
    beyond = product("count", "price_minor") >= product(pl.lit(BEYOND), "over")
    bounded = counted.with_columns(beyond=beyond, count=pl.when(beyond).then(0).otherwise("count"))
    costs = proportion(bounded, into="amount_minor", factors=["count", "price_minor"], over=["over"])
    amount_minor = pl.when("beyond").then(BEYOND).otherwise(pl.col("amount_minor") + pl.col("flat_minor"))
    return costs.with_columns(kind=pl.lit(UsageStep.TIER.value), amount_minor=amount_minor)


def _summed(used: pl.DataFrame, tiers: pl.DataFrame) -> pl.DataFrame:
    """Add what the tiers of a period cost together, up to `BEYOND`."""
    sums = totals(tiers.select(*_PERIOD, cost="amount_minor"), by=_PERIOD, columns=["cost"])
    cost = pl.when(pl.col("quantity") > MOST_IN_PERIOD).then(BEYOND).otherwise(pl.col("cost").fill_null(0))
    return used.join(sums, on=_PERIOD, how="left").with_columns(cost=cost.clip(upper_bound=BEYOND)).sort(_PERIOD)


def _closed(costs: pl.DataFrame) -> pl.DataFrame:
    """Raise each period to its minimum and the last to the commitment of the term; then take what was prepaid."""
    last = pl.col("service_start") == pl.col("service_start").max().over("plan_id")
    missing = pl.col("commitment_minor") - pl.col("cost").cast(pl.Int128).sum().over("plan_id")
    raised = (
        costs.with_columns(minimum=pl.max_horizontal(pl.col("minimum_minor_share") - pl.col("cost"), 0))
        .with_columns(cost=pl.col("cost") + pl.col("minimum"))
        .with_columns(commitment=pl.when(last).then(pl.max_horizontal(missing, 0).cast(pl.Int64)).otherwise(0))
        .with_columns(cost=pl.col("cost") + pl.col("commitment"))
    )
    drawn = raised.with_columns(drawn=-_drawn("cost", "prepaid_minor"))
    beyond = pl.col("cost") >= BEYOND
    return drawn.with_columns(cost=pl.when(beyond).then(BEYOND).otherwise(pl.col("cost") + pl.col("drawn")))


_ADDED = {UsageStep.MINIMUM: "minimum", UsageStep.COMMITMENT: "commitment", UsageStep.DRAWN: "drawn"}


def _step(rows: pl.DataFrame, kind: UsageStep, *, units: str = "", amount: str = "") -> pl.DataFrame:
    """Return the rows that have units or an amount as steps of a kind."""
    nothing = pl.lit(0, dtype=pl.Int64)
    return rows.filter(pl.col(units or amount) != 0).select(
        *_PERIOD,
        kind=pl.lit(kind.value),
        units=pl.col(units) if units else nothing,
        **dict.fromkeys(("from_units", "price_minor", "per_units", "flat_minor"), nothing),
        amount_minor=pl.col(amount) if amount else nothing,
    )
