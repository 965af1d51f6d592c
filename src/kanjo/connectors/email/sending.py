"""Sending one message to one person."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain message to one address; several addresses in one string are refused.

    With a `name` it says who it is, so that a mail program shows it once however often it comes.
    """

    to: str
    subject: str
    body: str
    name: str = ""
    attached: tuple[tuple[str, bytes, str], ...] = ()
    """Files that go with it: name, content, media type."""


def address_of(path: str) -> str:
    """Return the address that people open for a path of the pages, as a letter tells it."""
    return f"{settings.ENVIRONMENT.public_url}/{path}"


def send(letter: Letter) -> None:
    """Send the message. Refuses an address that is not exactly one, and a subject with a line break."""
    validate_email(letter.to)
    named = {"Message-ID": f"<{letter.name}@{settings.ENVIRONMENT.public_host}>"} if letter.name else {}
    message = EmailMessage(subject=letter.subject, body=letter.body, to=[letter.to], headers=named)
    for name, content, media_type in letter.attached:
        message.attach(name, content, media_type)
    message.send()
