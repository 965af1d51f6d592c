"""What keeps a due charge from being invoiced, asked of all charges at once. Columns in, refusals out.

Whatever is wrong with one account is found here, before anything is computed of it, so that it stops nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import compress
from typing import Any

import polars as pl

from kanjo.domains.billing.facts import PlanCharge
from kanjo.domains.billing.rules.guards import (
    LARGEST_MINOR,
    MOST_CHARGES,
    AmountTooLarge,
    BilledTooOften,
    DescriptionMissing,
    NamesNobody,
    PlanUnreadable,
    RateMissing,
    ServiceReversed,
    UsageTooLarge,
)
from kanjo.domains.catalog.facts import BillingTiming, TaxClass
from kanjo.foundation.currencies import CURRENCIES
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Language, Text

Row = dict[str, Any]
Check = tuple[pl.Expr, Callable[[Row], Refusal]]
"""Which charges are wrong, and the refusal of one of them."""


def refused(charges: pl.DataFrame) -> dict[int, Refusal]:
    """Return the accounts that cannot be invoiced, each with the first rule that its first such plan breaks."""
    checks = list(_checks(charges))
    broken = charges.select(wrong.any().alias(str(place)) for place, (wrong, _) in enumerate(checks)).row(0)
    found: dict[int, tuple[int, Refusal]] = {}
    for wrong, because in compress(checks, broken):
        for row in charges.filter(wrong).sort("plan_id").unique("account_id", keep="first").iter_rows(named=True):
            before = found.get(row["account_id"])
            if before is None or row["plan_id"] < before[0]:
                found[row["account_id"]] = (row["plan_id"], because(row))
    return {account_id: refusal for account_id, (_, refusal) in found.items()}


def _checks(charges: pl.DataFrame) -> Iterator[Check]:
    yield from (_names(column, what) for column, what in _NAMED.items())
    yield from (_reads(column, what, known) for column, (what, known) in _READ.items())
    yield _payable(charges["payment_terms"])
    yield pl.col("description") == "", lambda row: DescriptionMissing(key=row["plan_id"], language=row["language"])
    yield pl.col("service_start") >= pl.col("service_until"), _reversed
    beyond, metered = (
        ~pl.col("price_minor").is_between(-LARGEST_MINOR, LARGEST_MINOR),
        pl.col("charge") == PlanCharge.USAGE,
    )
    yield beyond & metered, _usage_too_large
    yield beyond & ~metered, _too_large
    yield pl.col("sequence") > MOST_CHARGES, lambda row: BilledTooOften(description=row["description"])
    yield pl.col("rate_numerator").is_null(), _without_rate


_NAMED = {
    "payer_id": Text(en="payer", ja="請求先"),
    "customer_id": Text(en="customer", ja="顧客"),
    "order_id": Text(en="order", ja="注文"),
}
_READ: dict[str, tuple[Text, Iterable[str]]] = {
    "timing": (Text(en="billing timing", ja="請求時期"), BillingTiming),
    "tax_class": (Text(en="tax class", ja="税区分"), TaxClass),
    "currency": (Text(en="currency", ja="通貨"), CURRENCIES),
    "language": (Text(en="language", ja="言語"), Language),
}


def _names(column: str, what: Text) -> Check:
    return pl.col(column).is_null(), lambda row: NamesNobody(description=row["description"], what=what)


def _reads(column: str, what: Text, known: Iterable[str]) -> Check:
    return ~pl.col(column).is_in(list(known)), lambda row: PlanUnreadable(
        description=row["description"], what=what, value=row[column]
    )


def _payable(codes: pl.Series) -> Check:
    unreadable = {code: refusal for code in codes.unique() if (refusal := _why_unreadable(code))}
    return pl.col("payment_terms").is_in(list(unreadable)), lambda row: unreadable[row["payment_terms"]]


def _why_unreadable(code: str) -> Refusal | None:
    try:
        payment_terms(code)
    except Refusal as refusal:
        return refusal
    return None


def _reversed(row: Row) -> Refusal:
    return ServiceReversed(description=row["description"], start=row["service_start"], until=row["service_until"])


def _too_large(row: Row) -> Refusal:
    return AmountTooLarge(description=row["description"], amount=row["price_minor"], most=LARGEST_MINOR)


def _usage_too_large(row: Row) -> Refusal:
    return UsageTooLarge(
        description=row["description"], days=_days(row), amount=f"{row['price_minor']:,}", most=f"{LARGEST_MINOR:,}"
    )


def _days(row: Row) -> Text:
    """Return the first and the last day of the service that is charged."""
    return _FROM_TO.filled(first=row["service_start"], last=row["service_until"] - timedelta(days=1))


_FROM_TO = Text(en="{first} to {last}", ja="{first}〜{last}")


def _without_rate(row: Row) -> Refusal:
    return RateMissing(tax_class=TaxClass(row["tax_class"]).shown, day=row["supplied_on"])
