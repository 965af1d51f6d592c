"""What is refused of changes, moved billing days and holds."""

from __future__ import annotations

import polars as pl

from kanjo.domains.billing.facts import ContractChange
from kanjo.domains.billing.rules.owed import Known
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class ChangeTooLate(Refusal):
    """A change from a day on which the line is over."""

    rule = "billing.change-too-late"
    says = Text(
        en="Order line {line} ends before {day}: nothing would change.",
        ja="注文明細 {line} は {day} より前に終了するため、変更の対象がありません。",
    )
    remedy = Text(en="Give a day within its service.", ja="サービス期間内の日付を指定してください。")


class TooFewUnits(Refusal):
    """A change that leaves a line with fewer than no units."""

    rule = "billing.too-few-units"
    says = Text(
        en="Order line {line} would have {quantity} units from {day}.",
        ja="注文明細 {line} の数量が {day} から {quantity} になります。",
    )
    remedy = Text(
        en="Take away at most what is there, or end the line.", ja="減らす数量を見直すか、明細を終了してください。"
    )


class AlreadyMoved(Refusal):
    """The billing day was moved before."""

    rule = "billing.already-moved"
    kind = RefusalKind.CONFLICT
    says = Text(en="{day} was moved to {moved_to} already.", ja="{day} の請求はすでに {moved_to} へ変更されています。")
    remedy = Text(
        en="A billing day is moved once; the next that can be moved is {next}.",
        ja="請求日の変更は一度だけです（次に変更できる請求日: {next}）。",
    )


class NothingBilledThen(Refusal):
    """Nothing of the contract is charged on that day; giving something back is no billing day of its own."""

    rule = "billing.nothing-then"
    says = Text(en="Nothing is to be billed on {day}.", ja="{day} に請求予定はありません。")
    remedy = Text(
        en="Give a billing day to come; the next is {next}.", ja="今後の請求日を指定してください（次回: {next}）。"
    )


class MovesNowhere(Refusal):
    """A billing day that would be moved to itself."""

    rule = "billing.moves-nowhere"
    says = Text(en="{day} is the billing day already.", ja="{day} はすでに請求日です。")
    remedy = Text(en="Give another day.", ja="別の日付を指定してください。")


class MoveUnexplained(Refusal):
    """A billing day moved without a reason."""

    rule = "billing.move-unexplained"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why the billing day is moved.", ja="請求日を変更する理由を記入してください。")


class HoldUnexplained(Refusal):
    """A hold, or its release, without a reason."""

    rule = "billing.hold-unexplained"
    says = Text(en="No reason is given.", ja="理由が記入されていません。")
    remedy = Text(en="Write why billing is held or released.", ja="保留または解除の理由を記入してください。")


class HoldExpired(Refusal):
    """A hold that would be over before it begins."""

    rule = "billing.hold-expired"
    says = Text(
        en="A hold from {start} cannot expire on {day}.", ja="{start} からの保留の期限を {day} にはできません。"
    )
    remedy = Text(en="Give a later day, or none.", ja="それより後の日付にするか、空けてください。")


class NothingToHold(Refusal):
    """A hold of something that billing knows nothing of, or of more than one thing."""

    rule = "billing.nothing-to-hold"
    kind = RefusalKind.MISSING
    says = Text(en="Billing knows nothing of what is to be held.", ja="保留の対象となる請求計画がありません。")
    remedy = Text(
        en="Name one payer, contract, order or order line that is planned for billing.",
        ja="請求計画のある請求先・契約・注文・注文明細のいずれか1つを指定してください。",
    )


class HoldMissing(Refusal):
    """No such hold for this person."""

    rule = "billing.hold-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no hold {key} that you can see.", ja="保留 {key} は見つかりません。")
    remedy = Text(en="Check the number.", ja="番号を確認してください。")


class AlreadyReleased(Refusal):
    """The hold is over."""

    rule = "billing.already-released"
    kind = RefusalKind.CONFLICT
    says = Text(en="The hold ended on {day}.", ja="この保留は {day} に解除されています。")
    remedy = Text(en="Nothing is left to release.", ja="解除の必要はありません。")


class OnHold(Refusal):
    """What is asked to be invoiced is on hold."""

    rule = "billing.on-hold"
    kind = RefusalKind.CONFLICT
    says = Text(en="Billing is on hold: {because}", ja="請求は保留中です: {because}")
    remedy = Text(en="Release the hold first.", ja="先に保留を解除してください。")


def refuse_unsound_change(plans: pl.DataFrame, known: Known, change: ContractChange) -> None:
    """Refuse `ChangeTooLate` for a fact from after the end of its line, and `TooFewUnits` on any day of any line."""
    lines = {row["order_line_id"]: row for row in plans.iter_rows(named=True)}
    facts = [(one.order_line_id, one.effective_on) for one in change.changes]
    for order_line_id, day in [*facts, *((one.order_line_id, one.start) for one in change.away)]:
        until = lines[order_line_id]["service_until"]
        if until is not None and day >= until:
            raise ChangeTooLate(line=order_line_id, day=day, at="effective_on")
    units = known.changes.group_by("plan_id", "effective_on").agg(pl.sum("quantity")).sort("plan_id", "effective_on")
    left = (
        units.join(plans.select("plan_id", "order_line_id", has="quantity"), on="plan_id")
        .with_columns(left=pl.col("has") + pl.col("quantity").cum_sum().over("plan_id"))
        .filter(pl.col("left") < 0)
    )
    for row in left.iter_rows(named=True):
        raise TooFewUnits(line=row["order_line_id"], quantity=row["left"], day=row["effective_on"], at="quantity")
