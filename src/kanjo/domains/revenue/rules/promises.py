"""What may be promised and delivered, each with the way out."""

from __future__ import annotations

from collections.abc import Sequence

from kanjo.domains.catalog.facts import Recognition
from kanjo.domains.revenue.facts import LineToRecognise
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class ServicePeriodMissing(Refusal):
    """Revenue over time without the days it is earned on."""

    rule = "revenue.service-period-missing"
    says = Text(
        en="Revenue over time needs a service period of at least one day.",
        ja="一定期間にわたり収益を認識する明細には、1 日以上のサービス期間が必要です。",
    )
    remedy = Text(
        en="Give the line its service period, or recognise it at a point in time.",
        ja="明細にサービス期間を入力するか、一時点で認識する製品にしてください。",
    )


class PromisedAlready(Refusal):
    """The order line has its obligation, with other terms."""

    rule = "revenue.promised-already"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Order line {line} already has a performance obligation.",
        ja="注文明細 {line} の履行義務はすでに登録済みです。",
    )
    remedy = Text(en="Amend the order by a new line.", ja="新しい明細で注文を変更してください。")


class NothingPromised(Refusal):
    """Nothing was promised on that order line, or not to this person's companies."""

    rule = "revenue.nothing-promised"
    kind = RefusalKind.MISSING
    says = Text(
        en="Order line {line} has no performance obligation.", ja="注文明細 {line} の履行義務が見つかりません。"
    )
    remedy = Text(en="Book the order first.", ja="先に注文を登録してください。")


def refuse_unsound(lines: Sequence[LineToRecognise]) -> None:
    """Refuse a line that is earned over time without days, naming it by its position from 1."""
    for position, line in enumerate(lines, 1):
        if line.recognition is Recognition.OVER_TIME and not line.service:
            raise ServicePeriodMissing(at=f"lines[{position}].service")
