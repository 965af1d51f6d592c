"""The verbs of billing."""

from kanjo.domains.billing.operations.bill_to import choose_bill_to
from kanjo.domains.billing.operations.changes import change_plans, move_billing_day
from kanjo.domains.billing.operations.grouping import choose_grouping, tag_contract
from kanjo.domains.billing.operations.holds import hold_billing, release_billing
from kanjo.domains.billing.operations.instalments import plan_instalments, reach_milestone
from kanjo.domains.billing.operations.issue import issue_invoice
from kanjo.domains.billing.operations.links import note_download, withdraw_link
from kanjo.domains.billing.operations.planning import note_acceptance, plan
from kanjo.domains.billing.operations.policies import choose_policy, define_policy
from kanjo.domains.billing.operations.reverse import credit_invoice, preview_reversal
from kanjo.domains.billing.operations.run import execute, preview_run
from kanjo.domains.billing.operations.send import send_invoice
from kanjo.domains.billing.operations.sending import execute_sending, send_run
from kanjo.domains.billing.operations.sharing import share_account, share_contract
from kanjo.domains.billing.operations.split import split_invoice
from kanjo.domains.billing.operations.usage import check_usage, correct_usage, rate_usage, record_usage, told_refused
from kanjo.domains.billing.operations.writing import Also

__all__ = [
    "Also",
    "change_plans",
    "check_usage",
    "choose_bill_to",
    "choose_grouping",
    "choose_policy",
    "correct_usage",
    "credit_invoice",
    "define_policy",
    "execute",
    "execute_sending",
    "hold_billing",
    "issue_invoice",
    "move_billing_day",
    "note_acceptance",
    "note_download",
    "plan",
    "plan_instalments",
    "preview_reversal",
    "preview_run",
    "rate_usage",
    "reach_milestone",
    "record_usage",
    "release_billing",
    "send_invoice",
    "send_run",
    "share_account",
    "share_contract",
    "split_invoice",
    "tag_contract",
    "told_refused",
    "withdraw_link",
]
