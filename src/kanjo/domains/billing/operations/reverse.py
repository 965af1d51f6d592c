"""Giving back: credit notes that close the original to the yen (適格返還請求書, Consumption Tax Act art. 57-4(3))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from kanjo.domains.billing.models import Invoice
from kanjo.domains.billing.operations.writing import Also, Issuing, counted, write
from kanjo.domains.billing.queries.due import known_now, read_posted
from kanjo.domains.billing.queries.sharing import any_is_shared, billed_together, read_carriers
from kanjo.domains.billing.rules.guards import AlreadyCredited, InvoiceMissing, explained
from kanjo.domains.billing.rules.invoicing import PAYER, Drafted, returned_in_full
from kanjo.domains.billing.rules.owed import given_back
from kanjo.domains.billing.rules.splitting import Sharing, shared
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, InvoiceId, RunId
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live, Loading
from kanjo.platform.bulk.reading import read_columns
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import RunPlan, ShardResult, ShardTask, wrong_state
from kanjo.platform.runs.states import RunState

KIND = "billing.reversal"
STAGED_FROM = 2_500
"""Documents from which a reversal loads into tables of its own."""
SHARD_INVOICES = 10_000

_INVOICES = """
SELECT i.id, i.payer_id, i.customer_id, i.order_id, i.currency, i.payment_terms, i.tax_rounding, i.payer_name,
       i.payer_address, i.department, i.attention, i.language, i.issuer_name, i.issuer_address,
       i.registration_number, i.bank_account
{asked} ORDER BY i.id
"""
# What it charged; what it gave back itself stands as it is.
_LINES = """
SELECT l.invoice_id, l.id, l.position, l.plan_id, l.description, l.net_minor, l.tax_class, l.rate_numerator,
       l.rate_denominator, l.policy, t.own_minor
FROM billing_invoiceline l
JOIN billing_invoicetax t ON t.invoice_id = l.invoice_id AND (t.tax_class, t.rate_numerator, t.rate_denominator)
    = (l.tax_class, l.rate_numerator, l.rate_denominator)
JOIN billing_charge c ON c.plan_id = l.plan_id AND c.invoice_line_id = l.id AND c.credited_line_id IS NULL
WHERE l.invoice_id IN (SELECT i.id {asked}) ORDER BY l.id
"""
_PAYERS = """
SELECT count(*) FROM (
    SELECT id FROM billing_account
    WHERE company_id = %(company)s AND (payer_id IN (SELECT i.payer_id {asked}){or_plans})
    ORDER BY id FOR NO KEY UPDATE) locked
"""
# Of several payers, one has the plans.
_OR_PLANS = """ OR id IN (
    SELECT p.account_id FROM billing_invoiceline l JOIN billing_plan p ON p.id = l.plan_id
    WHERE l.invoice_id IN (SELECT i.id {asked}))"""
_OF_COMPANY = "FROM billing_invoice i WHERE i.company_id = %(company)s AND i.original_id IS NULL AND "
_IN_RANGE = "i.id BETWEEN %(first)s AND %(last)s AND (%(run)s::bigint IS NULL OR i.run_id = %(run)s)"
_LISTED = "i.id = ANY(%(invoices)s)"
_INVOICE_COLUMNS = {
    **dict.fromkeys(("original_id", "payer_id", "customer_id", "order_id"), pl.Int64),
    **dict.fromkeys(("currency", "payment_terms"), pl.String),
    **dict.fromkeys(("tax_rounding", "payer_name", "payer_address"), pl.String),
    **dict.fromkeys(("department", "attention", "language"), pl.String),
    **dict.fromkeys(("issuer_name", "issuer_address", "registration_number", "bank_account"), pl.String),
}
_LINE_COLUMNS = {
    **dict.fromkeys(("original_id", "charge_id", "position", "plan_id"), pl.Int64),
    "description": pl.String,
    "charged_minor": pl.Int64,
    "tax_class": pl.String,
    **dict.fromkeys(("rate_numerator", "rate_denominator", "policy", "own_minor"), pl.Int64),
}


@verb("billing.credit-invoice", Role.RECEIVABLES)
def credit_invoice(
    *, invoice_id: InvoiceId, on: date, because: str, by: Actor, at: datetime, also: Also | None = None
) -> InvoiceId:
    """Give back what is left of an invoice by a credit note at the rates of the original; return the credit note.

    What it charged is due again from the next run on, what it gave back itself stands. What several payers bear is
    given back to all of them, by a credit note for each: days are billed or they are not. Refuses `AlreadyCredited`,
    also for credit notes, and `Unexplained` without a reason.
    """
    explained(because)
    invoice = Invoice.objects.visible_to(by).filter(pk=invoice_id).first()
    if invoice is None:
        raise InvoiceMissing(key=invoice_id)
    company_id = CompanyId(invoice.company_id)
    asked = _locked({"company": company_id, "first": invoice_id, "last": invoice_id, "run": None})
    draft = _given_back(asked, on)
    if invoice_id not in draft.invoices["original_id"]:
        raise AlreadyCredited(number=invoice.number)
    issuing = Issuing(company_id=company_id, issued_on=on, loading=Live(), by=by, also=also)
    return InvoiceId(write(draft, issuing).filter(pl.col("original_id") == invoice_id)["id"][0])


@verb("billing.preview-reversal", Role.RECEIVABLES)
def preview_reversal(*, run_id: RunId, on: date, because: str, by: Actor, at: datetime) -> RunId:
    """Write down a reversing run: a credit note dated *on* for every invoice of the run that was not given back.

    One per billing run: called again, the same reversing run is returned, unless it was withdrawn. Refuses
    `Unexplained` without a reason.
    """
    explained(because)
    run = Run.objects.seen(run_id, by)
    if run.state not in {Run.State.EXECUTED, Run.State.REVERSED} or run.kind != "billing":
        raise wrong_state(run, RunState.EXECUTED)
    runs.one_at_a_time(KIND, CompanyId(run.company_id))
    reversals = Run.objects.filter(company_id=run.company_id, kind=KIND, scope__run_id=run_id)
    standing = reversals.exclude(state=Run.State.WITHDRAWN).first()
    if standing is not None:
        return RunId(standing.pk)
    ids = list(Invoice.objects.filter(run_id=run_id).order_by("pk").values_list("pk", flat=True))
    parts = [ids[start : start + SHARD_INVOICES] for start in range(0, len(ids), SHARD_INVOICES)]
    shards = tuple({"run": run_id, "first": part[0], "last": part[-1]} for part in parts)
    plan = RunPlan(
        kind=KIND,
        key=f"{run_id}#{reversals.count() + 1}",
        company_id=CompanyId(run.company_id),
        target_on=on,
        known_at=known_now(),
        shards=shards,
        preview={"made": _to_make(CompanyId(run.company_id), shards, on)},
        scope={"run_id": run_id},
        staged=len(ids) >= STAGED_FROM,
    )
    return runs.preview_run(plan=plan, by=by, at=at, because=because)


def _to_make(company_id: CompanyId, shards: Sequence[Mapping[str, int]], on: date) -> dict[str, int]:
    """Return what giving back would come to now, with those who share; one of two shards only once."""
    drafts = [_given_back(_together({"company": company_id, **shard}), on).invoices for shard in shards]
    return counted(pl.concat(drafts).unique("original_id")) if drafts else {}


def reverse_shard(task: ShardTask, loading: Loading, by: Actor, also: Also | None) -> ShardResult:
    """Give back the invoices of one part of the reversed run, and those of other payers that share with them."""
    asked = _locked({"company": task.company_id, **task.scope})
    draft = _given_back(asked, task.target_on)
    if draft.invoices.is_empty():
        return ShardResult(made={})
    issuing = Issuing(
        company_id=task.company_id,
        issued_on=task.target_on,
        loading=loading,
        by=by,
        run_id=task.run_id,
        also=also,
    )
    return ShardResult(made=counted(write(draft, issuing)))


def mark_reversed(run_id: RunId) -> None:
    """Note on the billing run that its invoices were given back."""
    run = Run.objects.select_for_update().get(pk=run_id)
    run.state = Run.State.REVERSED
    run.save(update_fields=["state"])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which invoices are to be given back: a condition on `billing_invoice i`, and what it asks for."""

    where: str
    values: Mapping[str, Any]
    are_shared: bool

    def sql(self, template: str) -> str:
        """Return a query over these invoices."""
        or_plans = _OR_PLANS.format(asked=self.where) if self.are_shared else ""
        return template.format(asked=self.where, or_plans=or_plans)


def _locked(asked: Mapping[str, int | None]) -> Asked:
    """Lock the payers of a range of invoices and of all that share with them, and return these invoices.

    Who shares is looked at again under the locks, until nobody is new: an invoice may be split while they are waited
    for, and what its parts bear is given back with the rest. Locks of too few are let go first, for they are taken in
    the order of their ids.
    """
    found = _together(asked)
    while True:
        with transaction.atomic():
            lock_payers(found)
            now = _together(asked)
            if now == found:
                return found
            transaction.set_rollback(True)
        found = now


def _together(asked: Mapping[str, int | None]) -> Asked:
    """Return the invoices of a range, and where payers share all that share with them."""
    in_range = Asked(_OF_COMPANY + _IN_RANGE, asked, are_shared=False)
    if not any_is_shared():
        return in_range
    ids = read_columns(f"SELECT i.id {in_range.where}", asked, {"id": pl.Int64})["id"].to_list()
    return Asked(_OF_COMPANY + _LISTED, {**asked, "invoices": billed_together(ids)}, are_shared=True)


def listed(company_id: CompanyId, invoice_ids: list[int]) -> Asked:
    """Return some invoices, each by itself, to be read and locked."""
    values = {"company": company_id, "invoices": invoice_ids}
    return Asked(_OF_COMPANY + _LISTED, values, are_shared=True)


def read_invoices(asked: Asked) -> pl.DataFrame:
    """Return invoices as `returned_in_full` takes them."""
    return read_columns(asked.sql(_INVOICES), asked.values, _INVOICE_COLUMNS)


def read_lines(asked: Asked) -> pl.DataFrame:
    """Return the lines that invoices charged, as `returned_in_full` takes them."""
    return read_columns(asked.sql(_LINES), asked.values, _LINE_COLUMNS)


def lock_payers(asked: Asked) -> None:
    """Lock the accounts of who was billed and of whose plans it was, in the order of their ids."""
    with connection.cursor() as cursor:
        cursor.execute(asked.sql(_PAYERS), dict(asked.values))


def _given_back(asked: Asked, on: date) -> Drafted:
    """Return the credit notes of what is left of invoices: shares of what was charged, nothing priced anew."""
    charged = read_lines(asked)
    known = read_posted(charged["plan_id"].unique())
    back = given_back(known.charged.join(charged, on="charge_id", how="semi"), known)
    if asked.are_shared:
        carriers = read_carriers(back["credited_line_id"].to_list())
        back = shared(back, Sharing(carriers=carriers), pl.lit(on)).drop(*PAYER, "description", strict=False)
    lines = back.drop("plan_id").rename({"credited_line_id": "charge_id"})
    return returned_in_full(read_invoices(asked), charged, lines, on)
