"""What is owed of each plan by all that is known of it, and what of that is still to be billed or given back.

Guarantees, steps and worked tables: docs/algorithms/owed.md. Columns in, columns out; days half-open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import Billed, Decrease, Stub
from kanjo.domains.billing.rules.difference import CHARGED, COVERED, GIVEN_BACK, difference
from kanjo.domains.billing.rules.shares import WHOLE, amount_above, measured
from kanjo.domains.billing.rules.stretches import AWAY, CHANGES, as_planned, met, stretches
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind
from kanjo.foundation.columns import at_once
from kanjo.foundation.months import in_month, month_of

DUE = (
    "plan_id",
    "bill_on",
    "service_start",
    "service_until",
    "whole_start",
    "whole_until",
    "day_from",
    "day_until",
    "period_days",
    "price_minor",
    "net_minor",
    "quantity",
)
POSTED: dict[str, type[pl.DataType]] = {**CHARGED, "quantity": pl.Int64, "sequence": pl.Int64}
RETURNED: dict[str, type[pl.DataType]] = {"line_id": pl.Int64, **GIVEN_BACK, "sequence": pl.Int64}
BESIDE: dict[str, type[pl.DataType]] = {"line_id": pl.Int64, "start": pl.Date, "sequence": pl.Int64}
"""What was charged and what of it given back, as the difference takes it, and the rows of other payers beside that.

The line is the plan.
"""

MOVED: dict[str, type[pl.DataType]] = {"plan_id": pl.Int64, "bill_on": pl.Date, "moved_to": pl.Date}
"""A billing day that was put on another day once; nothing but the day moves."""

METERED: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "bill_on": pl.Date,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "quantity": pl.Int64,
    "net_minor": pl.Int64,
}
"""What the usage of each period should cost: a part of its plan that is charged whole, at that price."""

_CUT = (
    "plan_id",
    "start",
    "until",
    "whole_start",
    "whole_until",
    "price_minor",
    "above_minor",
    "quantity",
    "day_count",
    "month_days",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of plans beside their terms: changes, days away, moved billing days, usage, and what was posted.

    Frames as `CHANGES`, `AWAY`, `MOVED`, `POSTED`, `RETURNED`, `BESIDE` and `METERED`. A plan that stands in none of
    them never changed.
    """

    changes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CHANGES))
    away: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=AWAY))
    moved: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MOVED))
    charged: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POSTED))
    given_back: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=RETURNED))
    beside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BESIDE))
    metered: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=METERED))

    @property
    def of_plans(self) -> pl.Series:
        """The plans of which anything is known, some more than once."""
        frames = (self.changes, self.away, self.moved, self.metered)
        return pl.concat([*(frame["plan_id"] for frame in frames), self.charged["line_id"]])


def still_due(plans: pl.DataFrame, target_on: date, known: Known | None = None) -> pl.DataFrame:
    """Return what is to be billed by *target_on*: the schedule that should be, less what was posted.

    Rows of `DUE` with sequence, credited_line_id and charged_until. What is given back names the posted line and the
    end of its days, at the price it was charged at, negative. A second call with its own result posted is empty.
    """
    known = known or Known()
    unchanged, changed = _apart(plans, known.of_plans)
    due = [] if changed.is_empty() else [_changed(changed, target_on, known)]
    if not due or not unchanged.is_empty():
        due.append(_unchanged(unchanged, target_on))
    return pl.concat([rows.select(_STILL_DUE) for rows in due]).sort("plan_id", "service_start", "sequence")


def _apart(plans: pl.DataFrame, told: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the plans that are not among those *told* of, and those that are."""
    changed = plans["plan_id"].is_in(told.unique().implode())
    if not changed.any():
        return plans, plans.clear()
    if changed.all():
        return plans.clear(), plans
    return plans.filter(~changed), plans.filter(changed)


def _unchanged(plans: pl.DataFrame, target_on: date) -> pl.DataFrame:
    """Return the charges of plans of which nothing is known from where they are billed until."""
    parts = _parts(plans, target_on, Known())
    unbilled = parts.filter(pl.col("start") >= pl.col("billed_until").fill_null(pl.col("start")))
    charges = _priced(unbilled.collect()).filter(pl.col("bill_on") <= target_on, pl.col("net_minor") != 0)
    return charges.with_columns(sequence=pl.lit(0, dtype=pl.Int64), **_UNCREDITED)


def should_be(plans: pl.DataFrame, until_on: date | None, known: Known | None = None) -> pl.DataFrame:
    """Return every charge of *plans* with a billing day up to *until_on*, or of the whole term, posted or not."""
    parts = _parts(plans, until_on, known or Known())
    charges = _priced(at_once(parts)).select(DUE)
    return charges if until_on is None else charges.filter(pl.col("bill_on") <= until_on)


def given_back(lines: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return all that is left of posted *lines* (rows of `POSTED`) as given back: rows as of `still_due`, bill_on null.

    *known* has all that was posted of their plans.
    """
    nothing = pl.DataFrame(schema={**COVERED, "quantity": pl.Int64})
    returned = known.given_back.join(lines.select("charge_id"), on="charge_id", how="semi")
    _, back = difference(nothing, lines, returned)
    return numbered(_as_credits(back.lazy()).rename(_DAYS_OF_PLAN), known)


_UNCREDITED = {
    "credited_line_id": pl.lit(None, dtype=pl.Int64),
    "charged_until": pl.lit(None, dtype=pl.Date),
}
_STILL_DUE = (*DUE, "sequence", *_UNCREDITED)


def _changed(plans: pl.DataFrame, target_on: date, known: Known) -> pl.DataFrame:
    """Return the difference for plans that changed: charges and what is given back, each once its day has come."""
    parts = _parts(plans, target_on, known).filter(pl.col("price_minor") != 0).rename({"plan_id": "line_id"})
    due, charged = _on_terms(at_once(parts), known.charged)
    charges, back = difference(due, charged, known.given_back)
    rule = plans.lazy().select(line_id="plan_id", ends="service_until", changes_billed="changes_billed")
    together, inside = pl.col("changes_billed") == Billed.WITH_NEXT, pl.col("start") > pl.col("whole_start")
    following = together & inside & (pl.col("whole_until") < pl.col("ends"))
    credits_ = (
        back.lazy()
        .join(rule, on="line_id")
        .with_columns(bill_on=pl.min_horizontal(pl.when(following).then("whole_until").otherwise("start"), "bill_on"))
    )
    both = pl.concat([_as_credits(credits_), charges.lazy().with_columns(**_UNCREDITED).select(_BOTH)])
    due_now = both.rename(_DAYS_OF_PLAN).filter(pl.col("bill_on") <= target_on, pl.col("net_minor") != 0)
    return numbered(due_now, known)


def _on_terms(due: pl.DataFrame, charged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add terms_id: days are on the same terms at the same price of the same whole, measured alike."""
    terms = pl.concat([side.select(_TERMS) for side in (due, charged)]).unique()
    numbered = terms.with_columns(terms_id=pl.int_range(pl.len(), dtype=pl.Int64))
    first, second = (side.drop("terms_id", strict=False).join(numbered, on=_TERMS) for side in (due, charged))
    return first, second


_TERMS = ("price_minor", "whole_start", "whole_until", "day_count", "month_days")
_DAYS_OF_PLAN = {"line_id": "plan_id", "start": "service_start", "until": "service_until"}
_BOTH = ("line_id", "start", "until", "bill_on", *DUE[4:], *_UNCREDITED)


def _as_credits(back: pl.LazyFrame) -> pl.LazyFrame:
    """Return what is given back as it is posted: it names its line, at the line's price, negative."""
    return back.with_columns(
        price_minor=-pl.col("price_minor"), credited_line_id="charge_id", charged_until="charge_until"
    ).select(_BOTH)


def numbered(rows: pl.LazyFrame, known: Known) -> pl.DataFrame:
    """Add the sequence of each row among all that were ever posted from its day on; what is given back comes first."""
    place = ("plan_id", "service_start")
    rows_posted = (known.charged.lazy(), known.given_back.lazy(), known.beside.lazy())
    posted = pl.concat([each.select("sequence", plan_id="line_id", service_start="start") for each in rows_posted])
    next_free = posted.group_by(place).agg(free=pl.col("sequence").max() + 1)
    before = pl.int_range(pl.len(), dtype=pl.Int64).over(place)
    return at_once(
        rows.join(next_free, on=place, how="left")
        .sort(*place, "credited_line_id", nulls_last=True)
        .with_columns(sequence=pl.col("free").fill_null(0) + before)
        .drop("free")
    )


def _priced(parts: pl.DataFrame) -> pl.DataFrame:
    days = {"start": "service_start", "until": "service_until"}
    shares = measured(parts.lazy(), parts["day_count"].unique())
    return at_once(shares.with_columns(net_minor=amount_above()).rename(days))


def _parts(plans: pl.DataFrame, until_on: date | None, known: Known) -> pl.LazyFrame:
    """Return the parts of periods that should be billed one day, each with the day it may be billed from."""
    once, recurring = (plans.filter(pl.col("charge") == one) for one in (ChargeKind.ONE_TIME, ChargeKind.RECURRING))
    kinds = _recurring(recurring, until_on, known)
    if not once.is_empty():
        kinds.append(_one_time(once.lazy(), known))
    if not known.metered.is_empty():
        kinds.append(_metered(plans.lazy(), known))
    parts = pl.concat([kind.select(*_CUT, "bill_on", "billed_until") for kind in kinds])
    return _moved(parts.filter(pl.col("bill_on").is_not_null()), known.moved)


def _metered(plans: pl.LazyFrame, known: Known) -> pl.LazyFrame:
    """Return the periods of usage: measured by nothing, so that another cost is charged anew for the old one."""
    days = {"start": "service_start", "until": "service_until"}
    measured_by = plans.select("plan_id", "above_minor", "month_days", "billed_until")
    return (
        known.metered.lazy()
        .join(measured_by, on="plan_id")
        .select(
            "plan_id",
            "quantity",
            "bill_on",
            "above_minor",
            "month_days",
            "billed_until",
            **days,
            **{f"whole_{edge}": day for edge, day in days.items()},
            price_minor="net_minor",
            day_count=pl.lit(WHOLE),
        )
    )


def _reaching(plans: pl.DataFrame, until_on: date | None, known: Known) -> pl.DataFrame:
    """Add reach_until: the day up to which periods matter beside *until_on*, as they are billed or come earlier."""
    if until_on is None or known.moved.is_empty():
        return plans.with_columns(reach_until="billed_until")
    earlier = known.moved.filter(pl.col("moved_to") <= until_on).group_by("plan_id").agg(earlier=pl.max("bill_on"))
    return (
        plans.join(earlier, on="plan_id", how="left")
        .with_columns(reach_until=pl.max_horizontal("billed_until", "earlier"))
        .drop("earlier")
    )


def _moved(parts: pl.LazyFrame, moved: pl.DataFrame) -> pl.LazyFrame:
    """Put billing days on the days they were moved to."""
    if moved.is_empty():
        return parts
    joined = parts.join(moved.lazy(), on=["plan_id", "bill_on"], how="left")
    return joined.with_columns(bill_on=pl.coalesce("moved_to", "bill_on")).drop("moved_to")


def _one_time(once: pl.LazyFrame, known: Known) -> pl.LazyFrame:
    """Return one-time charges: whole, unless they ended for good before their first day.

    One that is accepted before it may be billed is of the day it was accepted, and due once it may be.
    An instalment that is billed ahead of its line goes when the line never was: the anchor is the line's own day.
    """
    ends_on = pl.coalesce(pl.col("service_until").dt.offset_by("-1d"), "due_from")
    timing = pl.col("timing")
    served_on = (
        pl.when(timing == BillingTiming.ON_ACCEPTANCE)
        .then("accepted_on")
        .when(timing == BillingTiming.IN_ARREARS)
        .then(pl.max_horizontal(ends_on, "due_from"))
        .otherwise("due_from")
    )
    more = known.changes.lazy().group_by("plan_id").agg(net_delta=pl.sum("net_minor"), more=pl.sum("quantity"))
    ended = known.away.lazy().filter("for_good").group_by("plan_id").agg(ended_on=pl.min("start"))
    begins = pl.coalesce("service_start", "served_on")
    return (
        once.with_columns(served_on=served_on)
        .filter(pl.col("served_on").is_not_null())
        .with_columns(bill_on=pl.max_horizontal("served_on", "due_from"))
        .join(more, on="plan_id", how="left")
        .join(ended, on="plan_id", how="left")
        .filter((pl.col("ended_on") > pl.max_horizontal(begins, "anchor_on")).fill_null(value=True))
        .with_columns(
            start=begins,
            until=pl.coalesce("service_until", pl.col("served_on").dt.offset_by("1d")),
            price_minor=pl.col("net_minor") + pl.col("net_delta").fill_null(0),
            quantity=pl.col("quantity") + pl.col("more").fill_null(0),
            day_count=pl.lit(WHOLE),
        )
        .with_columns(whole_start="start", whole_until="until")
    )


def _recurring(plans: pl.DataFrame, until_on: date | None, known: Known) -> list[pl.LazyFrame]:
    """Return one row per period and stretch of recurring plans, cut where the service covers only a part of it."""
    reaching = _reaching(plans, until_on, known)
    by_days = pl.col(_BY_DAYS.length) > 0
    if not (plans[_BY_DAYS.length] > 0).any():
        return [_cut(reaching, _BY_MONTHS, until_on, known)]
    apart = {_BY_MONTHS: reaching.filter(~by_days), _BY_DAYS: reaching.filter(by_days)}
    return [_cut(rows, by, until_on, known) for by, rows in apart.items()]


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How periods are counted: in months, or in days.

    *number* is that of the month or day of a day; *day* the first day of a period by its number and the anchor.
    """

    length: str
    number: Callable[[pl.Expr], pl.Expr]
    day: Callable[[pl.Expr, pl.Expr], pl.Expr]


def _day_number(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Int32).cast(pl.Int64)


def _numbered_day(number: pl.Expr, _anchor: pl.Expr) -> pl.Expr:
    return number.cast(pl.Int32).cast(pl.Date)


_BY_MONTHS = _Calendar("interval_months", month_of, in_month)
_BY_DAYS = _Calendar("interval_days", _day_number, _numbered_day)


def _cut(plans: pl.DataFrame, by: _Calendar, until_on: date | None, known: Known) -> pl.LazyFrame:
    if known.changes.is_empty() and known.away.is_empty():
        periods = _periods(as_planned(plans.lazy()), by, until_on)
    else:
        periods = _lowered(_periods(stretches(plans, known.changes, known.away), by, until_on))
    return _billed(_stubs(periods, by))


def _periods(served: pl.LazyFrame, by: _Calendar, until_on: date | None) -> pl.LazyFrame:
    """Return one row per period: the whole one, counted from the anchor, and the part of it that is served."""
    last = pl.lit(until_on, dtype=pl.Date)
    reached = pl.max_horizontal(last, "reach_until")
    reach = pl.col("stretch_until") if until_on is None else pl.min_horizontal("stretch_until", reached)
    anchor, length = pl.col("anchor_on"), pl.col(by.length)
    start = by.number(pl.col("stretch_start"))
    begun = start - (by.day(start, anchor) > pl.col("stretch_start")).cast(pl.Int64)
    first = by.number(anchor) + (begun - by.number(anchor)) // length * length
    count = pl.max_horizontal((by.number(reach) - pl.col("first")) // length + 1, pl.lit(0))
    number = pl.col("first") + pl.col("step") * length
    return (
        served.with_columns(first=first)
        .with_columns(step=pl.int_ranges(pl.lit(0, dtype=pl.Int64), count, dtype=pl.Int64))
        .explode("step")
        .drop_nulls("step")
        .with_columns(whole_start=by.day(number, anchor), whole_until=by.day(number + length, anchor))
        .with_columns(
            start=pl.max_horizontal("whole_start", "stretch_start"),
            until=pl.min_horizontal("whole_until", "stretch_until"),
            price_minor="net_minor",
        )
        .filter(pl.col("start") < pl.col("until"))
    )


def _lowered(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Keep the highest price of the period, or of the term, where the policy does not let it fall at once.

    What was parted to another line has not fallen: it is counted there.
    """
    decrease = pl.col("decrease")
    told = parts.sort("plan_id", "start").with_columns(
        pl.when(decrease == Decrease.NEXT_PERIOD)
        .then((pl.col(name) + parted).cum_max().over("plan_id", "whole_start") - parted)
        .when(decrease == Decrease.AT_RENEWAL)
        .then((pl.col(name) + parted).cum_max().over("plan_id") - parted)
        .otherwise(name)
        .alias(name)
        for name, parted in (("price_minor", pl.col("parted_minor")), ("quantity", pl.col("parted_units")))
    )
    return met(told, ("plan_id", "whole_start", "whole_until", "price_minor", "quantity"), "start", "until")


def _stubs(parts: pl.LazyFrame, by: _Calendar) -> pl.LazyFrame:
    """Measure a first or last period that is not whole by a period of its own where the policy says so."""
    length, begins, ends = (pl.col(name) for name in (by.length, "service_start", "service_until"))
    first = (
        (pl.col("first_stub") == Stub.OWN)
        & (pl.col("whole_start") < pl.col("service_start"))
        & (pl.col("whole_until") < pl.col("service_until"))
    )
    last = (
        (pl.col("last_stub") == Stub.OWN)
        & (pl.col("whole_until") > pl.col("service_until"))
        & (pl.col("whole_start") > pl.col("service_start"))
    )
    return parts.with_columns(first=first, last=last, cut_from="whole_start", next_on="whole_until").with_columns(
        whole_start=pl.when("first")
        .then("service_start")
        .when("last")
        .then(by.day(by.number(ends) - length, ends))
        .otherwise("whole_start"),
        whole_until=pl.when("first")
        .then(by.day(by.number(begins) + length, begins))
        .when("last")
        .then("service_until")
        .otherwise("whole_until"),
    )


def _billed(parts: pl.LazyFrame) -> pl.LazyFrame:
    """Add the day a part may be billed from; nothing else depends on it."""
    timing, start = pl.col("timing"), pl.col("start")
    ends_on = pl.min_horizontal("next_on", "service_until").dt.offset_by("-1d")
    together = pl.col("changes_billed") == Billed.WITH_NEXT
    follows = pl.col("next_on") < pl.col("service_until")
    # A line that takes the place of another is billed with what that one gives back.
    is_first = (start == pl.col("service_start")) & (pl.col("swapped") == 0)
    stub = pl.when(is_first).then(pl.col("first_billed") == Billed.WITH_NEXT).otherwise(together)
    waits = stub & follows & (pl.col("start") > pl.col("cut_from"))
    in_advance = pl.when(waits).then("next_on").otherwise(start)
    in_arrears = pl.when(together).then(ends_on).otherwise(pl.col("until").dt.offset_by("-1d"))
    accepted = pl.when(pl.col("accepted_on").is_not_null()).then(pl.max_horizontal(start, "accepted_on"))
    return parts.with_columns(
        bill_on=pl.when(timing == BillingTiming.IN_ARREARS)
        .then(pl.max_horizontal(in_arrears, "due_from"))
        .when(timing == BillingTiming.ON_ACCEPTANCE)
        .then(accepted)
        .otherwise(pl.max_horizontal(in_advance, "due_from"))
    )
