"""Putting work on a queue and taking it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import connection

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.worklist.models import WorkItem


def put(
    *,
    kind: str,
    subject: tuple[str, int],
    company_id: CompanyId,
    role: Role,
    why: Text,
    due_on: date | None = None,
    owner_id: PersonId | None = None,
) -> None:
    """Put work on the queue of *role* (or of one person in it); an open item of the same kind and subject is kept."""
    item = WorkItem(
        company_id=company_id,
        kind=kind,
        subject=subject[0],
        subject_id=subject[1],
        owner_role=role,
        owner_id=owner_id,
        why_en=why.en,
        why_ja=why.ja,
        due_on=due_on,
    )
    WorkItem.objects.bulk_create([item], ignore_conflicts=True)


def put_anew(
    *, kind: str, subject: tuple[str, int], why: Text, due_on: date | None = None, by: Actor, at: datetime
) -> None:
    """Close the open item and put it anew for the same owner with what it says now; one that is not open stays away.

    Without *due_on* it keeps its day.
    """
    item = WorkItem.objects.filter(
        kind=kind, subject=subject[0], subject_id=subject[1], state=WorkItem.State.OPEN
    ).first()
    if item is None or (item.why_en, item.why_ja) == (why.en, why.ja):
        return
    close(kind=kind, subject=subject, by=by, at=at)
    put(
        kind=kind,
        subject=subject,
        company_id=CompanyId(item.company_id),
        role=Role(item.owner_role),
        why=why,
        due_on=due_on or item.due_on,
        owner_id=PersonId(item.owner_id) if item.owner_id else None,
    )


def put_all(*, kind: str, table: str, whys: Mapping[int, Text], company_id: CompanyId, role: Role) -> None:
    """Put one item on the queue of *role* per row of *table* (id to why); open items of the same kind are kept."""
    WorkItem.objects.bulk_create(
        (
            WorkItem(
                company_id=company_id,
                kind=kind,
                subject=table,
                subject_id=key,
                owner_role=role,
                why_en=why.en,
                why_ja=why.ja,
            )
            for key, why in whys.items()
        ),
        ignore_conflicts=True,
    )


def hand_over(*, subject: tuple[str, Sequence[int]], from_id: PersonId, to_id: PersonId) -> int:
    """Give what waits for one person about rows of a table to another; return how much that was."""
    items = WorkItem.objects.filter(
        owner_id=from_id, state=WorkItem.State.OPEN, subject=subject[0], subject_id__in=subject[1]
    )
    return items.update(owner_id=to_id)


def close_all(*, kind: str, table: str, keys: Sequence[int], by: Actor, at: datetime, dropped: bool = False) -> int:
    """Take the open items of that kind about rows of *table* off their queue; return how many there were."""
    state = WorkItem.State.DROPPED if dropped else WorkItem.State.DONE
    with connection.cursor() as cursor:
        # One text of all keys: a run closes tens of thousands, and a placeholder for each costs more than the work.
        cursor.execute(
            "UPDATE worklist_workitem SET state = %s, closed_at = %s, closed_by_id = %s"
            " WHERE state = %s AND kind = %s AND subject = %s AND subject_id = ANY(string_to_array(%s, ',')::bigint[])",
            [state, at, by.id, WorkItem.State.OPEN, kind, table, ",".join(map(str, keys))],
        )
        return int(cursor.rowcount)


@verb("worklist.hand-over", Role.ADMINISTRATOR, Role.HR)
def hand_over_work(*, owner_id: PersonId, to: PersonId | None, by: Actor, at: datetime) -> int:
    """Give what waits for one person to another, or for None to whoever holds the role; return how many."""
    return WorkItem.objects.filter(owner_id=owner_id, state=WorkItem.State.OPEN).update(owner_id=to)


def close(*, kind: str, subject: tuple[str, int], by: Actor, at: datetime, dropped: bool = False) -> int:
    """Take the open item of that kind and subject off its queue; return how many there were."""
    return close_all(kind=kind, table=subject[0], keys=[subject[1]], by=by, at=at, dropped=dropped)
