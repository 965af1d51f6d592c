"""Compile the translations of the templates: `python tools/compile_translations.py` after a change of a .po file."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "src" / "kanjo" / "locale"


def compiled(po: Path) -> bytes:
    """Return the .mo of a .po file; the same translations always give the same bytes."""
    with po.open("rb") as source:
        catalog = read_po(source, locale=po.parents[1].name)
    made = BytesIO()
    write_mo(made, catalog)
    return made.getvalue()


if __name__ == "__main__":
    for po in LOCALE.rglob("*.po"):
        po.with_suffix(".mo").write_bytes(compiled(po))
        print(po.with_suffix(".mo"))
