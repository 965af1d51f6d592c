"""Verbs on items and conditions: decide, meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Model

from kanjo.domains.approvals.facts import ConditionDraft, Decision, ItemState, RequestState
from kanjo.domains.approvals.models import ApprovalCondition, ApprovalDecision, ApprovalItem, ApprovalRequest
from kanjo.domains.approvals.operations.concluding import CONDITION, DECIDE, ITEM, MEET, about, conclude
from kanjo.domains.approvals.rules.outcome import (
    ANSWERED,
    ConditionMet,
    ItemNotOpen,
    ProofMissing,
    RequestConcluded,
    refuse_incomplete,
    refuse_wrong_decider,
)
from kanjo.domains.approvals.rules.tables import APPROVING_ROLES
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalItemId, CompanyId
from kanjo.platform.acts import verb
from kanjo.platform.duties import keep_apart
from kanjo.platform.names import called
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.operations import close, put

MAKING = ("quotes.draft", "quotes.revise", "quotes.submit", "approvals.open-request")
"""The acts whose doers do not decide on what they made, whatever role they are granted later."""


@verb("approvals.decide-item", *APPROVING_ROLES, apart_from=MAKING)
def decide_item(
    *,
    item_id: ApprovalItemId,
    decision: Decision,
    on: date,
    by: Actor,
    at: datetime,
    conditions: Sequence[ConditionDraft] = (),
    comment: str = "",
) -> RequestState:
    """Answer an item, once and for all, and return where its request stands then.

    Only a person who holds the item's role decides, and nobody who made the deal, submitted it or benefits from it.
    A condition becomes work for Deal Management and keeps the request from being approved until it is met. Whoever
    comes second is refused `ItemNotOpen`: the request is locked, the state read again, and one decision per item is
    all the table takes.
    """
    refuse_incomplete(decision, conditions, comment)
    request = _locked_request(by, of=ApprovalItem, key=item_id, items=item_id)
    items = list(request.items.order_by("position"))
    item = next(one for one in items if one.pk == item_id)
    refuse_wrong_decider(Role(item.role), request.beneficiaries, by)
    keep_apart("approvals.decide-item", subjects=_made(request), by=by)
    if item.state != ItemState.OPEN:
        raise ItemNotOpen(state=ItemState(item.state).shown)
    ApprovalDecision.objects.create(
        company_id=request.company_id,
        item=item,
        outcome=decision,
        comment=comment,
        decided_by_id=by.id,
        effective_on=on,
    )
    item.state = ANSWERED[decision]
    item.save(update_fields=["state"])
    close(kind=DECIDE, subject=(ITEM, item.pk), by=by, at=at)
    _set_conditions(request, item, conditions)
    return conclude(request, items, on=on, by=by, at=at)


@verb("approvals.meet-condition", Role.DEAL_MANAGEMENT, Role.SALES_OPERATIONS, *APPROVING_ROLES, apart_from=MAKING)
def meet_condition(*, condition_id: int, proof: str, on: date, by: Actor, at: datetime) -> RequestState:
    """Note that a condition is met, with its proof, and return where the request stands then.

    The last one turns a conditional approval into an approval. Whoever made the deal cannot do it.
    """
    if not proof.strip():
        raise ProofMissing(at="proof")
    request = _locked_request(by, of=ApprovalCondition, key=condition_id, items__conditions=condition_id)
    if request.state not in {RequestState.OPEN, RequestState.CONDITIONAL}:
        raise RequestConcluded(state=RequestState(request.state).shown)
    keep_apart("approvals.meet-condition", subjects=_made(request), by=by)
    condition = ApprovalCondition.objects.get(pk=condition_id)
    if condition.met_on is not None:
        raise ConditionMet
    condition.met_on, condition.met_by_id, condition.proof = on, by.id, proof
    condition.save(update_fields=["met_on", "met_by", "proof"])
    close(kind=MEET, subject=(CONDITION, condition_id), by=by, at=at)
    return conclude(request, list(request.items.order_by("position")), on=on, by=by, at=at)


def _locked_request(by: Actor, *, of: type[Model], key: int, **about: int) -> ApprovalRequest:
    """Lock the request first and read the rest afterwards: two approvers of one request then never wait in a ring."""
    found = ApprovalRequest.objects.visible_to(by).select_for_update(of=("self",)).filter(**about).first()
    if found is None:
        raise NotFound(what=called(of), key=key)
    return found


def _made(request: ApprovalRequest) -> list[tuple[str, int]]:
    makers = [(table, key) for table, key in request.makers]
    return [*makers, (request.subject, request.subject_id), ("approvals_approvalrequest", request.pk)]


def _set_conditions(request: ApprovalRequest, item: ApprovalItem, drafts: Sequence[ConditionDraft]) -> None:
    conditions = ApprovalCondition.objects.bulk_create(
        ApprovalCondition(
            company_id=request.company_id,
            item=item,
            kind=draft.kind,
            text_en=draft.text.en,
            text_ja=draft.text.ja,
            due_on=draft.due_on,
        )
        for draft in drafts
    )
    for condition, draft in zip(conditions, drafts, strict=True):
        put(
            kind=MEET,
            subject=(CONDITION, condition.pk),
            company_id=CompanyId(request.company_id),
            role=Role.DEAL_MANAGEMENT,
            why=about(request, draft.text),
            due_on=draft.due_on,
        )
