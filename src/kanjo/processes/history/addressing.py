"""To whom the customers of the made-up company are invoiced, and by what way; a few did not say so yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.operations import choose_bill_to
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId
from kanjo.foundation.texts import Text
from kanjo.processes.history.script import CustomerInPlay, Script

BECAUSE: Final = "取引開始時の届出による"
PAYS: Final = ("経理部", "購買部")
"""The departments that take invoices, where a customer has one."""
SILENT = 8
"""Of so many customers one did not say to whom: what lacks is shown by it."""


def choose_addressees(
    script: Script, company_id: CompanyId, ids: Mapping[str, CustomerId], *, on: date, by: Actor, at: datetime
) -> None:
    """Choose for every customer that said so to whom within it and by what way its invoices go from a day on."""
    for one in _told(script):
        department = next((name for name in (*PAYS, *one.departments) if name in one.departments), "")
        channel = channel_of(one)
        choose_bill_to(
            company_id=company_id,
            payer_id=ids[one.key],
            department=Text(en="", ja=department),
            attention="請求書ご担当者" if department else "",
            channel=channel,
            recipient="" if channel is Channel.BY_HAND else f"keiri@{one.key.lower()}.example",
            on=on,
            because=BECAUSE,
            by=by,
            at=at,
        )


def channel_of(one: CustomerInPlay) -> Channel:
    """Return how a customer is invoiced: by mail to who pays, else by link; by hand where it has no departments."""
    if not one.departments:
        return Channel.BY_HAND
    return Channel.MAIL if set(PAYS) & set(one.departments) else Channel.DOWNLOAD


def _told(script: Script) -> Iterator[CustomerInPlay]:
    for number, one in enumerate(script.customers, 1):
        if number % SILENT:
            yield one
