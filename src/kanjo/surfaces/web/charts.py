"""A chart above the table that holds the same numbers: bars for people who would rather look than read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.web.shown import language, said

BALANCE, DECREASE, INCREASE, FORECAST = "--c1", "--c2", "--c3", "--c5"
"""The colours by what they mean; each is a token of the style sheet."""

Series = tuple[Text, str, Sequence[Money]]
"""The bars of one kind: what they are, their colour, an amount per place."""


def told(amount: Money) -> Text:
    """Return an amount as a sentence of either language writes it."""
    return Text(en=amount.shown(Language.ENGLISH), ja=amount.shown(Language.JAPANESE))


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars that stand on each other, one place per name; `finding` is the sentence that they show."""

    finding: Text
    names: Sequence[str]
    series: Sequence[Series]

    @property
    def data(self) -> dict[str, Any]:
        """What the script draws: amounts as numbers for the eye and as words for the label."""
        return {
            "names": list(self.names),
            "series": [
                {
                    "name": said(name),
                    "colour": colour,
                    "values": [float(amount.as_decimal()) for amount in amounts],
                    "words": [amount.shown(language()) for amount in amounts],
                }
                for name, colour, amounts in self.series
            ],
        }
