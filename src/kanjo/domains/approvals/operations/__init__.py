"""Verbs of approvals: matrices are drafted and activated, deals asked about, items decided, conditions met."""

from kanjo.domains.approvals.operations.answering import decide_item, meet_condition
from kanjo.domains.approvals.operations.asking import open_request, recall_request
from kanjo.domains.approvals.operations.matrices import activate_matrix, add_rows, draft_matrix, withdraw_matrix

__all__ = [
    "activate_matrix",
    "add_rows",
    "decide_item",
    "draft_matrix",
    "meet_condition",
    "open_request",
    "recall_request",
    "withdraw_matrix",
]
