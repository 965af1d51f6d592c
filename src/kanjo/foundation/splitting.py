"""Money splits, it is never divided: the parts always add up.

Guarantees, steps and worked tables: docs/algorithms/splitting.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class NothingToSplitBy(Refusal):
    """A split without any part to go to."""

    rule = "money.split-without-weight"
    says = Text(
        en="{amount} cannot be split: no part has a weight above zero.",
        ja="{amount}を按分できません。比率が0より大きい配分先がありません。",
    )
    remedy = Text(en="Give at least one part a weight.", ja="少なくとも1つの配分先に比率を設定してください。")


class NegativeWeight(Refusal):
    """A split with a weight below zero."""

    rule = "money.split-negative-weight"
    says = Text(
        en="Part {position} has the weight {weight}, below zero.",
        ja="{position}番目の配分先の比率が{weight}で、0を下回っています。",
    )
    remedy = Text(en="Give every part a weight of zero or more.", ja="比率は0以上で設定してください。")


def split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Return *amount_minor* cut into one part per weight, in proportion, by largest remainder.

    Ties go to the earlier position. The parts add up to the amount; each differs from its exact share by less
    than one unit; a part of weight zero gets nothing; the parts of -n are the negated parts of n. Refuses a
    negative weight, and weights that are all zero.
    """
    total = _total(amount_minor, weights)
    size = abs(amount_minor)
    shares = [divmod(size * weight, total) for weight in weights]
    parts = [whole for whole, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda position: -shares[position][1])
    for position in by_remainder[: size - sum(parts)]:
        parts[position] += 1
    return parts if amount_minor >= 0 else [-part for part in parts]


def _total(amount_minor: int, weights: Sequence[int]) -> int:
    for position, weight in enumerate(weights, start=1):
        if weight < 0:
            raise NegativeWeight(position=position, weight=weight)
    total = sum(weights)
    if total == 0:
        raise NothingToSplitBy(amount=amount_minor)
    return total
