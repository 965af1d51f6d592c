"""Columns out of PostgreSQL by COPY: a few times cheaper than rows through the driver."""

from __future__ import annotations

import io
from collections.abc import Mapping

import polars as pl
from django.db import connection

_NULL = r"\N"


def read_columns(
    query: str, parameters: Mapping[str, object], schema: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:
    """Run a query and return its columns under the names and types of *schema*, by position.

    An empty text stays an empty text, NULL becomes null. Parameters are written into the query by the driver.
    """
    buffer = io.BytesIO()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '{_NULL}')", parameters) as copying,
    ):
        for data in copying:
            buffer.write(data)
    if not buffer.tell():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(
        buffer.getvalue(), has_header=False, schema=schema, null_values=_NULL, empty_string_is_null=False
    )
