"""Which known value was probably meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from difflib import get_close_matches

_CLOSE = 0.8
_MOST_ASKED = 500
_LONGEST = 100


def proposer(known: Iterable[str]) -> Callable[[str], str | None]:
    """Return a function from a value to the known value it is most like, or to nothing.

    Values that differ only in case, width, blanks or punctuation are the same; otherwise at least four fifths must
    agree. After 500 different unknown values it stops looking: that file needs another mapping, not cures.
    """
    by_fold = {_fold(value): value for value in known}
    answers: dict[str, str | None] = {}

    def propose(value: str) -> str | None:
        if value not in answers and len(answers) < _MOST_ASKED:
            answers[value] = _nearest(value, by_fold)
        return answers.get(value)

    return propose


def _nearest(value: str, by_fold: dict[str, str]) -> str | None:
    fold = _fold(value)
    if not fold or len(fold) > _LONGEST:
        return None
    if fold in by_fold:
        return by_fold[fold]
    close = get_close_matches(fold, by_fold, n=1, cutoff=_CLOSE)
    return by_fold[close[0]] if close else None


def _fold(value: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", value).casefold() if letter.isalnum())
