"""The verbs of billing."""

from kanjo.domains.billing.operations.issue import issue_invoice
from kanjo.domains.billing.operations.planning import note_acceptance, plan
from kanjo.domains.billing.operations.reverse import credit_invoice, preview_reversal
from kanjo.domains.billing.operations.run import execute, preview_run
from kanjo.domains.billing.operations.send import send_invoice
from kanjo.domains.billing.operations.writing import Also

__all__ = [
    "Also",
    "credit_invoice",
    "execute",
    "issue_invoice",
    "note_acceptance",
    "plan",
    "preview_reversal",
    "preview_run",
    "send_invoice",
]
