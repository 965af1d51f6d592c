"""Telling people, marking as read, and choosing how to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.notices.kinds import CHOSEN, Kind, Way, kinds_for
from kanjo.platform.notices.models import Notice, Reader, Seen
from kanjo.platform.notices.queries import ITEM, chosen, get_notice, horizon, items, notices


class HalfQuiet(Refusal):
    """Quiet hours without a beginning or an end."""

    rule = "notices.half-quiet"
    says = Text(en="Quiet hours need both a beginning and an end.", ja="開始時刻と終了時刻の両方が必要です。")
    remedy = Text(en="Fill in the other one, or neither.", ja="もう一方も入力するか、両方を空欄にしてください。")


class NoSuchZone(Refusal):
    """A time zone that there is not."""

    rule = "notices.no-such-zone"
    says = Text(en="“{zone}” is no time zone.", ja="「{zone}」というタイムゾーンはありません。")
    remedy = Text(
        en="Write one such as Asia/Tokyo, or leave it blank for that of the company.",
        ja="Asia/Tokyo の形で入力するか、空欄にして会社のタイムゾーンを使用してください。",
    )


class NoSuchHour(Refusal):
    """An hour that no day has."""

    rule = "notices.no-such-hour"
    says = Text(en="A day has the hours 0 to 23.", ja="時刻は0時から23時までです。")
    remedy = Text(en="Choose one of them.", ja="この範囲で選択してください。")


def tell(
    *,
    persons: Iterable[PersonId],
    kind: Kind,
    subject: tuple[str, int],
    says: Text,
    key: str,
    company_id: CompanyId | None = None,
) -> None:
    """Tell each of *persons* once: who was told by the same *key* before is not told again."""
    Notice.objects.bulk_create(
        (
            Notice(
                person_id=person_id,
                company_id=company_id,
                kind=kind,
                subject=subject[0],
                subject_id=subject[1],
                says_en=says.en,
                says_ja=says.ja,
                key=key,
            )
            for person_id in sorted(set(persons))
        ),
        ignore_conflicts=True,
    )


@verb("notices.read", *Role)
def read_notice(*, source: str, notice_id: int, by: Actor, at: datetime) -> None:
    """Mark one thing that the person was told as read; refuses `NotFound`."""
    row = get_notice(by, source, notice_id)
    if row.source == ITEM:
        Seen.objects.bulk_create([Seen(person_id=by.id, item_id=row.id)], ignore_conflicts=True)
    else:
        Notice.objects.filter(pk=row.id, read_at=None).update(read_at=at)


@verb("notices.read-all", *Role)
def read_all(*, by: Actor, at: datetime) -> None:
    """Mark everything that the person can see now as read; what is being written meanwhile stays unread."""
    kinds, through = kinds_for(by), horizon()
    reader = locked_reader(by.id)
    notices(by, kinds).filter(read_at=None).update(read_at=at)
    late = items(by, kinds).filter(opened_at__gte=through)
    Seen.objects.bulk_create([Seen(person_id=by.id, item=item) for item in late], ignore_conflicts=True)
    Seen.objects.filter(person_id=by.id, item__opened_at__lt=through).delete()
    reader.read_through = max(reader.read_through or through, through)
    reader.save(update_fields=["read_through"])


@verb("notices.choose", *Role)
def choose(
    *,
    ways: Mapping[Kind, Way],
    digest_hour: int,
    quiet_from: time | None,
    quiet_until: time | None,
    closed_days_quiet: bool,
    time_zone: str,
    by: Actor,
    at: datetime,
) -> None:
    """Let a person choose how it is told. What waits to be mailed is told by the new way; what was told is not again.

    Refuses `HalfQuiet`, `NoSuchZone`, `NoSuchHour`.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise HalfQuiet(at="quiet_until" if quiet_until is None else "quiet_from")
    if time_zone and time_zone not in available_timezones():
        raise NoSuchZone(at="time_zone", zone=quoted(time_zone))
    if not 0 <= digest_hour < 24:
        raise NoSuchHour(at="digest_hour")
    reader, now = locked_reader(by.id), horizon().isoformat()
    silent = chosen(reader).told_by(Way.PRODUCT, Way.NOTHING)
    reader.marks |= {kind.value: now for kind in silent}
    reader.ways = {kind.value: Way(ways[kind]).value for kind in CHOSEN if kind in ways}
    reader.digest_hour, reader.closed_days_quiet = digest_hour, closed_days_quiet
    reader.quiet_from, reader.quiet_until = quiet_from, quiet_until
    reader.time_zone = str(ZoneInfo(time_zone)) if time_zone else ""
    reader.save()


def locked_reader(person_id: PersonId) -> Reader:
    """Return the person as a reader, locked."""
    Reader.objects.bulk_create([Reader(person_id=person_id)], ignore_conflicts=True)
    return Reader.objects.select_for_update().get(pk=person_id)
