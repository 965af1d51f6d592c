"""Links to papers: downloaded by whoever has one, and taken back."""

from __future__ import annotations

from datetime import datetime

from kanjo.domains.billing.facts import LinkPart
from kanjo.domains.billing.models import Download, LinkWithdrawal, PaperLink
from kanjo.domains.billing.queries import LinkedPaper
from kanjo.domains.billing.rules.guards import LinkEnded, LinkOver, explained
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import InvoiceId
from kanjo.platform.acts import verb
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound, alone


@verb("billing.withdraw-link", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def withdraw_link(*, invoice_id: InvoiceId, sending_id: int, because: str, by: Actor, at: datetime) -> None:
    """Let the link of a sending be good no more, at once and for ever.

    Refuses `Unexplained`, `NotFound` for what is no link of the invoice, and `LinkEnded` for one that is over already.
    """
    explained(because)
    alone("billing.withdraw-link", sending_id)
    links = PaperLink.objects.filter(
        sending_id=sending_id, sending__invoice_id=invoice_id, sending__invoice__company_id__in=by.companies
    )
    link = links.first()
    if link is None:
        raise NotFound(what=ROW_NAMES["billing_paperlink"], key=sending_id, at="sending_id")
    if link.until <= at or LinkWithdrawal.objects.filter(link=link).exists():
        raise LinkEnded(at="sending_id")
    LinkWithdrawal.objects.create(link=link, because=because, withdrawn_by_id=by.id)


def note_download(paper: LinkedPaper, part: LinkPart) -> None:
    """Write down that the paper was downloaded by its link; refuses `LinkOver` where that was withdrawn meanwhile.

    Who withdraws the link waits until the download is over, so that none is counted after.
    """
    alone("billing.withdraw-link", paper.sending_id)
    if LinkWithdrawal.objects.filter(link_id=paper.link_id).exists():
        raise LinkOver(issuer=paper.issuer, language=paper.language)
    Download.objects.create(link_id=paper.link_id, part=part)
