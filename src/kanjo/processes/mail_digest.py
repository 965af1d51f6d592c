"""Once a day each person gets one message about what waits in its queue."""

from __future__ import annotations

from kanjo.connectors.email.sending import Letter, send
from kanjo.foundation.actors import Actor
from kanjo.foundation.texts import Language, Text
from kanjo.platform.identity.queries import list_people
from kanjo.platform.worklist.queries import WorkRow, count_queue, list_queue

SHOWN = 20

SUBJECT = Text(en="Kanjo: {count} waiting for you", ja="Kanjo: 対応待ち {count} 件")
MORE = Text(en="... and {count} more.", ja="…ほか {count} 件")


def mail_digest(*, address: str) -> int:
    """Send every person with something in its queue one message, in its language; return how many were sent.

    *address* is where the pages are. Persons who cannot sign in get none.
    """
    sent = 0
    for email, actor in list_people():
        count = count_queue(actor)
        if count:
            send(_letter(email, actor, list_queue(actor, limit=SHOWN), count, address))
            sent += 1
    return sent


def _letter(email: str, actor: Actor, rows: list[WorkRow], count: int, address: str) -> Letter:
    language = actor.language
    lines = [_line(row, language) for row in rows]
    if count > len(rows):
        lines.append(MORE.filled(count=count - len(rows)).said_in(language))
    return Letter(
        to=email,
        subject=SUBJECT.filled(count=count).said_in(language),
        body="\n".join([*lines, "", address, ""]),
    )


def _line(row: WorkRow, language: Language) -> str:
    due = f"{row.due_on} " if row.due_on else ""
    return f"- {due}{row.why.said_in(language)}"
