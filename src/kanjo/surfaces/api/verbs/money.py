"""Acts on invoices, receivables and runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kanjo.domains.billing.facts import MOST_LINK_DAYS, USUAL_LINK_DAYS, Channel
from kanjo.domains.billing.operations import withdraw_link
from kanjo.domains.billing.operations.run import KIND as BILLING
from kanjo.domains.billing.queries import get_invoice
from kanjo.domains.orders.queries import get_order
from kanjo.domains.receivables.operations import (
    allocate,
    match_receipts,
    note_fee,
    return_transfer,
    reverse_allocation,
    set_off,
    write_off_fee,
)
from kanjo.domains.receivables.queries import get_allocation
from kanjo.domains.revenue.operations import preview_recognition, reverse_recognition
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.ids import InvoiceId, OrderId, ReceiptId, RunId
from kanjo.foundation.money import currency
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.rhythms import Rhythm, Timetable
from kanjo.foundation.texts import Text
from kanjo.platform.ledger.operations import lock_period, open_periods
from kanjo.platform.ledger.queries import next_year
from kanjo.platform.runs.operations import approve_run, set_limit, withdraw_run
from kanjo.platform.runs.queries import get_run, state_of
from kanjo.platform.runs.schedules import pause_schedule, set_schedule
from kanjo.processes.bill import credit_invoice, issue_invoice, preview, preview_reversal
from kanjo.processes.execute_run import start
from kanjo.processes.paper_of_invoice import send_invoice
from kanjo.processes.send_run import send_run
from kanjo.processes.take_bank_file import take_bank_file
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import (
    Because,
    BecauseOn,
    Blank,
    BlankProse,
    Clock,
    Code,
    Content,
    Day,
    Given,
    InvoiceKey,
    Nothing,
    On,
    Owed,
    Prose,
    ReceiptKey,
    SendingKey,
    Words,
    one_of,
)


class NothingEarned(Refusal):
    """There is nothing to post for the days asked for."""

    rule = "revenue.nothing-to-post"
    kind = RefusalKind.CONFLICT
    says = Text(en="Nothing earned before {day} waits to be posted.", ja="{day} より前の未計上の収益はありません。")
    remedy = Text(
        en="Give a later day, or note the deliveries first.", ja="後の日付を指定するか、先に検収を登録してください。"
    )


class NotTheNextYear(Refusal):
    """A year of the books that is not the one after the last."""

    rule = "ledger.not-next-year"
    kind = RefusalKind.CONFLICT
    says = Text(en="The next year of the books begins on {day}.", ja="次の会計年度は {day} に始まります。")
    remedy = Text(en="Open that one first.", ja="先にその年度を開始してください。")


class File(Given):
    """A bank file: its name, its bytes in base64, and the day it came."""

    name: Words
    content: Content
    on: Day


class Until(Given):
    """The first day that is not looked at any more."""

    until: Day


class Year(Given):
    """The first day of the year to open, so that a repeated wish does not open the year after."""

    first_on: Day


class Allocated(Given):
    """So much of a receipt for so much of a receivable."""

    item_id: InvoiceKey
    amount_minor: Owed
    on: Day
    because: BlankProse = ""


class Fee(Given):
    """A bank fee that the payer deducted, and why it is borne."""

    amount_minor: Owed
    on: Day
    because: Prose


class KnownFee(Given):
    """A bank fee that payers are known to deduct."""

    currency: Code
    amount_minor: Owed


class SentBy(Given):
    """The day on which an invoice is sent, by what way, and to whom: for mail, its one address.

    Without a channel it goes by the way, and to whom, that is chosen for its payer.
    With *corrected* the corrected invoice is sent in its place. By download, its one address is mailed a link that is
    good for *link_days*.
    """

    on: Day
    channel: one_of(Channel) | None = None  # type: ignore[valid-type]  # made from the enumeration
    recipient: Blank = ""
    corrected: bool = False
    link_days: Annotated[int, Field(ge=1, le=MOST_LINK_DAYS, strict=True)] = USUAL_LINK_DAYS


class LinkWithdrawn(Given):
    """The sending whose link is withdrawn, and why."""

    sending_id: SendingKey
    because: Prose


class RunLimit(Given):
    """The total from which on billing runs are approved by the CFO, from a day on."""

    currency: Code
    amount_minor: Owed
    on: Day


class Scheduled(Given):
    """On which days of the week (1 is Monday) or of the month (31 is its last day) the house bills, and when."""

    rhythm: one_of(Rhythm)  # type: ignore[valid-type]  # made from the enumeration
    days: list[Annotated[int, Field(ge=1, le=31, strict=True)]] = Field(default=[], max_length=31)
    at_time: Clock
    on: Day
    because: Prose


class SetOff(Given):
    """So much of a credit note against a receivable, and why."""

    credit_id: InvoiceKey
    amount_minor: Owed
    on: Day
    because: Prose


class Returned(Given):
    """The movement by which the bank took a transfer back (組戻し)."""

    return_id: ReceiptKey
    on: Day


def _issue(caller: Caller, key: int, given: BecauseOn) -> Made:
    row = get_order(caller.actor, OrderId(key))
    made = issue_invoice(
        company_id=row.company_id, order_id=row.id, **given.model_dump(), by=caller.actor, at=caller.now
    )
    return Made("invoices", made[0] if len(made) == 1 else None)


def _send(caller: Caller, key: int, given: SentBy) -> Made:
    send_invoice(
        invoice_id=InvoiceId(key),
        on=given.on,
        channel=Channel(given.channel) if given.channel else None,
        recipient=given.recipient,
        corrected=given.corrected,
        link_days=given.link_days,
        by=caller.actor,
        at=caller.now,
    )
    return Made("invoices", key)


def _withdraw_link(caller: Caller, key: int, given: LinkWithdrawn) -> Made:
    withdraw_link(invoice_id=InvoiceId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("invoices", key)


def _credit(caller: Caller, key: int, given: BecauseOn) -> Made:
    row = get_invoice(InvoiceId(key), caller.actor).row
    note = credit_invoice(
        company_id=row.company_id, invoice_id=row.id, **given.model_dump(), by=caller.actor, at=caller.now
    )
    return Made("invoices", note)


def _preview_billing(caller: Caller, key: int, given: BecauseOn) -> Made:
    company_id = caller.company(key).id
    return Made("runs", preview(company_id=company_id, **given.model_dump(), by=caller.actor, at=caller.now))


def _preview_revenue(caller: Caller, key: int, given: Until) -> Made:
    run_id = preview_recognition(company_id=caller.company(key).id, until=given.until, by=caller.actor, at=caller.now)
    if run_id is None:
        raise NothingEarned(at="until", day=given.until)
    return Made("runs", run_id)


def _approve(caller: Caller, key: int, _given: Nothing) -> Made:
    approve_run(run_id=RunId(key), by=caller.actor, at=caller.now)
    return Made("runs", key)


def _execute(caller: Caller, key: int, _given: Nothing) -> Made:
    start(run_id=RunId(key), by=caller.actor, at=caller.now)
    return Made("runs", key, state=state_of(RunId(key), by=caller.actor))


def _send_run(caller: Caller, key: int, given: On) -> Made:
    sending = send_run(run_id=RunId(key), on=given.on, by=caller.actor, at=caller.now)
    return Made("runs", sending, state=state_of(sending, by=caller.actor))


def _withdraw(caller: Caller, key: int, given: Because) -> Made:
    withdraw_run(run_id=RunId(key), because=given.because, by=caller.actor, at=caller.now)
    return Made("runs", key)


def _reverse_billing(caller: Caller, key: int, given: BecauseOn) -> Made:
    row = get_run(caller.actor, RunId(key))
    return Made("runs", preview_reversal(run_id=row.id, **given.model_dump(), by=caller.actor, at=caller.now))


def _reverse_revenue(caller: Caller, key: int, given: Because) -> Made:
    reverse_recognition(run_id=RunId(key), because=given.because, by=caller.actor, at=caller.now)
    return Made("runs", key)


def _take_file(caller: Caller, key: int, given: File) -> Made:
    taken = take_bank_file(
        company_id=caller.company(key).id,
        content=given.content,
        name=given.name,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("bank-files", taken.bank_file_id)


def _match(caller: Caller, key: int, given: On) -> Made:
    match_receipts(company_id=caller.company(key).id, on=given.on, by=caller.actor, at=caller.now)
    return Made("receipts")


def _allocate(caller: Caller, key: int, given: Allocated) -> Made:
    allocate(receipt_id=ReceiptId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("receipts", key)


def _return(caller: Caller, key: int, given: Returned) -> Made:
    return_transfer(receipt_id=ReceiptId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("receipts", key)


def _take_back(caller: Caller, key: int, given: BecauseOn) -> Made:
    row = get_allocation(caller.actor, key)
    reverse_allocation(allocation_id=row.id, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("receipts", row.receipt_id) if row.receipt_id else Made("open-items", row.item_id)


def _bear_fee(caller: Caller, key: int, given: Fee) -> Made:
    write_off_fee(item_id=InvoiceId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("open-items", key)


def _set_off(caller: Caller, key: int, given: SetOff) -> Made:
    set_off(item_id=InvoiceId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("open-items", key)


def _note_fee(caller: Caller, key: int, given: KnownFee) -> Made:
    code = currency(given.currency, at="currency").code
    company_id = caller.company(key).id
    note_fee(company_id=company_id, currency=code, amount_minor=given.amount_minor, by=caller.actor, at=caller.now)
    return Made("companies", key)


def _set_limit(caller: Caller, key: int, given: RunLimit) -> Made:
    company_id = caller.company(key).id
    set_limit(company_id=company_id, kind=BILLING, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("companies", key)


def _schedule(caller: Caller, key: int, given: Scheduled) -> Made:
    set_schedule(
        company_id=caller.company(key).id,
        kind=BILLING,
        given=Timetable(Rhythm(given.rhythm), tuple(given.days), given.at_time),
        on=given.on,
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("companies", key)


def _pause(caller: Caller, key: int, given: BecauseOn) -> Made:
    company_id = caller.company(key).id
    pause_schedule(company_id=company_id, kind=BILLING, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("companies", key)


def _open_year(caller: Caller, key: int, given: Year) -> Made:
    company = caller.company(key)
    calendar = FiscalCalendar(first_month=company.fiscal_first_month)
    year = next_year(company.id, calendar, company.today(caller.now))
    if given.first_on != year.start:
        raise NotTheNextYear(at="first_on", day=year.start)
    months = [(month.start, month.until) for month in calendar.months_in(year)]
    open_periods(company_id=company.id, months=months, by=caller.actor, at=caller.now)
    return Made("periods")


def _lock(caller: Caller, key: int, _given: Nothing) -> Made:
    lock_period(period_id=key, by=caller.actor, at=caller.now)
    return Made("periods", key)


ACTS = (
    Act(
        path="orders/{int:key}/invoices",
        verbs=("billing.issue-invoice", "receivables.open-items"),
        title=Text(en="Issue what is due of an order", ja="注文の請求書を発行"),
        takes=BecauseOn,
        do=_issue,
        of="orders",
    ),
    Act(
        path="invoices/{int:key}/send",
        verbs=("billing.send-invoice",),
        title=Text(en="Send an invoice", ja="請求書を送付"),
        takes=SentBy,
        do=_send,
        of="invoices",
    ),
    Act(
        path="invoices/{int:key}/withdraw-link",
        verbs=("billing.withdraw-link",),
        title=Text(en="Withdraw a download link", ja="ダウンロードリンクを取消"),
        takes=LinkWithdrawn,
        do=_withdraw_link,
        of="invoices",
    ),
    Act(
        path="invoices/{int:key}/credit",
        verbs=("billing.credit-invoice",),
        title=Text(en="Give an invoice back", ja="適格返還請求書を発行"),
        takes=BecauseOn,
        do=_credit,
        of="invoices",
    ),
    Act(
        path="companies/{int:key}/billing-runs",
        verbs=("billing.preview", "runs.preview"),
        title=Text(en="Preview a billing run", ja="請求処理を試算"),
        takes=BecauseOn,
        do=_preview_billing,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/revenue-runs",
        verbs=("revenue.preview-recognition",),
        title=Text(en="Preview a revenue run", ja="収益認識処理を試算"),
        takes=Until,
        do=_preview_revenue,
        of="companies",
    ),
    Act(
        path="runs/{int:key}/approve",
        verbs=("runs.approve",),
        title=Text(en="Approve a run", ja="実行を承認"),
        takes=Nothing,
        do=_approve,
        of="runs",
    ),
    Act(
        path="runs/{int:key}/execute",
        verbs=("runs.start",),
        title=Text(en="Execute a run", ja="処理を実行"),
        takes=Nothing,
        do=_execute,
        later=True,
        of="runs",
    ),
    Act(
        path="runs/{int:key}/send",
        verbs=("billing.send-run", "runs.start"),
        title=Text(en="Send all that a run issued", ja="請求書を一括送付"),
        takes=On,
        do=_send_run,
        later=True,
        of="runs",
    ),
    Act(
        path="runs/{int:key}/withdraw",
        verbs=("runs.withdraw",),
        title=Text(en="Withdraw a run", ja="実行を取下げ"),
        takes=Because,
        do=_withdraw,
        of="runs",
    ),
    Act(
        path="runs/{int:key}/preview-reversal",
        verbs=("billing.preview-reversal",),
        title=Text(en="Preview the reversal of a billing run", ja="請求処理の取消を試算"),
        takes=BecauseOn,
        do=_reverse_billing,
        of="runs",
    ),
    Act(
        path="runs/{int:key}/reverse-recognition",
        verbs=("revenue.reverse-recognition",),
        title=Text(en="Reverse a revenue run", ja="収益認識処理を取消"),
        takes=Because,
        do=_reverse_revenue,
        of="runs",
    ),
    Act(
        path="companies/{int:key}/bank-files",
        verbs=("receivables.import-bank-file", "receivables.match-receipts"),
        title=Text(en="Take in a bank file and match it", ja="入金データを取り込み、消込"),
        takes=File,
        do=_take_file,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/match-receipts",
        verbs=("receivables.match-receipts",),
        title=Text(en="Match receipts by rule", ja="入金を自動消込"),
        takes=On,
        do=_match,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/known-fees",
        verbs=("receivables.note-fee",),
        title=Text(en="Tell a bank fee that payers deduct", ja="振込手数料を登録"),
        takes=KnownFee,
        do=_note_fee,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/run-limit",
        verbs=("runs.set-limit",),
        title=Text(en="Let the CFO approve billing runs above an amount", ja="請求処理の承認上限を設定"),
        takes=RunLimit,
        do=_set_limit,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/set-billing-schedule",
        verbs=("runs.set-schedule",),
        title=Text(en="Set on which days the house bills", ja="自動請求の予定を設定"),
        takes=Scheduled,
        do=_schedule,
        of="companies",
    ),
    Act(
        path="companies/{int:key}/pause-billing-schedule",
        verbs=("runs.pause-schedule",),
        title=Text(en="Pause the billing by schedule", ja="自動請求の予定を一時停止"),
        takes=BecauseOn,
        do=_pause,
        of="companies",
    ),
    Act(
        path="receipts/{int:key}/allocate",
        verbs=("receivables.allocate",),
        title=Text(en="Allocate a receipt by hand", ja="入金を手動で消込"),
        takes=Allocated,
        do=_allocate,
        of="receipts",
    ),
    Act(
        path="receipts/{int:key}/return",
        verbs=("receivables.return-transfer",),
        title=Text(en="Note that a transfer was returned", ja="組戻しを登録"),
        takes=Returned,
        do=_return,
        of="receipts",
    ),
    Act(
        path="allocations/{int:key}/take-back",
        verbs=("receivables.reverse-allocation",),
        title=Text(en="Take an allocation back", ja="消込を取消"),
        takes=BecauseOn,
        do=_take_back,
    ),
    Act(
        path="open-items/{int:key}/bear-fee",
        verbs=("receivables.write-off-fee",),
        title=Text(en="Absorb a bank fee", ja="振込手数料を負担"),
        takes=Fee,
        do=_bear_fee,
        of="open-items",
    ),
    Act(
        path="open-items/{int:key}/set-off",
        verbs=("receivables.set-off",),
        title=Text(en="Set a credit note off", ja="相殺を登録"),
        takes=SetOff,
        do=_set_off,
        of="open-items",
    ),
    Act(
        path="companies/{int:key}/periods",
        verbs=("ledger.open-periods",),
        title=Text(en="Open the next year of the books", ja="次年度の会計期間を開始"),
        takes=Year,
        do=_open_year,
        of="companies",
    ),
    Act(
        path="periods/{int:key}/lock",
        verbs=("ledger.lock-period",),
        title=Text(en="Lock a period", ja="会計期間を締め"),
        takes=Nothing,
        do=_lock,
        of="periods",
    ),
)
