"""Why an invoice was issued by hand, where no run issued it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kanjo.domains.billing.models import IssuedByHand
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import InvoiceId


@dataclass(frozen=True, slots=True)
class ByHand:
    """Who issued an invoice apart from a run, and why."""

    id: int
    because: str
    issued_by: str
    recorded_at: datetime


def find_by_hand(invoice_id: InvoiceId, actor: Actor) -> ByHand | None:
    """Return who issued an invoice of the actor's companies by hand, None where a run did or nobody said why."""
    found = IssuedByHand.objects.filter(invoice_id=invoice_id, invoice__company_id__in=actor.companies)
    row = found.select_related("issued_by").first()
    return ByHand(row.pk, row.because, row.issued_by.name, row.recorded_at) if row else None
