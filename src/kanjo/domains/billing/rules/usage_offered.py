"""What the usage of lines that are only proposed will cost: whatever is used (minimum, commitment), or as expected.

The rule that prices what was used prices it. Columns in, columns out; days half-open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from kanjo.domains.billing.facts import LineToBill, PlanCharge, UsageTerms
from kanjo.domains.billing.rules.guards import LARGEST_MINOR, AmountTooLarge
from kanjo.domains.billing.rules.owed import METERED
from kanjo.domains.billing.rules.usage import EVENTS, RATED, RATINGS, TIERS, Usage, evenly_used, priced
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.texts import Text


def offered_usage(lines: Sequence[LineToBill], plans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the plans that will charge the usage of *lines*, and what each period of it will cost (`METERED`).

    *plans* are those of the lines, each under its place; the usage of a line is under its place after all of them.
    Refuses `AmountTooLarge`.
    """
    metered = {len(lines) + place: line for place, line in enumerate(lines) if line.usage is not None}
    own = (
        plans.with_columns(plan_id=pl.col("plan_id") + len(lines))
        .filter(pl.col("plan_id").is_in(list(metered)))
        .with_columns(
            charge=pl.lit(PlanCharge.USAGE.value),
            timing=pl.lit(BillingTiming.IN_ARREARS.value),
            quantity=pl.lit(0, dtype=pl.Int64),
            net_minor=pl.lit(0, dtype=pl.Int64),
        )
    )
    if not metered:
        return own, pl.DataFrame(schema=METERED)
    terms = {plan_id: (line, line.usage) for plan_id, line in metered.items() if line.usage is not None}
    usage = Usage(
        own.join(_frame(_OF_TERM, [_of_term(key, one) for key, (_, one) in terms.items()]), on="plan_id").select(
            *RATED
        ),
        _frame(RATINGS, [_rating(key, line, one) for key, (line, one) in terms.items()]),
        _frame(TIERS, [tier for key, (line, one) in terms.items() for tier in _tiers(key, line, one)]),
        pl.DataFrame(schema=EVENTS),
    )
    units = _frame(_EXPECTED, [(key, line.expected_units) for key, (line, _) in terms.items()])
    periods = priced(evenly_used(usage, units)).periods.filter(pl.col("net_minor") != 0)
    for plan_id, cost in periods.filter(pl.col("net_minor") > LARGEST_MINOR).select("plan_id", "net_minor").iter_rows():
        raise AmountTooLarge(description=metered[plan_id].description, amount=cost, most=LARGEST_MINOR)
    return own, periods


def usage_words(description: Text, unit: Text) -> Text:
    """Return what the usage of a line is called on documents."""
    return _USAGE_OF.filled(line=description, unit=unit)


_USAGE_OF = Text(en="{line}: usage ({unit})", ja="{line}　従量分（{unit}）")
_EXPECTED: dict[str, type[pl.DataType]] = {"plan_id": pl.Int64, "units": pl.Int64}
_OF_TERM: dict[str, type[pl.DataType]] = {
    "plan_id": pl.Int64,
    "commitment_minor": pl.Int64,
    "prepaid_units": pl.Int64,
    "prepaid_minor": pl.Int64,
}


def _of_term(plan_id: int, terms: UsageTerms) -> tuple[Any, ...]:
    return plan_id, terms.commitment_minor, terms.prepaid_units, terms.prepaid_minor


def _rating(plan_id: int, line: LineToBill, terms: UsageTerms) -> tuple[Any, ...]:
    since = line.service.start if line.service else line.due_from
    return plan_id, since, terms.model.value, terms.included_units, terms.minimum_minor


def _tiers(plan_id: int, line: LineToBill, terms: UsageTerms) -> list[tuple[Any, ...]]:
    since = line.service.start if line.service else line.due_from
    return [
        (plan_id, since, tier.from_units, tier.price_minor, tier.per_units, tier.flat_minor) for tier in terms.tiers
    ]


def _frame(schema: dict[str, type[pl.DataType]], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")
