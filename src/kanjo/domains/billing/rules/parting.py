"""A line becomes two: each is billed as the line was, and both together cost the same, to the yen, day by day.

The line that is parted off is planned over all the service of the other, at nothing until the day: so periods, stubs
and the rule of the day of change are the same for both. Its price stands above what stays of the other. Steps and
worked tables: docs/algorithms/parting.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from kanjo.domains.billing.facts import ChangeDay, LineChange, LineToBill, PlanCharge
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.rules.owed import Known, should_be
from kanjo.domains.billing.rules.stretches import stretches
from kanjo.domains.catalog.facts import ChargeKind
from kanjo.foundation.ids import OrderLineId
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class PartedBeforeChange(Refusal):
    """Something agreed later stands on the whole line."""

    rule = "billing.parted-before-change"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="From {day} on something else is agreed for order line {line}: it is for all of it.",
        ja="注文明細 {line} には {day} からの変更が登録されており、明細全体が対象です。",
    )
    remedy = Text(
        en="Split it from that day on, or withdraw that amendment first.",
        ja="その日以降を指定するか、先にその契約変更を取り消してください。",
    )


class PartedAway(Refusal):
    """The line is not provided on the day."""

    rule = "billing.parted-away"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Nothing of order line {line} is charged on {day}.", ja="注文明細 {line} は {day} に課金されません。"
    )
    remedy = Text(en="Give a day on which it is provided.", ja="提供されている日を指定してください。")


class PartedInstalments(Refusal):
    """The line is billed in instalments."""

    rule = "billing.parted-instalments"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Order line {line} is billed in instalments, which are for all of it.",
        ja="注文明細 {line} は分割請求のため、明細全体が対象です。",
    )
    remedy = Text(
        en="Let several payers share its invoices instead.",
        ja="請求先ごとの負担割合を設定するか、請求書を分割してください。",
    )


def parted(line: LineToBill, plans: pl.DataFrame, known: Known) -> tuple[LineToBill, LineChange | None]:
    """Return how *line*, `part_of` one of *plans*, is planned, and what it costs and counts from the day on.

    *known* tells already what the other one lost to it. What is charged once costs what it costs from the start.
    Refuses `PlanMissing`, `PartedInstalments`, `PartedBeforeChange` and `PartedAway`.
    """
    assert line.part_of is not None, "it is parted from another line"
    key, day = line.part_of.order_line_id, line.part_of.effective_on
    of_line = plans.filter(pl.col("order_line_id") == key)
    own = of_line.filter(pl.col("part") == 0)
    if own.is_empty():
        raise PlanMissing(key=key)
    if not of_line.filter(pl.col("part") > 0, pl.col("charge") == PlanCharge.ONE_TIME).is_empty():
        raise PartedInstalments(line=key)
    other = own.row(0, named=True)
    _refuse_earlier(key, day, other["plan_id"], known)
    since = day + timedelta(days=1) if other["change_day"] == ChangeDay.OLD else day
    stays = _stays(key, own, known, since)
    planned = replace(
        line,
        service=Period(other["service_start"], other["service_until"]) if other["service_start"] else None,
        due_from=other["due_from"],
        swapped=bool(other["swapped"]),
    )
    if line.charge is ChargeKind.ONE_TIME:
        return planned, None
    above = other["above_minor"] + stays
    return (
        replace(planned, net_minor=0, quantity=0, anchor_on=_anchor(own, known, since), above_minor=above),
        LineChange(line.order_line_id, day, line.net_minor, line.quantity, parted=True),
    )


def _refuse_earlier(key: OrderLineId, day: date, plan_id: int, known: Known) -> None:
    """Refuse to part a line before a day from which something else is told of it."""
    later = pl.concat(
        [
            known.changes.filter(pl.col("plan_id") == plan_id).select(day="effective_on"),
            known.away.filter(pl.col("plan_id") == plan_id).select(day="start"),
            known.away.filter(pl.col("plan_id") == plan_id).select(day="until").drop_nulls(),
        ]
    ).filter(pl.col("day") > day)
    first = later["day"].min()
    if first is not None:
        raise PartedBeforeChange(line=key, day=first, at="effective_on")


def _stays(key: OrderLineId, own: pl.DataFrame, known: Known, since: date) -> int:
    """Return the price of an interval that stays with the other line, as it is charged on the day."""
    rows = should_be(own, None, known)
    if own["charge"][0] == PlanCharge.RECURRING:
        rows = rows.filter(pl.col("service_start") <= since, pl.col("service_until") > since)
    if rows.is_empty():
        raise PartedAway(line=key, day=since, at="effective_on")
    return int(rows["price_minor"][0])


def _anchor(own: pl.DataFrame, known: Known, since: date) -> date:
    """Return from which day the periods of the other line are counted on the day."""
    of_line = own.select("plan_id")
    changes, away = (rows.join(of_line, on="plan_id", how="semi") for rows in (known.changes, known.away))
    begun = stretches(own, changes, away.clear()).filter(pl.col("stretch_start") <= since).sort("stretch_start")
    anchors: list[date] = begun.collect()["anchor_on"].to_list()
    return anchors[-1]
