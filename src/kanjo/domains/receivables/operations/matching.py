"""Matching by rule: thousands of receipts in few statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

import polars as pl

from kanjo.domains.receivables.facts import (
    DOUBTS,
    AllocationKind,
    Doubt,
    MatchReport,
    MatchRule,
    PaymentAllocated,
)
from kanjo.domains.receivables.models import Matching
from kanjo.domains.receivables.queries.matching import (
    known_fees,
    known_names,
    lock_items,
    lock_receipts,
    open_items_on,
)
from kanjo.domains.receivables.rules.matching import match
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.columns import totals
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.bulk.loading import Live
from kanjo.platform.ledger.entries import AccountCode
from kanjo.platform.ledger.loading import load_entries
from kanjo.platform.outbox.loading import load_facts
from kanjo.platform.tables import refuse_unseen
from kanjo.platform.worklist import operations as worklist

ALLOCATIONS = "receivables_allocation"
UNMATCHED = "receivables.unmatched-receipt"
"""The kind of the work item about a receipt that no rule settled."""


@verb("receivables.match-receipts", Role.RECEIVABLES)
def match_receipts(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> MatchReport:
    """Allocate by rule what arrived by *on* to what was issued by *on*; the doubtful becomes work with its cause.

    Posts Dr unapplied receipts (and bank fees), Cr receivable. A second call finds only what is new. What others
    allocated meanwhile is left for the next call. Refuses a day in locked books.
    """
    refuse_unseen(company_id, by)
    receipts = lock_receipts(company_id, on)
    items = open_items_on(company_id, on)
    names = known_names(company_id, items["customer_id"].unique())
    proposals, doubts = match(receipts, items, names, known_fees(company_id))
    settled = _still_as_read(proposals, items).join(items, on="item_id")
    if settled.height:
        _write(settled, company_id, on, by)
        worklist.close_all(
            kind=UNMATCHED, table="receivables_receipt", keys=settled["receipt_id"].unique().to_list(), by=by, at=at
        )
    whys = _whys(doubts.join(receipts, on="receipt_id"))
    worklist.put_all(
        kind=UNMATCHED, table="receivables_receipt", whys=whys, company_id=company_id, role=Role.RECEIVABLES
    )
    return _report(receipts, settled, doubts)


def _still_as_read(proposals: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Lock the items in order of their ids; drop the receipts of which an item has changed since it was read."""
    if proposals.is_empty():
        return proposals
    now = lock_items(proposals["item_id"].unique().sort())
    changed = items.join(now, on="item_id").filter(pl.col("open_minor") != pl.col("open_minor_right"))
    touched = proposals.join(changed, on="item_id", how="semi")
    return proposals.join(touched, on="receipt_id", how="anti")


def _write(settled: pl.DataFrame, company_id: CompanyId, on: date, by: Actor) -> None:
    """Write allocations, postings and facts; the balances follow by themselves."""
    matching = Matching.objects.create(company_id=company_id, by_rule=True, effective_on=on, made_by_id=by.id)
    pairs = settled.with_columns(
        Live().ids(ALLOCATIONS, settled.height),
        company_id=pl.lit(company_id, dtype=pl.Int64),
        effective_on=pl.lit(on),
        matching_id=pl.lit(matching.pk, dtype=pl.Int64),
        kind=pl.lit(AllocationKind.PAYMENT.value),
        received_minor="amount_minor",
    )
    fees = pairs.filter(pl.col("fee_minor") > 0)
    fees = fees.with_columns(
        Live().ids(ALLOCATIONS, fees.height),
        kind=pl.lit(AllocationKind.FEE.value),
        amount_minor="fee_minor",
        received_minor=pl.lit(0, pl.Int64),
    )
    columns = ["id", "company_id", "matching_id", "item_id", "receipt_id", "kind", "amount_minor", "received_minor"]
    Live().load(ALLOCATIONS, pl.concat([pairs, fees]).select(*columns, "rule", "confidence", "effective_on"))
    _post(pairs, company_id)
    _tell(pairs, company_id, by)


def _post(pairs: pl.DataFrame, company_id: CompanyId) -> None:
    nobody, customer = pl.lit(None, dtype=pl.Int64), pl.col("customer_id")
    load_entries(
        pairs.select("effective_on", "currency", "customer_id", "amount_minor", "fee_minor", source_id="id"),
        {
            AccountCode.UNAPPLIED_RECEIPTS: (pl.col("amount_minor"), nobody),
            AccountCode.BANK_FEES: (pl.col("fee_minor"), nobody),
            AccountCode.RECEIVABLE: (-pl.col("amount_minor") - pl.col("fee_minor"), customer),
        },
        company_id=company_id,
        source=ALLOCATIONS,
        loading=Live(),
    )


def _tell(pairs: pl.DataFrame, company_id: CompanyId, by: Actor) -> None:
    taken = (pl.col("amount_minor") + pl.col("fee_minor")).cum_sum().over("item_id")
    facts = pairs.with_columns(open_minor=pl.col("open_minor") - taken).select(
        "company_id",
        "effective_on",
        "receipt_id",
        "customer_id",
        "currency",
        "amount_minor",
        "fee_minor",
        "open_minor",
        "rule",
        invoice_id="item_id",
    )
    load_facts(facts, kind=PaymentAllocated.kind, subject="invoice_id", company_id=company_id, by=by, loading=Live())


def _whys(doubts: pl.DataFrame) -> dict[int, Text]:
    rows = doubts.select("receipt_id", "doubt", "payer_name").iter_rows()
    return {key: DOUBTS[Doubt(doubt)].filled(payer=payer or "—") for key, doubt, payer in rows}


def _report(receipts: pl.DataFrame, settled: pl.DataFrame, doubts: pl.DataFrame) -> MatchReport:
    by_receipt = settled.unique("receipt_id")
    sums = totals(settled, by=["currency"], columns=["amount_minor", "fee_minor"])
    return MatchReport(
        receipts=receipts.height,
        settled=by_receipt.height,
        doubtful=doubts.height,
        by_rule={MatchRule(rule): count for rule, count in _counted(by_receipt["rule"])},
        by_doubt={Doubt(doubt): count for doubt, count in _counted(doubts["doubt"])},
        allocated_minor=dict(sums.select("currency", "amount_minor").iter_rows()),
        fees_minor=dict(sums.select("currency", "fee_minor").iter_rows()),
    )


def _counted(names: pl.Series) -> Iterable[tuple[str, int]]:
    return sorted(Counter(names).items())
