"""Letters: what is to be mailed to a person, at once or in its digest, is written down before anything is sent.

Each goes down with the marks that say how far the person is told, in one transaction: what a letter tells is told by
no other. A letter that was begun and not noted as sent goes again under the same name, which mail programs know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from kanjo.foundation.actors import Actor
from kanjo.foundation.calendars import JAPAN
from kanjo.foundation.ids import PersonId
from kanjo.foundation.quiet_hours import QuietHours
from kanjo.foundation.texts import Language, Text
from kanjo.platform.companies.queries import list_companies
from kanjo.platform.notices.kinds import Kind, Way, kinds_for
from kanjo.platform.notices.models import Letter, Reader
from kanjo.platform.notices.operations import locked_reader
from kanjo.platform.notices.queries import Choices, chosen, horizon, items, mark_of, notices
from kanjo.platform.worklist.queries import why_of

MOST_LINES = 20
ABANDONED = timedelta(minutes=15)
"""After so long a letter that was being sent is taken to be not sent."""
NEWS = Text(en="Kanjo: {count} new for you", ja="Kanjo: お知らせ {count} 件")
WAITING = Text(en="Kanjo: {count} waiting for you", ja="Kanjo: 対応待ち {count} 件")
MORE = Text(en="... and {count} more.", ja="…ほか {count} 件")
_ZONE = "Asia/Tokyo"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter to send; `name` stays the same however often it is tried."""

    id: int
    name: str
    email: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class _News:
    """What is told in a letter: its lines, how many there are in all, in which language and since when."""

    lines: tuple[str, ...]
    count: int
    language: Language
    at: datetime


def quiet_hours(choices: Choices, actor: Actor) -> QuietHours:
    """Return when the person wants no mail: by its own time zone, else that of its first company."""
    companies = list_companies(actor)
    zone = choices.time_zone or (companies[0].time_zone if companies else _ZONE)
    return QuietHours(
        zone=ZoneInfo(zone),
        begins=choices.quiet_from or time.min,
        ends=choices.quiet_until or time.min,
        closed=JAPAN if choices.closed_days_quiet else None,
    )


def write_letters(actor: Actor, at: datetime) -> int:
    """Write down what is to be mailed to a person now, and return how many letters that makes; none while it is quiet.

    What came while it was quiet goes into one letter when that is over; so does a digest whose hour is quiet.
    """
    reader = locked_reader(actor.id)
    choices = chosen(reader)
    quiet = quiet_hours(choices, actor)
    if quiet.at(at):
        return 0
    here, through = at.astimezone(quiet.zone), min(horizon(), at)
    made = _write_news(reader, choices, actor, through)
    due = here.time() >= quiet.clock(time(choices.digest_hour))
    if due and (reader.digested_on is None or reader.digested_on < here.date()):
        reader.digested_on = here.date()
        made += _write_digest(reader, choices, actor, through)
    reader.save(update_fields=["marks", "digested_on"])
    return made


def take_letter(at: datetime) -> Written | None:
    """Take the next letter that is due, so that nobody else sends it, or None."""
    due = Q(state=Letter.State.WAITING, due_at__lte=at) | Q(state=Letter.State.SENDING, due_at__lte=at - ABANDONED)
    letters = Letter.objects.filter(due, person__is_active=True).select_related("person")
    letter = letters.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "id").first()
    if letter is None:
        return None
    letter.state, letter.attempts, letter.due_at = Letter.State.SENDING, letter.attempts + 1, at
    letter.save(update_fields=["state", "attempts", "due_at"])
    return Written(letter.pk, f"letter-{letter.pk}", letter.person.email, letter.subject, letter.body)


def note_sent(letter_id: int, at: datetime) -> None:
    """Note that a letter went out."""
    Letter.objects.filter(pk=letter_id).update(state=Letter.State.SENT, sent_at=at, error="")


def note_failed(letter_id: int, failure: Exception, at: datetime) -> None:
    """Note that a letter did not go out; it is tried again, after 2, 4, 8 minutes and so on up to some four hours."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    letter.state, letter.error = Letter.State.WAITING, f"{type(failure).__name__}: {failure}"[:2000]
    letter.due_at = at + timedelta(minutes=2 ** min(letter.attempts, 8))
    letter.save(update_fields=["state", "error", "due_at"])


def _write_news(reader: Reader, choices: Choices, actor: Actor, through: datetime) -> int:
    kinds = [kind for kind in choices.told_by(Way.MAIL) if kind in kinds_for(actor)]
    news = _told(reader, actor, kinds, through, everything_waiting=False)
    if not news.count:
        return 0
    _mark(reader, kinds, through)
    return _write(reader, f"news:{through.isoformat()}", NEWS, news)


def _write_digest(reader: Reader, choices: Choices, actor: Actor, through: datetime) -> int:
    kinds = [kind for kind in choices.told_by(Way.DIGEST) if kind in kinds_for(actor)]
    news = _told(reader, actor, kinds, through, everything_waiting=True)
    _mark(reader, kinds, through)
    waits = items(actor, kinds).count()
    if not news.count:
        return 0
    subject = WAITING.filled(count=waits) if waits else NEWS.filled(count=news.count)
    return _write(reader, f"digest:{reader.digested_on}", subject, news)


def _told(reader: Reader, actor: Actor, kinds: Iterable[Kind], through: datetime, *, everything_waiting: bool) -> _News:
    """Return what is new since the marks of *kinds*; of work on request all that waits, nearest due date first."""
    language, kinds = actor.language, list(kinds)
    new_items, new = Q(pk__in=[]), Q(pk__in=[])
    for kind in kinds:
        since = mark_of(reader, kind)
        new_items |= Q(opened_at__gte=since, opened_at__lt=through, owner__isnull=kind is not Kind.MINE)
        new |= Q(recorded_at__gte=since, recorded_at__lt=through, kind=kind)
    work = items(actor, kinds).order_by(F("due_on").asc(nulls_last=True), "id")
    work = work if everything_waiting else work.filter(new_items)
    told = notices(actor, kinds).filter(new).order_by("recorded_at", "id")
    lines = [
        *(_line(why_of(row, actor), language, row.due_on) for row in work[:MOST_LINES]),
        *(_line(Text(en=row.says_en, ja=row.says_ja), language) for row in told[: 5 * MOST_LINES]),
    ]
    return _News(tuple(lines), work.count() + told.count(), language, through)


def _line(says: Text, language: Language, due: object = None) -> str:
    return f"- {due} {says.said_in(language)}" if due else f"- {says.said_in(language)}"


def _mark(reader: Reader, kinds: Iterable[Kind], through: datetime) -> None:
    reader.marks |= {kind.value: max(mark_of(reader, kind), through).isoformat() for kind in kinds}


def _write(reader: Reader, key: str, subject: Text, news: _News) -> int:
    more = news.count - len(news.lines)
    lines = [*news.lines, *([MORE.filled(count=more).said_in(news.language)] if more else [])]
    letter = Letter(
        person_id=PersonId(reader.pk),
        key=key,
        subject=subject.filled(count=news.count).said_in(news.language),
        body="\n".join(lines),
        due_at=news.at,
    )
    return len(Letter.objects.bulk_create([letter]))
