"""Verbs on matrices: draft, add rows, activate, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max

from kanjo.domains.approvals.facts import MatrixActivated, MatrixState, RowDraft
from kanjo.domains.approvals.models import Matrix, MatrixRow
from kanjo.domains.approvals.queries import check_matrix
from kanjo.domains.approvals.rules.checks import MatrixUnsound
from kanjo.domains.approvals.rules.tables import read_row
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, MatrixId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.duties import keep_apart
from kanjo.platform.outbox.operations import record

_WRITERS = (Role.APPROVER, Role.CXO, Role.CFO, Role.CLO, Role.ADMINISTRATOR)


class MatrixNotDrafted(Refusal):
    """The matrix is no draft any more."""

    rule = "approvals.matrix-not-drafted"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="Matrix version {version} is no draft: {state}.",
        ja="承認マトリックス第{version}版は作成中ではありません（{state}）。",
    )
    remedy = Text(en="Draft a new version.", ja="新しい版を作成してください。")


class ActivatedTooEarly(Refusal):
    """A day of activation that would rewrite what was in force."""

    rule = "approvals.activated-too-early"
    says = Text(
        en="A matrix cannot be in force from {day}: the earliest day is {earliest}.",
        ja="承認マトリックスを{day}から有効にすることはできません（最も早い日は{earliest}です）。",
    )
    remedy = Text(en="Give {earliest} or a later day.", ja="{earliest}以降の日を指定してください。")


@verb("approvals.draft-matrix", *_WRITERS)
def draft_matrix(*, company_id: CompanyId, rows: Sequence[RowDraft] = (), by: Actor, at: datetime) -> MatrixId:
    """Start a new version of the company's matrix; each call makes one. Refuses rows it cannot read."""
    SellingCompany.objects.locked(company_id, by)
    last = Matrix.objects.filter(company_id=company_id).aggregate(last=Max("version"))["last"] or 0
    matrix = Matrix.objects.create(company_id=company_id, version=last + 1, state=MatrixState.DRAFTED, made_by_id=by.id)
    _append(matrix, rows)
    return MatrixId(matrix.pk)


@verb("approvals.add-rows", *_WRITERS)
def add_rows(*, matrix_id: MatrixId, rows: Sequence[RowDraft], by: Actor, at: datetime) -> None:
    """Write rows at the end of a drafted matrix, all or none. Refuses what it cannot read, naming the row."""
    _append(_drafted(matrix_id, by), rows)


@verb(
    "approvals.activate-matrix",
    Role.APPROVER,
    Role.CXO,
    Role.CFO,
    Role.CLO,
    apart_from=("approvals.draft-matrix", "approvals.add-rows"),
)
def activate_matrix(*, matrix_id: MatrixId, effective_from: date, on: date, by: Actor, at: datetime) -> MatrixActivated:
    """Put the drafted matrix in force from a day on; the one before is in force until then.

    Refuses whoever wrote it, a day that lies before *on* or before the version now active, and any finding of
    `rules.checks`.
    """
    company_id = Matrix.objects.seen(matrix_id, by).company_id
    SellingCompany.objects.locked(company_id, by)
    matrix = _drafted(matrix_id, by)
    keep_apart("approvals.activate-matrix", subjects=[("approvals_matrix", matrix_id)], by=by)
    found = check_matrix(matrix_id, by)
    if found:
        raise MatrixUnsound(version=matrix.version, count=len(found), first=found[0].sentence)
    _retire(company_id, effective_from, on=on)
    matrix.state, matrix.effective_from, matrix.activated_by_id = MatrixState.ACTIVE, effective_from, by.id
    matrix.save(update_fields=["state", "effective_from", "activated_by"])
    activated = MatrixActivated(
        company_id=CompanyId(company_id), effective_on=effective_from, matrix_id=matrix_id, version=matrix.version
    )
    return record(activated, by=by, at=at)


@verb("approvals.withdraw-matrix", *_WRITERS)
def withdraw_matrix(*, matrix_id: MatrixId, because: str, by: Actor, at: datetime) -> None:
    """Put a drafted matrix aside; it cannot be activated any more."""
    matrix = _drafted(matrix_id, by)
    matrix.state = MatrixState.WITHDRAWN
    matrix.save(update_fields=["state"])


def _drafted(matrix_id: MatrixId, by: Actor) -> Matrix:
    matrix = Matrix.objects.locked(matrix_id, by)
    if matrix.state != MatrixState.DRAFTED:
        raise MatrixNotDrafted(version=matrix.version, state=MatrixState(matrix.state).shown)
    return matrix


def _append(matrix: Matrix, drafts: Sequence[RowDraft]) -> None:
    numbered = list(enumerate(drafts, start=matrix.row_count + 1))
    for number, draft in numbered:
        read_row(draft, number)
    MatrixRow.objects.bulk_create(_row(matrix, number, draft) for number, draft in numbered)
    # The trail of the matrix then names everybody who wrote rows: duties look there.
    matrix.row_count += len(numbered)
    matrix.save(update_fields=["row_count"])


def _row(matrix: Matrix, number: int, draft: RowDraft) -> MatrixRow:
    return MatrixRow(
        company_id=matrix.company_id,
        matrix=matrix,
        position=number,
        item=draft.item,
        item_en=draft.item_name.en,
        item_ja=draft.item_name.ja,
        stage=draft.stage,
        conditions={name: dict(cell) for name, cell in draft.when.items()},
        role=draft.role or "",
        reason_en=draft.reason.en,
        reason_ja=draft.reason.ja,
    )


def _retire(company_id: int, effective_from: date, *, on: date) -> None:
    active = Matrix.objects.filter(company_id=company_id, state=MatrixState.ACTIVE).first()
    earliest = max(on, active.effective_from) if active and active.effective_from else on
    if effective_from < earliest:
        raise ActivatedTooEarly(day=effective_from, earliest=earliest, at="effective_from")
    if active:
        active.state, active.until = MatrixState.RETIRED, effective_from
        active.save(update_fields=["state", "until"])
