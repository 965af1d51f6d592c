"""What a change of a contract would cost, and every invoice that would follow: the same rules that will bill it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from kanjo.domains.billing.facts import (
    ChangePreview,
    ContractChange,
    InvoiceToCome,
    LineChange,
    LineToBill,
    PlanCharge,
)
from kanjo.domains.billing.models import Plan
from kanjo.domains.billing.queries.bill_to import bill_to_days, read_bill_tos
from kanjo.domains.billing.queries.due import (
    TERMS,
    Scope,
    known_now,
    read_due,
    read_groupings,
    read_metered,
    read_originals,
)
from kanjo.domains.billing.queries.grouping import grouping_days
from kanjo.domains.billing.queries.issued_to import ISSUED_TO
from kanjo.domains.billing.queries.policies import agreed_roundings, anchor_for
from kanjo.domains.billing.queries.schedules import as_to_come, of_usage
from kanjo.domains.billing.queries.sharing import read_sharing
from kanjo.domains.billing.rules.compared import difference_per_line, due_apart
from kanjo.domains.billing.rules.guards import PlanMissing
from kanjo.domains.billing.rules.invoicing import BILL_TOS, addressed, drafted, grouped, rated, rounded_by
from kanjo.domains.billing.rules.owed import METERED, Known, should_be
from kanjo.domains.billing.rules.parting import parted
from kanjo.domains.billing.rules.plans import POLICY, anchored, as_plans
from kanjo.domains.billing.rules.soundness import refused
from kanjo.domains.billing.rules.splitting import shared
from kanjo.domains.billing.rules.stretches import AWAY, CHANGES
from kanjo.domains.billing.rules.usage_offered import offered_usage, usage_words
from kanjo.domains.catalog.queries import tax_rate_table
from kanjo.domains.customers.queries import tax_rounding_days, tax_roundings
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, OrderLineId, PolicyId
from kanjo.foundation.money import Money, Rounding
from kanjo.foundation.personal import Kind, Personal
from kanjo.foundation.terms import payment_terms
from kanjo.platform.companies.models import SellingCompany

if TYPE_CHECKING:
    from kanjo.foundation.actors import Actor

_SAID = ("currency", "account_id", "contract_id", "order_id", "po_number", "customer_id", "payer_id", "payment_terms")
_PRINTED = ("payer_name", "payer_address", "language")
_KINDS = {**TERMS, **ISSUED_TO}


def preview_changes(
    contract_id: ContractId, change: ContractChange, actor: Actor, *, added: Sequence[LineToBill] = ()
) -> ChangePreview:
    """Return what *change* and *added* lines would do to the schedule of a contract, as known now.

    What waits for acceptance is taken as accepted when it may be billed. Nothing is written. Refuses `PlanMissing`,
    and what the run would refuse to invoice.
    """
    company_id = Plan.objects.visible_to(actor).filter(contract_id=contract_id).values_list("company_id", flat=True)
    found = company_id.first()
    if found is None:
        raise PlanMissing(key=contract_id)
    scope = Scope(CompanyId(found), contract_id=contract_id)
    known_at = known_now()
    plans, before = read_due(scope, known_at, issued_to=True, if_accepted=True, posted=True)
    standing = before
    if change.withdraws:
        _, standing = read_due(scope, known_at, if_accepted=True, posted=True, withdrawn=change.withdraws)
    change = from_period_starts(plans, standing, change)
    after = with_change(standing, change, plans)
    if change.away and not after.metered.is_empty():
        after = replace(after, metered=read_metered(plans, known_at, (change.withdraws, None), away=change.away))
    added, joined = parted_lines(added, plans, after)
    joining, metered = _joining(CompanyId(found), plans, added)
    after = with_change(after, ContractChange(changes=joined), joining)
    everything = pl.concat([plans, joining])
    before = replace(before, metered=before.metered.select(*METERED))
    after = replace(after, metered=pl.concat([after.metered.select(*METERED), metered]))
    due, due_before = due_apart(everything, after, plans, before)
    totals = difference_per_line(everything, due, due_before)
    lines = {line.order_line_id: totals.get(line.order_line_id, 0) for line in added}
    credit = _credit(due)
    # What was to be given back before counts only where something is now, or something was taken back.
    if credit or change.withdraws:
        credit -= _credit(due_before)
    invoices = invoices_to_come(scope.company_id, everything, due, known_at)
    currency = plans["currency"][0]
    return ChangePreview(
        totals={**totals, **lines},
        credit=Money(credit, currency),
        charge=Money(int(due["net_minor"].sum()) - int(due_before["net_minor"].sum()) - credit, currency),
        invoices=tuple(invoices),
    )


def parted_lines(
    lines: Sequence[LineToBill], plans: pl.DataFrame, known: Known
) -> tuple[list[LineToBill], tuple[LineChange, ...]]:
    """Return *lines* as they are planned, and what those that are parted from one of *plans* cost from their day on."""
    found = [(line, None) if line.part_of is None else parted(line, plans, known) for line in lines]
    return [line for line, _ in found], tuple(change for _, change in found if change is not None)


def plan_ids(plans: pl.DataFrame) -> dict[OrderLineId, int]:
    """Return the plan of each order line, not those of its instalments."""
    lines = plans.filter(pl.col("part") == 0).select("order_line_id", "plan_id")
    return {OrderLineId(line): plan for line, plan in lines.iter_rows()}


def from_period_starts(plans: pl.DataFrame, known: Known, change: ContractChange) -> ContractChange:
    """Return the change with every move of the billing day from the first period on that is not billed yet.

    So only the gap to the new day is billed as a part of a period, and nothing that was billed is touched.
    """
    moves = {one.order_line_id for one in change.changes if one.anchor_on is not None}
    if not moves:
        return change
    named = plans.select("plan_id", "order_line_id", "billed_until")
    schedule = (
        should_be(plans.filter(pl.col("part") == 0), None, known)
        .join(named, on="plan_id")
        .filter(pl.col("order_line_id").is_in(moves))
    )
    whole = pl.col("service_start") == pl.col("whole_start")
    free = pl.col("service_start") >= pl.col("billed_until").fill_null(pl.col("service_start"))
    starts = schedule.filter(whole & free).sort("service_start").partition_by("order_line_id", as_dict=True)
    return replace(change, changes=tuple(_from_start(one, starts) for one in change.changes))


def _from_start(change: LineChange, starts: Mapping[tuple[object, ...], pl.DataFrame]) -> LineChange:
    rows = starts.get((change.order_line_id,))
    if change.anchor_on is None or rows is None:
        return change
    day = rows.filter(pl.col("service_start") >= change.effective_on)["service_start"].min()
    return replace(change, effective_on=day) if isinstance(day, date) else change


def with_change(known: Known, change: ContractChange, plans: pl.DataFrame) -> Known:
    """Return what is known with the facts of a change added; a line is away with its instalments.

    Refuses `PlanMissing` for a line nobody planned.
    """
    places = plan_ids(plans)
    for line in change.lines:
        if line not in places:
            raise PlanMissing(key=line)
    changes = [
        (places[one.order_line_id], one.effective_on, one.net_minor, one.quantity, one.anchor_on, int(one.parted))
        for one in change.changes
    ]
    days = [(one.order_line_id, one.start, one.until, one.for_good) for one in change.away]
    reached = plans.filter((pl.col("part") == 0) | (pl.col("charge") == PlanCharge.ONE_TIME))
    of_lines = pl.DataFrame(days, AWAY, orient="row").rename({"plan_id": "order_line_id"})
    away = of_lines.join(reached.select("order_line_id", "plan_id"), on="order_line_id")
    return replace(
        known,
        changes=pl.concat([known.changes, pl.DataFrame(changes, CHANGES, orient="row")]),
        away=pl.concat([known.away, away.select(*AWAY)]),
    )


def _joining(
    company_id: CompanyId, plans: pl.DataFrame, added: Sequence[LineToBill]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return lines that would join the contract as plans of it, and what their usage will cost whatever is used.

    They are under ids of their own above all others.
    """
    if not added:
        return plans.clear(), pl.DataFrame(schema=METERED)
    first = plans.sort("plan_id").row(0, named=True)
    anchor_on = anchor_for(
        PolicyId(first["policy"]),
        [line.service.start for line in added if line.service],
        company_id=company_id,
        payer_id=CustomerId(first["payer_id"]),
        contract_id=ContractId(first["contract_id"]),
    )
    last = plans.select(pl.max("plan_id")).item()
    new, metered = new_plans(anchored(added, anchor_on), first, from_id=last + 1)
    return new.select(plans.columns), metered


def new_plans(lines: Sequence[LineToBill], of: Mapping[str, Any], *, from_id: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return *lines* as plans, numbered *from_id* on, and what their usage will cost whatever is used (`METERED`).

    What their contract says of all of them is in *of*: policy and its choices, currency, parties and terms.
    """
    own = as_plans(lines).with_columns(**{name: pl.lit(of[name], dtype=kind) for name, kind in POLICY.items()})
    usage_plans, metered = offered_usage(lines, own)
    told = [(line, line.description) for line in lines]
    told += [(line, usage_words(line.description, line.usage.unit)) for line in lines if line.usage is not None]
    numbered = {"plan_id": pl.lit(from_id, dtype=pl.Int64) + pl.col("plan_id")}
    new = pl.concat([own, usage_plans]).with_columns(
        **numbered,
        part=(pl.col("charge") == PlanCharge.USAGE).cast(pl.Int64),
        order_line_id=pl.Series([line.order_line_id for line, _ in told], dtype=pl.Int64),
        description=pl.Series([words.said_in(of["language"]) for _, words in told], dtype=pl.String),
        tax_class=pl.Series([line.tax_class.value for line, _ in told], dtype=pl.String),
        **{name: pl.lit(of[name], dtype=_KINDS[name]) for name in ("policy", *_SAID, *_PRINTED)},
    )
    return new, metered.with_columns(**numbered)


def _credit(due: pl.DataFrame) -> int:
    """Return what of all that is due is given back, negative."""
    return int(due.filter(pl.col("credited_line_id").is_not_null())["net_minor"].sum())


def _as_of_their_days(company_id: CompanyId, charges: pl.DataFrame, known_at: datetime) -> pl.DataFrame:
    """Group and round charges as is chosen from the day each is billed on: each day's lines are groups of their own."""
    own = Rounding(SellingCompany.objects.values_list("tax_rounding", flat=True).get(pk=company_id))
    agreed = agreed_roundings()
    chosen_on = sorted({*grouping_days(company_id), *bill_to_days(company_id), *tax_rounding_days(company_id)})
    since = pl.sum_horizontal(pl.lit(0), *(pl.col("bill_on") >= day for day in chosen_on))
    parts = []
    for part in charges.with_columns(since=since).partition_by("since", maintain_order=True, include_key=False):
        on = max(part["bill_on"])
        in_groups = grouped(part, *read_groupings(Scope(company_id), on, known_at))
        to_whom = addressed(in_groups, read_bill_tos(company_id, part["payer_id"], on, known_at))
        parts.append(rounded_by(to_whom, tax_roundings(company_id, on), own, agreed))
    if not parts:
        in_groups = grouped(charges, *read_groupings(Scope(company_id), date.max, known_at))
        return rounded_by(addressed(in_groups, pl.DataFrame(schema=BILL_TOS)), {}, own)
    return pl.concat(parts, how="diagonal").with_columns(
        group=pl.struct("bill_on", "group").rank("dense").cast(pl.Int64)
    )


def invoices_to_come(
    company_id: CompanyId, plans: pl.DataFrame, due: pl.DataFrame, known_at: datetime
) -> Iterator[InvoiceToCome]:
    """Yield the invoices of each billing day in order, as a run of that day would draft them; refuses what it would."""
    said = plans.select("plan_id", "charge", "policy", "timing", "tax_class", "description", *_SAID, *_PRINTED)
    of_plans = due.join(said, on="plan_id")
    charges = shared(of_plans, read_sharing(company_id, of_plans, known_at), pl.col("bill_on"))
    originals = read_originals(charges)
    charges = rated(charges, tax_rate_table(), originals)
    for refusal in refused(charges).values():
        raise refusal
    by_day = _as_of_their_days(company_id, charges, known_at)
    first = min(charges["bill_on"], default=date.max)  # Due days are told for each invoice below.
    draft = drafted(by_day, issued_on=first, originals=originals)
    lines = draft.lines.sort("draft", "plan_id", "service_start")
    keys = dict(plans.select("plan_id", "order_line_id").iter_rows())
    to_come = iter(as_to_come(lines, keys, of_usage(plans)))
    for header in draft.invoices.iter_rows(named=True):
        of_invoice = tuple(islice(to_come, header["lines"]))
        day, favour = of_invoice[0].bill_on, header["total_minor"] < 0
        yield InvoiceToCome(
            issued_on=day,
            due_on=day if favour else payment_terms(header["payment_terms"]).due_on(day),
            charges=of_invoice,
            net=Money(header["net_minor"], header["currency"]),
            tax=Money(header["tax_minor"], header["currency"]),
            payer_id=CustomerId(header["payer_id"]),
            payer_name=header["payer_name"],
            department=header["department"],
            attention=Personal(header["attention"], Kind.ADDRESS, ("customers_customer", header["payer_id"])),
        )
