"""Names in the half-width kana of bank files: how they are written (全銀協 character set), and how they are matched."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class ZenginField(StrEnum):
    """A kind of field, by the characters it takes besides kana, digits and space."""

    BANK = "bank"
    PARTY = "party"
    PAYROLL = "payroll"
    EDI = "edi"


class KanaUnwritable(Refusal):
    """A character that a bank file has no place for; a reading is never guessed."""

    rule = "kana.unwritable"
    says = Text(
        en="“{character}” of “{text}” cannot stand in a bank file.",
        ja="「{text}」の「{character}」は、銀行のファイルでは使えない文字です。",
    )
    remedy = Text(en="Write the name as it is read, in katakana.", ja="名称を読みどおりのカタカナで入力してください。")


class KanaTooLong(Refusal):
    """A name longer than its field, counted in bytes: ガ is two."""

    rule = "kana.too-long"
    says = Text(
        en="“{text}” takes {length} characters of a bank file; the field has {limit}.",
        ja="「{text}」は半角{length}文字になり、項目の長さ（{limit}文字）を超えています。",
    )
    remedy = Text(en="Shorten the name.", ja="名称を短くしてください。")


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALLOWED = {
    ZenginField.BANK: _LETTERS + "-",
    ZenginField.PARTY: _LETTERS + "()-.",
    ZenginField.PAYROLL: "",
    ZenginField.EDI: _LETTERS + "\\｢｣()-/.ｦ",
}

# U+FF61 to U+FF9F are the half-width forms; their compatibility forms are what people type.
_HALF = {ord(unicodedata.normalize("NFKC", chr(code))): chr(code) for code in range(0xFF61, 0xFFA0)} | {
    0x3099: "ﾞ",
    0x309A: "ﾟ",
}
_KANA = frozenset("ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ0123456789 ")
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶヰヱ", "アイウエオツヤユヨワカケイエ")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_SIGNS = str.maketrans({**dict.fromkeys("ー－‐‑–—―−ｰ─", "-"), "・": ".", "¥": "\\"})

# Abbreviations of legal forms (法人略語), longest name first so that 医療法人社団 is not cut after 医療法人.
_ABBREVIATIONS = {
    "ｶ": "株式会社 カブシキガイシャ カブシキカイシャ",
    "ﾕ": "有限会社 ユウゲンガイシャ ユウゲンカイシャ",
    "ﾒ": "合名会社 ゴウメイガイシャ ゴウメイカイシャ",
    "ｼ": "合資会社 ゴウシガイシャ ゴウシカイシャ",
    "ﾄﾞ": "合同会社 ゴウドウガイシャ ゴウドウカイシャ",
    "ｲ": "医療法人社団 医療法人財団 社会医療法人 医療法人",
    "ｻﾞｲ": "一般財団法人 公益財団法人 財団法人 税理士法人",
    "ｼﾔ": "一般社団法人 公益社団法人 社団法人",
    "ｼﾕｳ": "宗教法人",
    "ｶﾞｸ": "学校法人",
    "ﾌｸ": "社会福祉法人",
    "ﾎｺﾞ": "更生保護法人",
    "ｿ": "相互会社",
    "ﾄｸﾋ": "特定非営利活動法人",
    "ﾁﾄﾞｸ": "地方独立行政法人",
    "ﾄﾞｸ": "独立行政法人",
    "ﾍﾞﾝ": "弁護士法人",
    "ｷﾞﾖ": "行政書士法人",
    "ｼﾎｳ": "司法書士法人",
    "ﾛｳﾑ": "社会保険労務士法人",
    "ﾀﾞｲ": "国立大学法人 公立大学法人",
    "ﾉｳ": "農事組合法人",
    "ｶﾝﾘ": "管理組合法人",
    "ﾁﾕｳ": "有限責任中間法人 無限責任中間法人",
    "ｹﾝ": "国立研究開発法人",
    "ﾓｸ": "中期目標管理法人",
}


def zengin_kana(
    reading: str, *, field: ZenginField = ZenginField.PARTY, length: int | None = None, at: str = ""
) -> str:
    """Return a reading as bank files write it: half-width, large kana, one legal form abbreviated (ｶ)ｱｸﾒ).

    The abbreviation stands only in a PARTY field. Refuses kanji and every character the field has no place for,
    and a result of more than *length* characters, which are bytes.
    """
    wide = _wide(reading)
    written = _halved(_abbreviated(wide) if field is ZenginField.PARTY else wide)
    if field is not ZenginField.EDI:
        written = written.replace("ｦ", "ｵ")
    stray = next(
        (character for character in written if character not in _KANA and character not in _ALLOWED[field]), None
    )
    if stray is not None:
        raise KanaUnwritable(at=at, text=quoted(reading), character=quoted(stray))
    if length is not None and len(written) > length:
        raise KanaTooLong(at=at, text=quoted(reading), length=len(written), limit=length)
    return written


@dataclass(frozen=True, slots=True)
class PayerKey:
    """What is left of a payer's name to match by: the code that led it, and the bare name."""

    payer_code: str
    name: str


class Likeness(IntEnum):
    """How far two payer keys agree; a weak one is only ever a suggestion."""

    NONE = 0
    WEAK = 1
    MEDIUM = 2
    STRONG = 3


def payer_key(text: str) -> PayerKey:
    """Return the key of a payer's name; the same for bank text, for stored names and for aliases.

    A leading run of four digits or more is the payer code; fewer belong to the name (3M). Legal forms are dropped
    in front, behind and in the middle, in full or abbreviated in brackets; so are spaces and signs.
    """
    led = re.match(r"(\d{4,})?(.*)", _wide(text), re.DOTALL | re.ASCII)
    code, rest = (led[1] or "", led[2]) if led else ("", "")
    half = _halved(_FORM.sub("()", rest.strip())).replace("ｦ", "ｵ")
    name = re.sub(r"[\s.\-()]", "", _ABBREVIATED_FORM.sub("", half))
    return PayerKey(payer_code=code, name=name) if name else PayerKey(payer_code="", name=code)


def likeness(one: PayerKey, other: PayerKey) -> Likeness:
    """Return how far two names agree.

    STRONG: the same. MEDIUM: one is the beginning of the other, six characters or more (banks cut names). WEAK:
    four characters or more that differ in one place or in ﾞ and ﾟ only.
    """
    short, long = sorted((one.name, other.name), key=len)
    if not short:
        return Likeness.NONE
    if short == long:
        return Likeness.STRONG
    if len(short) >= 6 and long.startswith(short):
        return Likeness.MEDIUM
    if len(short) >= 4 and (_unvoiced(short) == _unvoiced(long) or _one_apart(short, long)):
        return Likeness.WEAK
    return Likeness.NONE


def _wide(text: str) -> str:
    """Return the text in capitals, large katakana and plain signs, single spaces between words."""
    folded = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_LARGE).translate(_SIGNS)
    return " ".join(folded.upper().split())


_SHORT_BY_FORM = {_wide(name): short for short, names in _ABBREVIATIONS.items() for name in names.split()} | {
    "(株)": "ｶ",
    "(有)": "ﾕ",
    "(同)": "ﾄﾞ",
    "(名)": "ﾒ",
    "(資)": "ｼ",
}
_FORM = re.compile(rf"\s*({'|'.join(re.escape(form) for form in sorted(_SHORT_BY_FORM, key=len, reverse=True))})\s*")
_SHORT = "|".join(sorted(_ABBREVIATIONS, key=len, reverse=True))
_ABBREVIATED_FORM = re.compile(rf"^\s*(?:{_SHORT})\)|\((?:{_SHORT})$|\((?:{_SHORT})\)")


def _abbreviated(wide: str) -> str:
    """Return the name with its first legal form as `ｶ)` in front, `(ｶ` behind or `(ｶ)` in the middle."""
    form = _FORM.search(wide)
    if form is None:
        return wide
    before, after = wide[: form.start()], wide[form.end() :]
    opening, closing = "(" if before else "", ")" if after else ""
    return f"{before}{opening}{_SHORT_BY_FORM[form[1]]}{closing}{after}"


def _halved(wide: str) -> str:
    return unicodedata.normalize("NFD", wide).translate(_HALF)


def _unvoiced(name: str) -> str:
    return name.replace("ﾞ", "").replace("ﾟ", "")


def _one_apart(short: str, long: str) -> bool:
    """Return whether one character added, dropped or changed makes the two equal."""
    same = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
