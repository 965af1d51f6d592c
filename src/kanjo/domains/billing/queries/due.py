"""What billing knows of plans, as columns: their terms, what was told of them since, and what was posted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import polars as pl
from django.db import connection

from kanjo.domains.billing.facts import GroupKey, LineAway, PlanCharge
from kanjo.domains.billing.queries.issued_to import NAMED, with_parties
from kanjo.domains.billing.queries.policies import read_policies
from kanjo.domains.billing.queries.usage import STANDS, read_usage
from kanjo.domains.billing.rules.invoicing import GROUPINGS, ORIGINALS
from kanjo.domains.billing.rules.owed import BESIDE, METERED, MOVED, POSTED, RETURNED, Known
from kanjo.domains.billing.rules.shares import WHOLE
from kanjo.domains.billing.rules.stretches import AWAY, CHANGES
from kanjo.domains.billing.rules.usage import priced
from kanjo.platform.bulk.reading import as_text, read_columns

if TYPE_CHECKING:
    from kanjo.foundation.ids import AmendmentId, CompanyId, ContractId, OrderId, PlanId

Accounts = tuple[int, int]
"""The first and the last billing account of a part of the work."""
LeftOut = tuple[Collection["AmendmentId"], "AmendmentId | None"]
"""Amendments that are taken as withdrawn, and one that is left out with what it withdraws."""


_MOVED_BY = "SELECT contract_id FROM billing_movedday WHERE moved_to <= %(due_by)s"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which plans are asked for: all of a company, or only those of some accounts, one contract, order or plan."""

    company_id: CompanyId
    accounts: Accounts | None = None
    contract_id: ContractId | None = None
    order_id: OrderId | None = None
    plan_id: PlanId | None = None
    due_by: date | None = None
    """Leave out plans of which nothing may be billed by that day."""

    @property
    def where(self) -> str:
        """The condition on `billing_plan p`, on the names of `asked`."""
        narrowed = (
            (self.accounts, "p.account_id BETWEEN %(first)s AND %(last)s"),
            (self.contract_id, "p.contract_id = %(contract_id)s"),
            (self.order_id, "p.order_id = %(order_id)s"),
            (self.plan_id, "p.id = %(plan_id)s"),
            (self.due_by, f"(p.due_from <= %(due_by)s OR p.contract_id IN ({_MOVED_BY}))"),
        )
        return " AND ".join(["p.company_id = %(company_id)s", *(words for given, words in narrowed if given)])

    @property
    def asked(self) -> dict[str, object]:
        """What the condition asks for."""
        first, last = self.accounts or (0, 0)
        return {**asdict(self), "first": first, "last": last}


TERMS: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "charge": pl.String,
    "timing": pl.String,
    "interval_months": pl.Int64,
    "interval_days": pl.Int64,
    "anchor_on": pl.Date,
    "quantity": pl.Int64,
    "net_minor": pl.Int64,
    "service_start": pl.Date,
    "service_until": pl.Date,
    "due_from": pl.Date,
    "swapped": pl.Int64,
    "above_minor": pl.Int64,
    "accepted_on": pl.Date,
    "policy": pl.Int64,
    "order_line_id": pl.Int64,
    "part": pl.Int64,
    "currency": pl.String,
}
_TERMS = """p.id, p.charge, p.timing, p.interval_months, p.interval_days, p.anchor_on, p.quantity, p.net_minor,
    p.service_start, p.service_until, p.due_from, p.swapped::int, p.above_minor, x.accepted_on, p.policy_id,
    p.order_line_id, p.part, p.currency"""
_NAMED = "".join(f", p.{name}" for name in NAMED)
# The last part that was charged ends where a plan is billed until; of those that changed it is taken from all parts.
_PLANS = """
FROM billing_plan p LEFT JOIN billing_acceptance x ON x.plan_id = p.id AND x.recorded_at <= %(known_at)s
LEFT JOIN LATERAL (
    SELECT b.service_until FROM billing_charge b WHERE b.plan_id = p.id
    ORDER BY b.service_start DESC, b.sequence DESC LIMIT 1) b ON true
"""
# Nothing is due of what is billed beyond the day and never changed: it is not even read.
_NOT_BEYOND = """
AND (b.service_until IS NULL OR b.service_until <= %(due_by)s OR p.charge = 'usage'
    OR p.id IN (SELECT unnest(string_to_array(%(told)s, ',')::bigint[])))
"""
_CHARGED = """
SELECT coalesce(c.shared_line_id, c.credited_line_id, c.invoice_line_id), c.plan_id, c.price_minor,
       c.service_start, c.service_until, c.whole_start, c.whole_until, c.price_minor, p.above_minor,
       CASE p.charge WHEN 'recurring' THEN y.day_count ELSE %(whole)s END,
       y.month_days, c.quantity, c.sequence, c.credited_line_id IS NULL, c.beside
FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id JOIN billing_policy y ON y.id = p.policy_id
WHERE c.plan_id = ANY(%(told)s)
"""


_GROUPINGS = """
SELECT DISTINCT ON (account_id) account_id, keys FROM billing_grouping
WHERE company_id = %(company_id)s AND effective_on <= %(on)s AND recorded_at <= %(known_at)s
ORDER BY account_id, effective_on DESC, id DESC
"""
_TAGS = """
SELECT DISTINCT ON (contract_id) contract_id, tag FROM billing_tag
WHERE company_id = %(company_id)s AND recorded_at <= %(known_at)s ORDER BY contract_id, id DESC
"""
# A line of an invoice, and what is left of what it charged.
_ORIGINALS = """
SELECT l.id, l.invoice_id, l.tax_class, l.rate_numerator, l.rate_denominator, l.net_minor, l.net_minor + coalesce((
    SELECT sum(b.amount_minor) FROM billing_charge b WHERE b.credited_line_id = l.id), 0)::bigint, i.tax_rounding,
    t.own_minor
FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
JOIN billing_invoicetax t ON t.invoice_id = l.invoice_id AND (t.tax_class, t.rate_numerator, t.rate_denominator)
    = (l.tax_class, l.rate_numerator, l.rate_denominator)
JOIN billing_charge c ON c.plan_id = l.plan_id AND c.service_start = l.service_start
    AND c.invoice_line_id = l.id AND c.credited_line_id IS NULL
WHERE l.invoice_id IN (SELECT invoice_id FROM billing_invoiceline WHERE id = ANY(%(lines)s))
"""
_CHANGES = """
SELECT h.plan_id, h.effective_on, h.net_minor, h.quantity, h.anchor_on, h.parted::int
FROM billing_change h JOIN billing_plan p ON p.id = h.plan_id WHERE {where} AND {stands}
"""
# A line is away with its instalments; usage is cut by the days of its line.
_AWAY_FROM = f"""billing_away h JOIN billing_plan l ON l.id = h.plan_id JOIN billing_plan p
    ON p.order_line_id = l.order_line_id AND (p.id = l.id OR p.charge = '{PlanCharge.ONE_TIME}')"""
# Of these what was posted may be cut otherwise than the schedule is now, whatever became of what was told.
_EVER_TOLD = f"""
SELECT h.plan_id FROM billing_change h JOIN billing_plan p ON p.id = h.plan_id WHERE {{where}}
UNION SELECT p.id FROM {_AWAY_FROM} WHERE {{where}}
UNION SELECT p.id FROM billing_movedday h JOIN billing_plan p ON p.contract_id = h.contract_id WHERE {{where}}
UNION SELECT c.plan_id FROM billing_charge c JOIN billing_plan p ON p.id = c.plan_id
WHERE c.credited_line_id IS NOT NULL AND {{where}}
"""  # noqa: S608 our own names
_AWAY = f"""
SELECT p.id, h.start, h.until, h.for_good::text FROM {_AWAY_FROM} WHERE {{where}} AND {{stands}}
"""  # noqa: S608
_MOVED = """
SELECT p.id, h.bill_on, h.moved_to
FROM billing_movedday h JOIN billing_plan p ON p.contract_id = h.contract_id
WHERE {where} AND h.recorded_at <= %(known_at)s
"""
# Each scope by itself: an OR of four would find no index. A hold counts whenever it was placed; what it kept back of a
# preview stays out of that run though released since, lest it adds to what was approved.
_HELD = """
SELECT p.id, h.id FROM billing_hold h JOIN billing_plan p ON {join}
WHERE {where} AND h.effective_on <= %(on)s AND h.charge IN ('', p.charge)
AND (h.expires_on IS NULL OR h.expires_on > %(on)s) AND NOT EXISTS (
    SELECT FROM billing_release r WHERE r.hold_id = h.id AND r.effective_on <= %(on)s
    AND (r.recorded_at <= %(known_at)s OR h.recorded_at > %(known_at)s))
"""
HELD_BY = (
    "p.account_id = h.account_id",
    "p.contract_id = h.contract_id",
    "p.order_id = h.order_id",
    "p.order_line_id = (SELECT l.order_line_id FROM billing_plan l WHERE l.id = h.plan_id)",
)
"""How a hold is joined with the plans that it is about; a line is held with its usage and its instalments."""


def read_due(
    scope: Scope,
    known_at: datetime,
    *,
    issued_to: bool = False,
    if_accepted: bool = False,
    posted: bool = False,
    withdrawn: Collection[AmendmentId] = (),
    without: AmendmentId | None = None,
    then: datetime | None = None,
) -> tuple[pl.DataFrame, Known]:
    """Return plans with how far they are billed, and what was told of them, as recorded by *known_at*.

    What is posted is as of now. *if_accepted* takes what waits for acceptance as accepted when it may be billed;
    *posted* reads what was posted of every plan, for facts that are still to be added. *withdrawn* amendments are left
    out, and that of *without* is, with what it withdraws itself. With *then* the plans can be taken `as_of` it.
    """
    told = pl.Series(dtype=pl.Int64) if posted else _ever_told(scope)
    plans = _read_plans(scope, told, known_at, then, issued_to=issued_to)
    if if_accepted:
        plans = plans.with_columns(pl.coalesce("accepted_on", "due_from").alias("accepted_on"))
    usage = plans.filter(pl.col("charge") == PlanCharge.USAGE)["plan_id"]
    known = read_posted(plans["plan_id"] if posted else pl.concat([told, usage]).unique())
    last = known.charged.group_by(plan_id="line_id").agg(last=pl.max("until"))
    plans = plans.join(last, on="plan_id", how="left", maintain_order="left").with_columns(
        billed_until=pl.coalesce("last", "billed_until")
    )
    return plans.drop("last"), read_known(known, plans, scope, known_at, (withdrawn, without))


def _ever_told(scope: Scope) -> pl.Series:
    return read_columns(_EVER_TOLD.format(where=scope.where), scope.asked, {"plan_id": pl.Int64})["plan_id"]


def _read_plans(
    scope: Scope, told: pl.Series, known_at: datetime, then: datetime | None, *, issued_to: bool
) -> pl.DataFrame:
    """Return plans with their policy as recorded by *known_at*: `TERMS`, billed_until, and `ISSUED_TO` where asked."""
    read: dict[str, type[pl.DataType]] = {
        **TERMS,
        "billed_until": pl.Date,
        **(NAMED if issued_to else {}),
        **(_THEN if then else {}),
    }
    columns = f"{_TERMS}, b.service_until{_NAMED if issued_to else ''}{_KNOWN_THEN if then else ''}"
    plans = read_columns(
        f"SELECT {columns} {_PLANS} WHERE {scope.where} AND p.recorded_at <= %(known_at)s"
        f"{_NOT_BEYOND if scope.due_by else ''}",
        {**scope.asked, "known_at": known_at, "then": then, "told": as_text(told)},
        read,
    )
    named = with_parties(plans, scope.company_id) if issued_to else plans
    return named.join(read_policies(), on="policy", how="left", maintain_order="left")


_THEN: dict[str, type[pl.DataType]] = {"was_known": pl.Int64, "was_accepted": pl.Int64}
_KNOWN_THEN = ", (p.recorded_at <= %(then)s)::int, coalesce(x.recorded_at <= %(then)s, false)::int"


def as_of(then: datetime, plans: pl.DataFrame, known: Known, scope: Scope) -> tuple[pl.DataFrame, Known]:
    """Return plans that were read with *then*, and what was told of them, as recorded by then; posted is as it was."""
    known_then = plans.filter(pl.col("was_known") == 1).with_columns(
        accepted_on=pl.when(pl.col("was_accepted") == 1).then("accepted_on")
    )
    return known_then, read_known(known, known_then, scope, then)


def read_held(scope: Scope, on: date, known_at: datetime) -> pl.DataFrame:
    """Return (plan_id, hold_id): the plans that are not invoiced on a day, each with the first hold that says so.

    They are held now, or were by what was known at *known_at*.
    """
    query = " UNION ALL ".join(_HELD.format(join=join, where=scope.where) for join in HELD_BY)
    asked = {**scope.asked, "on": on, "known_at": known_at}
    held = read_columns(query, asked, {"plan_id": pl.Int64, "hold_id": pl.Int64})
    return held.group_by("plan_id").agg(pl.min("hold_id"))


def read_metered(
    plans: pl.DataFrame, known_at: datetime, left_out: LeftOut, *, away: Sequence[LineAway] = ()
) -> pl.DataFrame:
    """Return what every period of the usage that *plans* charge should cost (`METERED`), each with its steps.

    *away* is taken as known too.
    """
    usage_plans = plans.filter(pl.col("charge") == PlanCharge.USAGE)
    if usage_plans.is_empty():
        return pl.DataFrame(schema=METERED)
    withdrawn, without = left_out
    lines = usage_plans["order_line_id"].to_list()
    found = priced(read_usage(lines, known_at, withdrawn=withdrawn, without=without).without(away))
    period = ("line_id", "service_start")
    steps = found.steps.rename({"plan_id": "line_id"}).group_by(period, maintain_order=True)
    by_line = found.periods.rename({"plan_id": "line_id"}).join(
        steps.agg(steps=pl.struct(pl.exclude(period))), on=period, how="left"
    )
    named = usage_plans.select("plan_id", line_id="order_line_id")
    return by_line.join(named, on="line_id").select(*METERED, "steps")


def read_known(
    known: Known, plans: pl.DataFrame, scope: Scope, known_at: datetime, left_out: LeftOut = ((), None)
) -> Known:
    """Return *known* with what was told of *plans*, and their usage, as recorded by *known_at*; posted stays."""
    withdrawn, without = left_out
    asked = {**scope.asked, "known_at": known_at, "left_out": [*withdrawn, without or 0], "without": without or 0}
    told_of: tuple[tuple[str, dict[str, type[pl.DataType]]], ...] = (
        (_CHANGES, CHANGES),
        (_AWAY, {**AWAY, "for_good": pl.String}),
        (_MOVED, MOVED),
    )
    changes, away, moved = (
        read_columns(query.format(where=scope.where, stands=STANDS), asked, schema) for query, schema in told_of
    )
    away = away.with_columns(for_good=pl.col("for_good") == "true")
    return replace(known, changes=changes, away=away, moved=moved, metered=read_metered(plans, known_at, left_out))


def read_posted(plan_ids: pl.Series) -> Known:
    """Return what was charged of plans and what of it given back: each day once, whoever bears it."""
    if plan_ids.is_empty():
        return Known()
    asked = {"told": plan_ids.to_list(), "whole": WHOLE}
    rows = read_columns(_CHARGED, asked, {**POSTED, "charged": pl.String, "beside": pl.String})
    charged, beside = pl.col("charged") == "t", pl.col("beside") == "t"
    return Known(
        charged=rows.filter(charged, ~beside).select(*POSTED),
        given_back=rows.filter(~charged, ~beside).select(*RETURNED),
        beside=rows.filter(beside).select(*BESIDE),
    )


def read_groupings(scope: Scope, on: date, known_at: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return how lines are grouped on a day (`GROUPINGS`), and the tag of each contract that has one."""
    asked = {"company_id": scope.company_id, "on": on, "known_at": known_at}
    groupings = read_columns(_GROUPINGS, asked, GROUPINGS)
    if not groupings["keys"].str.contains(GroupKey.TAG.value).any():
        return groupings, pl.DataFrame(schema=_TAGGED)
    return groupings, read_columns(_TAGS, asked, _TAGGED)


_TAGGED: dict[str, type[pl.DataType]] = {"contract_id": pl.Int64, "tag": pl.String}


def read_originals(charges: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of the invoices that *charges* give something back of, as `ORIGINALS`."""
    lines = charges["credited_line_id"].drop_nulls()
    if lines.is_empty():
        return pl.DataFrame(schema=ORIGINALS)
    return read_columns(_ORIGINALS, {"lines": lines.to_list()}, ORIGINALS)


def known_now() -> datetime:
    """Return the database's moment, the one that `recorded_at` is written with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
        return row[0]
