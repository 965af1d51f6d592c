"""From what is due of a line to what each of several payers is billed of it. Columns in, columns out.

Guarantees, steps and worked tables: docs/algorithms/payer-shares.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from kanjo.domains.billing.rules.invoicing import PAYER
from kanjo.domains.billing.rules.shares import amount_above
from kanjo.foundation.columns import proportion
from kanjo.foundation.money import Rounding

PAYER_SHARE = ("share_from", "share_until", "share_of")
"""Which part of an amount a payer bears: from one whole number of so many to another."""

SHARINGS: dict[str, type[pl.DataType]] = {
    "sharing_id": pl.Int64,
    "contract_id": pl.Int64,
    "account_id": pl.Int64,
    "effective_on": pl.Date,
}
"""From a day on the lines of a contract or of an account are shared; of one day the last row counts."""

PAYERS: dict[str, type[pl.DataType]] = {"sharing_id": pl.Int64, "position": pl.Int64, "weight": pl.Int64, **PAYER}
"""Who shares, in their order, and by which weights. A sharing without payers is none."""

CARRIERS: dict[str, type[pl.DataType]] = {
    "head_line_id": pl.Int64,
    "line_id": pl.Int64,
    "left_minor": pl.Int64,
    "description": pl.String,
    **PAYER,
}
"""The posted lines that carry a shared charge, known by its first line, and what is left of each."""

NAMED: dict[str, type[pl.DataType]] = {"plan_id": pl.Int64, "language": pl.String, "named": pl.String}
"""What a line is called in the language of a payer."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """What is agreed on who pays, and who was charged what is given back. Frames as named above; empty for most."""

    sharings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SHARINGS))
    payers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PAYERS))
    carriers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CARRIERS))
    named: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NAMED))


def shared(charges: pl.DataFrame, sharing: Sharing, on: pl.Expr) -> pl.DataFrame:
    """Return *charges* with a row for each payer that bears a part of one, as agreed on the day it is billed *on*.

    What is given back goes to who was charged it, by what is left to each. Parts of nothing are left out. Adds
    `PAYER_SHARE`, null where one payer bears all; shared_row, one number for the parts of one charge; beside, true for
    all parts but the first; head_line_id, the first line of the charge that is given back. Unchanged where nobody
    shares. Needs the columns of a due charge, of its plan and of its payer.
    """
    if sharing.payers.is_empty() and sharing.carriers.is_empty():
        return charges
    rows = charges.with_columns(shared_row=pl.int_range(pl.len(), dtype=pl.Int64))
    is_new = pl.col("credited_line_id").is_null()
    found = pl.concat(
        [
            _charged(rows.filter(is_new).with_columns(shared_on=on), sharing),
            _given_back(rows.filter(~is_new), sharing.carriers),
        ],
        how="diagonal",
    )
    if found.is_empty():
        return charges
    alone = rows.join(found, on="shared_row", how="anti")
    first = pl.col("position") == pl.col("position").min().over("shared_row")
    unheaded = pl.DataFrame(schema={"head_line_id": pl.Int64})
    together = pl.concat([alone, found.with_columns(beside=~first), unheaded], how="diagonal")
    return _numbered(together.with_columns(pl.col("beside").fill_null(value=False)).drop("position", "weight"))


def parts(rows: pl.DataFrame) -> pl.DataFrame:
    """Cut net_minor by weight: through a part's end less through its start, each rounded down; the last part closes.

    Needs shared_row (one for the parts of one amount, which stands on each), position and weight. Adds `PAYER_SHARE`.
    Each part is less than one minor unit off its exact share, and none is larger than its weight where the amount is
    no larger than their sum.
    """
    of = ("shared_row",)
    weighed = rows.sort(*of, "position").with_columns(
        share_until=pl.col("weight").cum_sum().over(of), share_of=pl.col("weight").sum().over(of)
    )
    return amounts(weighed.with_columns(share_from=pl.col("share_until") - pl.col("weight")))


def amounts(rows: pl.DataFrame) -> pl.DataFrame:
    """Put the part that `PAYER_SHARE` says in the place of net_minor."""
    for edge in ("share_from", "share_until"):
        rows = proportion(
            rows, into=f"{edge}_minor", factors=["net_minor", edge], over=["share_of"], rounding=Rounding.FLOOR
        )
    part = pl.col("share_until_minor") - pl.col("share_from_minor")
    return rows.with_columns(net_minor=part).drop("share_from_minor", "share_until_minor")


def again(lines: pl.DataFrame, payers: pl.DataFrame) -> pl.DataFrame:
    """Return posted *lines* once for each of *payers*, with the part of the line that is the payer's.

    The new part is a piece of the interval that the line was: from its price and days the parts of a line add up to
    it. Needs the line's price (price_minor, above_minor), days, `PAYER_SHARE` (null for all of it), and what it is
    called (description_en and description_ja); of payers, in their order, weight and who they are. Adds group, the
    place of the payer, and credited_line_id, null.
    """
    until = payers["weight"].cum_sum()
    placed = payers.with_columns(
        group=pl.int_range(pl.len(), dtype=pl.Int64), ends=until, begins=until - payers["weight"]
    )
    all_shares = int(payers["weight"].sum())
    first, last, of = (
        pl.col("share_from").fill_null(0),
        pl.col("share_until").fill_null(1),
        pl.col("share_of").fill_null(1),
    )
    both = lines.drop(*PAYER, "description", strict=False).join(placed, how="cross")
    cut = both.with_columns(
        share_from=first * all_shares + (last - first) * pl.col("begins"),
        share_until=first * all_shares + (last - first) * pl.col("ends"),
        share_of=of * all_shares,
        net_minor=amount_above(),
        description=pl.when(pl.col("language") == "ja").then("description_ja").otherwise("description_en"),
        credited_line_id=pl.lit(None, dtype=pl.Int64),
    )
    return amounts(cut).filter(pl.col("net_minor") != 0).drop("weight", "begins", "ends")


def _charged(rows: pl.DataFrame, sharing: Sharing) -> pl.DataFrame:
    """Return the parts of new charges: by what is agreed for the contract on its day, else for the account."""
    if sharing.payers.is_empty():
        return rows.clear()
    for key in ("contract_id", "account_id"):
        agreed = sharing.sharings.drop_nulls(key).unique([key, "effective_on"], keep="last", maintain_order=True)
        rows = rows.sort("shared_on").join_asof(
            agreed.select(key, "effective_on", **{f"by_{key}": "sharing_id"}).sort("effective_on"),
            left_on="shared_on",
            right_on="effective_on",
            by=key,
            check_sortedness=False,
        )
        rows = rows.drop("effective_on")
    found = rows.with_columns(sharing_id=pl.coalesce("by_contract_id", "by_account_id"))
    by_payer = found.drop(*PAYER, "by_contract_id", "by_account_id", "shared_on").join(sharing.payers, on="sharing_id")
    called = by_payer.join(sharing.named, on=["plan_id", "language"], how="left")
    said = called.with_columns(description=pl.coalesce("named", "description")).drop("named", "sharing_id")
    return parts(said).filter(pl.col("net_minor") != 0)


def _given_back(rows: pl.DataFrame, carriers: pl.DataFrame) -> pl.DataFrame:
    """Return the parts of what is given back: one after the other of a charge, each by what is left before it."""
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over("credited_line_id")
    rows = rows.sort("credited_line_id", "sequence").with_columns(nth=nth)
    done = []
    for place in rows["nth"].unique().sort():
        heads = rows.filter(pl.col("nth") == place).rename({"credited_line_id": "head_line_id"})
        open_ones = carriers.filter(pl.col("left_minor") != 0)
        by_line = heads.drop(*PAYER, "description", strict=False).join(open_ones, on="head_line_id")
        part = parts(by_line.with_columns(position="line_id", weight=pl.col("left_minor").abs()))
        done.append(part.filter(pl.col("net_minor") != 0))
        gone = part.select("line_id", gone="net_minor")
        carriers = carriers.join(gone, on="line_id", how="left", maintain_order="left").with_columns(
            left_minor=pl.col("left_minor") + pl.col("gone").fill_null(0)
        )
        carriers = carriers.drop("gone")
    cut = pl.concat(done, how="diagonal") if done else rows.clear()
    return cut.rename({"line_id": "credited_line_id"}, strict=False).drop("nth", "left_minor", strict=False)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the rows that begin on one day of a plan anew from their first number: each is posted by itself."""
    place = ("plan_id", "service_start")
    rows = rows.sort(*place, "sequence", "shared_row", "beside", maintain_order=True)
    first = pl.col("sequence").min().over(place)
    return rows.with_columns(sequence=first + pl.int_range(pl.len(), dtype=pl.Int64).over(place))
