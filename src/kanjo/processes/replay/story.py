"""The order of the replay: deals, then billing day by day, bank files and revenue month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import transaction

from kanjo.connectors.bank.plain import write_statement
from kanjo.connectors.bank.statements import BankStatement
from kanjo.domains.opportunities.queries import list_won_elsewhere
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, OpportunityId, PersonId, RunId
from kanjo.foundation.periods import month_of
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.queries import get_actor, list_actors
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.operations import Failed, RunPlan, ShardResult, ShardTask
from kanjo.platform.worklist import operations as worklist
from kanjo.processes.bill import bill_day
from kanjo.processes.recognise import recognise_month
from kanjo.processes.replay.deal import Cast, replay_deal
from kanjo.processes.replay.paying import Payment, payments, statements
from kanjo.processes.take_bank_file import take_bank_file
from kanjo.reports.replaying import (
    days_to_bill,
    invoices_owed,
    months_to_recognise,
    references_received,
)

KIND = "replay"
OPPORTUNITY = "opportunities_opportunity"
Progress = Callable[[int, int, Text], None]

DEALS = Text(en="Deals: quote, approval, contract, order", ja="商談: 見積・承認・契約・注文")
BILLING = Text(en="Billing", ja="請求")
CASH = Text(en="Bank files and matching", ja="入金データと消込")
REVENUE = Text(en="Revenue", ja="収益認識")


@dataclass(frozen=True, slots=True)
class Told:
    """What the replay did this time: deals, invoices, receipts settled and months of revenue that were new.

    `refused` deals became work.
    """

    deals: int
    refused: int
    invoices: int
    receipts: int
    months: int


def cast_of(company_id: CompanyId) -> Cast:
    """Return who acts: the first person of each role that is assigned to the company."""

    def first(role: Role, *, but: Actor | None = None) -> Actor:
        return next(one for one in list_actors(company_id, role) if but is None or one.id != but.id)

    receivables = first(Role.RECEIVABLES)
    return Cast(
        approver=first(Role.CXO),
        deal_management=first(Role.DEAL_MANAGEMENT),
        receivables=receivables,
        run_approver=first(Role.REV_REC, but=receivables),
        rev_rec=first(Role.REV_REC),
    )


def replay(*, company_id: CompanyId, cast: Cast, at: datetime, report: Progress) -> Told:
    """Take every deal that another system counts as won from quote to cash and revenue; owns its transactions.

    A deal that is refused becomes work with its cause, and is tried again by the next replay. Killed anywhere it is
    called again and goes on; two at once share the deals; when all is done it does nothing.
    """
    deals, refused = _deals(company_id, cast, at, report)
    return Told(
        deals=deals,
        refused=refused,
        invoices=_invoices(company_id, cast, at, report),
        receipts=_receipts(company_id, cast, at, report),
        months=_revenue(company_id, cast, at, report),
    )


def is_replayed(company_id: CompanyId) -> bool:
    """Return whether the replay has nothing left to do: no deal, invoice, receipt or revenue of its own is missing."""
    return not (
        list_won_elsewhere(company_id)
        or days_to_bill(company_id)
        or months_to_recognise(company_id)
        or _payments_awaited(company_id)
    )


def _deals(company_id: CompanyId, cast: Cast, at: datetime, report: Progress) -> tuple[int, int]:
    """Do the deals as shards of one run per set of deals that wait; return how many were done and refused."""
    run_id = _run_of(company_id, cast, at)
    if run_id is None:
        return 0, 0
    waiting = {deal.id: deal for deal in list_won_elsewhere(company_id)}
    seller = cache(get_actor)
    counts: Counter[str] = Counter()

    def work(task: ShardTask) -> ShardResult:
        deal = waiting.get(OpportunityId(task.scope["opportunity_id"]))
        if deal is None:  # a person has won or lost it since the run was planned
            return ShardResult({})
        subject = (OPPORTUNITY, int(deal.id))
        try:
            with transaction.atomic():
                replay_deal(deal, seller=seller(PersonId(deal.owner_id)), cast=cast, at=at)
        except Refusal as refusal:
            counts["refused"] += 1
            return ShardResult({}, (Failed(subject, refusal),))
        worklist.close(kind=f"{KIND}.failed", subject=subject, by=cast.deal_management, at=at)
        counts["deals"] += 1
        return ShardResult({"deals": 1, "booked_minor": deal.expected_minor or 0})

    def tell(_: int) -> None:
        report(counts.total(), len(waiting), DEALS)

    runs.execute_run(run_id=run_id, work=work, by=cast.deal_management, at=at, progress=tell)
    return counts["deals"], counts["refused"]


def _run_of(company_id: CompanyId, cast: Cast, at: datetime) -> RunId | None:
    """Return the replay that is under way, or plan one of the deals that wait; None when there is nothing to do."""
    with transaction.atomic():
        runs.one_at_a_time(KIND, company_id)
        under_way = runs.find_approved(company_id, KIND)
        waiting = [] if under_way else list_won_elsewhere(company_id)
        if not waiting:
            return under_way
        plan = RunPlan(
            kind=KIND,
            key=f"{at.isoformat()}/{waiting[0].id}-{len(waiting)}",
            company_id=company_id,
            target_on=max(deal.expected_close_on or date.min for deal in waiting),
            known_at=at,
            shards=tuple({"opportunity_id": deal.id} for deal in waiting),
            preview={"deals": len(waiting), "booked_minor": sum(deal.expected_minor or 0 for deal in waiting)},
        )
        run_id = runs.preview_run(plan=plan, by=cast.receivables, at=at)
        runs.approve_run(run_id=run_id, by=cast.run_approver, at=at)
        return run_id


def _invoices(company_id: CompanyId, cast: Cast, at: datetime, report: Progress) -> int:
    days = days_to_bill(company_id)
    made = 0
    for number, day in enumerate(days, start=1):
        done = bill_day(
            company_id=company_id,
            on=day,
            because="月次請求",
            by=cast.receivables,
            approved_by=cast.run_approver,
            at=at,
        )
        made += int(done.get("invoices", 0))
        report(number, len(days), BILLING)
    return made


def _receipts(company_id: CompanyId, cast: Cast, at: datetime, report: Progress) -> int:
    """Let the customers pay what is not there yet: one bank file per month, taken in and matched on its last day."""
    files = _bank_files(company_id)
    settled = 0
    for number, (statement, content) in enumerate(files, start=1):
        with transaction.atomic():
            taken = take_bank_file(
                company_id=company_id,
                content=content,
                name=f"receipts-{statement.from_on:%Y-%m}.csv",
                on=statement.to_on,
                by=cast.receivables,
                at=at,
            )
        settled += taken.matched.settled
        report(number, len(files), CASH)
    return settled


def _bank_files(company_id: CompanyId) -> list[tuple[BankStatement, bytes]]:
    company = SellingCompany.objects.get(pk=company_id)
    paid = _payments_awaited(company_id)
    written = statements(paid, account=company.bank_account, holder=company.name_en, currency=company.currency)
    return [(statement, write_statement(statement)) for statement in written]


def _payments_awaited(company_id: CompanyId) -> list[Payment]:
    there = references_received(company_id)
    return [one for one in payments(invoices_owed(company_id)) if one.bank_reference not in there]


def _revenue(company_id: CompanyId, cast: Cast, at: datetime, report: Progress) -> int:
    months = months_to_recognise(company_id)
    done = 0
    for number, month in enumerate(months, start=1):
        done += recognise_month(
            company_id=company_id, month=month_of(month), by=cast.rev_rec, approved_by=cast.receivables, at=at
        )
        report(number, len(months), REVENUE)
    return done
