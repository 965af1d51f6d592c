"""Reads of the queues."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.personal import HIDDEN, SENTENCES, needs
from kanjo.foundation.texts import Text
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One waiting thing as it is shown."""

    id: int
    kind: str
    subject: str
    subject_id: int
    role: Role
    owner: str
    why: Text
    due_on: date | None
    since: datetime


def list_queue(actor: Actor, *, limit: int = 200, at: str = "") -> Page[WorkRow]:
    """Return what waits for the actor: its own items and those of its roles, nearest due date first."""
    keys = sorted_by(WorkItem, "", {}, "due_on", "id")
    return paged(
        waiting_for(actor), keys, at, limit, lambda page: [_row(item, actor) for item in page.select_related("owner")]
    )


def count_queue(actor: Actor) -> int:
    """Return how many things wait for the actor."""
    return waiting_for(actor).count()


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How much of a queue is past its due day, due today, due later, and due on no day."""

    overdue: int
    today: int
    later: int
    undated: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.overdue + self.today + self.later + self.undated


def count_queue_by_due(actor: Actor, today: date) -> DueCounts:
    """Return how many things wait for the actor, by when they are due as seen on a day."""
    return DueCounts(
        **waiting_for(actor).aggregate(
            overdue=Count("id", filter=Q(due_on__lt=today)),
            today=Count("id", filter=Q(due_on=today)),
            later=Count("id", filter=Q(due_on__gt=today)),
            undated=Count("id", filter=Q(due_on__isnull=True)),
        )
    )


def count_queue_by_subject(actor: Actor) -> dict[str, int]:
    """Return how many things wait for the actor, by the table of what they are about."""
    counted = waiting_for(actor).values_list("subject").annotate(Count("id"))
    return dict(counted.order_by("subject"))


def count_open_by_subject(actor: Actor) -> dict[str, int]:
    """Return how many things wait for anybody in the companies of the actor, by the table of what they are about."""
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, company_id__in=actor.companies)
    return dict(items.values_list("subject").annotate(Count("id")).order_by("subject"))


def list_causes(kind: str, table: str, keys: Collection[int]) -> dict[int, Text]:
    """Return why open work of that kind waits, by the row of *table* that it is about."""
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, kind=kind, subject=table, subject_id__in=keys)
    return {key: Text(en=en, ja=ja) for key, en, ja in items.values_list("subject_id", "why_en", "why_ja")}


def waiting_for(actor: Actor) -> QuerySet[WorkItem]:
    """Return the open items on the actor's queue; an auditor looks at all of them."""
    items = WorkItem.objects.filter(state=WorkItem.State.OPEN, company_id__in=actor.companies)
    if actor.holds(Role.AUDITOR):
        return items
    return items.filter(_mine(actor))


def waiting_in_person(actor: Actor) -> QuerySet[WorkItem]:
    """Return the open items that are the actor's own to do; an auditor only looks at the others."""
    return WorkItem.objects.filter(_mine(actor), state=WorkItem.State.OPEN, company_id__in=actor.companies)


def _mine(actor: Actor) -> Q:
    """Return what is the actor's own to do; at work for somebody absent, what is that person's."""
    owner = actor.id if actor.for_id is None else actor.for_id
    return Q(owner_id=owner) | Q(owner__isnull=True, owner_role__in=actor.roles)


def why_of(item: WorkItem, actor: Actor) -> Text:
    """Return why it waits; a sentence that names people is masked for an actor who does not need their names."""
    kind = SENTENCES.get(item.subject)
    if kind is not None and not needs(actor, kind):
        return Text(en=HIDDEN, ja=HIDDEN)
    return Text(en=item.why_en, ja=item.why_ja)


def _row(item: WorkItem, actor: Actor) -> WorkRow:
    return WorkRow(
        id=item.pk,
        kind=item.kind,
        subject=item.subject,
        subject_id=item.subject_id,
        role=Role(item.owner_role),
        owner=item.owner.name if item.owner else "",
        why=why_of(item, actor),
        due_on=item.due_on,
        since=item.opened_at,
    )
