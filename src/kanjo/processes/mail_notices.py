"""Every minute each person is mailed what it chose to be told by mail, when it is not quiet: at once, or once a day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kanjo.connectors.email.sending import Letter, send
from kanjo.platform.identity.queries import list_people
from kanjo.platform.notices.letters import Written, note_failed, note_sent, take_letter, write_letters

MOST = 1_000
"""Letters that are sent in one go."""


def mail_notices(*, address: str, at: datetime) -> int:
    """Write down what is to be mailed and send it; return how many letters went out.

    *address* is where the pages are. A letter that fails is tried again later and keeps no other from going. Persons
    who cannot sign in get none.
    """
    sent, failures = 0, list[Exception]()
    for email, actor in list_people():
        try:
            with transaction.atomic():
                write_letters(actor, at)
        except Exception as failure:  # noqa: BLE001 - whatever fails is told after the others had their turn
            failure.add_note(f"in the letters to {email}")
            failures.append(failure)
    for _ in range(MOST):
        with transaction.atomic():
            written = take_letter(at)
        if written is None:
            break
        sent += _send(written, address, at)
    if failures:
        raise ExceptionGroup("letters were not written", failures)
    return sent


def _send(written: Written, address: str, at: datetime) -> int:
    try:
        send(Letter(written.email, written.subject, f"{written.body}\n\n{address}\n", name=written.name))
    except Exception as failure:  # noqa: BLE001 - whatever fails is noted and tried again
        with transaction.atomic():
            note_failed(written.id, failure, at)
        return 0
    with transaction.atomic():
        note_sent(written.id, at)
    return 1
