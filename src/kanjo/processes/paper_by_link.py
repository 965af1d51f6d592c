"""Whoever has a link fetches the paper that was sent with it: nobody is signed in, and the house hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kanjo.domains.billing.facts import LinkPart
from kanjo.domains.billing.operations import note_download
from kanjo.domains.billing.queries import get_linked
from kanjo.platform.files.operations import read
from kanjo.platform.identity.queries import house


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it is saved."""

    content: bytes
    name: str
    media_type: str


def fetch_paper(*, secret: str, part: str, at: datetime) -> Fetched:
    """Return the paper of a link, or its electronic invoice, as it was sent, and write the download down.

    Refuses `NoSuchLink`, also for a *part* that was not sent, and `LinkOver`.
    """
    paper = get_linked(secret, at)
    row, content = read(paper.file_of(part), by=house())
    note_download(paper, LinkPart(part))
    return Fetched(content, row.name, row.media_type)
