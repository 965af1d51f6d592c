"""Guards of a deal's way from prospecting to won or lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kanjo.domains.opportunities.facts import STEPS, NewOpportunity, Stage
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class WrongStage(Refusal):
    """A step that does not lead on from where the deal stands."""

    rule = "opportunities.wrong-stage"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{name} is at “{stage}” and cannot go to “{to}”.", ja="{name} は「{stage}」のため「{to}」にできません。"
    )
    remedy = Text(
        en="A prospect is engaged first; what is won or lost is closed: open a new opportunity.",
        ja="開拓中の商談は先に商談中へ進めてください。受注・失注は確定済みのため、新しい商談を登録してください。",
    )


class ClosedBeforeEngaged(Refusal):
    """A close before the first day of the deal."""

    rule = "opportunities.closed-before-engaged"
    says = Text(en="{day} is before the deal was engaged, {engaged}.", ja="{day} は商談開始日（{engaged}）より前です。")
    remedy = Text(en="Correct one of the two dates.", ja="どちらかの日付を直してください。")


class ReasonMissing(Refusal):
    """A lost deal without a reason."""

    rule = "opportunities.reason-missing"
    says = Text(en="Nothing says why the deal was lost.", ja="失注の理由が入力されていません。")
    remedy = Text(en="Write the reason in a few words.", ja="理由を簡潔に入力してください。")


class CurrencyDiffers(Refusal):
    """A value in another currency than the deal's."""

    rule = "opportunities.currency"
    says = Text(en="The deal is in {expected}, not in {given}.", ja="商談の通貨は{expected}です（入力は{given}）。")
    remedy = Text(en="Give the value in {expected}.", ja="{expected}で入力してください。")


class ValueNegative(Refusal):
    """A deal worth less than nothing."""

    rule = "opportunities.value"
    says = Text(en="{value} is no value of a deal.", ja="{value} は商談の金額にできません。")
    remedy = Text(en="Give zero or more.", ja="0以上で入力してください。")


class NameWrong(Refusal):
    """A name that is blank or too long."""

    rule = "opportunities.name"
    says = Text(en="The name has {length} characters.", ja="商談名の文字数が{length}文字です。")
    remedy = Text(en="Give 1 to 200 characters.", ja="1〜200文字で入力してください。")


class DayMissing(Refusal):
    """A stage whose day nobody gave."""

    rule = "opportunities.day-missing"
    says = Text(
        en="A deal that is “{stage}” needs the day it was engaged or closed.",
        ja="「{stage}」の商談には開始日または終了日が必要です。",
    )
    remedy = Text(en="Fill in the day.", ja="日付を入力してください。")


class KeyTaken(Refusal):
    """Another deal of the company carries the key."""

    rule = "opportunities.key-taken"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{key} is already the opportunity “{name}”.", ja="{key} は商談「{name}」としてすでに登録されています。"
    )
    remedy = Text(en="Use that opportunity, or another key.", ja="その商談を使うか、別のキーにしてください。")


class AlreadyClosed(Refusal):
    """A deal that is won or lost stays with whoever closed it."""

    rule = "opportunities.closed"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} is “{stage}”.", ja="{name} は「{stage}」です。")
    remedy = Text(en="Only an open deal is handed over.", ja="引き継げるのは進行中の商談だけです。")


class NotASeller(Refusal):
    """An owner who could not go on with the deal."""

    rule = "opportunities.not-a-seller"
    says = Text(en="{name} does not sell in that company.", ja="{name} さんはこの会社の営業担当ではありません。")
    remedy = Text(
        en="Choose somebody with a selling role who is assigned to the company.",
        ja="営業の役割を持ち、この会社に割り当てられている人を選択してください。",
    )


def checked_name(text: str) -> str:
    """Return the name trimmed."""
    name = text.strip()
    if not 1 <= len(name) <= 200:
        raise NameWrong(at="name", length=len(name))
    return name


def checked(given: NewOpportunity) -> NewOpportunity:
    """Return a deal of another system with its name trimmed; refuses one whose days do not go with its stage."""
    engaged_unknown = given.stage is Stage.ENGAGING and given.engaged_on is None
    win_unknown = given.won_elsewhere and None in {given.expected_close_on, given.expected_minor}
    if engaged_unknown or win_unknown or (given.stage is Stage.LOST) != (given.closed_on is not None):
        raise DayMissing(at=given.external_key, stage=given.stage.shown)
    if given.closed_on is not None:
        refuse_close_before(given.engaged_on, given.closed_on)
    return replace(given, name=checked_name(given.name))


def refuse_unless_step(name: str, stage: Stage, to: Stage) -> None:
    """Refuse `WrongStage` unless a deal may go from *stage* to *to*."""
    if (stage, to) not in STEPS:
        raise WrongStage(name=name, stage=stage.shown, to=to.shown)


def refuse_close_before(engaged_on: date | None, closed_on: date) -> None:
    """Refuse `ClosedBeforeEngaged` when a deal would close before it was engaged."""
    if engaged_on is not None and closed_on < engaged_on:
        raise ClosedBeforeEngaged(at="on", day=closed_on, engaged=engaged_on)


def refuse_value(minor: int, *, given: str, expected: str) -> None:
    """Refuse a value in another currency or below zero."""
    if given != expected:
        raise CurrencyDiffers(at="value", given=given, expected=expected)
    if minor < 0:
        raise ValueNegative(at="value", value=minor)
