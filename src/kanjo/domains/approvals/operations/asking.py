"""Verbs on requests: open, recall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kanjo.domains.approvals.facts import DealFacts, ItemState, PathStep, RequestState
from kanjo.domains.approvals.models import ApprovalItem, ApprovalRequest
from kanjo.domains.approvals.operations.concluding import conclude, lapse, put_on_queue
from kanjo.domains.approvals.queries import rows_in_force
from kanjo.domains.approvals.rules.outcome import RequestConcluded
from kanjo.domains.approvals.rules.path import facts_written, path_of, path_written
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalRequestId, PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.tables import refuse_unseen

_ASKERS = (Role.SALES_REP, Role.RENEWAL_REP, Role.SALES_MANAGER, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)


class AlreadyAsked(Refusal):
    """The version already has a request, about other terms."""

    rule = "approvals.already-asked"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="This version was already submitted with other terms (request {request}).",
        ja="この版はすでに別の内容で申請されています（申請番号{request}）。",
    )
    remedy = Text(en="Make a new version and submit that.", ja="新しい版を作成して申請してください。")


@verb("approvals.open-request", *_ASKERS)
def open_request(
    *,
    facts: DealFacts,
    makers: Sequence[tuple[str, int]],
    on: date,
    by: Actor,
    at: datetime,
    beneficiaries: Sequence[PersonId] = (),
) -> ApprovalRequestId:
    """Ask for approval of one version of a deal along the path that the matrix in force on *on* gives.

    The request keeps its matrix, the facts, the path and the digest of the terms. Whoever changed one of *makers*
    (table, id), and *beneficiaries*, cannot decide. A deal that needs nobody is approved at once. Asked again for
    the same version and digest, it returns the same request; with another digest it refuses `AlreadyAsked`.
    """
    refuse_unseen(facts.company_id, by)
    before = _asked_before(facts)
    if before is not None:
        return before
    matrix_id, rows = rows_in_force(facts.company_id, on)
    path = path_of(facts, rows, on=on)
    request = ApprovalRequest.objects.create(
        company_id=facts.company_id,
        subject=facts.subject[0],
        subject_id=facts.subject[1],
        version_id=facts.version_id,
        digest=facts.digest,
        matrix_id=matrix_id,
        facts=facts_written(facts),
        path=path_written(path),
        makers=[list(maker) for maker in makers],
        beneficiaries=list(beneficiaries),
        state=RequestState.OPEN,
        opened_by_id=by.id,
        opened_on=on,
    )
    items = _items(request, path)
    put_on_queue(request, items)
    conclude(request, items, on=on, by=by, at=at)
    return ApprovalRequestId(request.pk)


@verb("approvals.recall-request", *_ASKERS)
def recall_request(*, request_id: ApprovalRequestId, because: str, on: date, by: Actor, at: datetime) -> None:
    """Take back a request that is open or has conditions left; what was decided stays on record.

    A request recalled before stays as it is; one that was approved or rejected is refused.
    """
    request = ApprovalRequest.objects.locked(request_id, by)
    if request.state == RequestState.RECALLED:
        return
    if request.state not in {RequestState.OPEN, RequestState.CONDITIONAL}:
        raise RequestConcluded(state=RequestState(request.state).shown)
    lapse(request, list(request.items.all()), by=by, at=at)
    request.state, request.concluded_on = RequestState.RECALLED, on
    request.save(update_fields=["state", "concluded_on"])


def _asked_before(facts: DealFacts) -> ApprovalRequestId | None:
    asked = ApprovalRequest.objects.filter(
        subject=facts.subject[0], subject_id=facts.subject[1], version_id=facts.version_id
    )
    before = asked.exclude(state=RequestState.RECALLED).only("digest").first()
    if before is not None and before.digest != facts.digest:
        raise AlreadyAsked(request=before.pk)
    return ApprovalRequestId(before.pk) if before else None


def _items(request: ApprovalRequest, path: Sequence[PathStep]) -> list[ApprovalItem]:
    asked = [step for step in path if step.role is not None]
    first = min((step.stage for step in asked), default=0)
    return ApprovalItem.objects.bulk_create(
        ApprovalItem(
            company_id=request.company_id,
            request=request,
            position=position,
            row_id=step.row_id,
            item=step.item,
            item_en=step.item_name.en,
            item_ja=step.item_name.ja,
            stage=step.stage,
            role=step.role or "",
            reason_en=step.reason.en,
            reason_ja=step.reason.ja,
            state=ItemState.OPEN if step.stage == first else ItemState.WAITING,
        )
        for position, step in enumerate(asked, start=1)
    )
