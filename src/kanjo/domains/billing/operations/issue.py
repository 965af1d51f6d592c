"""Issuing what is due: one path for a run's shard and for one order by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl
from django.db import DatabaseError, connection, transaction

from kanjo.domains.billing.models import Hold, IssuedByHand, Plan
from kanjo.domains.billing.operations.locking import lock_accounts
from kanjo.domains.billing.operations.writing import Also, Issuing, write
from kanjo.domains.billing.queries.bill_to import read_bill_tos
from kanjo.domains.billing.queries.due import (
    Scope,
    known_now,
    read_due,
    read_groupings,
    read_held,
    read_originals,
)
from kanjo.domains.billing.queries.issued_to import ISSUED_TO
from kanjo.domains.billing.queries.next import ACCOUNT, CONTRACT, FAILED
from kanjo.domains.billing.queries.policies import agreed_roundings
from kanjo.domains.billing.queries.sharing import read_sharing
from kanjo.domains.billing.rules.changing import OnHold
from kanjo.domains.billing.rules.guards import NothingDue, NotTaken, RunUnexplained
from kanjo.domains.billing.rules.invoicing import Drafted, addressed, drafted, grouped, rated, rounded_by
from kanjo.domains.billing.rules.owed import Known, still_due
from kanjo.domains.billing.rules.soundness import Unit, refused, without
from kanjo.domains.billing.rules.splitting import shared
from kanjo.domains.catalog.queries import tax_rate_table
from kanjo.domains.customers.queries import tax_roundings
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, InvoiceId, OrderId, PolicyId
from kanjo.foundation.money import Rounding
from kanjo.foundation.refusals import Refusal
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.runs.models import Failure
from kanjo.platform.worklist import operations as worklist
from kanjo.platform.worklist.queries import list_causes

OF_ROWS = ("22", "23", "KJ")
"""How the codes begin with which PostgreSQL refuses rows: wrong data, a constraint, a guard of ours."""
OF_PLAN = ("plan_id", "charge", "timing", "currency", "policy", *ISSUED_TO)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due: what may be invoiced, what is held, with the hold_id, and what was read for it."""

    charges: pl.DataFrame
    held: pl.DataFrame
    plans: pl.DataFrame
    known: Known


def charges_due(scope: Scope, target_on: date, known_at: datetime, *, then: datetime | None = None) -> Due:
    """Return what is due by *target_on* as known, each charge with its plan's columns and its tax rate.

    Where payers share, a row for each of them. What is held now is held, though it was not by *known_at*. With *then*
    the plans can also be taken as of an earlier moment.
    """
    scope = replace(scope, due_by=target_on)
    plans, known = read_due(scope, known_at, issued_to=True, then=then)
    due = still_due(plans, target_on, known)
    of_plans = due.join(plans.select(OF_PLAN), on="plan_id", maintain_order="left")
    charges = shared(of_plans, read_sharing(scope.company_id, of_plans, known_at), pl.lit(target_on))
    charges = rated(charges, tax_rate_table(), read_originals(charges))
    charges = grouped(charges, *read_groupings(scope, target_on, known_at))
    charges = addressed(charges, read_bill_tos(scope.company_id, charges["payer_id"], target_on, known_at))
    if not known.metered.is_empty():
        steps = known.metered.select("plan_id", "service_start", "steps")
        charges = charges.join(steps, on=["plan_id", "service_start"], how="left", maintain_order="left")
    held = read_held(scope, target_on, known_at)
    free = charges.join(held, on="plan_id", how="anti", maintain_order="left")
    return Due(charges=free, held=charges.join(held, on="plan_id"), plans=plans, known=known)


def invoiceable(charges: pl.DataFrame) -> tuple[pl.DataFrame, dict[Unit, Refusal]]:
    """Split *charges* into those that can be invoiced, and the contracts and accounts that cannot with the reason."""
    wrong = refused(charges)
    return without(charges, wrong), wrong


def drafted_for(
    company: SellingCompany, charges: pl.DataFrame, issued_on: date, agreed: Mapping[PolicyId, Rounding] | None = None
) -> Drafted:
    """Return the invoices of *charges*, with the copies that the issuer puts on them.

    Tax is rounded as *agreed*, by default in all policies that say so.
    """
    agreed = agreed_roundings() if agreed is None else agreed
    chosen = tax_roundings(CompanyId(company.pk), issued_on)
    charges = rounded_by(charges, chosen, Rounding(company.tax_rounding), agreed)
    draft = drafted(charges, issued_on=issued_on, originals=read_originals(charges))
    japanese = pl.col("language") == "ja"
    invoices = draft.invoices.with_columns(
        original_id=pl.lit(None, dtype=pl.Int64),
        issuer_name=pl.when(japanese).then(pl.lit(company.name)).otherwise(pl.lit(company.name_en)),
        issuer_address=pl.lit(company.address),
        registration_number=pl.lit(company.registration_number),
        bank_account=pl.lit(company.bank_account),
    )
    return Drafted(invoices=invoices, lines=draft.lines, taxes=draft.taxes)


def write_apart(
    company: SellingCompany, charges: pl.DataFrame, issuing: Issuing
) -> tuple[list[pl.DataFrame], dict[Unit, Refusal]]:
    """Write the invoices of *charges*; an account of which the database refuses something fails alone.

    Tries all at once, then halves: one bad account among thousands costs a few attempts.
    """
    if charges.is_empty():
        return [], {}
    try:
        with transaction.atomic():
            made = write(drafted_for(company, charges, issuing.issued_on), issuing)
            connection.check_constraints()  # what would be refused at the end only
            return [made], {}
    except DatabaseError as error:
        if str(getattr(error.__cause__, "sqlstate", ""))[:2] not in OF_ROWS:
            raise
        accounts = charges["account_id"].unique().sort()
        if accounts.len() == 1:
            return [], {(accounts[0], None): NotTaken(words=str(error).split("\n", maxsplit=1)[0])}
        earlier = pl.col("account_id") < accounts[accounts.len() // 2]
        halves = [write_apart(company, charges.filter(part), issuing) for part in (earlier, ~earlier)]
    return [made for part, _ in halves for made in part], {**halves[0][1], **halves[1][1]}


def failed_of(unit: Unit) -> tuple[str, int]:
    """Return what cannot be invoiced, as the subject of a failure and of the work that it makes."""
    account_id, contract_id = unit
    return (ACCOUNT, account_id) if contract_id is None else (CONTRACT, contract_id)


_WORK_ABOUT = ((ACCOUNT, "account_id"), (CONTRACT, "contract_id"))


def no_longer_failed(billed: pl.DataFrame, by: Actor, at: datetime) -> None:
    """Take off the queue what a run before could not invoice of the contracts of these charges and who pays them."""
    for table, column in _WORK_ABOUT:
        worklist.close_all(kind=FAILED, table=table, keys=billed[column].unique().to_list(), by=by, at=at)


def _mended(company_id: CompanyId, billed: pl.DataFrame, on: date, by: Actor, at: datetime) -> None:
    """Take off the queue what of it is sound now: the next run is refused nothing of it."""
    for table, column in _WORK_ABOUT:
        waits = list_causes(FAILED, table, billed[column].unique().to_list())
        sound = [key for key in waits if not _fails(company_id, (table, key), on)]
        worklist.close_all(kind=FAILED, table=table, keys=sound, by=by, at=at)


def _fails(company_id: CompanyId, subject: tuple[str, int], on: date) -> bool:
    """Return whether what is left of it would be refused; of what the database refused nobody knows."""
    table, key = subject
    last = Failure.objects.filter(run__kind="billing", subject=table, subject_id=key).select_related("run").latest("id")
    of_account = Scope(company_id, accounts=(key, key))
    scope = of_account if table == ACCOUNT else Scope(company_id, contract_id=ContractId(key))
    left = charges_due(scope, max(on, last.run.target_on), known_now()).charges
    return subject in map(failed_of, refused(left)) or (last.rule == NotTaken.rule and not left.is_empty())


@verb("billing.issue-invoice", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def issue_invoice(
    *, order_id: OrderId, on: date, because: str = "", by: Actor, at: datetime, also: Also | None = None
) -> tuple[InvoiceId, ...]:
    """Issue what is due of one order by *on*, as the billing run would; return the invoices.

    A person says why, which is kept (`RunUnexplained`); the house need not. Refuses `NothingDue`, also when it was all
    issued before; `OnHold` where all that is due is held; `RateMissing` and `PeriodLocked`.
    """
    if not (by.system or because.strip()):
        raise RunUnexplained(at="because")
    first = Plan.objects.visible_to(by).filter(order_id=order_id).first()
    if first is None:
        raise NothingDue(key=order_id, day=on)
    company_id = CompanyId(first.company_id)
    lock_accounts(company_id, (first.account_id, first.account_id))
    due = charges_due(Scope(company_id, order_id=order_id), on, known_now())
    charges, wrong = invoiceable(due.charges)
    for refusal in wrong.values():
        raise refusal
    if charges.is_empty() and not due.held.is_empty():
        raise OnHold(because=Hold.objects.get(pk=due.held["hold_id"][0]).because)
    if charges.is_empty():
        raise NothingDue(key=order_id, day=on)
    company = SellingCompany.objects.get(pk=company_id)
    issuing = Issuing(company_id=company_id, issued_on=on, loading=Live(), by=by, also=also)
    issued = write(drafted_for(company, charges, on), issuing)
    _mended(company_id, charges, on, by, at)
    if because.strip():
        IssuedByHand.objects.bulk_create(
            IssuedByHand(invoice_id=key, because=because, issued_by_id=by.id) for key in issued["id"]
        )
    return tuple(InvoiceId(key) for key in issued["id"])
