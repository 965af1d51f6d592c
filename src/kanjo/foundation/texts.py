"""Sentences in the two languages of the house."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that every sentence of the product exists in."""

    JAPANESE = "ja"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, complete in both languages; `{name}` marks a fact to be filled in."""

    en: str
    ja: str

    def filled(self, **facts: object) -> Text:
        """Return the sentence with its facts; a fact that is itself a `Text` speaks its own language."""

        def fill(sentence: str, language: Language) -> str:
            said = {name: fact.said_in(language) if isinstance(fact, Text) else fact for name, fact in facts.items()}
            return sentence.format(**said)

        return Text(en=fill(self.en, Language.ENGLISH), ja=fill(self.ja, Language.JAPANESE))

    def said_in(self, language: Language | str) -> str:
        """Return the sentence in *language*; anything but Japanese reads English."""
        return self.ja if str(language).startswith(Language.JAPANESE) else self.en
