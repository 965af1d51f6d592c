"""What became of each plan over time: stretches of days at one price, from the changes and absences that are known.

Every fact is added to the days from which it is true, so the order in which facts were recorded changes nothing.
Guarantees, steps and worked tables: docs/algorithms/owed.md. Columns in, columns out; days half-open.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kanjo.domains.billing.facts import ChangeDay, Restart

CHANGES: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "effective_on": pl.Date,
    "net_minor": pl.Int64,
    "quantity": pl.Int64,
    "anchor_on": pl.Date,
    "parted": pl.Int64,
}
"""What a plan costs more or less per interval from a day on, and how many units more or less.

With an anchor its periods are counted from there on that day on, for example after the billing day moved. *parted* is 1
where price and units went to another line, or came from one.
"""

AWAY: dict[str, type[pl.DataType]] = {"plan_id": pl.Int64, "start": pl.Date, "until": pl.Date, "for_good": pl.Boolean}
"""Days without service: a suspension, open without *until*, or the end of a line for good."""

_SUMS = ("net_minor", "quantity", "parted_minor", "parted_units")
STRETCH = ("stretch_start", "stretch_until", *_SUMS, "anchor_on")
"""Price and units of a run of days, of these what went to other lines (negative: came from one), and the anchor."""


def as_planned(plans: pl.LazyFrame) -> pl.LazyFrame:
    """Return plans of which nothing is told with `STRETCH`: each is one stretch."""
    return plans.with_columns(stretch_start="service_start", stretch_until="service_until")


def stretches(plans: pl.DataFrame, changes: pl.DataFrame, away: pl.DataFrame) -> pl.LazyFrame:
    """Return *plans* with `STRETCH`: one row for each run of days on which a plan is served at one price.

    Needs recurring plans with plan_id, service_start, service_until, net_minor, quantity, anchor_on, change_day and
    restart; *changes* and *away* as above. Days away have no row, days at a price of zero have one. A plan of which
    nothing is told comes back as one stretch.
    """
    days = met(_days(plans, changes, away), ("plan_id", *_SUMS, "anchor_on"), "stretch_start", "stretch_until")
    return (
        days.rename({"anchor_on": "moved_to"})
        .join(plans.lazy().drop("net_minor", "quantity"), on="plan_id", maintain_order="left")
        .with_columns(anchor_on=pl.coalesce("moved_to", "anchor_on"))
    )


def _days(plans: pl.DataFrame, changes: pl.DataFrame, away: pl.DataFrame) -> pl.LazyFrame:
    """Return the days of each plan, cut wherever anything becomes true or ends, without those away."""
    edges = [_service(plans.lazy())]
    if not changes.is_empty():
        edges.append(_changed(plans.lazy(), changes.lazy()))
    if not away.is_empty():
        edges += _left_and_back(plans.lazy(), away.lazy())
    return (
        pl.concat(edges)
        .group_by("plan_id", "stretch_start")
        # Of two anchors from the same day the later day wins, whichever was recorded first.
        .agg(pl.col(*_SUMS, "gone").sum(), pl.col("anchor_on").max())
        .sort("plan_id", "stretch_start")
        .with_columns(
            pl.col(*_SUMS, "gone").cum_sum().over("plan_id"),
            pl.col("anchor_on").forward_fill().over("plan_id"),
            stretch_until=pl.col("stretch_start").shift(-1).over("plan_id"),
        )
        .drop_nulls("stretch_until")
        .filter(pl.col("gone") == 0)
    )


def _edge(
    gone: int, *, net: str | None = None, quantity: str | None = None, anchor: str | None = None, parted: bool = False
) -> list[pl.Expr]:
    none, nowhen = pl.lit(0, dtype=pl.Int64), pl.lit(None, dtype=pl.Date)
    price, units = (pl.col(name) if name else none for name in (net, quantity))
    return [
        price.alias("net_minor"),
        units.alias("quantity"),
        (-price * pl.col("parted") if parted else none).alias("parted_minor"),
        (-units * pl.col("parted") if parted else none).alias("parted_units"),
        pl.lit(gone, dtype=pl.Int64).alias("gone"),
        (pl.col(anchor) if anchor else nowhen).alias("anchor_on"),
    ]


def _service(plans: pl.LazyFrame) -> pl.LazyFrame:
    """Return the first day, at the plan's own terms, and the last edge, where everything is over."""
    first = plans.select(
        "plan_id",
        *_edge(0, net="net_minor", quantity="quantity"),
        stretch_start="service_start",
    )
    return pl.concat([first, plans.select("plan_id", *_edge(0), stretch_start="service_until")])


def _changed(plans: pl.LazyFrame, changes: pl.LazyFrame) -> pl.LazyFrame:
    """Return where changes take effect; from before the service they are true on its first day, after it nowhere."""
    day_after = pl.col("change_day") == ChangeDay.OLD
    from_on = pl.when(day_after).then(pl.col("effective_on").dt.offset_by("1d")).otherwise("effective_on")
    repriced = (pl.col("net_delta") != 0) & (pl.col("parted") == 0)
    anew = (pl.col("restart") == Restart.ANEW) & repriced & (pl.col("from_on") > pl.col("service_start"))
    return (
        changes.select(
            "plan_id", "effective_on", "parted", net_delta="net_minor", more="quantity", moved_to="anchor_on"
        )
        .join(plans.select("plan_id", "service_start", "service_until", "change_day", "restart"), on="plan_id")
        .with_columns(from_on=pl.max_horizontal(from_on, "service_start"))
        .filter(pl.col("from_on") < pl.col("service_until"))
        .with_columns(moved_to=pl.when(anew).then(pl.coalesce("moved_to", "from_on")).otherwise("moved_to"))
        .select(
            "plan_id",
            *_edge(0, net="net_delta", quantity="more", anchor="moved_to", parted=True),
            stretch_start="from_on",
        )
    )


def _left_and_back(plans: pl.LazyFrame, away: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Return where days without service begin and end within the service; those of no length are nothing."""
    days = (
        away.join(plans.select("plan_id", "service_start", "service_until"), on="plan_id")
        .with_columns(
            begins=pl.max_horizontal("start", "service_start"),
            ends=pl.min_horizontal("until", "service_until"),
        )
        .filter(pl.col("begins") < pl.col("ends"))
    )
    return [days.select("plan_id", *_edge(gone), stretch_start=edge) for edge, gone in (("begins", 1), ("ends", -1))]


def met(days: pl.LazyFrame, same: Sequence[str], start: str, until: str, *least: str) -> pl.LazyFrame:
    """Return rows that stand in order, joined where one begins as the one before ends and both have the *same* values.

    Of *least* the least value counts, of the other columns that of the first of the joined rows.
    """
    meets = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in same)
    follows = meets & (pl.col(start) == pl.col(until).shift())
    return (
        days.with_columns(run=(~follows.fill_null(value=False)).cum_sum())
        .group_by("run", maintain_order=True)
        .agg(pl.exclude(until, *least).first(), pl.col(until).last(), *(pl.col(name).min() for name in least))
        .drop("run")
    )
