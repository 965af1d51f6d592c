"""Which customers a payer's name may mean."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from kanjo.domains.receivables.facts import Confidence
from kanjo.foundation.kana import payer_key
from kanjo.foundation.names import matching_key

CUT_AFTER = 6
"""Banks cut long names; so many equal characters at the beginning make a cut name worth asking about."""


@lru_cache(maxsize=1 << 16)
def keys_of(name: str) -> tuple[str, ...]:
    """Return the keys under which the ways to write a payer's name meet: as bank kana and as a company name."""
    kana, written = payer_key(name).name, matching_key(name)
    return tuple(key for key in (kana and f"kana {kana}", written and f"name {written}") if key)


def possible_payers(receipts: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return (receipt_id, customer_id, confidence): HIGH where a key is equal, else FAIR where one begins the other.

    Needs receipt_id, payer_name; and customer_id, name, one row per name or alias of a customer.
    """
    payers, known = _keyed(receipts, "receipt_id", "payer_name"), _keyed(names, "customer_id", "name")
    same = payers.join(known, on="key").select("receipt_id", "customer_id").unique()
    unsure = payers.join(same, on="receipt_id", how="anti")
    cut = (
        _beginnings(unsure)
        .join(_beginnings(known), on="beginning")
        .filter(pl.col("key").str.starts_with(pl.col("key_right")) | pl.col("key_right").str.starts_with(pl.col("key")))
    )
    return pl.concat(
        [
            same.with_columns(confidence=pl.lit(Confidence.HIGH.value)),
            cut.select("receipt_id", "customer_id").unique().with_columns(confidence=pl.lit(Confidence.FAIR.value)),
        ]
    )


def _keyed(frame: pl.DataFrame, identity: str, name: str) -> pl.DataFrame:
    names = frame[name].unique()
    keys = pl.DataFrame(
        {name: names, "key": [list(keys_of(one)) for one in names]}, schema={name: pl.String, "key": pl.List(pl.String)}
    )
    return frame.select(identity, name).join(keys, on=name).explode("key").drop_nulls("key").select(identity, "key")


def _beginnings(keyed: pl.DataFrame) -> pl.DataFrame:
    """Keep the bank-kana keys that are long enough, with their beginning."""
    kana = pl.col("key").str.strip_prefix("kana ")
    return (
        keyed.filter(pl.col("key").str.starts_with("kana "))
        .with_columns(key=kana)
        .filter(pl.col("key").str.len_chars() >= CUT_AFTER)
        .with_columns(beginning=pl.col("key").str.head(CUT_AFTER))
    )
