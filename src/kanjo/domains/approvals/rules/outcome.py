"""Who may answer an item, what an answer must hold, and what all answers come to."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from kanjo.domains.approvals.facts import ConditionDraft, Decision, ItemState, RequestState
from kanjo.foundation.actors import ROLE_NAMES, Actor, Role
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text

ANSWERED = {
    Decision.APPROVE: ItemState.APPROVED,
    Decision.REJECT: ItemState.REJECTED,
    Decision.CONDITION: ItemState.CONDITIONAL,
}


class NotYourItem(Refusal):
    """The item asks another role."""

    rule = "approvals.not-your-item"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="This item is decided by: {role}.", ja="この項目の決裁者は{role}です。")
    remedy = Text(en="Leave it to them.", ja="該当する決裁者に委ねてください。")


class PersonNeeded(Refusal):
    """The house itself does not decide."""

    rule = "approvals.person-needed"
    kind = RefusalKind.FORBIDDEN
    says = Text(en="A decision is made by a person.", ja="決裁は人が行う必要があります。")
    remedy = Text(en="Sign in as the approver.", ja="承認者としてログインしてください。")


class Beneficiary(Refusal):
    """The deal benefits the person who would decide on it."""

    rule = "approvals.beneficiary"
    kind = RefusalKind.FORBIDDEN
    says = Text(
        en="{name} benefits from this deal and cannot decide on it.",
        ja="{name} さんはこの案件の利害関係者のため、決裁できません。",
    )
    remedy = Text(en="Ask a colleague with the role.", ja="同じ役割を持つ別の担当者に依頼してください。")


class ItemNotOpen(Refusal):
    """The item does not wait for an answer."""

    rule = "approvals.item-not-open"
    kind = RefusalKind.CONFLICT
    says = Text(en="This item is {state}, not open.", ja="この項目は決裁できる状態ではありません（{state}）。")
    remedy = Text(
        en="Open the request to see what was decided and which stage comes first.",
        ja="申請を開き、決裁の結果と先に行う段階を確認してください。",
    )


class ConditionsMissing(Refusal):
    """A conditional approval without a condition."""

    rule = "approvals.conditions-missing"
    says = Text(en="A conditional approval names no condition.", ja="条件付き承認に条件が記入されていません。")
    remedy = Text(en="Write each condition in both languages.", ja="条件を日本語と英語で1つ以上記入してください。")


class ConditionsUnasked(Refusal):
    """Conditions on an answer that has none."""

    rule = "approvals.conditions-unasked"
    says = Text(en="Conditions go with a conditional approval only.", ja="条件は条件付き承認にのみ指定できます。")
    remedy = Text(en="Decide “approve with conditions”.", ja="「条件付き承認」を選択してください。")


class CommentMissing(Refusal):
    """A rejection without a reason."""

    rule = "approvals.comment-missing"
    says = Text(en="A rejection gives no reason.", ja="否認の理由が記入されていません。")
    remedy = Text(en="Write why, so that the deal can be mended.", ja="案件を見直せるよう、理由を記入してください。")


class ProofMissing(Refusal):
    """A condition met without proof."""

    rule = "approvals.proof-missing"
    says = Text(en="No proof is given.", ja="条件を満たしたことの証憑が記入されていません。")
    remedy = Text(
        en="Name the document or the event that meets the condition.",
        ja="条件を満たした書類または事実を記入してください。",
    )


class ConditionMet(Refusal):
    """A condition that was met before."""

    rule = "approvals.condition-met"
    kind = RefusalKind.CONFLICT
    says = Text(en="This condition was already met.", ja="この条件はすでに満たされています。")
    remedy = Text(en="Nothing is left to do.", ja="対応は不要です。")


class RequestConcluded(Refusal):
    """A request that has its answer."""

    rule = "approvals.request-concluded"
    kind = RefusalKind.CONFLICT
    says = Text(en="The request is {state} and no longer open.", ja="この申請はすでに終了しています（{state}）。")
    remedy = Text(en="Make a new version and submit it.", ja="新しい版を作成して申請してください。")


def refuse_wrong_decider(role: Role, beneficiaries: Collection[int], by: Actor) -> None:
    """Refuse the house, everybody without the item's role, and who benefits from the deal."""
    if by.system:
        raise PersonNeeded
    if not by.holds(role):
        raise NotYourItem(role=ROLE_NAMES[role])
    if not by.persons.isdisjoint(beneficiaries):
        raise Beneficiary(name=by.name if by.id in beneficiaries else by.for_name)


def refuse_incomplete(decision: Decision, conditions: Sequence[ConditionDraft], comment: str) -> None:
    """Refuse a conditional approval without conditions, conditions without it, and a rejection without a reason."""
    if decision is Decision.CONDITION:
        if not conditions or not all(one.text.en.strip() and one.text.ja.strip() for one in conditions):
            raise ConditionsMissing(at="conditions")
    elif conditions:
        raise ConditionsUnasked(at="conditions")
    if decision is Decision.REJECT and not comment.strip():
        raise CommentMissing(at="comment")


def outcome_of(items: Sequence[ItemState], *, conditions_left: int) -> RequestState:
    """Return what the answers come to: one no is a no at once; all yes is a yes when no condition is left."""
    if ItemState.REJECTED in items:
        return RequestState.REJECTED
    if ItemState.WAITING in items or ItemState.OPEN in items:
        return RequestState.OPEN
    return RequestState.CONDITIONAL if conditions_left else RequestState.APPROVED
