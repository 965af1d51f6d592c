"""Usage as it is known: what is agreed of lines, what was used of them, and on which days they are served.

Usage of other days is refused. What was taken before a pause was known counts all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl

from kanjo.domains.billing.models import Away
from kanjo.domains.billing.queries.policies import read_policies
from kanjo.domains.billing.rules.plans import POLICY
from kanjo.domains.billing.rules.stretches import AWAY
from kanjo.domains.billing.rules.usage import EVENTS, MOST_IN_PERIOD, RATED, RATINGS, TIERS, Usage
from kanjo.platform.bulk.reading import read_columns

if TYPE_CHECKING:
    from kanjo.foundation.ids import AmendmentId

STANDS = """h.recorded_at <= %(known_at)s AND coalesce(h.amendment_id, -1) <> ALL(%(left_out)s)
AND NOT EXISTS (SELECT FROM contracts_amendment w WHERE w.withdraws_id = h.amendment_id AND w.id <> %(without)s
                AND w.recorded_at <= %(known_at)s)"""
"""What was told of a plan (as `h`) by then, and not taken back."""

_LINES = "p.order_line_id = ANY(%(lines)s) AND p.part = 0"
_RATED_PLANS = f"""
SELECT DISTINCT ON (p.id) p.order_line_id, p.charge, p.timing, p.interval_months, p.interval_days, p.anchor_on, 0, 0,
    p.service_start, least(p.service_until, (
        SELECT min(h.start) FROM billing_away h WHERE h.plan_id = p.id AND h.for_good AND {STANDS})),
    p.due_from, NULL, NULL, 0, 0, p.policy_id, r.commitment_minor, r.prepaid_units, r.prepaid_minor
FROM billing_plan p JOIN billing_usagerating r ON r.plan_id = p.id AND r.recorded_at <= %(known_at)s
WHERE {_LINES} ORDER BY p.id, r.id"""  # noqa: S608 our own names
_RATINGS = f"""
SELECT p.order_line_id, r.effective_on, r.model, r.included_units, r.minimum_minor
FROM billing_usagerating r JOIN billing_plan p ON p.id = r.plan_id
WHERE {_LINES} AND r.recorded_at <= %(known_at)s"""  # noqa: S608
_TIERS = f"""
SELECT p.order_line_id, r.effective_on, t.from_units, t.price_minor, t.per_units, t.flat_minor
FROM billing_usagetier t JOIN billing_usagerating r ON r.id = t.rating_id JOIN billing_plan p ON p.id = r.plan_id
WHERE {_LINES} AND r.recorded_at <= %(known_at)s"""  # noqa: S608
# An event that was corrected by then counts no longer.
_EVENTS = f"""
SELECT p.order_line_id, e.used_on, least(sum(e.quantity), {MOST_IN_PERIOD + 1})::bigint
FROM billing_usageevent e JOIN billing_plan p ON p.id = e.plan_id
WHERE {_LINES} AND e.recorded_at <= %(known_at)s AND NOT EXISTS (
    SELECT FROM billing_usageevent c WHERE c.corrects_id = e.id AND c.recorded_at <= %(known_at)s)
GROUP BY 1, 2"""  # noqa: S608
# The days after a line ended for good are cut off its plan.
_AWAY = f"""
SELECT p.order_line_id, h.start, h.until, h.for_good::text
FROM billing_away h JOIN billing_plan p ON p.id = h.plan_id WHERE {_LINES} AND NOT h.for_good AND {STANDS}"""  # noqa: S608
_OF_TERM = ("commitment_minor", "prepaid_units", "prepaid_minor")
_OF_PLAN = [name for name in RATED if name not in {*POLICY, *_OF_TERM}]


def read_usage(
    order_line_ids: Collection[int],
    known_at: datetime,
    *,
    withdrawn: Collection[AmendmentId] = (),
    without: AmendmentId | None = None,
    events: bool = True,
) -> Usage:
    """Return what is agreed of the usage of order lines and what was used, as recorded by *known_at*.

    A line is the plan_id of its rows, and is cut where it ended for good. *withdrawn* amendments are left out, and that
    of *without* is. Without *events* only what is agreed is read.
    """
    left_out = [*withdrawn, without or 0]
    asked = {"lines": list(order_line_ids), "known_at": known_at, "left_out": left_out, "without": without or 0}
    columns: dict[str, type[pl.DataType]] = {**RATED, "policy": pl.Int64}
    plans = read_columns(_RATED_PLANS, asked, {name: columns[name] for name in (*_OF_PLAN, "policy", *_OF_TERM)})
    return Usage(
        plans.join(read_policies(), on="policy", how="left", maintain_order="left").select(*RATED),
        read_columns(_RATINGS, asked, RATINGS),
        read_columns(_TIERS, asked, TIERS),
        read_columns(_EVENTS, asked, EVENTS) if events else pl.DataFrame(schema=EVENTS),
        read_columns(_AWAY, asked, {**AWAY, "for_good": pl.String}).with_columns(for_good=pl.lit(value=False)),
    )


def days_away(plan_ids: Iterable[int]) -> dict[int, list[tuple[date, date | None]]]:
    """Return per plan the days without service that stand: from when, and before when, None for good or until told."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    rows = Away.objects.filter(plan_id__in=plan_ids, amendment__withdrawn_by__isnull=True).order_by("start", "id")
    for plan_id, start, until in rows.values_list("plan_id", "start", "until"):
        found.setdefault(plan_id, []).append((start, until))
    return found
