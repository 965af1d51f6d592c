"""Guards of a customer's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kanjo.domains.customers.facts import NewCustomer
from kanjo.domains.customers.rules.countries import country
from kanjo.foundation.corporate_numbers import corporate_number, has_true_check_digit
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Language, Text

LENGTHS = {"name": 200, "name_kana": 200, "name_en": 200, "sector": 50, "address": 2_000, "external_key": 255}


class NameMissing(Refusal):
    """A customer or department without a name."""

    rule = "customers.name-missing"
    says = Text(en="The name is blank.", ja="名称が空欄です。")
    remedy = Text(en="Give the name as it stands on documents.", ja="書類に記載する名称を入力してください。")


class TooLong(Refusal):
    """More text than the field takes."""

    rule = "customers.too-long"
    says = Text(
        en="The text has {length:,} characters; the field takes at most {most:,}.",
        ja="文字数が{length:,}文字あり、上限の{most:,}文字を超えています。",
    )
    remedy = Text(en="Shorten it.", ja="短くしてください。")


class AlreadyKnown(Refusal):
    """Another customer already carries the number or key."""

    rule = "customers.already-known"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} is already registered under {key}.", ja="{key} は {name} としてすでに登録されています。")
    remedy = Text(en="Use that customer, or correct the number.", ja="その顧客を使うか、番号を訂正してください。")


class ParentCircle(Refusal):
    """A customer that would belong, directly or not, to itself."""

    rule = "customers.parent-circle"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} would belong to itself.", ja="{name} が自社の傘下になってしまいます。")
    remedy = Text(en="Choose another parent, or none.", ja="別の親会社を選ぶか、なしにしてください。")


class ParentUnknown(Refusal):
    """A parent that is registered nowhere."""

    rule = "customers.parent-unknown"
    kind = RefusalKind.MISSING
    says = Text(en="The parent {key} is not a customer.", ja="親会社 {key} は顧客として登録されていません。")
    remedy = Text(en="Register it first.", ja="先に登録してください。")


def checked(given: NewCustomer, *, at: str = "") -> NewCustomer:
    """Return the customer with its blanks trimmed and its codes in their one form; refuses what is not sound."""
    trimmed = replace(given, **{name: getattr(given, name).strip() for name in LENGTHS})
    if not trimmed.name:
        raise NameMissing(at=_in(at, "name"))
    for name, most in LENGTHS.items():
        if len(getattr(trimmed, name)) > most:
            raise TooLong(at=_in(at, name), length=len(getattr(trimmed, name)), most=most)
    number = given.corporate_number
    return replace(
        trimmed,
        language=Language(given.language),
        country=country(given.country, at=_in(at, "country")),
        corporate_number=corporate_number(number, at=_in(at, "corporate_number")) if number else "",
        payment_terms=payment_terms(given.payment_terms, at=_in(at, "payment_terms")).code,
    )


def department_name(text: str) -> str:
    """Return a department's name trimmed; refuses a blank or overlong one."""
    name = text.strip()
    if not name:
        raise NameMissing(at="name")
    if len(name) > LENGTHS["name"]:
        raise TooLong(at="name", length=len(name), most=LENGTHS["name"])
    return name


def refuse_circle(parents: Mapping[str, str], *, start: str, name: str = "") -> None:
    """Refuse `ParentCircle` when going up from *start* over *parents* (child → parent) comes back to *start*."""
    seen = {start}
    above = parents.get(start)
    while above and above not in seen:
        seen.add(above)
        above = parents.get(above)
    if above == start:
        raise ParentCircle(name=quoted(name or start))


def doubts_about_number(number: str) -> tuple[Text, ...]:
    """Return what to ask about a corporate number of sound shape: a check digit that does not hold is no proof."""
    if not number or has_true_check_digit(number):
        return ()
    return (
        Text(
            en="The check digit of {number} does not hold; compare it with the public register.",
            ja="{number} は検査用数字が一致しません。国税庁の法人番号公表サイトで確認してください。",
        ).filled(number=number),
    )


def _in(at: str, field: str) -> str:
    return f"{at} {field}".strip()
