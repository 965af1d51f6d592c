"""Reads of approvals: the matrix in force, the path a deal would take, requests and their answers."""

from kanjo.domains.approvals.queries.matrices import (
    MatrixRowView,
    MatrixView,
    NoMatrixInForce,
    check_matrix,
    count_matrices,
    get_matrix,
    list_matrices,
    preview_path,
    rows_in_force,
)
from kanjo.domains.approvals.queries.requests import (
    PENDING,
    ConditionView,
    ItemView,
    RequestDetail,
    RequestRow,
    count_requests,
    find_request,
    get_request,
    list_pending,
    list_requests,
    request_of,
)
from kanjo.domains.approvals.rules.standard import STANDARD_ROWS

__all__ = [
    "PENDING",
    "STANDARD_ROWS",
    "ConditionView",
    "ItemView",
    "MatrixRowView",
    "MatrixView",
    "NoMatrixInForce",
    "RequestDetail",
    "RequestRow",
    "check_matrix",
    "count_matrices",
    "count_requests",
    "find_request",
    "get_matrix",
    "get_request",
    "list_matrices",
    "list_pending",
    "list_requests",
    "preview_path",
    "request_of",
    "rows_in_force",
]
