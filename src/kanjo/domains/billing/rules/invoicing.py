"""From due charges to invoices: the rate of each line, the grouping, the tax of each rate. Columns in, columns out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kanjo.domains.billing.facts import GroupKey
from kanjo.foundation.columns import at_once, proportion
from kanjo.foundation.ids import CustomerId, PolicyId
from kanjo.foundation.money import Rounding
from kanjo.foundation.terms import payment_terms

GROUPED_BY = ("account_id", "group", "addressee", "customer_id", "currency", "payment_terms", "tax_rounding")
"""What is put on one invoice: lines of one group, addressee, payer and customer, of the same currency and terms."""

GROUPINGS: dict[str, type[pl.DataType]] = {"account_id": pl.Int64, "keys": pl.String}
"""By which `GroupKey`s, apart by spaces, the lines of an account are grouped; a null account is everybody else."""

BY_CONTRACT = GroupKey.CONTRACT.value
"""How lines are grouped where nobody chose otherwise.

Not by order: an amendment is an order of its own, and what it takes away and adds comes on one invoice.
"""

PAYER: dict[str, type[pl.DataType]] = {
    "payer_id": pl.Int64,
    "payer_name": pl.String,
    "payer_address": pl.String,
    "language": pl.String,
}
"""What an invoice copies of its payer."""

BILL_TOS: dict[str, type[pl.DataType]] = {
    "contract_id": pl.Int64,
    "payer_id": pl.Int64,
    **dict.fromkeys(("department_ja", "department_en", "attention", "channel", "recipient"), pl.String),
}
"""To whom within a payer invoices go, and by what way: one row of each contract and payer, a null contract is any."""

ADDRESSED = ("addressee", "department", "attention")
"""To whom a line is invoiced: a number that tells addressees apart, and what is printed of them."""

RATE = ("tax_class", "rate_numerator", "rate_denominator")
ORIGINALS: dict[str, type[pl.DataType]] = {
    "credited_line_id": pl.Int64,
    "original_id": pl.Int64,
    "tax_class": pl.String,
    "rate_numerator": pl.Int64,
    "rate_denominator": pl.Int64,
    "charged_minor": pl.Int64,
    "left_minor": pl.Int64,
    "tax_rounding": pl.String,
    "own_minor": pl.Int64,
}
"""All that the invoices charged of which something is given back: each line with its rate and what is left of it.

Its tax is that of its invoice, rounded as it was there; own_minor as `Drafted` says.
"""


@dataclass(frozen=True, slots=True)
class Drafted:
    """Invoices before they have ids and numbers: `draft` joins the three frames, starting at 0.

    Where a document charges and gives back at one rate, its tax is rounded once on the difference. own_minor is what of
    it is the tax on what it charges: the rest closes the tax of what it gives back. Null where it only does one.
    """

    invoices: pl.DataFrame
    lines: pl.DataFrame
    taxes: pl.DataFrame


def rated(charges: pl.DataFrame, rates: pl.DataFrame, originals: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add the exact rate of the day of supply: the last day of the service (Consumption Tax Act, art. 28 and 29).

    What is given back has the rate it was charged at. Needs tax_class, service_until, credited_line_id and
    charged_until; *rates* has tax_class, effective_on, numerator and denominator. A class without a rate on that day
    has a null numerator.
    """
    until = pl.coalesce("charged_until", "service_until")
    supplied = charges.with_columns(supplied_on=until.dt.offset_by("-1d")).sort("supplied_on")
    known = rates.select(
        "tax_class", rate_from="effective_on", rate_numerator="numerator", rate_denominator="denominator"
    )
    by_day = supplied.join_asof(
        known.sort("rate_from"),
        left_on="supplied_on",
        right_on="rate_from",
        by="tax_class",
        strategy="backward",
        check_sortedness=False,
    ).drop("rate_from")
    if originals is None or originals.is_empty():
        return by_day
    was = originals.select("credited_line_id", **{f"was_{name}": name for name in RATE})
    return by_day.join(was, on="credited_line_id", how="left").with_columns(
        **{name: pl.coalesce(f"was_{name}", name) for name in RATE}
    )


def grouped(charges: pl.DataFrame, groupings: pl.DataFrame, tags: pl.DataFrame) -> pl.DataFrame:
    """Add `group`: lines with the same one may stand on one invoice.

    Needs account_id, contract_id, order_id, po_number and plan_id; *tags* has contract_id and tag, which is
    empty where it was taken off.
    """
    if groupings.is_empty():
        return _payers_apart(charges.with_columns(group="contract_id"))
    everybody = groupings.filter(pl.col("account_id").is_null())["keys"].first() if groupings.height else None
    default = BY_CONTRACT if everybody is None else everybody
    named = charges.join(groupings.drop_nulls("account_id"), on="account_id", how="left").join(
        tags, on="contract_id", how="left"
    )
    named = named.with_columns(pl.col("tag").replace("", None))
    keys = pl.col("keys").fill_null(default).str.split(" ")
    parts = [
        pl.when(keys.list.contains(key.value)).then(pl.col(column)).alias(f"by_{column}")
        for key, column in _GROUPED_BY_KEY.items()
    ]
    return _payers_apart(
        named.with_columns(parts)
        .with_columns(
            group=pl.struct(f"by_{column}" for column in _GROUPED_BY_KEY.values()).rank("dense").cast(pl.Int64)
        )
        .drop("keys", "tag", *(f"by_{column}" for column in _GROUPED_BY_KEY.values()))
    )


def _payers_apart(charges: pl.DataFrame) -> pl.DataFrame:
    """Put what several payers bear on a document for each."""
    if "share_of" not in charges.columns:
        return charges
    return charges.with_columns(group=pl.struct("group", "payer_id").rank("dense").cast(pl.Int64))


def addressed(charges: pl.DataFrame, bill_tos: pl.DataFrame) -> pl.DataFrame:
    """Add `ADDRESSED`, as *bill_tos* (`BILL_TOS`) say of the contract for its payer, or else of the payer.

    The department is printed in the language of the payer, in the other one where it has no name in that. Who differs
    in anything, also in the way by which invoices come, is another addressee. Needs contract_id, payer_id and language.
    """
    if bill_tos.is_empty():
        return charges.with_columns(addressee=pl.lit(0, dtype=pl.Int64), department=pl.lit(""), attention=pl.lit(""))
    told = bill_tos.with_columns(addressee=pl.struct(_TOLD_APART_BY).rank("dense").cast(pl.Int64))
    own, others = told.drop_nulls("contract_id"), told.filter(pl.col("contract_id").is_null()).drop("contract_id")
    found = charges.select("contract_id", "payer_id", "language").join(
        own, on=["contract_id", "payer_id"], how="left", maintain_order="left"
    )
    found = found.join(others, on="payer_id", how="left", maintain_order="left", suffix="_of_all")
    is_own = pl.col("addressee").is_not_null()
    chosen = found.with_columns(
        pl.when(is_own).then(name).otherwise(f"{name}_of_all").alias(name) for name in (*_PRINTED, "addressee")
    )
    ja, en = (pl.col(f"department_{language}").replace("", None) for language in ("ja", "en"))
    department = pl.when(pl.col("language") == "ja").then(pl.coalesce(ja, en)).otherwise(pl.coalesce(en, ja))
    return charges.hstack(
        chosen.select(
            pl.col("addressee").fill_null(0),
            department=department.fill_null(""),
            attention=pl.col("attention").fill_null(""),
        )
    )


_PRINTED = ("department_ja", "department_en", "attention")
_TOLD_APART_BY = (*_PRINTED, "channel", "recipient")

_GROUPED_BY_KEY = {
    GroupKey.CONTRACT: "contract_id",
    GroupKey.ORDER: "order_id",
    GroupKey.PO_NUMBER: "po_number",
    GroupKey.TAG: "tag",
    GroupKey.LINE: "plan_id",
}


def rounded_by(
    charges: pl.DataFrame,
    chosen: Mapping[CustomerId, Rounding],
    rounding: Rounding,
    agreed: Mapping[PolicyId, Rounding] | None = None,
) -> pl.DataFrame:
    """Add `tax_rounding`: as *agreed* by the policy, else *chosen* for the payer, else the company's own *rounding*."""
    told = _told("payer_id", chosen, pl.lit(rounding.value))
    return charges.with_columns(tax_rounding=_told("policy", agreed or {}, told))


def _told(name: str, roundings: Mapping[CustomerId, Rounding] | Mapping[PolicyId, Rounding], other: pl.Expr) -> pl.Expr:
    words = {int(key): one.value for key, one in roundings.items()}
    return pl.col(name).replace_strict(words, default=other, return_dtype=pl.String) if words else other


def drafted(charges: pl.DataFrame, *, issued_on: date, originals: pl.DataFrame | None = None) -> Drafted:
    """Group *charges* into invoices and compute the tax once per invoice and rate (Enforcement Order, art. 70-10).

    Where a document only gives back at a rate, its tax is what the tax on what is left of the *originals* goes down
    by: when all is given back, all of the tax is. Needs the columns of a due charge with its rate, its plan's,
    `ADDRESSED` and tax_rounding.
    Drafts are numbered in the order of their key, so that the order in which charges come does not matter.
    """
    ordered = charges.sort(*GROUPED_BY, "plan_id", "service_start", "sequence")
    lines = ordered.with_columns(
        draft=(pl.struct(GROUPED_BY).rle_id().cast(pl.Int64)),
    ).with_columns(position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("draft"))
    taxes = _taxes(lines)
    if originals is not None and not originals.is_empty():
        taxes = _closing(taxes, lines, originals)
    else:
        taxes = taxes.with_columns(own_minor=_NOTHING)
    return Drafted(invoices=_headers(lines, taxes, issued_on), lines=lines, taxes=taxes)


def returned_in_full(invoices: pl.DataFrame, charged: pl.DataFrame, back: pl.DataFrame, on: date) -> Drafted:
    """Return the credit notes that give back all that is left of *invoices* (適格返還請求書), each by its original.

    *charged* are the lines that they charged (charged_minor and own_minor as in `ORIGINALS`), *back* the days left of
    them (rows as of `owed.given_back`, under charge_id). The tax of what is left closes the original: after it nothing
    is left of its tax either. Raises `ValueError` where something is given back that none of them charged: left out,
    its days would be billed twice.
    """
    strange = back.join(charged, on="charge_id", how="anti")
    if strange.height:
        raise ValueError(f"given back but not charged: lines {strange['charge_id'].to_list()}")
    lines = back.join(charged, on="charge_id").rename({"charge_id": "credited_line_id"})
    open_ones = invoices.join(lines.select("original_id"), on="original_id", how="semi").sort("original_id")
    numbered = open_ones.with_columns(draft=pl.int_range(pl.len(), dtype=pl.Int64))
    lines = (
        lines.join(numbered.select("original_id", "draft", "tax_rounding"), on="original_id")
        .sort("draft", "position", "service_start")
        .with_columns(position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("draft"))
    )
    tax = _tax_returned(lines, charged)
    sums = lines.group_by("draft", maintain_order=True).agg(
        pl.col("net_minor").sum(),
        pl.col("service_start").min().alias("supplied_from"),
        pl.col("service_until").max().alias("supplied_until"),
        pl.len().alias("lines").cast(pl.Int64),
    )
    headers = numbered.join(sums, on="draft").join(_per_document(tax), on="draft").sort("draft")
    return Drafted(
        invoices=headers.with_columns(
            total_minor=pl.col("net_minor") + pl.col("tax_minor"), issued_on=pl.lit(on), due_on=pl.lit(on)
        ),
        lines=lines,
        taxes=tax.sort("draft", maintain_order=True),
    )


def _tax_returned(lines: pl.DataFrame, charged: pl.DataFrame) -> pl.DataFrame:
    """Return the taxes of documents that each give back all that is left of one original."""
    place = ("original_id", *RATE)
    all_charged = charged.group_by(place).agg(pl.sum("charged_minor"), pl.col("own_minor").first())
    sums = lines.group_by("draft", *place, maintain_order=True).agg(
        pl.col("net_minor").sum(), pl.col("tax_rounding").first(), left=-pl.col("net_minor").sum()
    )
    left = _tax_left(sums.join(all_charged, on=place, maintain_order="left"), "left", into="tax_left")
    return left.select("draft", *RATE, "net_minor", tax_minor=-pl.col("tax_left"), own_minor=_NOTHING).sort(
        "draft", maintain_order=True
    )


def _per_document(taxes: pl.DataFrame) -> pl.DataFrame:
    return taxes.group_by("draft").agg(pl.col("tax_minor").sum())


def _taxes(lines: pl.DataFrame) -> pl.DataFrame:
    sums = lines.group_by("draft", *RATE, maintain_order=True).agg(
        pl.col("net_minor").sum(), pl.col("tax_rounding").first()
    )
    return _rounded(sums, "net_minor", into="tax_minor").drop("tax_rounding").sort("draft", maintain_order=True)


def _rounded(sums: pl.DataFrame, net: str, *, into: str) -> pl.DataFrame:
    """Add the tax on *net*, rounded once, each as its tax_rounding says."""
    apart = sums.partition_by("tax_rounding", maintain_order=True) if sums.height else [sums]
    return pl.concat(
        proportion(
            rows,
            into=into,
            factors=[net, "rate_numerator"],
            over=["rate_denominator"],
            rounding=Rounding(rows["tax_rounding"][0]) if rows.height else Rounding.FLOOR,
        )
        for rows in apart
    )


_NOTHING = pl.lit(None, dtype=pl.Int64)


def _closing(taxes: pl.DataFrame, lines: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    """Take the tax of what is given back from what is left of its originals before and after.

    Of rates at which a document gives back only that is its tax; else own_minor is what is beside.
    """
    place = ("original_id", *RATE)
    was = originals.lazy()
    back = lines.lazy().join(was.select("credited_line_id", "original_id"), on="credited_line_id", how="left")
    only = back.group_by("draft", *RATE).agg(only=pl.col("original_id").is_not_null().all())
    left = was.group_by(place).agg(
        pl.col("tax_rounding", "own_minor").first(), pl.sum("charged_minor"), before=pl.sum("left_minor")
    )
    given = at_once(
        back.group_by("draft", *place)
        .agg(pl.sum("net_minor"))
        .sort("draft")
        .join(left, on=place)
        .with_columns(after=pl.col("before") + pl.col("net_minor").cum_sum().over(place))
        .with_columns(before=pl.col("after") - pl.col("net_minor"))
    )
    for name in ("before", "after"):
        given = _tax_left(given, name, into=f"tax_{name}")
    by_rate = given.lazy().group_by("draft", *RATE)
    closing = by_rate.agg(closing=(pl.col("tax_after") - pl.col("tax_before")).sum())
    is_only, is_mixed = pl.col("only") & pl.col("closing").is_not_null(), ~pl.col("only")
    return at_once(
        taxes.lazy()
        .join(closing, on=("draft", *RATE), how="left", maintain_order="left")
        .join(only, on=("draft", *RATE), how="left", maintain_order="left")
        .with_columns(
            tax_minor=pl.when(is_only).then("closing").otherwise("tax_minor"),
            own_minor=pl.when(is_mixed).then(pl.col("tax_minor") - pl.col("closing")),
        )
        .drop("closing", "only")
    )


def _tax_left(sums: pl.DataFrame, left: str, *, into: str) -> pl.DataFrame:
    """Add the tax that is left when so much is *left* of what an invoice charged at a rate (charged_minor).

    It is that of its rate. Where own_minor is another tax than that on all it charged, what they differ by is given
    back with the last of it: until then it stays, at most all that is left. So nothing is left of the tax of nothing,
    and no part of it is given back twice.
    """
    rows = _rounded(_rounded(sums, left, into=into), "charged_minor", into="by_rate")
    kept = pl.col(into) + pl.col("own_minor") - pl.col("by_rate")
    bounded = (
        pl.when(pl.col(into) >= 0)
        .then(pl.max_horizontal(kept, pl.min_horizontal("own_minor", 0)))
        .otherwise(pl.min_horizontal(kept, pl.max_horizontal("own_minor", 0)))
    )
    found = pl.when(pl.col("own_minor").is_null() | (pl.col("own_minor") == pl.col("by_rate"))).then(into)
    tax = found.when(pl.col(left) == 0).then(0).otherwise(bounded)
    return rows.with_columns(tax.alias(into)).drop("by_rate")


def _headers(lines: pl.DataFrame, taxes: pl.DataFrame, issued_on: date) -> pl.DataFrame:
    headers = lines.group_by("draft", maintain_order=True).agg(
        pl.col(*GROUPED_BY, *PAYER, "department", "attention").first(),
        pl.col("order_id").min(),
        pl.col("order_id").alias("orders"),
        pl.col("net_minor").sum(),
        pl.col("service_start").min().alias("supplied_from"),
        pl.col("service_until").max().alias("supplied_until"),
        pl.len().alias("lines").cast(pl.Int64),
    )
    return headers.join(_per_document(taxes), on="draft", how="left", maintain_order="left").with_columns(
        total_minor=pl.col("net_minor") + pl.col("tax_minor"),
        issued_on=pl.lit(issued_on),
        due_on=pl.when(pl.col("net_minor") < 0)
        .then(pl.lit(issued_on))
        .otherwise(due_days(headers["payment_terms"], issued_on)),
    )


def due_days(terms: pl.Series, issued_on: date) -> pl.Series:
    """Return the due day of each payment terms code; each code is computed once."""
    days = {code: payment_terms(code).due_on(issued_on) for code in terms.unique()}
    return terms.replace_strict(days, return_dtype=pl.Date).alias("due_on")
