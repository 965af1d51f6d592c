"""Reports as known: the day and the moment that the address asks for."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone

from kanjo.foundation.eras import parse_day
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.shown import day_shown

ON, KNOWN_AT = "on", "known_at"


class NotAMoment(Refusal):
    """Text that is no moment."""

    rule = "pages.not-a-moment"
    says = Text(en="“{text}” is not a moment.", ja="「{text}」は日時として読めません。")
    remedy = Text(en="Write it as 2026-04-05 09:30.", ja="「2026-04-05 09:30」の形で入力してください。")


def asked_known(request: DeskRequest) -> AsKnown:
    """Return the day (today without one) and the moment (now without one) that the address asks for."""
    on = request.GET.get(ON, "").strip()
    known_at = request.GET.get(KNOWN_AT, "").strip()
    day = parse_day(on, at=ON) if on else request.desk.today
    return AsKnown(day, moment(known_at, at=KNOWN_AT) if known_at else None)


def moment(text: str, *, at: str) -> datetime:
    """Return a moment as it is typed, its day also in an era, in the zone of the house; refuses `NotAMoment`."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = _day_and_clock(text, at)
    return read if read.tzinfo else timezone.make_aware(read)


def moment_shown(at: datetime) -> str:
    """Return a moment as it is typed again, its day as the reader reads it, in the zone of the company at hand."""
    here = timezone.localtime(at)
    return f"{day_shown(here.date())} {here:%H:%M:%S}"


def _day_and_clock(text: str, at: str) -> datetime:
    day, _, clock = text.rpartition(" ")
    try:
        return datetime.combine(parse_day(day), time.fromisoformat(clock))
    except (Refusal, ValueError):
        raise NotAMoment(at=at, text=quoted(text)) from None
