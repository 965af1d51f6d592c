"""Acts on approvals and on the matrix behind them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from pydantic import Field

from kanjo.domains.approvals.facts import ConditionDraft, ConditionKind, Decision, RowDraft
from kanjo.domains.approvals.operations import (
    activate_matrix,
    add_rows,
    draft_matrix,
    recall_request,
    withdraw_matrix,
)
from kanjo.domains.approvals.queries import RequestRow, get_request, request_of
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ApprovalItemId, ApprovalRequestId, MatrixId
from kanjo.foundation.texts import Text
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.tables import NotFound
from kanjo.processes.ask_approval import decide_item, meet_condition
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import (
    Because,
    BecauseOn,
    BlankProse,
    BothLanguages,
    Code,
    Day,
    Given,
    Prose,
    Words,
    one_of,
)


class ConditionGiven(Given):
    """A condition that an approver sets."""

    kind: one_of(ConditionKind)  # type: ignore[valid-type]  # made from the enumeration
    text: Words
    due_on: Day | None = None


class Decided(Given):
    """The answer to an item; conditions go with `condition` only."""

    decision: one_of(Decision)  # type: ignore[valid-type]  # made from the enumeration
    conditions: list[ConditionGiven] = Field(default=[], max_length=20)
    comment: BlankProse = ""
    on: Day


class Met(Given):
    """What shows that a condition is met."""

    proof: Prose
    on: Day


class RowGiven(Given):
    """A row of a matrix: `when` holds a cell per input, such as {"discount": {"above": "0", "up_to": "10%"}}."""

    item: Code
    item_name: BothLanguages
    role: one_of(Role) | None  # type: ignore[valid-type]  # made from the enumeration
    reason: BothLanguages
    when: dict[Code, dict[Code, str | int | list[str]]] = Field(default={}, max_length=20)
    stage: int = Field(default=1, ge=1, le=20, strict=True)

    @property
    def draft(self) -> RowDraft:
        """The row as approvals take it."""
        return RowDraft(
            item=self.item,
            item_name=self.item_name.text,
            role=self.role,
            reason=self.reason.text,
            when=self.when,
            stage=self.stage,
        )


class Rows(Given):
    """Rows of a matrix, all or none."""

    rows: list[RowGiven] = Field(min_length=1, max_length=200)


class InForce(Given):
    """The day from which a matrix is in force."""

    effective_from: Day
    on: Day


def _asked(caller: Caller, key: int, **about: Any) -> RequestRow:
    """Return the request of an item or a condition; what is hidden and what is missing answer alike."""
    try:
        return get_request(caller.actor, request_of(**about).id).row
    except (ObjectDoesNotExist, NotFound):
        raise NotFound(what=ROW_NAMES["approvals_approvalrequest"], key=key) from None


def _decide(caller: Caller, key: int, given: Decided) -> Made:
    asked = _asked(caller, key, item_id=key)
    # One person sets a condition in the language it works in; the other reader gets the same words.
    conditions = [ConditionDraft(one.kind, Text(en=one.text, ja=one.text), one.due_on) for one in given.conditions]
    decide_item(
        item_id=ApprovalItemId(key),
        decision=given.decision,
        conditions=conditions,
        comment=given.comment,
        on=given.on,
        by=caller.actor,
        at=caller.now,
    )
    return Made("approvals", asked.id)


def _meet(caller: Caller, key: int, given: Met) -> Made:
    asked = _asked(caller, key, condition_id=key)
    meet_condition(condition_id=key, **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("approvals", asked.id)


def _recall(caller: Caller, key: int, given: BecauseOn) -> Made:
    recall_request(request_id=ApprovalRequestId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("approvals", key)


def _draft(caller: Caller, key: int, given: Rows) -> Made:
    rows = [row.draft for row in given.rows]
    return Made("matrices", draft_matrix(company_id=caller.company(key).id, rows=rows, by=caller.actor, at=caller.now))


def _add_rows(caller: Caller, key: int, given: Rows) -> Made:
    add_rows(matrix_id=MatrixId(key), rows=[row.draft for row in given.rows], by=caller.actor, at=caller.now)
    return Made("matrices", key)


def _activate(caller: Caller, key: int, given: InForce) -> Made:
    activate_matrix(matrix_id=MatrixId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("matrices", key)


def _withdraw(caller: Caller, key: int, given: Because) -> Made:
    withdraw_matrix(matrix_id=MatrixId(key), because=given.because, by=caller.actor, at=caller.now)
    return Made("matrices", key)


ACTS = (
    Act(
        path="approvals/items/{int:key}/decide",
        verbs=("approvals.decide-item", "quotes.note-approval"),
        title=Text(en="Decide an item", ja="承認項目を決裁"),
        takes=Decided,
        do=_decide,
    ),
    Act(
        path="approvals/conditions/{int:key}/meet",
        verbs=("approvals.meet-condition", "quotes.note-approval"),
        title=Text(en="Note a condition as met", ja="条件の充足を登録"),
        takes=Met,
        do=_meet,
    ),
    Act(
        path="approvals/{int:key}/recall",
        verbs=("approvals.recall-request",),
        title=Text(en="Recall a request", ja="申請を取下げ"),
        takes=BecauseOn,
        do=_recall,
        of="approvals",
    ),
    Act(
        path="companies/{int:key}/matrices",
        verbs=("approvals.draft-matrix",),
        title=Text(en="Draft a matrix", ja="承認マトリックスを作成"),
        takes=Rows,
        do=_draft,
        of="companies",
    ),
    Act(
        path="matrices/{int:key}/rows",
        verbs=("approvals.add-rows",),
        title=Text(en="Add rows to a matrix", ja="承認マトリックスに行を追加"),
        takes=Rows,
        do=_add_rows,
        of="matrices",
    ),
    Act(
        path="matrices/{int:key}/activate",
        verbs=("approvals.activate-matrix",),
        title=Text(en="Put a matrix in force", ja="承認マトリックスを有効化"),
        takes=InForce,
        do=_activate,
        of="matrices",
    ),
    Act(
        path="matrices/{int:key}/withdraw",
        verbs=("approvals.withdraw-matrix",),
        title=Text(en="Withdraw a matrix", ja="承認マトリックスを取下げ"),
        takes=Because,
        do=_withdraw,
        of="matrices",
    ),
)
