"""Reads of matrices: which is in force, what it says about a deal, and what is wrong with a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from kanjo.domains.approvals.facts import DealFacts, Finding, MatrixState, PathStep, RowDraft
from kanjo.domains.approvals.models import Matrix, MatrixRow
from kanjo.domains.approvals.rules.checks import findings
from kanjo.domains.approvals.rules.path import path_of
from kanjo.domains.approvals.rules.tables import Row, read_row
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, MatrixId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged


class NoMatrixInForce(Refusal):
    """A company without a matrix on a day: nothing can be asked, so nothing can pass."""

    rule = "approvals.no-matrix"
    kind = RefusalKind.CONFLICT
    says = Text(en="No approval matrix is in force on {day}.", ja="{day}に有効な承認マトリックスがありません。")
    remedy = Text(en="Ask the approvers to activate one.", ja="承認部門に有効化を依頼してください。")


@dataclass(frozen=True, slots=True)
class MatrixView:
    """A version of the matrix as it is shown; `until` is exclusive."""

    id: MatrixId
    version: int
    state: MatrixState
    effective_from: date | None
    until: date | None
    made_by: str
    activated_by: str
    row_count: int


@dataclass(frozen=True, slots=True)
class MatrixRowView:
    """A row of a matrix as it is shown."""

    number: int
    draft: RowDraft


def rows_in_force(company_id: CompanyId, on: date) -> tuple[MatrixId, list[Row]]:
    """Return the matrix in force on a day with its rows, or refuse `NoMatrixInForce`."""
    in_force = Matrix.objects.filter(Q(until__isnull=True) | Q(until__gt=on), company_id=company_id)
    matrix = in_force.filter(effective_from__lte=on).values_list("pk", flat=True).first()
    if matrix is None:
        raise NoMatrixInForce(day=on)
    return MatrixId(matrix), _rows(matrix)


def preview_path(facts: DealFacts, company_id: CompanyId, on: date) -> list[PathStep]:
    """Return whom a deal would ask on a day and why: the same function that opens the request. Empty: nobody."""
    _, rows = rows_in_force(company_id, on)
    return [step for step in path_of(facts, rows, on=on) if step.role is not None]


def check_matrix(matrix_id: MatrixId, actor: Actor) -> list[Finding]:
    """Return everything that keeps a matrix from being activated; an empty list means it is sound."""
    Matrix.objects.seen(matrix_id, actor)
    return findings(_rows(matrix_id))


def list_matrices(
    actor: Actor, *, company_id: CompanyId | None = None, limit: int = 50, at: str = ""
) -> Page[MatrixView]:
    """Return versions of the matrix, newest first."""
    found = Matrix.objects.visible_to(actor)
    if company_id is not None:
        found = found.filter(company_id=company_id)

    def read(page: QuerySet[Matrix]) -> list[MatrixView]:
        return [_matrix(row) for row in page.select_related("made_by", "activated_by")]

    return paged(found, sorted_by(Matrix, "", {}, "company_id", "-version", "id"), at, limit, read)


def count_matrices(actor: Actor) -> int:
    """Return how many versions there are."""
    return Matrix.objects.visible_to(actor).count()


def get_matrix(actor: Actor, matrix_id: MatrixId) -> tuple[MatrixView, list[MatrixRowView]]:
    """Return a version of the matrix with its rows, or refuse."""
    matrix = Matrix.objects.select_related("made_by", "activated_by").seen(matrix_id, actor)
    return _matrix(matrix), [MatrixRowView(row.position, _draft(row)) for row in matrix.rows.order_by("position")]


def _rows(matrix_id: int) -> list[Row]:
    rows = MatrixRow.objects.filter(matrix_id=matrix_id).order_by("position")
    return [read_row(_draft(row), row.position, row_id=row.pk) for row in rows]


def _draft(row: MatrixRow) -> RowDraft:
    return RowDraft(
        item=row.item,
        item_name=row.item_name,
        role=Role(row.role) if row.role else None,
        reason=row.reason,
        when=row.conditions,
        stage=row.stage,
    )


def _matrix(row: Matrix) -> MatrixView:
    return MatrixView(
        id=MatrixId(row.pk),
        version=row.version,
        state=MatrixState(row.state),
        effective_from=row.effective_from,
        until=row.until,
        made_by=row.made_by.name,
        activated_by=row.activated_by.name if row.activated_by else "",
        row_count=row.row_count,
    )
