"""The fields of how usage is priced, of an order line and of a product alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kanjo.domains.catalog.facts import UsageModel, UsageTerms, UsageTier
from kanjo.foundation.money import Money
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.surfaces.web.fields import Field, Lines, NotWhole, choice, money, words
from kanjo.surfaces.web.forms import Given
from kanjo.surfaces.web.usage import columns


def terms_fields(currency: str) -> Sequence[Field | Lines]:
    """Return the fields of a price of usage in a currency."""
    return (
        choice("model", columns.MODEL, [(one.value, one.shown) for one in UsageModel], initial=UsageModel.PER_UNIT),
        words("unit_ja", Text(en="Unit in Japanese", ja="単位（日本語）"), most=80),
        words("unit_en", Text(en="Unit in English", ja="単位（英語）"), most=80),
        Lines(
            "tiers",
            Text(en="Tiers", ja="段階"),
            (
                count("from_units", columns.AFTER, needed=False),
                money("price", columns.PRICE, currency),
                count("per_units", Text(en="Per units", ja="単価の数量"), needed=False),
                money("flat", columns.ONCE, currency, needed=False),
            ),
        ),
        count("included", columns.INCLUDED, needed=False),
        money("minimum", columns.MINIMUM, currency, needed=False),
        money("commitment", columns.COMMITMENT, currency, needed=False),
        count("prepaid_units", columns.PREPAID_UNITS, needed=False),
        money("prepaid", columns.PREPAID, currency, needed=False),
    )


def count(name: str, label: Text, *, needed: bool = True) -> Field:
    """Return a field of a whole number that may be zero."""

    def read(text: str, at: str) -> int:
        # One way to read numbers: full width and commas are what Money takes; yen have no decimals.
        try:
            return Money.parse(text, "JPY").minor
        except Refusal:
            raise NotWhole(at=at, text=text) from None

    return Field(name, label, read, "number", needed)


def terms_given(given: Given) -> UsageTerms:
    """Return the terms as they were given."""
    return UsageTerms(
        UsageModel(given["model"]),
        Text(en=given["unit_en"], ja=given["unit_ja"]),
        tuple(
            UsageTier(one["from_units"] or 0, _minor(one["price"]), one["per_units"] or 1, _minor(one["flat"]))
            for one in given["tiers"]
        ),
        given["included"] or 0,
        _minor(given["minimum"]),
        _minor(given["commitment"]),
        given["prepaid_units"] or 0,
        _minor(given["prepaid"]),
    )


def _minor(amount: Any) -> int:
    return amount.minor if amount else 0


_PLACES = {"included_units": "included", "minimum_minor": "minimum", "commitment_minor": "commitment"}


def beside(at: str, _given: Given) -> str:
    """Return the field of a place as the rules name it."""
    return _PLACES.get(at, at.removesuffix("_minor"))
