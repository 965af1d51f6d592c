"""The tables of billing. Nothing in them is edited: what is wrong is corrected by new rows."""

from kanjo.domains.billing.models.bill_to import BillTo
from kanjo.domains.billing.models.changes import (
    Away,
    Change,
    Grouping,
    Hold,
    MovedDay,
    Release,
    Tag,
)
from kanjo.domains.billing.models.columns import (
    STANDARD,
)
from kanjo.domains.billing.models.invoices import (
    Charge,
    Invoice,
    InvoiceLine,
    InvoiceTax,
    IssuedByHand,
    Sending,
)
from kanjo.domains.billing.models.links import (
    Download,
    LinkWithdrawal,
    PaperLink,
)
from kanjo.domains.billing.models.plans import (
    Acceptance,
    Account,
    Plan,
    Policy,
    PolicyChoice,
)
from kanjo.domains.billing.models.sharing import (
    PayerShare,
    Sharing,
    Split,
    SplitPart,
)
from kanjo.domains.billing.models.usage import (
    ChargeStep,
    UsageDelivery,
    UsageEvent,
    UsageRating,
    UsageTier,
)

__all__ = [
    "STANDARD",
    "Acceptance",
    "Account",
    "Away",
    "BillTo",
    "Change",
    "Charge",
    "ChargeStep",
    "Download",
    "Grouping",
    "Hold",
    "Invoice",
    "InvoiceLine",
    "InvoiceTax",
    "IssuedByHand",
    "LinkWithdrawal",
    "MovedDay",
    "PaperLink",
    "PayerShare",
    "Plan",
    "Policy",
    "PolicyChoice",
    "Release",
    "Sending",
    "Sharing",
    "Split",
    "SplitPart",
    "Tag",
    "UsageDelivery",
    "UsageEvent",
    "UsageRating",
    "UsageTier",
]
