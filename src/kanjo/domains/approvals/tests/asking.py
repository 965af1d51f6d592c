"""What the tests of approvals stand on: an active matrix, and deals to ask about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from django.db import transaction

from kanjo.domains.approvals.facts import DealFacts, RowDraft
from kanjo.domains.approvals.models import ApprovalItem
from kanjo.domains.approvals.operations import activate_matrix, draft_matrix, open_request
from kanjo.domains.approvals.queries import STANDARD_ROWS
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalItemId, ApprovalRequestId, CompanyId, CustomerId, MatrixId
from kanjo.foundation.texts import Text
from tests.builders import NOW, TODAY, an_actor

TEXT = Text(en="Because.", ja="社内規程による。")
PLAIN = DealFacts(
    subject=("quotes_quote", 1),
    version_id=1,
    digest="a" * 64,
    company_id=CompanyId(1),
    customer_id=CustomerId(1),
    currency="JPY",
    list_total_minor=1_000_000,
    net_total_minor=1_000_000,
    discount=Fraction(0),
    term_months=12,
    payment_days=30,
)
"""A deal at list, for a year, paid in a month: the standard matrix asks nobody."""


def a_row(
    role: Role | None, when: Mapping[str, Mapping[str, object]] | None = None, *, item: str = "discount", stage: int = 1
) -> RowDraft:
    """Return a row of a matrix."""
    return RowDraft(item=item, item_name=TEXT, role=role, reason=TEXT, when=when or {}, stage=stage)


@transaction.atomic
def an_active_matrix(
    company_id: CompanyId, rows: Sequence[RowDraft] = STANDARD_ROWS, *, effective_from: date = TODAY
) -> MatrixId:
    """Put a matrix in force, written by one person and activated by another."""
    maker = an_actor(Role.APPROVER, companies=[company_id])
    other = an_actor(Role.CXO, companies=[company_id])
    matrix_id = draft_matrix(company_id=company_id, rows=rows, by=maker, at=NOW)
    activate_matrix(matrix_id=matrix_id, effective_from=effective_from, on=TODAY, by=other, at=NOW)
    return matrix_id


@transaction.atomic
def a_request(company_id: CompanyId, by: Actor, *, version_id: int = 1, **facts: object) -> ApprovalRequestId:
    """Ask about the plain deal with other *facts*."""
    changed = replace(PLAIN, company_id=company_id, version_id=version_id, **facts)  # type: ignore[arg-type]  # by name
    return open_request(facts=changed, makers=[changed.subject], on=TODAY, by=by, at=NOW)


def items_of(request_id: ApprovalRequestId) -> list[ApprovalItemId]:
    """Return the items of a request in order."""
    items = ApprovalItem.objects.filter(request_id=request_id).order_by("position")
    return [ApprovalItemId(pk) for pk in items.values_list("pk", flat=True)]
