"""Sessions, kept in one table: who is signed in where. A row that is gone, over or left idle opens nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kanjo.foundation.ids import PersonId
from kanjo.platform.identity.models import Session

SIGNED_IN: Final = "signed-in"
"""Where a session's data say when, from which address and with which device its person signed in."""

FORMS: Final = "once"
"""Where a session's data say which forms were sent, and where each led."""

MOST_FORMS: Final = 50

SELDOM: Final = timedelta(minutes=1)
"""How often at most it is written down that a session was seen."""


_LIVING: Final = "SELECT * FROM identity_session WHERE session_key = %s AND expire_date > %s AND seen_at > %s"
"""Asked at every request: as SQL it costs a fraction of what building the question anew does."""


class SessionStore(db.SessionStore):
    """Django's sessions with two ends: so long after the sign-in, and so long after the last request."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    @classmethod
    def clear_expired(cls) -> None:
        """Remove what is over, or was left idle."""
        now = timezone.now()
        Session.objects.filter(Q(expire_date__lt=now) | Q(seen_at__lt=now - settings.SESSION_IDLE)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row, with what the data say of its person as columns."""
        row = cast("Session", super().create_model_instance(data))
        signed_in = data.get(SIGNED_IN) or {}
        row.person_id = data.get(SESSION_KEY)
        row.address, row.device = signed_in.get("address", ""), signed_in.get("device", "")
        if "at" in signed_in:
            row.began_at = datetime.fromisoformat(signed_in["at"])
        row.expire_date = row.began_at + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        self.row = row
        return row

    def save(self, must_create: bool = False) -> None:
        """Write the session. The forms that other requests of it noted meanwhile stay noted: none is done twice."""
        with transaction.atomic():
            row = Session.objects.select_for_update().filter(session_key=self.session_key).first()
            noted = self.decode(row.session_data).get(FORMS, {}) if row is not None else {}
            if noted and noted != self.get(FORMS):
                self[FORMS] = dict([*{**noted, **self.get(FORMS, {})}.items()][-MOST_FORMS:])
            super().save(must_create)

    def note_seen(self) -> None:
        """Write down that the session was seen; once a minute is enough."""
        now = timezone.now()
        if self.row is not None and self.row.seen_at < now - SELDOM:
            Session.objects.filter(session_key=self.session_key).update(seen_at=now)

    def _get_session_from_db(self) -> Session | None:
        now = timezone.now()
        given = [self.session_key, now, now - settings.SESSION_IDLE]
        self.row = next(iter(Session.objects.raw(_LIVING, given)), None)
        if self.row is None:
            self._session_key = None
        return self.row


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as its person sees it. `name` stands for its key, which is a secret."""

    name: str
    address: str
    device: str
    began_at: datetime
    seen_at: datetime


def list_sessions(person_id: PersonId) -> list[SessionRow]:
    """Return where a person is signed in, the one seen last first."""
    now = timezone.now()
    rows = Session.objects.filter(
        person_id=person_id, expire_date__gt=now, seen_at__gt=now - settings.SESSION_IDLE
    ).order_by("-seen_at", "session_key")
    return [SessionRow(named(row.session_key), row.address, row.device, row.began_at, row.seen_at) for row in rows]


def end_sessions(person_id: PersonId, *, but: str | None = None, only: str = "") -> int:
    """End the sessions of a person: all, all but the one with a key, or only that of a name; return how many."""
    keys = (
        Session.objects.filter(person_id=person_id).exclude(session_key=but or "").values_list("session_key", flat=True)
    )
    ended = [key for key in keys if not only or named(key) == only]
    Session.objects.filter(session_key__in=ended).delete()
    return len(ended)


def named(key: str) -> str:
    """Return the name of the session with a key, which tells nothing of the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]
