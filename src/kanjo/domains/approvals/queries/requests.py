"""Reads of requests: what was asked, by which path, and what was answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from kanjo.domains.approvals.facts import ConditionKind, Decision, ItemState, PathStep, RequestState
from kanjo.domains.approvals.models import ApprovalCondition, ApprovalItem, ApprovalRequest
from kanjo.domains.approvals.rules.path import path_read
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalItemId, ApprovalRequestId, CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tallies import Tally, counted

ORDERS: Orders = {
    "number": "id",
    "opened_on": "opened_on",
    "opened_by": "opened_by__name",
    "state": "state",
}


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition as it is shown; met when it has a day."""

    id: int
    kind: ConditionKind
    text: Text
    due_on: date | None
    proof: str
    met_on: date | None
    met_by: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as it is shown: what is asked, of whom, why, and the answer."""

    id: ApprovalItemId
    item: str
    item_name: Text
    stage: int
    role: Role
    reason: Text
    state: ItemState
    decision: Decision | None
    comment: str
    decided_by: str
    decided_on: date | None
    decided_at: datetime | None
    conditions: tuple[ConditionView, ...]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list."""

    id: ApprovalRequestId
    company_id: CompanyId
    subject: tuple[str, int]
    version_id: int
    digest: str
    state: RequestState
    matrix_version: int
    opened_by: str
    opened_on: date
    concluded_on: date | None


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request with its items, the facts it asked about and the whole path, steps that needed nobody included."""

    row: RequestRow
    facts: dict[str, str]
    path: tuple[PathStep, ...]
    items: tuple[ItemView, ...]


PENDING = (RequestState.OPEN, RequestState.CONDITIONAL)
"""Where a request stands while its approval may still come."""


def list_pending(actor: Actor, *, company_id: CompanyId, limit: int = 100) -> list[tuple[ApprovalRequestId, Text]]:
    """Return the latest requests of a company whose approval may still come, and what each is called."""
    found = ApprovalRequest.objects.visible_to(actor).filter(company_id=company_id, state__in=PENDING)
    rows = found.order_by("-id").values_list("pk", "facts")[:limit]
    return [(ApprovalRequestId(key), _called(key, facts)) for key, facts in rows]


def _called(key: int, facts: dict[str, Any]) -> Text:
    called = facts.get("called")
    return NUMBERED.filled(key=key, called=Text(**called)) if called else Text(en=f"#{key}", ja=f"#{key}")


NUMBERED = Text(en="#{key} {called}", ja="#{key} {called}")


def list_requests(
    actor: Actor,
    *,
    state: RequestState | None = None,
    subject: tuple[str, int] | None = None,
    among: Collection[int] | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[RequestRow]:
    """Return requests, newest first, of all or those *among* the given."""
    keys = sorted_by(ApprovalRequest, order, ORDERS, "-id")

    def read(page: QuerySet[ApprovalRequest]) -> list[RequestRow]:
        return [_request(row) for row in page.select_related("matrix", "opened_by")]

    found = _requests(actor, state, subject)
    return paged(found if among is None else found.filter(pk__in=among), keys, at, limit, read)


def count_requests(actor: Actor, *, state: RequestState | None = None, subject: tuple[str, int] | None = None) -> Tally:
    """Return how many requests there are."""
    return counted(_requests(actor, state, subject))


def find_request(*, subject: tuple[str, int], version_id: int) -> RequestRow | None:
    """Return the request about one version of a deal, if one was opened and not recalled."""
    found = ApprovalRequest.objects.filter(subject=subject[0], subject_id=subject[1], version_id=version_id)
    row = found.exclude(state=RequestState.RECALLED).select_related("matrix", "opened_by").first()
    return _request(row) if row else None


def request_of(*, item_id: int | None = None, condition_id: int | None = None) -> RequestRow:
    """Return the request that an item or a condition belongs to."""
    about = {"items": item_id} if item_id is not None else {"items__conditions": condition_id}
    return _request(ApprovalRequest.objects.select_related("matrix", "opened_by").get(**about))


def get_request(actor: Actor, request_id: ApprovalRequestId) -> RequestDetail:
    """Return a request with everything asked and answered, or refuse; four reads whatever its size."""
    row = ApprovalRequest.objects.select_related("matrix", "opened_by").seen(request_id, actor)
    items = row.items.select_related("decision__decided_by").order_by("position")
    conditions: dict[int, list[ConditionView]] = {}
    for one in ApprovalCondition.objects.filter(item__request=row).select_related("met_by").order_by("id"):
        conditions.setdefault(one.item_id, []).append(_condition(one))
    return RequestDetail(
        row=_request(row),
        facts=row.facts,
        path=path_read(row.path),
        items=tuple(_item(item, conditions.get(item.pk, ())) for item in items),
    )


def _requests(actor: Actor, state: RequestState | None, subject: tuple[str, int] | None) -> QuerySet[ApprovalRequest]:
    found = ApprovalRequest.objects.visible_to(actor)
    if state is not None:
        found = found.filter(state=state)
    if subject is not None:
        found = found.filter(subject=subject[0], subject_id=subject[1])
    return found


def _request(row: ApprovalRequest) -> RequestRow:
    return RequestRow(
        id=ApprovalRequestId(row.pk),
        company_id=CompanyId(row.company_id),
        subject=(row.subject, row.subject_id),
        version_id=row.version_id,
        digest=row.digest,
        state=RequestState(row.state),
        matrix_version=row.matrix.version,
        opened_by=row.opened_by.name,
        opened_on=row.opened_on,
        concluded_on=row.concluded_on,
    )


def _item(row: ApprovalItem, conditions: Iterable[ConditionView]) -> ItemView:
    answer = getattr(row, "decision", None)
    return ItemView(
        id=ApprovalItemId(row.pk),
        item=row.item,
        item_name=row.item_name,
        stage=row.stage,
        role=Role(row.role),
        reason=row.reason,
        state=ItemState(row.state),
        decision=Decision(answer.outcome) if answer else None,
        comment=answer.comment if answer else "",
        decided_by=answer.decided_by.name if answer else "",
        decided_on=answer.effective_on if answer else None,
        decided_at=answer.recorded_at if answer else None,
        conditions=tuple(conditions),
    )


def _condition(row: ApprovalCondition) -> ConditionView:
    return ConditionView(
        id=row.pk,
        kind=ConditionKind(row.kind),
        text=Text(en=row.text_en, ja=row.text_ja),
        due_on=row.due_on,
        proof=row.proof,
        met_on=row.met_on,
        met_by=row.met_by.name if row.met_by else "",
    )
