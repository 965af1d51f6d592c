"""Numbers by columns."""

from __future__ import annotations

from datetime import date

import polars as pl

from kanjo.foundation.ids import CompanyId
from kanjo.platform.bulk.loading import copy_in
from kanjo.platform.numbering.operations import take_block


def take_numbers(*, company_id: CompanyId, kind: str, prefix: str, on: date, subjects: pl.Series) -> pl.Series:
    """Take one number per document id of *subjects*, write them down as given, and return them as printed.

    The counter stays locked until the transaction ends: call it as late as can be.
    """
    block = take_block(company_id=company_id, kind=kind, prefix=prefix, on=on, count=subjects.len())
    numbers = pl.int_range(block.first, block.until, eager=True, dtype=pl.Int64)
    copy_in(
        "numbering_issued",
        pl.DataFrame({"number": numbers, "subject_id": subjects}).with_columns(
            series_id=pl.lit(block.series_id, dtype=pl.Int64)
        ),
    )
    printed = pl.format("{}-{}-{}", pl.lit(block.prefix), pl.lit(block.year), pl.col("n").cast(pl.String).str.zfill(6))
    return pl.DataFrame({"n": numbers}).select(printed.alias("number")).to_series()
