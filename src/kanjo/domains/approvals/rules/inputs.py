"""What a row of the matrix may look at in a deal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kanjo.domains.approvals.facts import DealFacts
from kanjo.domains.approvals.rules.cells import Cell, Choice, Cut, Interval, Kind, Value, checked, cut
from kanjo.foundation.money import Rate
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

_NOT_NEGATIVE = Interval(low=cut(0, after=False))


class UnknownInput(Refusal):
    """A condition on something a deal does not state."""

    rule = "approvals.unknown-input"
    says = Text(en="A deal has no “{name}” to look at.", ja="案件には「{name}」という項目がありません。")
    remedy = Text(en="Use one of: {known}.", ja="使用できる項目: {known}。")


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a row may look at; `possible` bounds what a deal can have there."""

    name: str
    label: Text
    kind: Kind
    possible: Cell

    def shown(self, cell: Cell) -> str:
        """Return the cell as people write it: `0% < x ≤ 10%`, `JPY, USD`, `≠ JPY`."""
        if isinstance(cell, Choice):
            listed = ", ".join(sorted(cell.values))
            return listed if cell.listed else f"≠ {listed}" if listed else "*"
        low = f"{self._value(cell.low)} {'<' if cell.low[2] else '≤'} " if cell.low[0] == 0 else ""
        high = f" {'≤' if cell.high[2] else '<'} {self._value(cell.high)}" if cell.high[0] == 0 else ""
        return f"{low}x{high}"

    def _value(self, bound: Cut) -> str:
        return shown(bound[1])


def shown(value: Value) -> str:
    """Return a value as people write it; shares in percent."""
    return Rate(value).shown() if isinstance(value, Fraction) else str(value)


INPUTS: Mapping[str, Input] = {
    one.name: one
    for one in (
        Input("discount", Text(en="Discount", ja="値引率"), Kind.SHARE, Interval(high=cut(Fraction(1), after=True))),
        Input("list_total_minor", Text(en="List total", ja="標準価格合計"), Kind.INTEGER, _NOT_NEGATIVE),
        Input("net_total_minor", Text(en="Net total", ja="見積金額合計"), Kind.INTEGER, _NOT_NEGATIVE),
        Input("currency", Text(en="Currency", ja="通貨"), Kind.CHOICE, Choice(frozenset(), listed=False)),
        Input("term_months", Text(en="Term in months", ja="契約期間（月）"), Kind.INTEGER, _NOT_NEGATIVE),
        Input("payment_days", Text(en="Days until payment", ja="支払までの日数"), Kind.INTEGER, _NOT_NEGATIVE),
        Input("asked_on", Text(en="Day of the request", ja="申請日"), Kind.DATE, Interval()),
    )
}


def input_named(name: str, *, at: str) -> Input:
    """Return the input, or refuse `UnknownInput`."""
    if name not in INPUTS:
        raise UnknownInput(name=name, known=", ".join(INPUTS), at=at)
    return INPUTS[name]


def values_of(facts: DealFacts, *, on: date) -> dict[str, Value]:
    """Return what the matrix sees of a deal, each value exactly of its kind, or refuse `ValueOfWrongKind`."""
    given = {name: on if name == "asked_on" else getattr(facts, name) for name in INPUTS}
    return {name: checked(value, INPUTS[name].kind, at=name) for name, value in given.items()}
