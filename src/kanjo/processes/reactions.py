"""Which process answers which fact: the whole wiring, in one table.

Every reaction bears being delivered twice. Facts that nobody answers here are kept all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kanjo.domains.approvals.facts import ApprovalConcluded
from kanjo.domains.billing.facts import InvoiceSent
from kanjo.domains.contracts.facts import ContractConcluded, ContractTerminated
from kanjo.domains.opportunities.facts import OpportunityHandedOver
from kanjo.domains.orders.facts import DeliveryAccepted, OrderBooked, PoNumberNoted
from kanjo.domains.quotes.facts import QuoteAnswered, QuoteClosed
from kanjo.domains.renewals.facts import RenewalLapsed
from kanjo.foundation.facts import Fact
from kanjo.platform.outbox.operations import Reaction
from kanjo.platform.runs.facts import RunExecuted
from kanjo.processes.ask_for_acceptance import ask_for_acceptance, await_no_longer
from kanjo.processes.ask_for_invoice import ask_for_invoice
from kanjo.processes.deliver_invoice import deliver_invoice
from kanjo.processes.end_lines import end_lines
from kanjo.processes.tell_people import (
    tell_answer,
    tell_closed,
    tell_concluded,
    tell_owners,
    tell_run,
    tell_terminated,
)
from kanjo.processes.watch_holds import answer_approval, release_accepted, release_numbered
from kanjo.processes.watch_rights import watch_rights, watch_stopped

REACTIONS: Mapping[type[Fact], Sequence[Reaction]] = {
    OpportunityHandedOver: [tell_owners],
    QuoteAnswered: [tell_answer],
    QuoteClosed: [tell_closed],
    ContractConcluded: [tell_concluded],
    OrderBooked: [ask_for_invoice, ask_for_acceptance],
    ApprovalConcluded: [answer_approval],
    DeliveryAccepted: [release_accepted],
    PoNumberNoted: [release_numbered],
    RenewalLapsed: [watch_rights],
    ContractTerminated: [end_lines, watch_stopped, await_no_longer, tell_terminated],
    RunExecuted: [tell_run],
    InvoiceSent: [deliver_invoice],
}
