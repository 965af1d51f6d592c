"""Values of billing that cross its border."""

from kanjo.domains.billing.facts.bill_to import ChosenBillTo
from kanjo.domains.billing.facts.changes import (
    ChangePreview,
    ContractChange,
    Held,
    HoldCondition,
    InvoiceToCome,
    LineAway,
    LineChange,
)
from kanjo.domains.billing.facts.derivation import (
    Derivation,
)
from kanjo.domains.billing.facts.plans import (
    ChargeToCome,
    GroupKey,
    Instalment,
    LineToBill,
    PlanCharge,
)
from kanjo.domains.billing.facts.policies import (
    Anchor,
    Billed,
    BillingPolicy,
    ChangeDay,
    Decrease,
    Remainder,
    Restart,
    Stub,
    TaxRounding,
)
from kanjo.domains.billing.facts.sharing import (
    LARGEST_SHARE,
    MOST_PAYERS,
    AgreedSharing,
    InvoiceSplit,
    ShareOfPayer,
)
from kanjo.domains.billing.facts.told import (
    BY_HOUSE,
    BillingHeld,
    BillingReleased,
    Channel,
    InvoiceIssued,
    InvoiceSent,
    OrderPlanned,
    Outcome,
    PlansChanged,
)
from kanjo.domains.billing.facts.usage import (
    PricedStep,
    UsageGiven,
    UsageRefused,
    UsageSource,
    UsageStep,
)
from kanjo.domains.catalog.facts import UsageModel, UsageTerms, UsageTier

__all__ = [
    "BY_HOUSE",
    "LARGEST_SHARE",
    "MOST_PAYERS",
    "AgreedSharing",
    "Anchor",
    "Billed",
    "BillingHeld",
    "BillingPolicy",
    "BillingReleased",
    "ChangeDay",
    "ChangePreview",
    "Channel",
    "ChargeToCome",
    "ChosenBillTo",
    "ContractChange",
    "Decrease",
    "Derivation",
    "GroupKey",
    "Held",
    "HoldCondition",
    "Instalment",
    "InvoiceIssued",
    "InvoiceSent",
    "InvoiceSplit",
    "InvoiceToCome",
    "LineAway",
    "LineChange",
    "LineToBill",
    "OrderPlanned",
    "Outcome",
    "PlanCharge",
    "PlansChanged",
    "PricedStep",
    "Remainder",
    "Restart",
    "ShareOfPayer",
    "Stub",
    "TaxRounding",
    "UsageGiven",
    "UsageModel",
    "UsageRefused",
    "UsageSource",
    "UsageStep",
    "UsageTerms",
    "UsageTier",
]
