"""What follows from answers: the next stage opens, or the request has its overall answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.approvals.facts import ApprovalConcluded, ItemState, RequestState
from kanjo.domains.approvals.models import ApprovalCondition, ApprovalItem, ApprovalRequest
from kanjo.domains.approvals.rules.outcome import outcome_of
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalRequestId, CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.outbox.operations import record
from kanjo.platform.worklist.operations import close, put

DECIDE = "approvals.decide"
MEET = "approvals.meet-condition"
ITEM = "approvals_approvalitem"
CONDITION = "approvals_approvalcondition"
_ABOUT = Text(en="{deal}: {what}", ja="{deal}: {what}")


def put_on_queue(request: ApprovalRequest, items: Sequence[ApprovalItem]) -> None:
    """Put the open ones of *items* on the queues of their roles, with the reason why each is asked."""
    for item in items:
        if item.state == ItemState.OPEN:
            put(
                kind=DECIDE,
                subject=(ITEM, item.pk),
                company_id=CompanyId(request.company_id),
                role=Role(item.role),
                why=about(request, item.reason),
            )


def about(request: ApprovalRequest, what: Text) -> Text:
    """Return *what* is asked with the deal it is asked about, where the request knows what that is called."""
    called = request.facts.get("called")
    return _ABOUT.filled(deal=Text(**called), what=what) if called else what


def conclude(
    request: ApprovalRequest, items: Sequence[ApprovalItem], *, on: date, by: Actor, at: datetime
) -> RequestState:
    """Open the next stage, or give the request its overall answer and say so; return where the request stands."""
    states = [ItemState(item.state) for item in items]
    left = _conditions_left(request) if ItemState.CONDITIONAL in states else 0
    outcome = outcome_of(states, conditions_left=left)
    if outcome is RequestState.OPEN:
        _open_next_stage(request, items)
    elif outcome != request.state:
        if outcome is RequestState.REJECTED:
            lapse(request, items, by=by, at=at)
        request.state, request.concluded_on = outcome, on
        request.save(update_fields=["state", "concluded_on"])
        record(_concluded(request, on), by=by, at=at)
    return outcome


def lapse(request: ApprovalRequest, items: Sequence[ApprovalItem], *, by: Actor, at: datetime) -> None:
    """Ask nobody any more: unanswered items lapse, and what waited leaves the queues."""
    for item in items:
        if item.state in {ItemState.OPEN, ItemState.WAITING}:
            item.state = ItemState.LAPSED
            item.save(update_fields=["state"])
            close(kind=DECIDE, subject=(ITEM, item.pk), by=by, at=at, dropped=True)
    for key in ApprovalCondition.objects.filter(item__request=request, met_on=None).values_list("pk", flat=True):
        close(kind=MEET, subject=(CONDITION, key), by=by, at=at, dropped=True)


def _open_next_stage(request: ApprovalRequest, items: Sequence[ApprovalItem]) -> None:
    if any(item.state == ItemState.OPEN for item in items):
        return
    following = min(item.stage for item in items if item.state == ItemState.WAITING)
    opened = [item for item in items if item.state == ItemState.WAITING and item.stage == following]
    for item in opened:
        item.state = ItemState.OPEN
        item.save(update_fields=["state"])
    put_on_queue(request, opened)


def _conditions_left(request: ApprovalRequest) -> int:
    return ApprovalCondition.objects.filter(item__request=request, met_on=None).count()


def _concluded(request: ApprovalRequest, on: date) -> ApprovalConcluded:
    return ApprovalConcluded(
        company_id=CompanyId(request.company_id),
        effective_on=on,
        request_id=ApprovalRequestId(request.pk),
        subject_table=request.subject,
        quote_id=request.subject_id,
        version_id=request.version_id,
        digest=request.digest,
        outcome=request.state,
    )
