"""The corporate number (法人番号) and the invoice registration number (登録番号) of Japan."""

from __future__ import annotations

import re
import unicodedata

from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text


class NotACorporateNumber(Refusal):
    """Text that has not the shape of a corporate number."""

    rule = "companies.corporate-number"
    says = Text(en="“{text}” is not a corporate number.", ja="「{text}」は法人番号の形式ではありません。")
    remedy = Text(en="Give its 13 digits; the first is not 0.", ja="13桁の数字で入力してください（先頭は0以外です）。")


class NotARegistrationNumber(Refusal):
    """Text that has not the shape of a registration number."""

    rule = "companies.registration-number"
    says = Text(
        en="“{text}” is not a registration number of a qualified invoice issuer.",
        ja="「{text}」は適格請求書発行事業者の登録番号の形式ではありません。",
    )
    remedy = Text(en="Give T and 13 digits.", ja="「T」と13桁の数字で入力してください。")


def corporate_number(text: str, *, at: str = "") -> str:
    """Return the 13 digits of a corporate number, read with or without full width, hyphens and spaces.

    Refuses a wrong shape only; whether the check digit holds is `has_true_check_digit`, and whether the company
    exists only the public register knows.
    """
    number = _bare(text)
    if not re.fullmatch(r"[1-9]\d{12}", number, re.ASCII):
        raise NotACorporateNumber(at=at, text=quoted(text))
    return number


def registration_number(text: str, *, at: str = "") -> str:
    """Return T and 13 digits (Consumption Tax Act, article 57-2), read as `corporate_number` reads.

    Refuses a wrong shape. Those who are no corporation have numbers of their own, so a check digit that does not
    hold is a reason to ask, never to refuse.
    """
    number = _bare(text).upper()
    if not re.fullmatch(r"T\d{13}", number, re.ASCII):
        raise NotARegistrationNumber(at=at, text=quoted(text))
    return number


def check_digit(base: str, *, at: str = "") -> int:
    """Return the check digit, 1 to 9, that leads the 12 digits of *base*.

    From the right the digits weigh 1, 2, 1, 2 …; the digit is 9 less the remainder of their sum by 9 (Ordinance
    on the Designation of Corporate Numbers, article 2).
    """
    if not re.fullmatch(r"\d{12}", base, re.ASCII):
        raise NotACorporateNumber(at=at, text=quoted(base))
    return 9 - sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(base))) % 9


def has_true_check_digit(number: str) -> bool:
    """Return whether 13 digits, with or without T, carry the check digit of a corporation."""
    digits = corporate_number(number.removeprefix("T"))
    return int(digits[0]) == check_digit(digits[1:])


def _bare(text: str) -> str:
    """Return the text in half width without hyphens and spaces."""
    return re.sub(r"[\s\-‐‑–—―−]", "", unicodedata.normalize("NFKC", text))
