"""Values of approvals that cross their border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from kanjo.foundation.actors import Role
from kanjo.foundation.facts import Fact
from kanjo.foundation.ids import ApprovalRequestId, CompanyId, CustomerId, MatrixId
from kanjo.foundation.texts import Text


class MatrixState(StrEnum):
    """Where a version of the matrix stands."""

    DRAFTED = "drafted"
    ACTIVE = "active"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _MATRIX_STATES[self]


_MATRIX_STATES = {
    MatrixState.DRAFTED: Text(en="Draft", ja="作成中"),
    MatrixState.ACTIVE: Text(en="In force", ja="有効"),
    MatrixState.RETIRED: Text(en="Replaced", ja="旧版"),
    MatrixState.WITHDRAWN: Text(en="Withdrawn", ja="取下げ"),
}


class RequestState(StrEnum):
    """Where a request stands; `CONDITIONAL` means agreed, with conditions that are still to be met."""

    OPEN = "open"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"
    RECALLED = "recalled"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _REQUEST_STATES[self]


_REQUEST_STATES = {
    RequestState.OPEN: Text(en="Waiting for approval", ja="承認待ち"),
    RequestState.APPROVED: Text(en="Approved", ja="承認済み"),
    RequestState.CONDITIONAL: Text(en="Approved with conditions", ja="条件付き承認"),
    RequestState.REJECTED: Text(en="Rejected", ja="否認"),
    RequestState.RECALLED: Text(en="Recalled", ja="取下げ"),
}


class ItemState(StrEnum):
    """Where an item stands; `LAPSED` means nobody needs to answer any more."""

    WAITING = "waiting"
    OPEN = "open"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"
    LAPSED = "lapsed"

    @property
    def shown(self) -> Text:
        """The state as people read it."""
        return _ITEM_STATES[self]


_ITEM_STATES = {
    ItemState.WAITING: Text(en="Waiting for the stage before", ja="前段階の承認待ち"),
    ItemState.OPEN: Text(en="Waiting for a decision", ja="承認待ち"),
    ItemState.APPROVED: Text(en="Approved", ja="承認済み"),
    ItemState.CONDITIONAL: Text(en="Approved with conditions", ja="条件付き承認"),
    ItemState.REJECTED: Text(en="Rejected", ja="否認"),
    ItemState.LAPSED: Text(en="No longer asked", ja="決裁不要"),
}


class Decision(StrEnum):
    """What an approver may answer."""

    APPROVE = "approve"
    REJECT = "reject"
    CONDITION = "condition"

    @property
    def shown(self) -> Text:
        """The answer as people read it."""
        return _DECISIONS[self]


_DECISIONS = {
    Decision.APPROVE: Text(en="Approve", ja="承認"),
    Decision.REJECT: Text(en="Reject", ja="否認"),
    Decision.CONDITION: Text(en="Approve with conditions", ja="条件付き承認"),
}


class ConditionKind(StrEnum):
    """What has to be brought before a conditional approval counts as one."""

    PREPAYMENT = "prepayment"
    WORDING = "wording"
    EVIDENCE = "evidence"
    COMMITMENT = "commitment"
    OTHER = "other"

    @property
    def shown(self) -> Text:
        """The kind as people read it."""
        return _CONDITION_KINDS[self]


_CONDITION_KINDS = {
    ConditionKind.PREPAYMENT: Text(en="Payment in advance", ja="前払い"),
    ConditionKind.WORDING: Text(en="Contract wording", ja="契約条文"),
    ConditionKind.EVIDENCE: Text(en="Evidence", ja="証憑の提出"),
    ConditionKind.COMMITMENT: Text(en="Commitment of the customer", ja="顧客の確約"),
    ConditionKind.OTHER: Text(en="Other", ja="その他"),
}


@dataclass(frozen=True, slots=True)
class DealFacts:
    """What a deal asks approval for.

    `subject` is the table and id it is about; `digest` covers all its terms. `discount` is the share off the list
    that is asked for: the largest of the whole deal's and any line's, so that an uplift elsewhere hides nothing;
    negative where all is above list. `term_months` counts begun months, 0 without a term. `payment_days` is the
    longest wait from an invoice to its due day. `called` is what people call the deal on their queue.
    """

    subject: tuple[str, int]
    version_id: int
    digest: str
    company_id: CompanyId
    customer_id: CustomerId
    currency: str
    list_total_minor: int
    net_total_minor: int
    discount: Fraction
    term_months: int
    payment_days: int
    called: Text | None = None


@dataclass(frozen=True, slots=True)
class RowDraft:
    """A row of a matrix as it is written.

    Rows of one `item` and `stage` form one decision table: exactly one of them answers for any deal. `when` holds a
    cell per input, a missing cell means any: `{"discount": {"above": "0", "up_to": "10%"}}` with `from` (≥), `above`
    (>), `until` (<), `up_to` (≤), or `{"currency": {"in": ["JPY"]}}`, `not_in`. `role` is None where nobody needs to
    be asked: a table says so by a row of its own.
    """

    item: str
    item_name: Text
    role: Role | None
    reason: Text
    when: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    stage: int = 1


@dataclass(frozen=True, slots=True)
class PathStep:
    """One answer of the matrix to a deal: who must agree and why, by which row; `seen` are the facts it looked at."""

    item: str
    item_name: Text
    stage: int
    role: Role | None
    reason: Text
    row_id: int
    row: int
    seen: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    """A condition an approver sets."""

    kind: ConditionKind
    text: Text
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps a matrix from being activated."""

    rule: str
    sentence: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixActivated(Fact):
    """A version of the matrix was put in force from `effective_on`."""

    kind: ClassVar[str] = "approvals.matrix-activated"

    matrix_id: MatrixId
    version: int

    @property
    def subject_id(self) -> int:
        """The matrix."""
        return self.matrix_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalConcluded(Fact):
    """A request has its overall answer: `outcome` is approved, conditional or rejected.

    A conditional one is concluded a second time, as approved, when its last condition is met. `quote_id` is the id
    of the subject, `version_id` and `digest` the version and terms that were asked about.
    """

    kind: ClassVar[str] = "approvals.concluded"

    request_id: ApprovalRequestId
    subject_table: str
    quote_id: int
    version_id: int
    digest: str
    outcome: str

    @property
    def subject_id(self) -> int:
        """The request."""
        return self.request_id
