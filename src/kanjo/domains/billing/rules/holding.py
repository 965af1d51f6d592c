"""What a hold waits for, and who ends it."""

from __future__ import annotations

from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text


class ApprovalUnnamed(Refusal):
    """A hold until an approval that does not say which, or another hold that does."""

    rule = "billing.hold-approval-unnamed"
    says = Text(
        en="A hold names a request for approval if, and only if, it waits for its approval.",
        ja="承認待ちの保留には承認申請の指定が必要です（承認待ち以外では指定できません）。",
    )
    remedy = Text(
        en="Name the request that has to be approved, or choose another condition.",
        ja="承認を待つ申請を指定するか、別の保留条件を選択してください。",
    )


class ApprovalSettled(Refusal):
    """A hold until an approval that will not come any more, or came."""

    rule = "billing.hold-approval-settled"
    kind = RefusalKind.CONFLICT
    says = Text(en="Request {number} is: {state}.", ja="承認申請 {number} はすでに「{state}」です。")
    remedy = Text(en="Name a request that still waits for its approval.", ja="承認を待っている申請を指定してください。")


class RevenueDecides(Refusal):
    """A hold for revenue accounting that somebody else would end."""

    rule = "billing.hold-revenue-decides"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="The hold waits for the decision of revenue accounting.", ja="収益認識の判断を待っている保留です。")
    remedy = Text(
        en="It is released by Rev/Rec, or ends by itself on its day.",
        ja="収益認識の担当者が解除するか、自動解除日に解除されます。",
    )
