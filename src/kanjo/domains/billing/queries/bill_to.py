"""Reads of to whom within a payer invoices go, and by what way."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
from django.db.models import Q, QuerySet

from kanjo.domains.billing.facts import Channel, ChosenBillTo
from kanjo.domains.billing.models import BillTo, Invoice, Plan
from kanjo.domains.billing.queries.invoices import InvoiceRow
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.rules.invoicing import BILL_TOS
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId
from kanjo.foundation.texts import Text
from kanjo.platform.bulk.reading import as_text, read_columns
from kanjo.platform.tables import personal

_BILL_TOS = """
SELECT contract_id, payer_id, department_ja, department_en, attention, channel, recipient FROM (
    SELECT DISTINCT ON (b.account_id, b.contract_id) b.*, a.payer_id
    FROM billing_billto b JOIN billing_account a ON a.id = b.account_id
    WHERE b.company_id = %(company_id)s AND b.effective_on <= %(on)s AND b.recorded_at <= %(known_at)s
    AND a.payer_id IN (SELECT unnest(string_to_array(%(payers)s, ',')::bigint[]))
    ORDER BY b.account_id, b.contract_id, b.effective_on DESC, b.id DESC) latest
WHERE channel <> ''
"""


def read_bill_tos(company_id: CompanyId, payer_ids: pl.Series, on: date, known_at: datetime) -> pl.DataFrame:
    """Return what is chosen for payers and for their contracts on a day, as recorded by *known_at* (`BILL_TOS`)."""
    payers = payer_ids.drop_nulls().unique()
    if payers.is_empty():
        return pl.DataFrame(schema=BILL_TOS)
    asked = {"company_id": company_id, "payers": as_text(payers), "on": on, "known_at": known_at}
    return read_columns(_BILL_TOS, asked, BILL_TOS)


def bill_to_days(company_id: CompanyId) -> list[date]:
    """Return the days from which something was chosen."""
    chosen = BillTo.objects.filter(company_id=company_id).order_by("effective_on")
    return list(chosen.values_list("effective_on", flat=True).distinct())


def bill_to_of(
    company_id: CompanyId, payer_id: CustomerId, on: date, *, contract_id: ContractId | None = None
) -> ChosenBillTo | None:
    """Return to whom what a payer pays of a contract, or of any, is invoiced on a day; None where nobody is chosen."""
    asked = _of_payer(company_id, payer_id, contract_id).filter(effective_on__lte=on)
    latest = asked.order_by("contract_id", "-effective_on", "-id").distinct("contract_id")
    found = [row for row in latest if row.channel]
    return _chosen(max(found, key=lambda row: row.contract_id or 0)) if found else None


def list_bill_tos(
    company_id: CompanyId, payer_id: CustomerId, *, contract_id: ContractId | None = None
) -> list[ChosenBillTo]:
    """Return all that was ever chosen for what a payer pays of a contract, or of any, the latest day first."""
    rows = _of_payer(company_id, payer_id, contract_id)
    return [_chosen(row) for row in rows.order_by("-effective_on", "-id")]


def _of_payer(company_id: CompanyId, payer_id: CustomerId, contract_id: ContractId | None) -> QuerySet[BillTo]:
    of_all = Q(contract=None)
    wanted = of_all if contract_id is None else of_all | Q(contract_id=contract_id)
    return BillTo.objects.filter(wanted, company_id=company_id, account__payer_id=payer_id)


def _chosen(row: BillTo) -> ChosenBillTo:
    return ChosenBillTo(
        effective_on=row.effective_on,
        department=Text(en=row.department_en, ja=row.department_ja),
        attention=personal(row, "attention"),
        channel=Channel(row.channel) if row.channel else None,
        recipient=personal(row, "recipient"),
        because=row.because,
        contract_id=ContractId(row.contract_id) if row.contract_id else None,
    )


def chosen_for(invoice: InvoiceRow, on: date) -> ChosenBillTo | None:
    """Return to whom and by what way an invoice goes on a day, as chosen for its contract and payer; else None."""
    contract_id = ContractId(Invoice.objects.values_list("order__contract_id", flat=True).get(pk=invoice.id))
    return bill_to_of(invoice.company_id, invoice.payer_id, on, contract_id=contract_id)


def payer_of(contract_id: ContractId, actor: Actor) -> CustomerId:
    """Return who pays a contract of the actor's companies; refuses `PlanMissing`."""
    plan = Plan.objects.visible_to(actor).filter(contract_id=contract_id).select_related("account").first()
    if plan is None:
        raise PlanMissing(key=contract_id)
    return CustomerId(plan.account.payer_id)
