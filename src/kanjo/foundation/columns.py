"""Exact arithmetic on columns of minor units (Polars Int64), equal to the scalar functions of `money`.

Polars wraps silently past 2^63 and its integer division goes down, not toward zero; nothing here does. Where a
product could pass 2^63 the step widens to Int128, and where even that could overflow, it refuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

import polars as pl

from kanjo.foundation.money import MINOR_MAX, Rounding
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

_WIDE_MAX = 2**127 - 1


class ColumnOutOfBounds(Refusal):
    """A value, or what would be computed from it, beyond the bound of its column."""

    rule = "columns.out-of-bounds"
    says = Text(
        en="A value in {column} reaches {value}, beyond ±{bound}.",
        ja="列「{column}」の値が{value}に達し、上限（±{bound}）を超えています。",
    )
    remedy = Text(
        en="Correct the value, or split the amount over several lines.", ja="値を見直すか、明細を分けてください。"
    )


class ColumnIncomplete(Refusal):
    """A row without a value where arithmetic needs one."""

    rule = "columns.value-missing"
    says = Text(en="{count} rows have no {column}.", ja="列「{column}」に値のない行が{count}件あります。")
    remedy = Text(en="Give each row a value.", ja="すべての行に値を入れてください。")


class ColumnHasZero(Refusal):
    """A zero to divide by."""

    rule = "columns.zero"
    says = Text(
        en="{count} rows would be divided by a {column} of zero.",
        ja="列「{column}」が0のため割り算できない行が{count}件あります。",
    )
    remedy = Text(en="Give each row a value other than zero.", ja="0以外の値を入れてください。")


class ColumnNotWhole(Refusal):
    """A column that holds something other than whole numbers."""

    rule = "columns.not-whole"
    says = Text(en="{column} holds {kind}, not whole numbers.", ja="列「{column}」は整数ではありません（{kind}）。")
    remedy = Text(en="Give whole minor units.", ja="最小通貨単位の整数にしてください。")


class GroupsUnsplittable(Refusal):
    """Groups whose amount has no part to go to, or differs from row to row."""

    rule = "columns.groups-unsplittable"
    says = Text(
        en="{count} groups cannot be split by {weight}: weights below or all zero, or {amount} differs by row.",
        ja="列「{weight}」で按分できないグループが{count}件あります。比率がすべて0か、負の比率があるか、「{amount}」が行ごとに異なります。",
    )
    remedy = Text(
        en="Give weights of zero or more, one above zero, and one amount per group.",
        ja="比率は0以上（少なくとも1つは正の値）とし、グループごとの金額をそろえてください。",
    )


def at_once(steps: pl.LazyFrame) -> pl.DataFrame:
    """Return what the steps make of few rows.

    Polars would choose its streaming engine and look for steps that are the same, and take longer for that than for
    the steps.
    """
    plain = pl.QueryOptFlags.none(predicate_pushdown=True, projection_pushdown=True, comm_subexpr_elim=True)
    return steps.collect(engine="in-memory", optimizations=plain)


def product(a: str | pl.Expr, b: str | pl.Expr) -> pl.Expr:
    """Return a x b as Int128: exact for any two Int64 values. For more factors use `proportion`."""
    return _column(a).cast(pl.Int128) * _column(b).cast(pl.Int128)


def divided(numerator: str | pl.Expr, denominator: str | pl.Expr, rounding: Rounding) -> pl.Expr:
    """Return numerator / denominator rounded as `divide` does, in the wider type of the two.

    Needs whole columns within ±(2^63 - 1), or ±(2^127 - 1) for Int128. A zero denominator gives null: `guard` it.
    """
    above, below = _column(numerator), _column(denominator)
    size, by = above.abs(), below.abs()
    whole, rest = size // by, size % by
    return (whole + _goes_up(whole, rest, by, rounding).cast(pl.Int64)) * above.sign() * below.sign()


def _goes_up(whole: pl.Expr, rest: pl.Expr, by: pl.Expr, rounding: Rounding) -> pl.Expr:
    # rest against by - rest, never 2 x rest: the double could pass the type.
    match rounding:
        case Rounding.FLOOR:
            return pl.lit(value=False)
        case Rounding.CEILING:
            return rest > 0
        case Rounding.HALF_UP:
            return rest >= by - rest
        case Rounding.HALF_EVEN:
            return (rest > by - rest) | ((rest == by - rest) & (whole % 2 == 1))


def guard(frame: pl.DataFrame, bounds: Mapping[str, int], *, nonzero: Sequence[str] = (), at: str = "") -> pl.DataFrame:
    """Return *frame* once every bounded column is whole, without gaps and within ±its bound.

    Columns in *nonzero* must also hold no zero. Refuses with the name of the first column that does not hold.
    """
    for column, bound in bounds.items():
        reach = _reach(frame, column, at=at)
        if reach > bound:
            raise ColumnOutOfBounds(at=at, column=column, value=reach, bound=bound)
    for column in nonzero:
        if zeros := int((frame[column] == 0).sum()):
            raise ColumnHasZero(at=at, column=column, count=zeros)
    return frame


def proportion(
    frame: pl.DataFrame,
    *,
    into: str,
    factors: Sequence[str],
    over: Sequence[str] = (),
    rounding: Rounding = Rounding.HALF_UP,
    at: str = "",
) -> pl.DataFrame:
    """Add *into*: the product of *factors* over the product of *over*, rounded once, Int64.

    Needs whole columns. Stays in Int64 where the largest values allow it and widens to Int128 where they do not;
    refuses, naming the column, gaps, a zero in *over*, products past 2^127 and results past 2^63 - 1.
    """
    guard(frame, dict.fromkeys([*factors, *over], MINOR_MAX), nonzero=over, at=at)
    reach = max(prod(_reach(frame, column, at=at) for column in columns) for columns in (factors, over))
    if reach > _WIDE_MAX:
        raise ColumnOutOfBounds(at=at, column=into, value=reach, bound=_WIDE_MAX)
    kind = pl.Int64() if reach <= MINOR_MAX else pl.Int128()
    above, below = _multiplied(factors, kind), _multiplied(over, kind)
    return _narrowed(frame.with_columns(divided(above, below, rounding).alias(into)), [into], at=at)


def totals(frame: pl.DataFrame, *, by: Sequence[str], columns: Sequence[str], at: str = "") -> pl.DataFrame:
    """Return one row per group of *by*, in order of first appearance, with the exact sum of each of *columns*.

    Needs whole columns without gaps; refuses a sum past 2^63 - 1, naming the column.
    """
    guard(frame, dict.fromkeys(columns, MINOR_MAX), at=at)
    wide = [pl.col(column).cast(pl.Int128).sum() for column in columns]
    return _narrowed(frame.group_by(by, maintain_order=True).agg(wide), columns, at=at)


def split_columns(
    frame: pl.DataFrame, *, amount: str, weight: str, by: Sequence[str], into: str, at: str = ""
) -> pl.DataFrame:
    """Add *into*: the part of the group's *amount* that falls to each row by its *weight*, as `split` cuts it.

    Needs one row per part, in the order that ties go by, *amount* repeated on the rows of its group. The parts of
    a group add up to its amount. Refuses gaps, weights below zero or all zero, and an amount that differs.
    """
    guard(frame, {amount: MINOR_MAX, weight: MINOR_MAX}, at=at)
    _refuse_unsplittable(frame, amount=amount, weight=weight, by=by, at=at)
    size, share = pl.col(amount).cast(pl.Int128).abs(), pl.col(weight).cast(pl.Int128)
    total = share.sum().over(by)
    exact = frame.select(
        pl.struct(by).alias("group"),
        pl.col(amount).sign().alias("sign"),
        size.alias("size"),
        (size * share // total).alias("whole"),
        (size * share % total).alias("rest"),
    )
    left_over = pl.col("size") - pl.col("whole").sum().over("group")
    place = pl.col("rest").rank("ordinal", descending=True).over("group")
    parts = exact.select((pl.col("whole") + (place <= left_over).cast(pl.Int128)) * pl.col("sign"))
    return frame.with_columns(parts.to_series().cast(pl.Int64).alias(into))


def _refuse_unsplittable(frame: pl.DataFrame, *, amount: str, weight: str, by: Sequence[str], at: str) -> None:
    groups = frame.group_by(by).agg(
        unsplittable=(pl.col(weight).min() < 0)
        | (pl.col(weight).max() <= 0)
        | (pl.col(amount).min() != pl.col(amount).max())
    )
    if count := int(groups["unsplittable"].sum()):
        raise GroupsUnsplittable(at=at, count=count, weight=weight, amount=amount)


def _reach(frame: pl.DataFrame, column: str, *, at: str) -> int:
    """Return the largest absolute value of a whole column, 0 of an empty one."""
    values = frame[column]
    if not values.dtype.is_integer():
        raise ColumnNotWhole(at=at, column=column, kind=values.dtype)
    if gaps := values.null_count():
        raise ColumnIncomplete(at=at, column=column, count=gaps)
    # Least and greatest, never abs(): the absolute value of -2^63 is -2^63 again.
    least, greatest = values.min(), values.max()
    return max(-least, greatest) if isinstance(least, int) and isinstance(greatest, int) else 0


def _multiplied(columns: Sequence[str], kind: pl.DataType) -> pl.Expr:
    result = pl.lit(1, dtype=kind)
    for column in columns:
        result = result * pl.col(column).cast(kind)
    return result


def _narrowed(frame: pl.DataFrame, columns: Sequence[str], *, at: str) -> pl.DataFrame:
    guard(frame, dict.fromkeys(columns, MINOR_MAX), at=at)
    return frame.with_columns(pl.col(columns).cast(pl.Int64))


def _column(of: str | pl.Expr) -> pl.Expr:
    return pl.col(of) if isinstance(of, str) else of
