"""Runs: previewed, approved by a second person, executed, with what failed and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from kanjo.domains.billing.operations.reverse import KIND as REVERSAL
from kanjo.domains.billing.operations.run import KIND as BILLING
from kanjo.domains.billing.queries import SENDING, SentOfRun, run_sent_by, sent_of_run
from kanjo.domains.revenue.operations import reverse_recognition
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import RunId
from kanjo.foundation.money import CURRENCIES, Money
from kanjo.foundation.texts import Text
from kanjo.platform.runs.operations import approve_run, set_limit, withdraw_run
from kanjo.platform.runs.queries import FailureRow, RunRow, count_runs, get_run, how_far, list_failures, list_runs
from kanjo.platform.runs.schedules import ScheduleRow, schedule_of
from kanjo.platform.runs.states import RunState
from kanjo.processes.bill import preview_reversal
from kanjo.processes.execute_run import start
from kanjo.processes.send_run import send_run
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.chosen import Each
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import BOOKS, doing, door
from kanjo.surfaces.web.fields import clock_shown, day, money, prose
from kanjo.surfaces.web.forms import Deed, Given, perform
from kanjo.surfaces.web.lists import Filter, ListPage
from kanjo.surfaces.web.runs.progress import Progress, begin, drawn, seen
from kanjo.surfaces.web.runs.schedule import TITLE as SCHEDULE
from kanjo.surfaces.web.shown import Link, said
from kanjo.surfaces.web.subjects import source_of
from kanjo.surfaces.web.words import RUN_NAMES

TITLE = Text(en="Runs", ja="一括処理")
RUN = Text(en="Run", ja="一括処理")
KIND = Text(en="Kind", ja="種類")
TARGET = Text(en="For", ja="対象日")
APPROVE = Text(en="Approve", ja="承認")
EXECUTE = Text(en="Execute", ja="実行")
WITHDRAW = Text(en="Withdraw", ja="取下げ")
REVERSE = Text(en="Reverse", ja="取消処理を試算")
TAKE_BACK = Text(en="Take the revenue back", ja="収益認識を取消")
SEND = Text(en="Send its invoices", ja="請求書を一括送付")
SENT = Text(en="Sent", ja="送付済み")
OF_ALL = Text(en="{sent} of {all} invoices", ja="{all}件中{sent}件")
INVOICES_OF = Text(en="Invoices of", ja="対象の処理")
BY_SCHEDULE = Text(en="By schedule", ja="自動請求")
SCHEDULED = Text(
    en="{days}, {at}; from {day} on, set by {name}: {because}",
    ja="{days} {at}（適用開始日: {day}、設定者: {name}、理由: {because}）",
)
SENDINGS = Text(en="Sendings", ja="一括送付の履歴")
NOT_SENT = Text(en="Nothing was sent from here yet.", ja="この処理からの一括送付はまだありません。")
ALL_SENT = Text(en="Nothing is left to send.", ja="未送付の請求書はありません。")
SENDING_STARTED = Text(
    en="The sending was started: the page tells how far it is.", ja="送付を開始しました。進捗はこの画面に表示されます。"
)
SEND_SAYS = Text(
    en="Invoices of this run not sent yet: {count}. Each goes by the way that is chosen for its payer; those by"
    " hand are noted as sent. One whose payer has no way chosen is not sent and becomes work of the receivables. What"
    " was sent is undone only by a credit note.",
    ja="この処理の未送付の請求書 {count}件を、請求先ごとに設定した方法で送付します（手渡し・郵送は送付の記録のみ）。"
    "送付方法が未設定のものは送付せず、売掛担当の対応待ちになります。送付後の取り消しは適格返還請求書によります。",
)
LIMIT = Text(en="Set the limit of billing runs", ja="請求処理の承認上限を設定")
LIMIT_SAYS = Text(
    en="A billing run whose total with tax is above the amount is approved by the CFO only. The limit holds for runs"
    " for that day or later; runs that are previewed already keep theirs.",
    ja="税込合計が上限を超える請求処理は、CFOだけが承認できます。対象日が適用開始日以降の処理から有効です。"
    "試算済みの処理には影響しません。",
)
HELD = Text(en="The run is: {state}.", ja="現在の状態: {state}")
PROGRESS = Text(en="{done} of {all} parts", ja="{all}区分中{done}区分")
WORKING = Text(en="Under way", ja="実行中")
STARTED = Text(en="Started: the page tells how far it is.", ja="実行を開始しました。進捗はこの画面に表示されます。")
STOPPED = Text(en="Why it stopped", ja="中断の理由")
FAILED = Text(en="What failed", ja="失敗した対象")
NONE_FAILED = Text(en="Nothing failed.", ja="失敗はありません。")
_FIGURES = {
    "acts": Text(en="Acts", ja="操作件数"),
    "invoices": Text(en="Invoices", ja="請求書件数"),
    "sent": Text(en="Sent", ja="送付件数"),
    "lines": Text(en="Lines", ja="明細件数"),
    "failed": Text(en="Failed", ja="失敗件数"),
    "slices": Text(en="Postings of revenue", ja="収益計上件数"),
    "net": labels.TOTAL_BEFORE_TAX,
    "tax": labels.TAX,
    "total": labels.TOTAL,
    "amount_minor": labels.AMOUNT,
}


def kind_of(row: RunRow) -> object:
    """Return what a run does, in words."""
    return RUN_NAMES.get(row.kind, row.kind)


def _progress(row: RunRow) -> Text:
    return PROGRESS.filled(done=row.shards_done, all=row.shards)


RUNS = ListPage[RunRow](
    title=TITLE,
    door=BOOKS,
    filters=(
        Filter("kind", KIND, tuple(RUN_NAMES), lambda kind: RUN_NAMES[kind]),
        Filter("state", labels.STATE, tuple(RunState)),
    ),
    columns=(
        Column(RUN, lambda row: Link(kind_of(row), "run", row.id), order="kind"),
        Column(labels.NUMBER, lambda row: row.key),
        Column(TARGET, lambda row: row.target_on),
        Column(Text(en="Previewed by", ja="試算者"), lambda row: row.made_by),
        Column(Text(en="Approved by", ja="承認者"), lambda row: row.approved_by),
        Column(Text(en="Done", ja="進捗"), _progress),
        Column(labels.STATE, lambda row: row.state, order="state"),
        Column(labels.RECORDED, lambda row: row.recorded_at, order="recorded"),
    ),
    rows=lambda asked: list_runs(
        asked.desk.actor,
        kind=asked.choices["kind"],
        state=asked.choices["state"],
        among=asked.among,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_runs(asked.desk.actor, kind=asked.choices["kind"], state=asked.choices["state"]),
    acts=lambda _desk: (
        Act(SCHEDULE, Link("", "billing-schedule"), "runs.pause-schedule"),
        Act(LIMIT, Link("", "set-run-limit"), "runs.set-limit"),
    ),
    key=lambda row: row.id,
    each=(
        Each(
            name="approve",
            label=APPROVE,
            verb="runs.approve",
            says=Text(
                en="Each is approved by another person than who previewed it.", ja="試算者以外の担当者が承認します。"
            ),
            do=lambda desk, row, _given: approve_run(run_id=row.id, by=desk.actor, at=desk.now),
        ),
    ),
)

_FAILURES: tuple[Column[FailureRow], ...] = (
    Column(labels.TITLE, lambda row: source_of(row.subject, row.subject_id)),
    Column(labels.REASON, lambda row: row.sentence),
    Column(Text(en="Rule", ja="規則"), lambda row: row.rule),
)


_SENDINGS: tuple[Column[RunRow], ...] = (
    Column(labels.NUMBER, lambda row: Link(row.key, "run", row.id)),
    Column(labels.ON, lambda row: row.target_on),
    Column(Text(en="Sent by", ja="送付者"), lambda row: row.started_by),
    Column(Text(en="Done", ja="進捗"), _progress),
    Column(SENT, lambda row: row.report.get("sent"), number=True),
    Column(Text(en="Failed", ja="失敗件数"), lambda row: row.report.get("failed"), number=True),
    Column(labels.STATE, lambda row: WORKING if row.working else row.state),
)
ISSUING = frozenset({BILLING, REVERSAL})
_ISSUED = frozenset({RunState.EXECUTED, RunState.REVERSED})


@door(BOOKS)
def run(request: DeskRequest, key: int) -> HttpResponse:
    """Show a run: preview, report, progress, failures."""
    actor = request.desk.actor
    row = get_run(actor, RunId(key))
    seen(request, key, ended=row.state is RunState.EXECUTED)
    sections = [
        Section(Text(en="Preview", ja="試算結果"), _figures(_made(row))),
        Section(Text(en="Report", ja="実行結果"), _figures(row.report)),
        Section(FAILED, Table.of(_FAILURES, list_failures(actor, row.id)), empty=NONE_FAILED),
    ]
    compared = [Section(said, _figures(row.preview[name])) for name, said in _COMPARED.items() if row.preview.get(name)]
    sections[1:1] = compared
    sent = sent_of_run(row.id, actor) if row.kind in ISSUING and row.state in _ISSUED else None
    sendings = list_runs(actor, among=sent.sendings) if sent and sent.sendings else ()
    if sent:
        sections.append(Section(SENDINGS, Table.of(_SENDINGS, sendings), empty=NOT_SENT))
    drawn_of = next((one for one in sendings if one.working), row)
    detail = Detail(
        kind=RUN,
        title=f"{said(kind_of(row))} {row.key}",
        state=row.state,
        back=Link(TITLE, "runs"),
        facts=(
            (TARGET, row.target_on),
            (Text(en="On what was known at", ja="計算の基準時点"), row.known_at),
            (Text(en="Previewed by", ja="試算者"), row.made_by),
            (Text(en="Approved by", ja="承認者"), row.approved_by),
            (Text(en="Executed by", ja="実行者"), row.started_by),
            (Text(en="Done", ja="進捗"), _progress(row)),
            *([(STOPPED, row.stopped)] if row.stopped else []),
            (Text(en="Could not be included", ja="対象外となった契約・請求先"), row.preview.get("refused")),
            *([(Text(en="Approved by the CFO above", ja="CFO承認が必要な上限"), _limit(row))] if _limit(row) else []),
            (labels.REASON, row.because),
            (BY_SCHEDULE, _scheduled(schedule_of(actor, row.id))),
            *([(SENT, OF_ALL.filled(sent=f"{sent.sent:,}", all=f"{sent.issued:,}"))] if sent else []),
            *([(INVOICES_OF, _sent_by(row, actor))] if row.kind == SENDING else []),
        ),
        sections=sections,
        acts=_acts(row, sent),
        progress=_progress_of(drawn_of, request.desk),
        trail=(("runs_run", key),),
    )
    return show(request, detail)


def _scheduled(by: ScheduleRow | None) -> Link | None:
    """Return the schedule that made a run, in words that lead to it."""
    if by is None:
        return None
    days, hour = by.timetable.shown, clock_shown(by.at_time)
    said = SCHEDULED.filled(days=days, at=hour, name=by.set_by, day=by.effective_on, because=by.because)
    return Link(said, "billing-schedule")


def _sent_by(row: RunRow, actor: Actor) -> Link:
    issuing = get_run(actor, run_sent_by(row.id, actor))
    return Link(issuing.key, "run", issuing.id)


def _progress_of(row: RunRow, desk: Desk) -> Progress | None:
    """Return how far a run is, once it was started."""
    return drawn(how_far(desk.actor, row.id), desk.now) if row.shards_done or row.started_at else None


_COMPARED = {
    "held": Text(en="On hold", ja="保留中"),
    "forecast": Text(en="By what was known at the last run", ja="前回実行時点の予測"),
    "preview_before": Text(en="The preview before", ja="前回の試算結果"),
    "before": Text(en="The run before", ja="前回の実行結果"),
}
"""What the preview is compared with, in the order of the page."""


def _limit(row: RunRow) -> Money | None:
    above = row.preview.get("above")
    return Money(above["limit"], above["currency"]) if above else None


def _made(row: RunRow) -> Mapping[str, Any]:
    """Return what the preview of a run found: how many, and how much."""
    made: Mapping[str, Any] = row.preview.get("made") or row.preview
    return made


def _acts(row: RunRow, sent: SentOfRun | None) -> list[Act]:
    def act(label: Text, name: str, verb: str, *states: RunState) -> Act:
        held = None if row.state in states else HELD.filled(state=WORKING if row.working else row.state.shown)
        return Act(label, Link("", name, row.id), verb, held, main=held is None and label in {APPROVE, EXECUTE})

    acts = [
        act(WITHDRAW, "withdraw-run", "runs.withdraw", RunState.PREVIEWED, RunState.APPROVED),
        act(APPROVE, "approve-run", "runs.approve", RunState.PREVIEWED),
        act(EXECUTE, "execute-run", "runs.start", *(() if row.working else (RunState.APPROVED,))),
    ]
    if row.kind == "billing":
        acts.insert(0, act(REVERSE, "reverse-run", "billing.preview-reversal", RunState.EXECUTED))
    if sent:
        held = None if sent.unsent else ALL_SENT
        acts.append(Act(SEND, Link("", "send-run", row.id), "billing.send-run", held, main=held is None))
    if row.kind == "revenue":
        acts.insert(0, act(TAKE_BACK, "reverse-recognition", "revenue.reverse-recognition", RunState.EXECUTED))
    return acts


def _figures(made: Mapping[str, Any]) -> Table:
    """Return counts and totals with their names; totals by currency carry it in their name."""
    columns: tuple[Column[tuple[str, Any]], ...] = (
        Column(labels.TITLE, lambda pair: _named(pair[0])[0]),
        amount(labels.TOTAL, lambda pair: _amount(*pair)),
    )
    return Table.of(columns, [pair for pair in made.items() if isinstance(pair[1], int)])


def _named(name: str) -> tuple[object, str]:
    bare, _, currency = name.replace(" ", "_").rpartition("_")
    if currency in CURRENCIES and bare in _FIGURES:
        return _FIGURES[bare], currency
    return _FIGURES.get(name, name), ""


def _amount(name: str, number: int) -> Money | int:
    currency = _named(name)[1]
    return Money(number, currency) if currency else number


@door(doing("runs.approve"))
def approve(request: DeskRequest, key: int) -> HttpResponse:
    """Let a previewed run be executed: another person than who previewed it."""
    desk = request.desk
    row = get_run(desk.actor, RunId(key))

    def do(_given: Given) -> Link:
        approve_run(run_id=row.id, by=desk.actor, at=desk.now)
        return Link("", "run", key)

    says = Text(
        en="Previewed by {name}. Another person approves it.", ja="試算者: {name}。試算者以外の担当者が承認します。"
    ).filled(name=row.made_by)
    return perform(
        request, Deed(of=("runs_run", key), title=APPROVE, back=_back(row), button=APPROVE, do=do, says=says)
    )


@door(doing("runs.start"))
def execute(request: DeskRequest, key: int) -> HttpResponse:
    """Let the worker execute an approved run; started twice or cut off, it goes on where it was."""
    desk = request.desk
    row = get_run(desk.actor, RunId(key))

    def do(_given: Given) -> Link:
        start(run_id=row.id, by=desk.actor, at=desk.now)
        begin(request, key)
        return Link("", "run", key)

    says = Text(
        en="Documents are issued and posted. They are taken back only by documents that point to them.",
        ja="書類の発行と計上を行います。取り消す場合は、対応する取消書類を発行します。",
    )
    made = Section(Text(en="What is issued and posted", ja="発行・計上する内容"), _figures(_made(row)))
    return perform(
        request,
        Deed(title=EXECUTE, back=_back(row), button=EXECUTE, do=do, says=says, sections=(made,), done=STARTED),
    )


@door(doing("billing.send-run"))
def send(request: DeskRequest, key: int) -> HttpResponse:
    """Let the worker send all that a run issued and nobody sent yet."""
    desk = request.desk
    row = get_run(desk.actor, RunId(key))

    def do(given: Given) -> Link:
        begin(request, send_run(run_id=row.id, on=given["on"], by=desk.actor, at=desk.now))
        return Link("", "run", key)

    deed = Deed(
        tried=False,
        title=SEND,
        back=_back(row),
        button=SEND,
        do=do,
        fields=(day("on", labels.ON, desk.today, hint=labels.BUSINESS_DAY),),
        says=SEND_SAYS.filled(count=f"{sent_of_run(row.id, desk.actor).unsent:,}"),
        done=SENDING_STARTED,
    )
    return perform(request, deed)


@door(doing("runs.withdraw"))
def withdraw(request: DeskRequest, key: int) -> HttpResponse:
    """Give up a run of which nothing was done."""
    desk = request.desk
    row = get_run(desk.actor, RunId(key))

    def do(given: Given) -> Link:
        withdraw_run(run_id=row.id, by=desk.actor, at=desk.now, because=given["because"])
        return Link("", "run", key)

    says = Text(
        en="Nothing of the run was issued or posted, and nothing of it will be. The next run takes it up.",
        ja="この処理はまだ何も発行・計上していません。取り下げると実行できなくなります。対象は次回の処理に含まれます。",
    )
    made = Section(Text(en="What is given up", ja="取り下げる内容"), _figures(_made(row)))
    fields = (prose("because", labels.REASON),)
    return perform(
        request,
        Deed(
            of=("runs_run", key),
            title=WITHDRAW,
            back=_back(row),
            button=WITHDRAW,
            do=do,
            fields=fields,
            says=says,
            sections=(made,),
        ),
    )


@door(doing("billing.preview-reversal"))
def reverse(request: DeskRequest, key: int) -> HttpResponse:
    """Prepare a credit note for every invoice of a run."""
    desk = request.desk
    row = get_run(desk.actor, RunId(key))

    def do(given: Given) -> Link:
        made = preview_reversal(run_id=row.id, on=given["on"], because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "run", made)

    fields = (prose("because", labels.REASON), day("on", labels.ISSUED_ON, desk.today, hint=labels.BUSINESS_DAY))
    return perform(
        request,
        Deed(tried=False, of=("runs_run", key), title=REVERSE, back=_back(row), button=REVERSE, do=do, fields=fields),
    )


@door(doing("revenue.reverse-recognition"))
def take_back(request: DeskRequest, key: int) -> HttpResponse:
    """Post the negative of all revenue of a run."""
    desk = request.desk
    row = get_run(desk.actor, RunId(key))

    def do(given: Given) -> Link:
        reverse_recognition(run_id=row.id, because=given["because"], by=desk.actor, at=desk.now)
        return Link("", "run", key)

    says = Text(
        en="All revenue of the run is posted again with the opposite sign: on its day, or where that is locked, on"
        " the first open day after it. The next run posts anew what should be.",
        ja="この処理で計上した収益をすべて反対仕訳で取り消します。計上日は元の日付です。締め済みの場合は、その後の最初の"
        "未締め日に計上します。次回の処理で、あるべき額をあらためて計上します。",
    )
    fields = (prose("because", labels.REASON),)
    deed = Deed(
        tried=False,
        of=("runs_run", key),
        title=TAKE_BACK,
        back=_back(row),
        button=TAKE_BACK,
        do=do,
        fields=fields,
        says=says,
    )
    return perform(request, deed)


@door(doing("runs.set-limit"))
def limit(request: DeskRequest) -> HttpResponse:
    """Let the CFO alone approve billing runs above an amount."""
    desk = request.desk

    def do(given: Given) -> Link:
        amount = given["amount"]
        set_limit(
            company_id=desk.company_id,
            kind=BILLING,
            currency=amount.currency,
            amount_minor=amount.minor,
            on=given["on"],
            by=desk.actor,
            at=desk.now,
        )
        return Link("", "runs")

    fields = (money("amount", labels.AMOUNT, desk.company.currency), day("on", labels.FROM_DAY, desk.today))
    deed = Deed(
        title=LIMIT,
        back=Link(TITLE, "runs"),
        button=LIMIT,
        do=do,
        fields=fields,
        says=LIMIT_SAYS,
        beside=lambda at, _given: at.removesuffix("_minor"),
    )
    return perform(request, deed)


def _back(row: RunRow) -> Link:
    return Link(row.key, "run", row.id)
