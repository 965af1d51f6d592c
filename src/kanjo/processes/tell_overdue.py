"""Who owns a deal is told when its customer has not paid by the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, InvoiceId
from kanjo.foundation.texts import Text
from kanjo.platform.notices.kinds import Kind
from kanjo.platform.notices.operations import tell
from kanjo.reports.overdue import list_newly_overdue

ITEM = "receivables_openitem"
LOOK_BACK = timedelta(days=7)
"""A day on which the job did not run is made up for; what is older is no news."""
_WHY = Text(
    en="{customer} has not paid invoice {number}, due {day}: {amount} is open.",
    ja="{customer}の請求書{number}（期日 {day}）が未入金です。残高 {amount}",
)


def tell_overdue(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> tuple[InvoiceId, ...]:
    """Tell owners of invoices that became overdue within a week before *on*, each once; return those invoices."""
    rows = list_newly_overdue(company_id, since=on - LOOK_BACK, until=on)
    for row in rows:
        amount = Text(en=row.open.shown("en"), ja=row.open.shown("ja"))
        tell(
            persons=[row.owner_id],
            kind=Kind.PAYMENT,
            subject=(ITEM, row.invoice_id),
            says=_WHY.filled(customer=row.customer, number=row.number, day=row.due_on, amount=amount),
            key=f"overdue:{row.invoice_id}",
            company_id=company_id,
        )
    return tuple(row.invoice_id for row in rows)
