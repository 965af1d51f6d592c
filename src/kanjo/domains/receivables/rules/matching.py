"""Which receipt settles which open items: rules in order, over columns; what no rule decides is a doubt.

A rule proposes only where exactly one answer fits. Where two receipts want the same item, the earlier one has it and
the other is asked again. The order of the rows changes nothing. Amounts are minor units, Int64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from kanjo.domains.receivables.facts import Confidence, Doubt, MatchRule
from kanjo.domains.receivables.rules.names import possible_payers

RECEIPTS = {
    "receipt_id": pl.Int64,
    "currency": pl.String,
    "left_minor": pl.Int64,
    "payer_name": pl.String,
    "text": pl.String,
    "value_on": pl.Date,
}
ITEMS = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "currency": pl.String,
    "number": pl.String,
    "open_minor": pl.Int64,
}
NAMES = {"customer_id": pl.Int64, "name": pl.String}
FEES = {"currency": pl.String, "fee_minor": pl.Int64}
PROPOSALS = {
    "receipt_id": pl.Int64,
    "item_id": pl.Int64,
    "amount_minor": pl.Int64,
    "fee_minor": pl.Int64,
    "rule": pl.String,
    "confidence": pl.String,
}

_NUMBER = r"[A-Z]+[- ]?[0-9]{4}[- ]?[0-9]{4,}"
_SEPARATORS = r"[- ]"


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the table: receipts and items not yet settled, who is named, who may have paid, known fees."""

    receipts: pl.DataFrame
    items: pl.DataFrame
    named: pl.DataFrame
    payers: pl.DataFrame
    fees: pl.DataFrame

    def named_items(self) -> pl.DataFrame:
        """Return one row per receipt and open item whose number its text names."""
        return self.receipts.join(self.named, on="receipt_id").join(self.items, on=["item_id", "currency"])

    def items_of_payer(self) -> pl.DataFrame:
        """Return one row per receipt and open item of its payer, where only one customer can be the payer."""
        one = self.payers.filter(pl.len().over("receipt_id") == 1)
        return self.receipts.join(one, on="receipt_id").join(self.items, on=["customer_id", "currency"])


def match(
    receipts: pl.DataFrame, items: pl.DataFrame, names: pl.DataFrame, fees: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the proposals (`PROPOSALS`), and the doubts (receipt_id, doubt) about every receipt left over.

    Needs columns as in RECEIPTS, ITEMS, NAMES and FEES. A receipt is settled in whole or not at all; an item gets
    at most its open amount, payment and fee together.
    """
    paid = receipts.filter(pl.col("left_minor") > 0)
    owed = items.filter(pl.col("open_minor") > 0)
    desk = Desk(paid, owed, _named(paid, owed), possible_payers(paid, names), fees)
    found = [pl.DataFrame(schema=PROPOSALS)]
    while (proposed := _one_round(desk)).height:
        found.append(proposed)
        desk = _cleared(desk, proposed)
    taken_back = receipts.filter(pl.col("left_minor") < 0).select("receipt_id", doubt=pl.lit(Doubt.TAKEN_BACK.value))
    return pl.concat(found).sort("receipt_id", "item_id"), pl.concat([_doubts(desk), taken_back]).sort("receipt_id")


def _one_round(desk: Desk) -> pl.DataFrame:
    """Ask every rule once, in order; what one took, the next does not see."""
    rounds = []
    for rule, propose in RULES.items():
        granted = _granted(propose(desk), desk).with_columns(rule=pl.lit(rule.value)).select(PROPOSALS.keys())
        rounds.append(granted)
        desk = replace(
            desk,
            receipts=desk.receipts.join(granted, on="receipt_id", how="anti"),
            items=desk.items.join(granted, on="item_id", how="anti"),
        )
    return pl.concat(rounds)


def _granted(proposed: pl.DataFrame, desk: Desk) -> pl.DataFrame:
    """Keep the receipts that are the first, by value date and id, for each item they want."""
    places = desk.receipts.sort("value_on", "receipt_id").select("receipt_id").with_row_index("place")
    first = pl.col("place") == pl.col("place").min().over("item_id")
    asked = proposed.join(places, on="receipt_id").with_columns(first=first)
    return asked.filter(pl.col("first").all().over("receipt_id"))


def _cleared(desk: Desk, proposed: pl.DataFrame) -> Desk:
    """Take what was settled off the desk; an item paid in part stays with what is left of it."""
    taken = proposed.group_by("item_id").agg(taken=(pl.col("amount_minor") + pl.col("fee_minor")).sum())
    items = desk.items.join(taken, on="item_id", how="left").with_columns(
        open_minor=pl.col("open_minor") - pl.col("taken").fill_null(0)
    )
    return replace(
        desk,
        receipts=desk.receipts.join(proposed, on="receipt_id", how="anti"),
        items=items.filter(pl.col("open_minor") > 0).drop("taken"),
    )


def by_number(desk: Desk) -> pl.DataFrame:
    """Propose the named items where they sum exactly to the receipt."""
    exact = desk.named_items().filter(_total() == pl.col("left_minor"))
    return _paid_whole(exact, Confidence.CERTAIN)


def by_payer_and_amount(desk: Desk) -> pl.DataFrame:
    """Propose the payer's only item of exactly the amount."""
    exact = desk.items_of_payer().filter(pl.col("open_minor") == pl.col("left_minor"))
    return _paid_whole(exact.filter(pl.len().over("receipt_id") == 1))


def by_payer_total(desk: Desk) -> pl.DataFrame:
    """Propose all items of the payer where they sum exactly to the receipt."""
    return _paid_whole(desk.items_of_payer().filter(_total() == pl.col("left_minor")))


def by_fee_deducted(desk: Desk) -> pl.DataFrame:
    """Propose what is short by a known fee: the named items, else the payer's only such item; the last bears it."""
    named = desk.named_items().with_columns(fee_minor=(_total() - pl.col("left_minor")))
    single = desk.items_of_payer().with_columns(fee_minor=pl.col("open_minor") - pl.col("left_minor"))
    only = _known_fee(single, desk).filter(pl.len().over("receipt_id") == 1)
    last = pl.col("item_id") == pl.col("item_id").max().over("receipt_id")
    borne = (
        _known_fee(named.with_columns(confidence=pl.lit(Confidence.CERTAIN.value)), desk)
        .with_columns(fee_minor=pl.when(last).then("fee_minor").otherwise(0))
        .filter((pl.col("open_minor") > pl.col("fee_minor")).all().over("receipt_id"))
    )
    columns = ["receipt_id", "item_id", "open_minor", "fee_minor", "confidence"]
    both = pl.concat([borne.select(columns), only.join(borne, on="receipt_id", how="anti").select(columns)])
    return both.with_columns(amount_minor=pl.col("open_minor") - pl.col("fee_minor"))


def by_part(desk: Desk) -> pl.DataFrame:
    """Propose a part payment of the one item that is named."""
    short = desk.named_items().filter(
        (pl.len().over("receipt_id") == 1) & (pl.col("left_minor") < pl.col("open_minor"))
    )
    return short.with_columns(
        amount_minor="left_minor", fee_minor=pl.lit(0, pl.Int64), confidence=pl.lit(Confidence.CERTAIN.value)
    )


RULES: dict[MatchRule, Callable[[Desk], pl.DataFrame]] = {
    MatchRule.NUMBER: by_number,
    MatchRule.PAYER_AND_AMOUNT: by_payer_and_amount,
    MatchRule.PAYER_TOTAL: by_payer_total,
    MatchRule.FEE_DEDUCTED: by_fee_deducted,
    MatchRule.PART_PAYMENT: by_part,
}


def _named(receipts: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return (receipt_id, item_id) where the text names the number, with or without its separators."""
    texts = pl.col("text").str.normalize("NFKC").str.to_uppercase().str.extract_all(_NUMBER)
    mentions = receipts.select("receipt_id", "currency", number=texts).explode("number").drop_nulls("number")
    plain = pl.col("number").str.replace_all(_SEPARATORS, "")
    return (
        mentions.with_columns(number=plain)
        .join(items.with_columns(number=plain), on=["currency", "number"])
        .select("receipt_id", "item_id")
        .unique()
    )


def _total() -> pl.Expr:
    # Int128: the sum of many items may pass what one of them may not.
    return pl.col("open_minor").cast(pl.Int128).sum().over("receipt_id")


def _paid_whole(chosen: pl.DataFrame, confidence: Confidence | None = None) -> pl.DataFrame:
    sure = chosen if confidence is None else chosen.with_columns(confidence=pl.lit(confidence.value))
    return sure.with_columns(amount_minor="open_minor", fee_minor=pl.lit(0, pl.Int64))


def _known_fee(short: pl.DataFrame, desk: Desk) -> pl.DataFrame:
    """Keep the rows whose `fee_minor` is a known fee of the currency."""
    fees = desk.fees.with_columns(pl.col("fee_minor").cast(pl.Int128)).unique()
    kept = short.with_columns(pl.col("fee_minor").cast(pl.Int128)).join(fees, on=["currency", "fee_minor"], how="semi")
    return kept.with_columns(pl.col("fee_minor").cast(pl.Int64))


def _doubts(desk: Desk) -> pl.DataFrame:
    """Return (receipt_id, doubt) for each receipt that no rule settled."""
    named = desk.named_items().group_by("receipt_id").agg(named=pl.col("open_minor").cast(pl.Int128).sum())
    payers = desk.payers.group_by("receipt_id").agg(payers=pl.len())
    fitting = desk.items_of_payer().filter(pl.col("open_minor") == pl.col("left_minor"))
    alike = fitting.group_by("receipt_id").agg(alike=pl.len())
    known = desk.receipts
    for counted in (named, payers, alike):
        known = known.join(counted, on="receipt_id", how="left")
    doubt = (
        pl.when(pl.col("named") < pl.col("left_minor"))
        .then(pl.lit(Doubt.MORE_THAN_OWED.value))
        .when(pl.col("payers").is_null() & pl.col("named").is_null())
        .then(pl.lit(Doubt.PAYER_UNKNOWN.value))
        .when(pl.col("payers") > 1)
        .then(pl.lit(Doubt.PAYER_NOT_UNIQUE.value))
        .when(pl.col("alike") > 1)
        .then(pl.lit(Doubt.SEVERAL_ITEMS.value))
        .otherwise(pl.lit(Doubt.AMOUNT_UNLIKE.value))
    )
    return known.select("receipt_id", doubt=doubt)
