"""What makes a grant sound."""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.domains.licenses.facts import LineToGrant
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


def granting(lines: Sequence[LineToGrant]) -> list[LineToGrant]:
    """Return the lines that grant something. Refuses an unsound one, by its position: `lines[2]`."""
    for position, line in enumerate(lines, start=1):
        if line.metric and line.quantity <= 0:
            raise QuantityNotPositive(quantity=line.quantity, metric=line.metric, at=f"lines[{position}]")
        if line.metric and line.valid is not None and not line.valid:
            raise EmptyValidity(at=f"lines[{position}]")
    return [line for line in lines if line.metric]
