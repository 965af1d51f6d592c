"""Reads of the trail: who did what to a subject, its history, and whether the chain is whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from kanjo.foundation.ids import PersonId
from kanjo.platform.audit.models import Change


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as it is shown."""

    id: int
    recorded_at: datetime
    actor_id: int | None
    actor: str
    verb: str
    because: str
    subject: str
    subject_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    for_name: str | None


def who_did(*, verbs: Sequence[str], subjects: Sequence[tuple[str, int]], persons: Collection[PersonId]) -> str | None:
    """Return the first of *verbs* that one of *persons*, or a deputy for it, did to one of *subjects* (table, id)."""
    if not verbs or not subjects:
        return None
    touched = Q()
    for table, key in subjects:
        touched |= Q(subject=table, subject_id=key)
    return (
        Change.objects.filter(touched, Q(actor_id__in=persons) | Q(for_id__in=persons), verb__in=verbs)
        .order_by("id")
        .values_list("verb", flat=True)
        .first()
    )


def list_history(subjects: Sequence[tuple[str, int]], *, limit: int = 200) -> list[ChangeRow]:
    """Return the last changes of *subjects* (table, id), the latest first."""
    touched, keys = Q(pk__in=[]), defaultdict(list)
    for table, key in subjects:
        keys[table].append(key)
    for table, of_it in keys.items():
        touched |= Q(subject=table, subject_id__in=of_it)
    names = list(ChangeRow.__dataclass_fields__)
    return [ChangeRow(**row) for row in Change.objects.filter(touched).order_by("-id").values(*names)[:limit]]


def broken_links(*, limit: int = 10) -> list[int]:
    """Return the places where the chain does not hold, at most *limit*: an empty list means it is whole.

    A place is broken when its digest is not that of its change on top of the place before, when places are missing,
    when a change has no place, or when the head is not the last place.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [limit])
        return [row[0] for row in cursor.fetchall()]


_BROKEN = """
WITH walked AS (
    SELECT l.position,
           l.digest,
           lag(l.digest, 1, sha256('kanjo')) OVER w AS last,
           lag(l.position, 1, 0::bigint) OVER w AS place_before,
           audit_bytes(l.position, c) AS content,
           c.id IS NULL AS lost
    FROM audit_link l LEFT JOIN audit_change c ON c.id = l.change_id
    WINDOW w AS (ORDER BY l.position))
SELECT position FROM walked
WHERE lost OR place_before <> position - 1 OR digest <> sha256(last || content)
UNION ALL
SELECT -c.id FROM audit_change c WHERE NOT EXISTS (SELECT 1 FROM audit_link l WHERE l.change_id = c.id)
UNION ALL
SELECT h.position FROM audit_head h
WHERE NOT EXISTS (
    SELECT 1 FROM (
        SELECT position, digest FROM audit_link
        UNION ALL SELECT 0, sha256('kanjo')
        ORDER BY position DESC LIMIT 1) last
    WHERE (last.position, last.digest) = (h.position, h.digest))
ORDER BY 1 LIMIT %s
"""
