"""One key for the many ways to write the name of a company."""

from __future__ import annotations

import re
import unicodedata

_MOST = 400
_SMALL_KANA = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
# Old forms of characters that names are written with either way.
_OLD_KANJI = str.maketrans("髙﨑邊邉齋齊斉濵濱澤廣國學櫻瀨眞德惠", "高崎辺辺斎斎斎浜浜沢広国学桜瀬真徳恵")

_FORMS_IN_KANJI = (
    "特定非営利活動法人|地方独立行政法人|国立研究開発法人|独立行政法人|社会福祉法人|国立大学法人|公立大学法人|"
    "一般財団法人|公益財団法人|一般社団法人|公益社団法人|医療法人社団|医療法人財団|医療法人|財団法人|社団法人|"
    "学校法人|宗教法人|農事組合法人|弁護士法人|税理士法人|監査法人|株式会社|有限会社|合同会社|合名会社|合資会社|相互会社"
)
# 株, 有 and the like stand for the form only inside brackets; folding has already turned ㈱ into (株).
_JAPANESE_FORM = re.compile(
    rf"{_FORMS_IN_KANJI}|\((?:株|有|同|名|資|財|社|学|宗|医|福|独|特非)\)|カブシキガイシヤ|ユウゲンガイシヤ|ゴウドウガイシヤ"
)

_FOREIGN_FORMS = frozenset(
    {"inc", "incorporated", "co", "company", "corp", "corporation", "ltd", "limited", "llc", "llp", "lp", "plc"}
    | {"kk", "gk", "gmbh", "ag", "kg", "sa", "sas", "sarl", "spa", "srl", "bv", "nv", "ab", "as", "oy"}
    | {"pte", "pty", "pvt", "sdn", "bhd", "and"}
)


def matching_key(name: str) -> str:
    """Return the key under which the ways to write one company's name meet: 株式会社アクメ, (株)ｱｸﾒ, アクメ㈱.

    Width, case, accents, hiragana, small kana and old kanji are folded, legal forms, spaces and punctuation
    dropped. A name made of nothing but a legal form keeps it. Equal keys suggest the same company, they do not
    prove it. A key has at most 400 characters, however far signs such as ㍿ unfold.
    """
    folded = _folded(name)
    without_form = _JAPANESE_FORM.sub(" ", folded)
    key = _joined(_without_foreign_forms(_words(without_form))) or _joined(_words(folded))
    return key[:_MOST]


def _folded(name: str) -> str:
    wide = unicodedata.normalize("NFKC", name).casefold()
    plain = "".join(
        character for character in unicodedata.normalize("NFD", wide) if not "\u0300" <= character <= "\u036f"
    )
    composed = unicodedata.normalize("NFC", plain).translate(_HIRAGANA).translate(_SMALL_KANA).translate(_OLD_KANJI)
    return re.sub(r"(?<=[ァ-ヺ])[-‐‑–—―−]", "ー", composed)


def _words(folded: str) -> list[str]:
    initials_joined = re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", folded)
    spelled = initials_joined.replace("'", "").replace("’", "")
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in spelled).split()


def _without_foreign_forms(words: list[str]) -> list[str]:
    end = len(words)
    while end > 1 and words[end - 1] in _FOREIGN_FORMS:
        end -= 1
    return words[:end]


def _joined(words: list[str]) -> str:
    return "".join(words)
