"""The selling company at hand: its settings, to be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.http import HttpResponse

from kanjo.domains.approvals.facts import Finding, MatrixState
from kanjo.domains.approvals.queries import MatrixRowView, MatrixView, check_matrix, get_matrix, list_matrices
from kanjo.foundation.actors import ROLE_NAMES
from kanjo.foundation.eras import Calendar
from kanjo.foundation.ids import MatrixId
from kanjo.foundation.money import Rounding
from kanjo.foundation.texts import Text
from kanjo.platform.companies.seals import SealRow, latest_seal
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.days import last_day
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, amount, difference, show
from kanjo.surfaces.web.differences import Facts, changes_of
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.outbox.pages import TITLE as STEPS
from kanjo.surfaces.web.runs.schedule import TITLE as SCHEDULE
from kanjo.surfaces.web.shown import Link
from kanjo.surfaces.web.webhooks.pages import TITLE as WEBHOOKS

COMPANY = Text(en="Selling company", ja="販売会社")
SEAL = Text(en="Set the seal", ja="角印を設定")
NO_SEAL = Text(en="Print no seal", ja="角印を印字しない")
SEALED = Text(en="From {day}", ja="{day} から")
UNSEALED = Text(en="None from {day}", ja="{day} から印字なし")
AMEND = Text(en="Amend the letterhead", ja="発行者情報を変更")
CORPORATE_NUMBER = Text(en="Corporate number", ja="法人番号")
CALENDAR = Text(en="Days on Japanese papers", ja="帳票の日付")
CALENDARS: dict[str, Text] = {
    Calendar.WESTERN: Text(en="Western years", ja="西暦"),
    Calendar.ERAS: Text(en="Years of the era", ja="和暦"),
}
MATRICES = Text(en="Approval matrices", ja="承認マトリックス")
MATRIX = Text(en="Approval matrix", ja="承認マトリックス")
VERSION = Text(en="Version {number}", ja="第{number}版")
DRAFT = Text(en="Draft a matrix", ja="承認マトリックスを作成")
ADD_ROW = Text(en="Add a row to the matrix", ja="承認マトリックスに行を追加")
ACTIVATE = Text(en="Put in force", ja="有効化")
WITHDRAW = Text(en="Withdraw", ja="取下げ")
NO_DRAFT = Text(en="The matrix is: {state}.", ja="現在の状態: {state}")
UNSOUND = Text(en="Something keeps it from being put in force.", ja="有効化を妨げる問題があります。")
FINDINGS = Text(en="What keeps it from being put in force", ja="有効化を妨げる問題")
SOUND = Text(en="Nothing: exactly one row of each item answers for any deal.", ja="問題はありません。")
NOBODY = Text(en="nobody", ja="承認不要")
CHANGED = Text(en="What changes from version {before}", ja="第{before}版からの変更")
CASE = Text(en="{item}, step {stage}: {when}", ja="{item}（段階{stage}）: {when}")
TWICE = Text(en="{case} ({times})", ja="{case}（{times}）")
ASKS = Text(en="{role}. {reason}", ja="{role}。{reason}")
ANY = Text(en="any deal", ja="すべての案件")

_MATRICES: tuple[Column[MatrixView], ...] = (
    Column(labels.VERSION, lambda row: Link(VERSION.filled(number=row.version), "matrix", row.id)),
    Column(labels.STARTS_ON, lambda row: row.effective_from),
    Column(labels.UNTIL, lambda row: last_day(row.until)),
    Column(Text(en="Made by", ja="作成者"), lambda row: row.made_by),
    Column(Text(en="Activated by", ja="有効化した人"), lambda row: row.activated_by),
    amount(Text(en="Rows", ja="行数"), lambda row: row.row_count),
    Column(labels.STATE, lambda row: row.state),
)

_FINDINGS: tuple[Column[Finding], ...] = (
    Column(labels.TITLE, lambda one: one.sentence),
    Column(Text(en="Rule", ja="規則"), lambda one: one.rule),
)


def _matrix_columns() -> tuple[Column[MatrixRowView], ...]:
    return (
        amount(Text(en="Row", ja="行"), lambda row: row.number),
        Column(labels.TITLE, lambda row: row.draft.item_name),
        Column(Text(en="When", ja="条件"), _when),
        Column(Text(en="Asks", ja="承認者"), lambda row: ROLE_NAMES[row.draft.role] if row.draft.role else NOBODY),
        Column(labels.REASON, lambda row: row.draft.reason),
    )


INPUTS = {
    "discount": labels.DISCOUNT,
    "payment_days": Text(en="Days until payment", ja="支払までの日数"),
    "term_months": Text(en="Term (months)", ja="契約期間（月）"),
    "list_total_minor": Text(en="At list price (smallest units)", ja="標準価格合計（最小通貨単位）"),
    "net_total_minor": Text(en="Total before tax (smallest units)", ja="合計（税抜、最小通貨単位）"),
    "currency": labels.CURRENCY,
    "asked_on": Text(en="Asked on", ja="申請日"),
}
SIGNS = {"above": ">", "from": "≥", "until": "<", "up_to": "≤", "in": "∈", "not_in": "∉"}


def _when(row: MatrixRowView) -> Text | None:
    """Return the cells of a row as comparisons."""

    def written(language: str) -> str:
        return ", ".join(
            f"{INPUTS[name].said_in(language) if name in INPUTS else name} {SIGNS.get(sign, sign)} {value}"
            for name, cell in row.draft.when.items()
            for sign, value in cell.items()
        )

    return Text(en=written("en"), ja=written("ja")) if row.draft.when else None


def _sealed(row: SealRow | None) -> object:
    if row is None:
        return None
    if row.file_id is None:
        return UNSEALED.filled(day=row.effective_on)
    return Link(SEALED.filled(day=row.effective_on), "file", row.file_id)


@door(SIGNED_IN)
def company(request: DeskRequest) -> HttpResponse:
    """Show the settings of the company at hand."""
    row = request.desk.company
    detail = Detail(
        kind=COMPANY,
        title=row.name if request.desk.actor.language == "ja" else row.name_en,
        back=Link(COMPANY, "company"),
        facts=(
            (labels.CODE, row.code),
            (labels.NAME, row.name),
            (Text(en="English name", ja="英文名"), row.name_en),
            (Text(en="Address", ja="住所"), row.address),
            (labels.CURRENCY, row.currency),
            (Text(en="Time zone", ja="タイムゾーン"), row.time_zone),
            (Text(en="Fiscal year begins in month", ja="会計年度の開始月"), row.fiscal_first_month),
            (Text(en="Registration number", ja="登録番号"), row.registration_number),
            (Text(en="Rounding of tax", ja="消費税の端数処理"), Rounding(row.tax_rounding).shown),
            (CORPORATE_NUMBER, row.corporate_number),
            (Text(en="Bank account", ja="振込先口座"), row.bank_account),
            (CALENDAR, CALENDARS[row.calendar]),
            (Text(en="Seal on papers", ja="帳票の角印"), _sealed(latest_seal(row.id))),
        ),
        sections=(Section(MATRICES, Table.of(_MATRICES, list_matrices(request.desk.actor))),),
        acts=(
            Act(AMEND, Link("", "amend-company"), "companies.amend"),
            Act(SEAL, Link("", "set-seal"), "companies.set-seal"),
            Act(NO_SEAL, Link("", "drop-seal"), "companies.set-seal"),
            Act(DRAFT, Link("", "draft-matrix"), "approvals.draft-matrix"),
            Act(SCHEDULE, Link("", "billing-schedule"), "runs.pause-schedule"),
            Act(STEPS, Link("", "failed-deliveries"), "outbox.deliver-again"),
            Act(WEBHOOKS, Link("", "webhooks"), "webhooks.register"),
        ),
        trail=(("companies_sellingcompany", row.id),),
    )
    return show(request, detail)


@door(SIGNED_IN)
def matrix(request: DeskRequest, key: int) -> HttpResponse:
    """Show a version of the approval matrix with its rows."""
    view, rows = get_matrix(request.desk.actor, MatrixId(key))
    drafted = view.state is MatrixState.DRAFTED
    found = check_matrix(view.id, request.desk.actor) if drafted else []
    detail = Detail(
        kind=MATRIX,
        title=VERSION.filled(number=view.version).said_in(request.desk.actor.language),
        state=view.state,
        back=Link(COMPANY, "company"),
        facts=(
            (labels.STARTS_ON, view.effective_from),
            (labels.UNTIL, last_day(view.until)),
            (Text(en="Made by", ja="作成者"), view.made_by),
            (Text(en="Activated by", ja="有効化した人"), view.activated_by),
        ),
        sections=(
            Section(Text(en="Rows", ja="行"), Table.of(_matrix_columns(), rows)),
            *([Section(FINDINGS, Table.of(_FINDINGS, found), empty=SOUND)] if drafted else ()),
            *_changed(request.desk, view, rows),
        ),
        acts=_acts(view, sound=not found),
        trail=(("approvals_matrix", key),),
    )
    return show(request, detail)


def _changed(desk: Desk, view: MatrixView, rows: Sequence[MatrixRowView]) -> list[Section]:
    """Return what a version changes of the one it follows: the last before it that was ever in force."""
    earlier = [one for one in list_matrices(desk.actor) if one.version < view.version and one.effective_from]
    if not earlier:
        return []
    changes = changes_of(_ruled(get_matrix(desk.actor, earlier[0].id)[1]), _ruled(rows))
    return [difference(CHANGED.filled(before=earlier[0].version), changes)]


def _ruled(rows: Sequence[MatrixRowView]) -> Facts:
    """Return each row as the case it answers and whom it asks, a case said twice under a number."""
    ruled, seen = [], Counter[tuple[str, int, Text | None]]()
    for row in rows:
        draft, when = row.draft, _when(row)
        seen[draft.item, draft.stage, when] += 1
        times = seen[draft.item, draft.stage, when]
        case = CASE.filled(item=draft.item_name, stage=draft.stage, when=when or ANY)
        asks = ASKS.filled(role=ROLE_NAMES[draft.role] if draft.role else NOBODY, reason=draft.reason)
        ruled.append((case if times == 1 else TWICE.filled(case=case, times=times), asks))
    return ruled


def _acts(view: MatrixView, *, sound: bool) -> tuple[Act, ...]:
    held = None if view.state is MatrixState.DRAFTED else NO_DRAFT.filled(state=view.state.shown)
    return (
        Act(ADD_ROW, Link("", "add-matrix-row", view.id), "approvals.add-rows", held),
        Act(WITHDRAW, Link("", "withdraw-matrix", view.id), "approvals.withdraw-matrix", held),
        Act(
            ACTIVATE,
            Link("", "activate-matrix", view.id),
            "approvals.activate-matrix",
            held or (None if sound else UNSOUND),
            main=True,
        ),
    )
