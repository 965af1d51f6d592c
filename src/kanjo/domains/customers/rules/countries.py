"""Countries by their ISO 3166-1 code, with the names people write (Unicode CLDR, English and Japanese)."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

# Names in daily use that are not the name of the list.
_ALSO = {
    "korea": "KR",
    "republic of korea": "KR",
    "usa": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "uk": "GB",
    "米国": "US",
    "英国": "GB",
}


class CountryUnknown(Refusal):
    """Neither a country's code nor its name."""

    rule = "customers.country-unknown"
    says = Text(en="“{text}” is not a country.", ja="「{text}」という国はありません。")
    remedy = Text(
        en="Give its two-letter code (ISO 3166) or its name, such as JP or Japan.",
        ja="2文字の国コード（ISO 3166）または国名で入力してください（例: JP、日本）。",
    )


def country(text: str, *, at: str = "") -> str:
    """Return the two-letter code of a country given by code or by name, English or Japanese; `ZZ` means unknown."""
    given = unicodedata.normalize("NFKC", text).strip()
    code = given.upper() if given.upper() in country_names() else _by_name().get(given.casefold())
    if code is None:
        raise CountryUnknown(at=at, text=quoted(text))
    return code


@cache
def country_names() -> dict[str, Text]:
    """Return every country's name by code."""
    lines = Path(__file__).with_name("countries.tsv").read_text("utf-8").splitlines()
    return {code: Text(en=en, ja=ja) for code, en, ja in (line.split("\t") for line in lines)}


@cache
def _by_name() -> dict[str, str]:
    names = {name.casefold(): code for code, text in country_names().items() for name in (text.en, text.ja)}
    return names | _ALSO
