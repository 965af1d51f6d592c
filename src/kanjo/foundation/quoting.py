"""What a refusal may repeat of the text it refuses."""

from __future__ import annotations

_SHOWN_CHARACTERS = 40


def quoted(text: str) -> str:
    """Return *text* fit to stand in a sentence: on one line, unprintable characters as `?`, cut after 40."""
    printable = "".join(character if character.isprintable() else "?" for character in text[: _SHOWN_CHARACTERS + 1])
    return printable if len(printable) <= _SHOWN_CHARACTERS else f"{printable[:_SHOWN_CHARACTERS]}…"
