"""What recurs every month: contracts end, renewals appear, invoices go out, money comes in, the books are closed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kanjo.connectors.bank.zengin import write_notice
from kanjo.domains.billing.queries import list_invoices
from kanjo.domains.licenses.facts import HowConfirmed
from kanjo.domains.licenses.operations import RUNNING_OUT
from kanjo.domains.quotes import operations as quotes
from kanjo.domains.receivables import operations as receivables
from kanjo.domains.receivables.queries import OpenItemRow, ReceiptRow, list_open_items, list_receipts
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.periods import Period, add_months
from kanjo.platform.ledger import models as ledger
from kanjo.platform.ledger.operations import lock_period
from kanjo.platform.worklist.queries import list_queue
from kanjo.processes import bill
from kanjo.processes.end_contracts import end_contracts
from kanjo.processes.find_renewals import find_renewals
from kanjo.processes.history.days import Calendar
from kanjo.processes.history.paying import ODD_FEE, Arrival, arrivals, notice, payers
from kanjo.processes.history.script import Credit, Script
from kanjo.processes.history.stage import Scene, Stage
from kanjo.processes.recognise import recognise
from kanjo.processes.take_bank_file import take_bank_file
from kanjo.processes.watch_rights import confirm_end_of_use

ENDED, EXPIRED, RENEWALS = 0, 1, 2
CREDITED, BILLED, BANKED, BY_HAND, RECOGNISED, LOCKED, WATCHED = 10, 11, 12, 13, 14, 15, 16
ALL = 10_000
STOPPED_MONTHS = 5
"""Who stopped paying has paid nothing that fell due in so many months."""
FEE_BORNE = "振込手数料差引のため"
ASKED = "顧客に電話で確認"
SET_OFF = "返還請求書との相殺"
REMOVED = "利用終了届を受領"


def monthly_scenes(script: Script, calendar: Calendar) -> Iterator[Scene]:
    """Return the routine of every month up to today."""
    for month in calendar.months_played():
        yield from _in_month(month, calendar)
    for credit in script.credits:
        yield Scene(calendar.happened(credit.on), CREDITED, partial(give_back, credit))


def _in_month(month: Period, calendar: Calendar) -> Iterator[Scene]:
    planned = [
        (1, ENDED, end),
        (1, EXPIRED, expire),
        (1, RENEWALS, look_for_renewals),
        (16, RENEWALS, look_for_renewals),
        (3, BILLED, issue),
        (5, RECOGNISED, earn),
        (8, BY_HAND, allocate_by_hand),
        (10, LOCKED, lock),
        (12, WATCHED, confirm_ends),
    ]
    for day, rank, act in planned:
        on = month.start.replace(day=day)
        if month.contains(on) and (day < 3 or month.start > calendar.first):
            yield Scene(on, rank, act)
    if add_months(month.start, 1) == month.until:
        yield Scene(month.last_on, BILLED, issue)
    yield Scene(month.last_on, BANKED, partial(take_in, month))


def end(stage: Stage) -> None:
    """Note the contracts whose term ran out."""
    end_contracts(company_id=stage.company_id, on=stage.on, by=stage.the(Role.DEAL_MANAGEMENT), at=stage.at)
    stage.follow()


def expire(stage: Stage) -> None:
    """Close the quotes whose validity has passed."""
    quotes.expire_quotes(company_id=stage.company_id, on=stage.on, by=stage.the(Role.SALES_OPERATIONS), at=stage.at)


def look_for_renewals(stage: Stage) -> None:
    """Put contracts that come to their end before the renewal reps."""
    find_renewals(company_id=stage.company_id, on=stage.on, by=stage.the(Role.RENEWAL_REP), at=stage.at)


def issue(stage: Stage) -> None:
    """Issue what is due, previewed by Accounts Receivable and approved by Rev/Rec."""
    bill.bill_day(
        company_id=stage.company_id,
        on=stage.on,
        because="月次請求",
        by=stage.the(Role.RECEIVABLES),
        approved_by=stage.the(Role.REV_REC),
        at=stage.at,
    )


def take_in(days: Period, stage: Stage) -> None:
    """Take in the bank's notice of *days*, and match it."""
    clerk = stage.the(Role.RECEIVABLES)
    customers = {stage.founded.customers[one.key]: one for one in stage.script.customers}
    owed = [(customers[item.customer_id], item) for item in list_open_items(clerk, limit=ALL)]
    stopped_on = add_months(stage.calendar.today.replace(day=1), -STOPPED_MONTHS)
    arrived = [
        *arrivals([one for one in owed if one[1].open_minor > 0], days=days, stopped_on=stopped_on),
        *_strays(days, stage),
    ]
    if not arrived:
        return
    take_bank_file(
        company_id=stage.company_id,
        content=write_notice(notice(arrived, bank=stage.script.bank, days=days)),
        name=f"振込入金通知_{days.start:%Y%m}.txt",
        on=stage.on,
        by=clerk,
        at=stage.at,
    )


def _strays(days: Period, stage: Stage) -> Iterator[Arrival]:
    for one in stage.script.strays:
        on = stage.calendar.happened(one.on)
        if days.contains(on):
            yield Arrival(on, one.payer, one.amount, one.text, cancels=one.cancels)


def allocate_by_hand(stage: Stage) -> None:
    """Settle what no rule settled of the month before, where a customer paid: its oldest invoices first."""
    clerk = stage.the(Role.RECEIVABLES)
    known = payers(stage.script.customers)
    waiting = [
        one
        for one in reversed(list_receipts(clerk, unmatched=True, limit=ALL))
        if one.value_on < stage.on.replace(day=1)
    ]
    for receipt in waiting:
        if receipt.payer_name.whole in known:
            _allocate(receipt, known[receipt.payer_name.whole], stage)
    _send_back(waiting, stage)


def _allocate(receipt: ReceiptRow, customer: str, stage: Stage) -> None:
    clerk, left = stage.the(Role.RECEIVABLES), receipt.left_minor
    items = list_open_items(clerk, customer_id=stage.founded.customers[customer], limit=ALL)
    for item in items:
        amount = min(left, item.open_minor)
        if amount <= 0:
            continue
        receivables.allocate(
            receipt_id=receipt.id,
            item_id=item.id,
            amount_minor=amount,
            because=ASKED,
            on=stage.on,
            by=clerk,
            at=stage.at,
        )
        left -= amount
        if not left:
            _bear_fee(item, item.open_minor - amount, stage)


def _bear_fee(item: OpenItemRow, short: int, stage: Stage) -> None:
    if short == ODD_FEE:
        receivables.write_off_fee(
            item_id=item.id,
            amount_minor=short,
            because=FEE_BORNE,
            on=stage.on,
            by=stage.the(Role.RECEIVABLES),
            at=stage.at,
        )


def _send_back(waiting: list[ReceiptRow], stage: Stage) -> None:
    """Let transfers and what the bank took back of them cancel each other out."""
    for gone in (one for one in waiting if one.left_minor < 0):
        payer = gone.payer_name.whole
        came = next(one for one in waiting if one.left_minor == -gone.left_minor and one.payer_name.whole == payer)
        receivables.return_transfer(
            receipt_id=came.id, return_id=gone.id, on=stage.on, by=stage.the(Role.RECEIVABLES), at=stage.at
        )


def give_back(credit: Credit, stage: Stage) -> None:
    """Give back the last invoice of a deal; where told, set the two off against each other."""
    clerk = stage.the(Role.RECEIVABLES)
    deal = next(one for one in stage.script.deals if one.key == credit.deal)
    order_id = stage.order_id(deal)
    invoice = list_invoices(clerk, order_id=order_id)[0]
    credit_id = bill.credit_invoice(
        company_id=stage.company_id,
        invoice_id=invoice.id,
        on=stage.on,
        because=credit.because,
        by=clerk,
        at=stage.at,
    )
    if credit.set_off:
        receivables.set_off(
            credit_id=credit_id,
            item_id=invoice.id,
            amount_minor=invoice.total.minor,
            on=stage.on,
            because=SET_OFF,
            by=clerk,
            at=stage.at,
        )


def earn(stage: Stage) -> None:
    """Post the revenue of the month before."""
    recognise(
        company_id=stage.company_id,
        until=stage.on.replace(day=1),
        by=stage.the(Role.REV_REC),
        approved_by=stage.the(Role.RECEIVABLES),
        at=stage.at,
    )


def confirm_ends(stage: Stage) -> None:
    """Confirm, as License Management, the end of use of what ran out before this month."""
    clerk = stage.the(Role.LICENSE_MANAGEMENT)
    for item in list_queue(clerk, limit=ALL):
        if item.kind == RUNNING_OUT and item.due_on and item.due_on < stage.on.replace(day=1):
            confirm_end_of_use(
                contract_id=ContractId(item.subject_id),
                on=stage.on,
                how=HowConfirmed.STATEMENT,
                note=REMOVED,
                by=clerk,
                at=stage.at,
            )


def lock(stage: Stage) -> None:
    """Close the books before this month, as the CFO."""
    months = ledger.Period.objects.filter(company_id=stage.company_id, until__lte=stage.on.replace(day=1))
    for key in months.filter(state=ledger.Period.State.OPEN).order_by("start").values_list("pk", flat=True):
        lock_period(period_id=key, by=stage.the(Role.CFO), at=stage.at)
