"""What makes a grant sound, and when the end of its use is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kanjo.domains.licenses.facts import HowConfirmed, LineToGrant, RightsOfContract
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class QuantityNotPositive(Refusal):
    """A right to use nothing."""

    rule = "licenses.quantity"
    says = Text(
        en="{quantity} {metric} cannot be granted.", ja="ライセンス数量 {quantity}（{metric}）は付与できません。"
    )
    remedy = Text(en="Give 1 or more.", ja="1以上で指定してください。")


class EmptyValidity(Refusal):
    """A right that is never in force."""

    rule = "licenses.validity-empty"
    says = Text(en="The license has no day on which it is valid.", ja="ライセンスの有効期間に1日もありません。")
    remedy = Text(
        en="Give a period of at least one day, or none for a perpetual license.",
        ja="1日以上の期間を指定するか、永続ライセンスの場合は空けてください。",
    )


class OtherwiseGranted(Refusal):
    """The order line already granted something else."""

    rule = "licenses.otherwise-granted"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="This order line already granted {quantity} {metric}.",
        ja="この注文明細では、すでに{metric} {quantity}のライセンスが付与されています。",
    )
    remedy = Text(
        en="A change of the right needs an order of its own.", ja="ライセンスを変更するには、別の注文が必要です。"
    )


class GrantsNothing(Refusal):
    """A contract without a license."""

    rule = "licenses.grants-nothing"
    kind = RefusalKind.CONFLICT
    says = Text(en="Contract {number} grants no license.", ja="契約{number}で付与したライセンスはありません。")
    remedy = Text(en="Nothing is left to confirm.", ja="確認の必要はありません。")


class AlreadyConfirmed(Refusal):
    """The end of use was confirmed before."""

    rule = "licenses.already-confirmed"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The end of use under contract {number} was confirmed as of {day}.",
        ja="契約{number}の利用終了は、{day}付で確認済みです。",
    )
    remedy = Text(en="See the contract for how.", ja="確認方法は契約のページを参照してください。")


class UseGoesOn(Refusal):
    """The contract was renewed."""

    rule = "licenses.use-goes-on"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Contract {number} was renewed: the use goes on under the next one.",
        ja="契約{number}は更新されており、利用は次の契約で継続しています。",
    )
    remedy = Text(
        en="Confirm the end of use of the next contract when it has ended.",
        ja="次の契約が終了した後、その契約で利用終了を確認してください。",
    )


class NoEndOfRight(Refusal):
    """A contract that gives its rights without an end."""

    rule = "licenses.no-end-of-right"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The rights under contract {number} have no last day.", ja="契約{number}のライセンスには終了日がありません。"
    )
    remedy = Text(en="Have the contract terminated first.", ja="先に契約の解約を登録してください。")


class RightRuns(Refusal):
    """The customer may still use it."""

    rule = "licenses.right-runs"
    says = Text(
        en="The rights under contract {number} run through {day}.", ja="契約{number}のライセンスは{day}まで有効です。"
    )
    remedy = Text(en="Confirm the end of use on a later day.", ja="翌日以降の日付で利用終了を確認してください。")


class ConfirmedInFuture(Refusal):
    """A day that has not come yet."""

    rule = "licenses.confirmed-in-future"
    says = Text(en="{day} has not come yet.", ja="{day}はまだ到来していません。")
    remedy = Text(
        en="Give the day on which the end of use was confirmed.", ja="利用終了を確認した日を指定してください。"
    )


class NotSaidHow(Refusal):
    """Confirmed otherwise, and not said how."""

    rule = "licenses.not-said-how"
    says = Text(en="How it was confirmed is not said.", ja="確認の方法が記入されていません。")
    remedy = Text(
        en="Write it into the note, or choose one of the other ways.",
        ja="備考に記入するか、ほかの確認方法を選択してください。",
    )


def refuse_goes_on(rights: RightsOfContract, *, on: date) -> None:
    """Refuse `UseGoesOn`, `NoEndOfRight` and `RightRuns` while the customer may use what the contract grants."""
    if rights.renewed:
        raise UseGoesOn(number=rights.number)
    if rights.until is None:
        raise NoEndOfRight(number=rights.number)
    if on < rights.until:
        raise RightRuns(number=rights.number, day=rights.until - timedelta(days=1), at="on")


def refuse_unconfirmed(*, on: date, today: date, how: HowConfirmed, note: str) -> None:
    """Refuse `ConfirmedInFuture` and `NotSaidHow`."""
    if on > today:
        raise ConfirmedInFuture(day=on, at="on")
    if how is HowConfirmed.OTHER and not note.strip():
        raise NotSaidHow(at="note")


def granting(lines: Sequence[LineToGrant]) -> list[LineToGrant]:
    """Return the lines that grant something, or change what another grants. Refuses an unsound one: `lines[2]`."""
    for position, line in enumerate(lines, start=1):
        if line.metric and line.quantity <= 0 and not line.changes:
            raise QuantityNotPositive(quantity=line.quantity, metric=line.metric, at=f"lines[{position}]")
        if line.metric and line.valid is not None and not line.valid:
            raise EmptyValidity(at=f"lines[{position}]")
    return [line for line in lines if line.metric and line.quantity]
