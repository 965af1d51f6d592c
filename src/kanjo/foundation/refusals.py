"""What is said when a rule forbids an act: the rule, the facts, and the way out."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from kanjo.foundation.texts import Language, Text


class RefusalKind(StrEnum):
    """Why an act is refused; doors turn the kind into their own codes."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    TOO_OFTEN = "too often"


class Refusal(Exception):
    """An act that a rule forbids.

    A subclass states its stable `rule` code, the sentence it `says`, the `remedy` that is the way out, and its
    `kind`. `at` names the place (a field, a file and line, a line number) when there is one.
    """

    rule: ClassVar[str]
    kind: ClassVar[RefusalKind] = RefusalKind.INVALID
    says: ClassVar[Text]
    remedy: ClassVar[Text]

    def __init__(self, *, at: str = "", **facts: object) -> None:
        self.at = at
        self.facts = facts
        super().__init__(self.said_in(Language.ENGLISH))

    @property
    def sentence(self) -> Text:
        """What was refused and the way out, with the facts filled in."""
        says, remedy = self.says.filled(**self.facts), self.remedy.filled(**self.facts)
        return Text(en=f"{says.en} {remedy.en}".strip(), ja=f"{says.ja}{remedy.ja}")

    def said_in(self, language: Language | str) -> str:
        """Return the whole sentence in *language*, led by the place where there is one."""
        sentence = self.sentence.said_in(language)
        return f"{self.at}: {sentence}" if self.at else sentence
