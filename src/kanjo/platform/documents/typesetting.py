"""Turn a template of ours and plain data into a PDF."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.documents import fonts

LONGEST_TEXT = 4_000
SHEET = Path(__file__).parent / "sheet.typ"

# Characters without ink that change the order or joining of what is read: a reader must see what was stored.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)]
)
_SPACES = {ord("\t"): " ", ord("\r"): None, 0x00A0: " ", 0x2028: "\n", 0x2029: "\n"}
_CLEANED = {**_INVISIBLE, **_SPACES}
# Only loose accents and voicing marks are composed: normalising whole names would change kanji (U+FA19 to U+795E).
_LOOSE_MARK = re.compile("\\w[\u0300-\u036f\u3099\u309a]+")
_VARIATION_SELECTORS = frozenset([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])
_NEEDS_NO_GLYPH = _VARIATION_SELECTORS | {ord("\n")}


class UnprintableCharacter(Refusal):
    """A character that no vendored font has a glyph for."""

    rule = "documents.unprintable-character"
    says = Text(
        en="The character {character} ({code}) cannot be printed.", ja="文字「{character}」（{code}）は印字できません。"
    )
    remedy = Text(en="Write it with another character.", ja="別の文字に置き換えてください。")


class TextTooLong(Refusal):
    """A text longer than a paper can carry."""

    rule = "documents.text-length"
    says = Text(
        en="The text has {length:,} characters; a paper carries at most {longest:,}.",
        ja="文字数が{length:,}文字あり、帳票に印字できる{longest:,}文字を超えています。",
    )
    remedy = Text(
        en="Shorten it, or attach the long text as its own file.", ja="短くするか、別紙として添付してください。"
    )


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside a paper that says the same to a machine."""

    name: str
    media_type: str
    description: str
    content: str


def render(
    template: Path,
    data: Mapping[str, object],
    *,
    dated_on: date,
    attached: Sequence[Attached] = (),
    seal: bytes = b"",
) -> bytes:
    """Return the paper as PDF/A-3b; the same template, data, date, files and seal give the same bytes.

    The data reaches the template as JSON input only, never as source. The template sees a directory that holds
    itself and the house sheet and nothing else; there are no packages. Refuses texts that are too long or hold a
    character the fonts cannot print, and names the place.
    """
    inputs = json.dumps({name: _clean(value, at=name) for name, value in data.items()})
    dated_at = datetime(dated_on.year, dated_on.month, dated_on.day, tzinfo=UTC)
    with TemporaryDirectory(prefix="paper-") as root:
        for source in (template, SHEET):
            shutil.copyfile(source, Path(root) / source.name)
        if seal:
            (Path(root) / "seal.png").write_bytes(seal)
        return typst.compile(
            str(Path(root) / template.name),
            root=root,
            font_paths=fonts.typefaces(),
            ignore_system_fonts=True,
            sys_inputs={"data": inputs, "attached": json.dumps([asdict(one) for one in attached])},
            pdf_standards=["a-3b"],
            timestamp=dated_at,
            package_path=root,
            package_cache_path=root,
        )


def _clean(value: object, *, at: str) -> object:
    """Return the value with every text in it ready to print; *at* names the place for a refusal."""
    if isinstance(value, str):
        return _clean_text(value, at=at)
    if isinstance(value, Mapping):
        return {name: _clean(part, at=f"{at}.{name}") for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(part, at=f"{at}[{index}]") for index, part in enumerate(value)]
    return value


def _clean_text(text: str, *, at: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(at=at, length=len(text), longest=LONGEST_TEXT)
    cleaned = _LOOSE_MARK.sub(lambda found: unicodedata.normalize("NFC", found[0]), text).translate(_CLEANED)
    for character in cleaned:
        if ord(character) not in fonts.printable() and ord(character) not in _NEEDS_NO_GLYPH:
            raise UnprintableCharacter(at=at, character=_shown(character), code=f"U+{ord(character):04X}")
    return cleaned


def _shown(character: str) -> str:
    """Return the character, or `?` where it would spoil the sentence it is named in."""
    return character if character.isprintable() else "?"
