"""Sentences in the two languages of the house."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Language(StrEnum):
    """A language that every sentence of the product exists in."""

    JAPANESE = "ja"
    ENGLISH = "en"


class Name(str):
    """A name as it is registered, which also knows what it is called in English, "" where it is not.

    Everywhere it is the registered name; a page shows it in the language of its reader.
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, registered: str, en: str = "") -> Self:
        """Return the name with the English one beside it."""
        name = super().__new__(cls, registered)
        name.en = en
        return name

    def said_in(self, language: Language | str) -> str:
        """Return the name for a reader of *language*."""
        return str(self) if str(language).startswith(Language.JAPANESE) else self.en or str(self)


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence, complete in both languages; `{name}` marks a fact to be filled in."""

    en: str
    ja: str

    def filled(self, **facts: object) -> Text:
        """Return the sentence with its facts; a fact that is itself a `Text` or a `Name` speaks its own language."""

        def fill(sentence: str, language: Language) -> str:
            said = {
                name: fact.said_in(language) if isinstance(fact, Text | Name) else fact for name, fact in facts.items()
            }
            return sentence.format(**said)

        return Text(en=fill(self.en, Language.ENGLISH), ja=fill(self.ja, Language.JAPANESE))

    def said_in(self, language: Language | str) -> str:
        """Return the sentence in *language*; anything but Japanese reads English."""
        return self.ja if str(language).startswith(Language.JAPANESE) else self.en
