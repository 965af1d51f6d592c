"""Why a field is not as its schema says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kanjo.foundation.quoting import quoted
from kanjo.foundation.texts import Language, Text

_SAID: Mapping[str, Text] = {
    "missing": Text(en="It is missing.", ja="指定されていません。"),
    "extra_forbidden": Text(en="There is no such field.", ja="この項目はありません。"),
    "string_too_long": Text(en="It has more than {max_length} characters.", ja="{max_length}文字を超えています。"),
    "string_too_short": Text(en="It has fewer than {min_length} characters.", ja="{min_length}文字未満です。"),
    "string_pattern_mismatch": Text(
        en="It holds a character that is not taken.", ja="使用できない文字が含まれています。"
    ),
    "too_long": Text(en="It has more than {max_length} entries.", ja="{max_length}件を超えています。"),
    "too_short": Text(en="It has fewer than {min_length} entries.", ja="{min_length}件未満です。"),
    "greater_than_equal": Text(en="It is below {ge}.", ja="{ge} 未満です。"),
    "less_than_equal": Text(en="It is above {le}.", ja="{le} を超えています。"),
    "literal_error": Text(en="It is none of: {expected}.", ja="選択肢にありません（{expected}）。"),
}
_BY_LEAD = (
    ("int", Text(en="It is not a whole number.", ja="整数ではありません。")),
    ("date", Text(en="It is not a day such as 2026-04-01.", ja="2026-04-01 の形の日付ではありません。")),
    ("time_", Text(en="It is no time of day such as 06:00.", ja="06:00 の形の時刻ではありません。")),
    ("datetime", Text(en="It is not a moment with its zone.", ja="タイムゾーン付きの日時ではありません。")),
    ("string", Text(en="It is not a text.", ja="文字列ではありません。")),
    ("base64", Text(en="It is not base64.", ja="base64 ではありません。")),
    ("bool", Text(en="It is neither true nor false.", ja="true でも false でもありません。")),
    ("list", Text(en="It is not a list.", ja="配列ではありません。")),
)
_OTHER = Text(en="It is not what the schema says.", ja="スキーマに合いません。")
_LEADS = (frozenset({"body", "query", "path", "header"}), frozenset({"given", "asked"}))
"""Where a field was sent, and the name that the view has for all of them."""


def reason(error: Mapping[str, Any], language: Language) -> dict[str, str]:
    """Return the place of a fault, its rule and what is wrong there."""
    kind = str(error["type"])
    known = _SAID.get(kind) or next((text for lead, text in reversed(_BY_LEAD) if kind.startswith(lead)), _OTHER)
    facts = {name: quoted(str(fact)) for name, fact in (error.get("ctx") or {}).items()}
    said = known.filled(**{"expected": "", **facts}) if known in _SAID.values() else known
    return {"at": _place(error["loc"]), "rule": f"api.{kind.replace('_', '-')}", "detail": said.said_in(language)}


def _place(location: Sequence[str | int]) -> str:
    """Return `lines[1].quantity` for the first line, as the rules of the house name a place."""
    steps = [step for number, step in enumerate(location) if number > 1 or step not in _LEADS[number]]
    place = ""
    for step in steps:
        if isinstance(step, int):
            place += f"[{step + 1}]"
        else:
            place += f".{step}" if place else step
    return quoted(place)
