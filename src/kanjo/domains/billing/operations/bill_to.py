"""Choosing to whom within a payer invoices go, and by what way."""

from __future__ import annotations

from datetime import date, datetime

from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.models import Account, BillTo, Plan
from kanjo.domains.billing.operations.grouping import CHOOSERS
from kanjo.domains.billing.rules.guards import PlanMissing, explained, refuse_unaddressed
from kanjo.domains.customers.queries import get_customer
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.tables import refuse_unseen

NOBODY = Text(en="", ja="")


@verb("billing.choose-bill-to", *CHOOSERS, Role.DEAL_MANAGEMENT)
def choose_bill_to(
    *,
    company_id: CompanyId,
    payer_id: CustomerId,
    contract_id: ContractId | None = None,
    department: Text = NOBODY,
    attention: str = "",
    channel: Channel | None,
    recipient: str = "",
    on: date,
    because: str,
    by: Actor,
    at: datetime,
) -> None:
    """Let what a payer pays, or of one contract, be invoiced to a department and person by *channel* from a day on.

    What is chosen for a contract goes before what is for all. Without a channel what was chosen ends, and nobody is
    named. What is issued stays. Refuses `Unexplained`, `NoRecipient`, `PlanMissing` for a contract that the company
    does not bill, and `NotFound` for a payer that is not there.
    """
    refuse_unseen(company_id, by)
    explained(because)
    refuse_unaddressed(channel, recipient.strip())
    get_customer(payer_id)
    if contract_id is not None and not Plan.objects.filter(company_id=company_id, contract_id=contract_id).exists():
        raise PlanMissing(key=contract_id)
    account, _ = Account.objects.get_or_create(company_id=company_id, payer_id=payer_id)
    named = {
        "department_ja": department.ja,
        "department_en": department.en,
        "attention": attention,
        "channel": channel,
        "recipient": recipient,
    }
    BillTo.objects.create(
        company_id=company_id,
        account=account,
        contract_id=contract_id,
        effective_on=on,
        because=because,
        **({name: word.strip() for name, word in named.items() if word is not None} if channel else {}),
    )
