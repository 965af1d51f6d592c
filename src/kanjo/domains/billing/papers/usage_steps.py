"""How the amount of a line of usage came about, in the words of a paper."""

from __future__ import annotations

from dataclasses import dataclass

from kanjo.domains.billing.facts import PricedStep, UsageStep
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language, Text

USED = Text(en="Usage", ja="従量料金")
ABOVE = Text(en="Usage above {units}", ja="従量料金（{units}超）")
AT = Text(en="{units} × {price}", ja="{units} × {price}")
AT_PER = Text(en="{units} at {price} per {per}", ja="{units} × {per}あたり{price}")
ONCE = Text(en="{units} + {flat} once", ja="{units} ＋ 定額{flat}")


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step of what usage cost: what it is, how it is counted, and what it comes to."""

    name: Text
    counted: Text
    amount: Text

    def said_in(self, language: Language | str) -> str:
        """Return the step as one sentence."""
        said = [one.said_in(language) for one in (self.name, self.counted)]
        amount = self.amount.said_in(language)
        return " ".join(part for part in (*said, f"= {amount}" if said[1] else amount) if part)


def step_words(step: PricedStep) -> StepWords:
    """Return the words of a step."""
    if step.kind is not UsageStep.TIER:
        units = f"{step.units:,}" if step.units else ""
        return StepWords(_begun(step.kind.shown), Text(en=units, ja=units), _money(step.amount))
    name = ABOVE.filled(units=f"{step.from_units:,}") if step.from_units else USED
    facts = {"units": f"{step.units:,}", "price": _money(step.price), "per": f"{step.per_units:,}"}
    counted = (AT if step.per_units == 1 else AT_PER).filled(**facts)
    once = ONCE.filled(units=counted, flat=_money(step.flat)) if step.flat else counted
    return StepWords(name, once, _money(step.amount))


def _money(amount: Money) -> Text:
    return Text(en=amount.shown(Language.ENGLISH), ja=amount.shown(Language.JAPANESE))


def _begun(words: Text) -> Text:
    """Return words as they begin a line."""
    return Text(en=words.en[:1].upper() + words.en[1:], ja=words.ja)
