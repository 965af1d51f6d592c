"""Who may be deputised, by whom, and for how long."""

from __future__ import annotations

from datetime import date, timedelta

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

UNDEPUTISED = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Roles that nobody holds for another: whoever gives rights and whoever audits does so in person."""

LONGEST = timedelta(days=366)


class NotYourAbsence(Refusal):
    """Somebody else's absence."""

    rule = "deputies.not-your-absence"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="A deputy is named by the absent person or an administrator.",
        ja="代理を指定・終了できるのは、本人またはシステム管理者です。",
    )
    remedy = Text(en="Ask one of them.", ja="本人またはシステム管理者に依頼してください。")


class AsDeputy(Refusal):
    """A deputy does not hand on what it holds for somebody."""

    rule = "deputies.as-deputy"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="You are at work for {name}.", ja="{name} さんの代理として操作中です。")
    remedy = Text(en="Go back to your own work first.", ja="先に自分の作業に戻ってください。")


class DeputyOfOneself(Refusal):
    """A person who is its own deputy."""

    rule = "deputies.oneself"
    says = Text(en="{name} cannot be the deputy of {name}.", ja="{name} さん自身を代理にはできません。")
    remedy = Text(en="Name somebody else.", ja="別の人を指定してください。")


class NobodyThere(Refusal):
    """A person who does not sign in."""

    rule = "deputies.nobody-there"
    says = Text(en="{name} does not sign in.", ja="{name} さんはログインできません。")
    remedy = Text(
        en="Name somebody else; what a person who left had open is handed over.",
        ja="別の人を指定してください。退職者の案件は引き継いでください。",
    )


class NothingInCommon(Refusal):
    """A deputation that would let nobody do anything."""

    rule = "deputies.nothing-in-common"
    says = Text(
        en="{deputy} could do nothing for {absent} there.",
        ja="{deputy} さんが {absent} さんの代理としてできる操作がありません。",
    )
    remedy = Text(
        en="Choose somebody with the same role, except administrator and auditor, in a company of both.",
        ja="同じ会社に所属し、同じ役割（システム管理者・監査人を除く）を持つ人を選択してください。",
    )


class WrongDays(Refusal):
    """An absence that is over, ends before it begins, or lasts too long."""

    rule = "deputies.days"
    says = Text(en="{last_on} is not a last day for that.", ja="{last_on} は最終日に指定できません。")
    remedy = Text(
        en="Choose a day from today and from the first day on, at most a year later.",
        ja="今日以降かつ開始日以降で、開始日から1年以内の日を指定してください。",
    )


def refuse_days(starts_on: date, last_on: date, today: date) -> None:
    """Refuse `WrongDays`."""
    if not max(starts_on, today) <= last_on <= starts_on + LONGEST:
        raise WrongDays(at="last_on", last_on=last_on)


def refuse_stranger(persons: frozenset[PersonId], by: Actor) -> None:
    """Refuse a deputy at work, and everybody but the *persons* concerned and administrators."""
    if by.for_id is not None:
        raise AsDeputy(name=by.for_name)
    if by.id not in persons and not by.holds(Role.ADMINISTRATOR):
        raise NotYourAbsence


def in_place_of(own: Actor, absent: Actor, *, roles: frozenset[Role], companies: frozenset[int]) -> Actor | None:
    """Return the deputy as it acts for *absent*, None where it could do nothing.

    It holds of the roles that both were granted those given (none given: all) that may be deputised, and no other: a
    deputation widens nobody's rights. It sees of the companies that both belong to those given (none given: all).
    """
    held = (own.roles & absent.roles & (roles or absent.roles)) - UNDEPUTISED
    seen = own.companies & absent.companies
    seen = frozenset(one for one in seen if one in companies) if companies else seen
    if not held or not seen:
        return None
    return Actor(
        id=own.id,
        name=own.name,
        roles=held,
        companies=seen,
        language=own.language,
        for_id=absent.id,
        for_name=absent.name,
        lost_factor=own.lost_factor,
    )
