"""What is wrong with a document: the official rule, the place, and the sentence with the way out in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from kanjo.connectors.peppol.sentences import SENTENCES
from kanjo.foundation.texts import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule at one place; *rule* is the official id, or begins with `peppol.` where there is none."""

    rule: str
    place: str
    sentence: Text


def fault(rule: str, place: str, **facts: object) -> Fault:
    """Return the fault with its sentence."""
    return Fault(rule, place, SENTENCES[rule].filled(**facts))
