"""Reads of what a person is told, read and unread, and of how it chose to be told."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db import connection
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.texts import Text
from kanjo.platform.names import called
from kanjo.platform.notices.kinds import CHOSEN, USUAL, Kind, Way, kinds_for
from kanjo.platform.notices.models import Notice, Reader, Seen
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.queries import waiting_for, waiting_in_person, why_of

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything was told."""
ITEM, NOTICE = "item", "notice"
"""Where a row comes from: the worklist, or the notices."""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Something told, as it is shown; `source` and `id` name it."""

    source: str
    id: int
    company_id: CompanyId | None
    kind: Kind
    subject: str
    subject_id: int
    says: Text
    at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """How a person chose to be told."""

    ways: dict[Kind, Way]
    digest_hour: int
    quiet_from: time | None
    quiet_until: time | None
    closed_days_quiet: bool
    time_zone: str

    def told_by(self, *ways: Way) -> list[Kind]:
        """Return the kinds that are told by one of *ways*."""
        return [kind for kind, way in self.ways.items() if way in ways]


def horizon() -> datetime:
    """Return a moment before which everything that will ever be written down can be seen by the next query.

    What a transaction writes bears the moment it began. One that is still at work may yet bring rows from then on; no
    other can. The seconds are for one that has begun and is not listed yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(now(), min(xact_start)) - interval '5 seconds' FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found: datetime = cursor.fetchone()[0]
        return found


def choices_of(person_id: PersonId) -> Choices:
    """Return how a person is told; without a choice of its own as is usual."""
    return chosen(reader_of(person_id))


def reader_of(person_id: PersonId) -> Reader:
    """Return the person as a reader, one that is new where there is none."""
    return Reader.objects.filter(pk=person_id).first() or Reader(person_id=person_id)


def chosen(reader: Reader) -> Choices:
    """Return what a reader chose."""
    ways = {kind: Way(reader.ways.get(kind, way)) for kind, way in USUAL.items()}
    return Choices(
        ways=ways | {kind: Way.MAIL for kind in Kind if kind not in CHOSEN},
        digest_hour=reader.digest_hour,
        quiet_from=reader.quiet_from,
        quiet_until=reader.quiet_until,
        closed_days_quiet=reader.closed_days_quiet,
        time_zone=reader.time_zone,
    )


def mark_of(reader: Reader, kind: Kind) -> datetime:
    """Return the moment through which a person was told of a kind by mail."""
    return datetime.fromisoformat(reader.marks[kind]) if kind in reader.marks else BEGINNING


def count_unread(actor: Actor) -> int:
    """Return how much the person was told and has not read; one question on every page, so it is asked in one go."""
    kinds = kinds_for(actor)
    with connection.cursor() as cursor:
        cursor.execute(
            _UNREAD,
            {
                "person": actor.id,
                "companies": [*actor.companies],
                "roles": [role.value for role in actor.roles],
            },
        )
        counted, ways = {}, {}
        for kind, count, chosen_ways in cursor.fetchall():
            counted[Kind(kind)], ways = count, json.loads(chosen_ways or "{}")
    silent = chosen(Reader(ways=ways)).told_by(Way.NOTHING)
    return sum(count for kind, count in counted.items() if kind in kinds and kind not in silent)


_UNREAD = """
SELECT kind, count, (SELECT ways::text FROM notices_reader WHERE person_id = %(person)s) FROM (
    SELECT kind, count(*) FROM notices_notice
    WHERE person_id = %(person)s AND read_at IS NULL AND (company_id = ANY(%(companies)s) OR company_id IS NULL)
    GROUP BY kind
    UNION ALL
    SELECT CASE WHEN owner_id IS NULL THEN 'queue' ELSE 'mine' END, count(*) FROM worklist_workitem w
    WHERE state = 'open' AND company_id = ANY(%(companies)s)
      AND (owner_id = %(person)s OR owner_id IS NULL AND owner_role = ANY(%(roles)s))
      AND opened_at >= coalesce(
          (SELECT read_through FROM notices_reader WHERE person_id = %(person)s), '-infinity')
      AND NOT EXISTS (SELECT FROM notices_seen s WHERE s.person_id = %(person)s AND s.item_id = w.id)
    GROUP BY 1) unread
"""


def count_notices(actor: Actor, *, kind: Kind | None = None, read: bool | None = None) -> Tally:
    """Return how many rows `list_notices` has."""
    return counted(_notices(actor, kind, read))


def list_notices(
    actor: Actor, *, kind: Kind | None = None, read: bool | None = None, limit: int = 100, at: str = ""
) -> Page[NoticeRow]:
    """Return the notices of a person that it may open now, the latest first."""
    return paged(_notices(actor, kind, read), sorted_by(Notice, "", {}, "-id"), at, limit, _notice_rows)


def count_work(actor: Actor, *, read: bool | None = None) -> Tally:
    """Return how many rows `list_work` has."""
    return counted(_work(actor, read))


def list_work(actor: Actor, *, read: bool | None = None, limit: int = 100, at: str = "") -> Page[NoticeRow]:
    """Return the work that waits for a person, what came last first, and whether the person looked at it."""
    keys = sorted_by(WorkItem, "", {}, "-id")
    return paged(_work(actor, read), keys, at, limit, lambda page: _work_rows(page, actor))


def get_notice(actor: Actor, source: str, notice_id: int) -> NoticeRow:
    """Return something that the person was told and may open now; refuses `NotFound`."""
    if source == ITEM:
        rows = _work_rows(_work(actor, None).filter(pk=notice_id), actor)
    else:
        rows = _notice_rows(_notices(actor, None, None).filter(pk=notice_id))
    if not rows:
        raise NotFound(what=called(Notice), key=notice_id)
    return rows[0]


def notices(actor: Actor, kinds: Collection[Kind]) -> QuerySet[Notice]:
    """Return the notices of a person, of some kinds, that it may open now."""
    seen = Q(company_id__in=actor.companies) | Q(company=None)
    return Notice.objects.filter(seen, person_id=actor.id, kind__in=[*kinds])


def items(actor: Actor, kinds: Collection[Kind]) -> QuerySet[WorkItem]:
    """Return what waits for a person, in person or by its roles."""
    found = waiting_in_person(actor)
    if Kind.MINE not in kinds:
        found = found.filter(owner=None)
    return found if Kind.QUEUE in kinds else found.exclude(owner=None)


def _notices(actor: Actor, kind: Kind | None, read: bool | None) -> QuerySet[Notice]:
    found = notices(actor, [one for one in kinds_for(actor) if kind in {None, one}])
    return found if read is None else found.filter(read_at__isnull=not read)


def _work(actor: Actor, read: bool | None) -> QuerySet[WorkItem]:
    found = waiting_for(actor)
    return found if read is None else found.filter(_is_read(actor) if read else ~_is_read(actor))


def _is_read(actor: Actor) -> Q:
    """Return whether a person looked at work: it came before all was read, or was read singly."""
    through = Reader.objects.filter(pk=actor.id).values("read_through")
    seen = Seen.objects.filter(person_id=actor.id, item=OuterRef("pk"))
    return Q(opened_at__lt=Coalesce(Subquery(through), Value(BEGINNING))) | Q(Exists(seen))


def _notice_rows(page: QuerySet[Notice]) -> list[NoticeRow]:
    return [
        NoticeRow(
            source=NOTICE,
            id=row.pk,
            company_id=None if row.company_id is None else CompanyId(row.company_id),
            kind=Kind(row.kind),
            subject=row.subject,
            subject_id=row.subject_id,
            says=Text(en=row.says_en, ja=row.says_ja),
            at=row.recorded_at,
            read=row.read_at is not None,
        )
        for row in page
    ]


def _work_rows(page: QuerySet[WorkItem], actor: Actor) -> list[NoticeRow]:
    marked = page.annotate(read=Case(When(_is_read(actor), then=True), default=False, output_field=BooleanField()))
    return [
        NoticeRow(
            source=ITEM,
            id=row.pk,
            company_id=CompanyId(row.company_id),
            kind=Kind.QUEUE if row.owner_id is None else Kind.MINE,
            subject=row.subject,
            subject_id=row.subject_id,
            says=why_of(row, actor),
            at=row.opened_at,
            read=row.read,
        )
        for row in marked
    ]
