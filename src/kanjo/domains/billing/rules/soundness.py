"""What keeps a due charge from being invoiced, asked of all charges at once. Columns in, refusals out.

Whatever is wrong with one contract is found here, before anything is computed of it, so that it stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
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
Unit = tuple[int, int | None]
"""What is not invoiced together: a contract that an account pays, or for None all that the account pays."""


@dataclass(frozen=True, slots=True)
class Check:
    """Which charges are wrong, the refusal of one of them, and whether who pays is the cause."""

    wrong: pl.Expr
    because: Callable[[Row], Refusal]
    of_payer: bool = False


def refused(charges: pl.DataFrame) -> dict[Unit, Refusal]:
    """Return what cannot be invoiced, each with the first rule that its first such plan breaks.

    A contract stops no other one of its account; the account is told alone where who pays is the cause.
    """
    checks = list(_checks(charges))
    broken = charges.select(one.wrong.any().alias(str(place)) for place, one in enumerate(checks)).row(0)
    found: dict[Unit, tuple[int, Refusal]] = {}
    for check in compress(checks, broken):
        of = ["account_id"] if check.of_payer else ["account_id", "contract_id"]
        for row in charges.filter(check.wrong).sort("plan_id").unique(of, keep="first").iter_rows(named=True):
            unit = (row["account_id"], None if check.of_payer else row["contract_id"])
            if unit not in found or row["plan_id"] < found[unit][0]:
                found[unit] = (row["plan_id"], check.because(row))
    return {
        (account, contract): refusal
        for (account, contract), (_, refusal) in found.items()
        if contract is None or (account, None) not in found
    }


def without(charges: pl.DataFrame, wrong: Collection[Unit]) -> pl.DataFrame:
    """Return *charges* but those of what cannot be invoiced."""
    accounts = [account for account, contract in wrong if contract is None]
    contracts = pl.DataFrame(
        [unit for unit in wrong if unit[1] is not None], {"account_id": pl.Int64, "contract_id": pl.Int64}, orient="row"
    )
    of_others = charges.filter(~pl.col("account_id").is_in(accounts))
    return of_others.join(contracts, on=contracts.columns, how="anti", maintain_order="left")


def _checks(charges: pl.DataFrame) -> Iterator[Check]:
    yield from (_names(column, what) for column, what in _NAMED.items())
    yield from (_reads(column, what, known) for column, (what, known) in _READ.items())
    yield _payable(charges["payment_terms"])
    yield Check(pl.col("description") == "", _without_description)
    yield Check(pl.col("service_start") >= pl.col("service_until"), _reversed)
    beyond = ~pl.col("price_minor").is_between(-LARGEST_MINOR, LARGEST_MINOR)
    metered = pl.col("charge") == PlanCharge.USAGE
    yield Check(beyond & metered, _usage_too_large)
    yield Check(beyond & ~metered, _too_large)
    yield Check(pl.col("sequence") > MOST_CHARGES, lambda row: BilledTooOften(description=_named(row)))
    yield Check(pl.col("rate_numerator").is_null(), _without_rate)


_OF_PAYER = ("payer_id", "language")
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
    return Check(
        pl.col(column).is_null(), lambda row: NamesNobody(description=_named(row), what=what), column in _OF_PAYER
    )


def _reads(column: str, what: Text, known: Iterable[str]) -> Check:
    return Check(
        ~pl.col(column).is_in(list(known)),
        lambda row: PlanUnreadable(description=_named(row), what=what, value=row[column]),
        column in _OF_PAYER,
    )


def _payable(codes: pl.Series) -> Check:
    unreadable = {code: refusal for code in codes.unique() if (refusal := _why_unreadable(code))}
    return Check(pl.col("payment_terms").is_in(list(unreadable)), lambda row: unreadable[row["payment_terms"]])


def _why_unreadable(code: str) -> Refusal | None:
    try:
        payment_terms(code)
    except Refusal as refusal:
        return refusal
    return None


def _reversed(row: Row) -> Refusal:
    return ServiceReversed(description=row["description"], start=row["service_start"], until=row["service_until"])


def _without_description(row: Row) -> Refusal:
    return DescriptionMissing(key=_with_days(row, row["plan_id"]), language=row["language"])


def _too_large(row: Row) -> Refusal:
    return AmountTooLarge(description=_named(row), amount=row["price_minor"], most=LARGEST_MINOR)


def _usage_too_large(row: Row) -> Refusal:
    return UsageTooLarge(description=_named(row), amount=f"{row['price_minor']:,}", most=f"{LARGEST_MINOR:,}")


def _without_rate(row: Row) -> Refusal:
    return RateMissing(tax_class=TaxClass(row["tax_class"]).shown, day=row["supplied_on"])


def _named(row: Row) -> Text:
    """Return what the line is called, with the days of its service that would be charged."""
    return _with_days(row, row["description"])


def _with_days(row: Row, name: object) -> Text:
    return _OF_DAYS.filled(name=name, first=row["service_start"], last=row["service_until"] - timedelta(days=1))


_OF_DAYS = Text(en="{name} ({first} to {last})", ja="{name}（{first}〜{last}）")
