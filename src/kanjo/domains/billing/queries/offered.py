"""The invoices that lines which are only offered would lead to: the same rules that will issue them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from kanjo.domains.billing.facts import GroupKey, InvoiceToCome, LineToBill
from kanjo.domains.billing.models import Account
from kanjo.domains.billing.queries.changes import invoices_to_come, new_plans
from kanjo.domains.billing.queries.due import known_now
from kanjo.domains.billing.queries.grouping import keys_between
from kanjo.domains.billing.queries.policies import read_policies
from kanjo.domains.billing.queries.sharing import read_new_payers
from kanjo.domains.billing.rules.owed import METERED, Known, still_due
from kanjo.foundation.ids import CompanyId, CustomerId, PolicyId
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text

_NOT_YET = 0
"""The contract, the order and, where the payer has none, the account that are still to come."""
_APART = {GroupKey.CONTRACT, GroupKey.ORDER, GroupKey.LINE}


@dataclass(frozen=True, slots=True)
class OfferedInvoices:
    """The invoices that an offer alone would lead to, in the order of their days.

    *joined* says that its lines may stand on one invoice with those of other contracts, which are in none of these.
    *stopped* is what a run would refuse, None where it would not; then there are no invoices.
    """

    invoices: tuple[InvoiceToCome, ...]
    joined: bool
    stopped: Text | None


def preview_offered(
    lines: Sequence[LineToBill],
    *,
    company_id: CompanyId,
    payer_id: CustomerId,
    currency: str,
    payment_terms: str,
    policy: PolicyId,
) -> OfferedInvoices:
    """Return the invoices of a new contract of *lines*, which its payer orders too; nothing is written.

    Periods are counted from the anchor that the lines bring.

    They are grouped, shared, taxed and due as is chosen for the payer now. What waits for acceptance is taken as
    accepted when it may be billed; of usage there is what is owed whatever is used, or of what is expected. A charge is
    under the place of its line, that of usage under the same after all of them, less twice their number.
    """
    own = Account.objects.filter(company_id=company_id, payer_id=payer_id).values_list("pk", flat=True).first()
    of = {
        **read_policies().row(by_predicate=pl.col("policy") == policy, named=True),
        **read_new_payers([payer_id]).row(0, named=True),
        "currency": currency,
        "account_id": own or _NOT_YET,
        "contract_id": _NOT_YET,
        "order_id": _NOT_YET,
        "po_number": "",
        "customer_id": payer_id,
        "payment_terms": payment_terms,
    }
    plans, metered = new_plans(lines, of, from_id=-2 * len(lines))
    plans = plans.with_columns(billed_until=pl.lit(None, dtype=pl.Date))
    due = still_due(plans, date.max, Known(metered=metered.select(*METERED)))
    invoices, stopped = to_come_or_refused(company_id, plans, due, known_now())
    return OfferedInvoices(invoices, _joined(company_id, payer_id, due["bill_on"].unique().sort().to_list()), stopped)


def to_come_or_refused(
    company_id: CompanyId, plans: pl.DataFrame, due: pl.DataFrame, known_at: datetime
) -> tuple[tuple[InvoiceToCome, ...], Text | None]:
    """Return the invoices to come; where the run would refuse one, none of them, and what it would say."""
    try:
        return tuple(invoices_to_come(company_id, plans, due, known_at)), None
    except Refusal as refusal:
        return (), refusal.sentence


def _joined(company_id: CompanyId, payer_id: CustomerId, days: Sequence[date]) -> bool:
    """Return whether on any of *days* lines of several contracts may stand on one invoice."""
    return bool(days) and any(not _APART & keys for keys in keys_between(company_id, payer_id, days[0], days[-1]))
