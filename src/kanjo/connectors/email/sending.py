"""Sending one message to one person."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.mail import EmailMessage
from django.core.validators import validate_email


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain message to one address; several addresses in one string are refused."""

    to: str
    subject: str
    body: str


def send(letter: Letter) -> None:
    """Send the message. Refuses an address that is not exactly one, and a subject with a line break."""
    validate_email(letter.to)
    EmailMessage(subject=letter.subject, body=letter.body, to=[letter.to]).send()
