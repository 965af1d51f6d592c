"""The vendored typefaces, and which characters they can print."""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import typst

FOLDER = Path(__file__).parent / "fonts"
_UNICODE_FULL = (3, 10)
# Some fonts map control characters to an empty glyph; they are still nothing to print.
_CONTROLS = frozenset([*range(0x20), *range(0x7F, 0xA0)])


@cache
def typefaces() -> typst.Fonts:
    """Return the vendored fonts and no others: a paper looks the same on every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])


@cache
def printable() -> frozenset[int]:
    """Return the code points that every weight of one vendored family has a glyph for."""
    families: dict[str, set[int]] = {}
    manifest = tomllib.loads((FOLDER / "manifest.toml").read_text("utf-8"))
    for font in manifest["font"]:
        covered = set(_code_points((FOLDER / font["file"]).read_bytes()))
        families[font["family"]] = families.get(font["family"], covered) & covered
    return frozenset().union(*families.values()) - _CONTROLS


def _code_points(font: bytes) -> Iterator[int]:
    """Yield the code points of the font's full Unicode table (OpenType `cmap`, format 12)."""
    start = _table(font, b"cmap")
    count = struct.unpack_from(">H", font, start + 2)[0]
    for index in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", font, start + 4 + 8 * index)
        if (platform, encoding) == _UNICODE_FULL:
            groups = struct.unpack_from(">I", font, start + offset + 12)[0]
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", font, start + offset + 16 + 12 * group)
                yield from range(first, last + 1)


def _table(font: bytes, tag: bytes) -> int:
    count = struct.unpack_from(">H", font, 4)[0]
    for index in range(count):
        name, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        if name == tag:
            return int(offset)
    raise ValueError(f"font without table {tag!r}")
