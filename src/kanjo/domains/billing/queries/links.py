"""Reads of links to papers: how each stands, and what one leads to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min

from kanjo.domains.billing.facts import LinkPart
from kanjo.domains.billing.models import PaperLink
from kanjo.domains.billing.rules.guards import LinkLost, LinkOver, NoSuchLink
from kanjo.foundation.ids import FileId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from kanjo.platform.access.links import secret_of
from kanjo.platform.access.queries import digest_of


@dataclass(frozen=True, slots=True)
class SendingLink:
    """How the link of a sending stands: until when it is good, whether it was taken back, and what was downloaded."""

    until: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_because: str
    downloads: int
    first_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Return whether it leads to its paper."""
        return self.withdrawn_at is None and at < self.until


@dataclass(frozen=True, slots=True)
class LinkedPaper:
    """What a link leads to, as whoever has it may know it: the paper as it was sent, and nothing of the deal."""

    link_id: int
    sending_id: int
    number: str
    is_credit: bool
    is_corrected: bool
    issuer: str
    total: Money
    due_on: date | None
    language: Language
    until: datetime
    time_zone: str
    file_id: FileId
    electronic_id: FileId | None

    def file_of(self, part: str) -> FileId:
        """Return the file of a part of it; refuses `NoSuchLink` for what was not sent."""
        kept = {LinkPart.PDF.value: self.file_id, LinkPart.XML.value: self.electronic_id}.get(part)
        if kept is None:
            raise NoSuchLink
        return kept


def links_of(sending_ids: Collection[int]) -> dict[int, SendingLink]:
    """Return the links of sendings, by the sending; one without a link is left out."""
    links = PaperLink.objects.filter(sending_id__in=sending_ids).select_related("withdrawal__withdrawn_by")
    return {
        link.sending_id: SendingLink(
            until=link.until,
            withdrawn_at=taken.recorded_at if taken else None,
            withdrawn_by=taken.withdrawn_by.name if taken else "",
            withdrawn_because=taken.because if taken else "",
            downloads=link.times,
            first_at=link.first_at,
        )
        for link in links.annotate(times=Count("downloads"), first_at=Min("downloads__recorded_at"))
        for taken in [getattr(link, "withdrawal", None)]
    }


def find_secret(sending_id: int, at: datetime) -> tuple[str, datetime] | None:
    """Return the secret of the link of a sending and until when it is good, None where no link of it is good.

    Refuses `LinkLost` where the key of the house is not the one it was made with: nobody could open it.
    """
    link = PaperLink.objects.filter(sending_id=sending_id, withdrawal=None, until__gt=at).first()
    if link is None:
        return None
    secret = secret_of(link.salt)
    if digest_of(secret) != link.digest:
        raise LinkLost
    return secret, link.until


def get_linked(secret: str, at: datetime) -> LinkedPaper:
    """Return the paper that a link leads to; refuses `NoSuchLink` and `LinkOver`."""
    links = PaperLink.objects.select_related("sending__invoice__company", "withdrawal")
    link = links.filter(digest=digest_of(secret)).first()
    if link is None:
        raise NoSuchLink
    sending, invoice = link.sending, link.sending.invoice
    language = Language(invoice.language)
    if link.until <= at or hasattr(link, "withdrawal"):
        raise LinkOver(issuer=invoice.issuer_name, language=language)
    return LinkedPaper(
        link_id=link.pk,
        sending_id=sending.pk,
        number=sending.corrected or invoice.number,
        is_credit=invoice.total_minor < 0,
        is_corrected=bool(sending.corrected),
        issuer=invoice.issuer_name,
        total=Money(link.total_minor, invoice.currency),
        due_on=link.due_on,
        language=language,
        until=link.until,
        time_zone=invoice.company.time_zone,
        file_id=FileId(sending.file_id),
        electronic_id=None if link.electronic_id is None else FileId(link.electronic_id),
    )
