"""Where the page of a row is, and what it is called, by its table: what work, failures and postings point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kanjo.foundation.texts import Text
from kanjo.surfaces.web.menu import ICONS
from kanjo.surfaces.web.shown import Link


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rows of a table are called; the names of their page and of the list it is on, empty where none is."""

    name: Text
    page: str = ""
    list: str = ""


_SUBJECTS = {
    "approvals_approvalitem": Subject(Text(en="Approval item", ja="承認項目"), "approval-item", "approvals"),
    "approvals_approvalcondition": Subject(Text(en="Condition", ja="承認条件"), "approval-condition", "approvals"),
    "approvals_approvalrequest": Subject(Text(en="Approval request", ja="承認申請"), "approval", "approvals"),
    "billing_account": Subject(Text(en="Billing account", ja="請求先")),
    "billing_hold": Subject(Text(en="Billing hold", ja="請求保留"), "hold", "holds"),
    "billing_invoice": Subject(Text(en="Invoice", ja="請求書"), "invoice", "invoices"),
    "contracts_contract": Subject(Text(en="Contract", ja="契約"), "contract", "contracts"),
    "customers_customer": Subject(Text(en="Customer", ja="顧客"), "customer", "customers"),
    "deputies_deputation": Subject(Text(en="Deputies", ja="代理")),
    "identity_person": Subject(Text(en="Person", ja="利用者"), "person", "people"),
    "opportunities_opportunity": Subject(Text(en="Opportunity", ja="商談"), "opportunity", "opportunities"),
    "orders_order": Subject(Text(en="Order", ja="注文"), "order", "orders"),
    "orders_orderline": Subject(Text(en="Order line", ja="注文明細")),
    "outbox_delivery": Subject(Text(en="Automatic step", ja="自動処理"), "delivery", "failed-deliveries"),
    "quotes_quote": Subject(Text(en="Quote", ja="見積"), "quote", "quotes"),
    "receivables_acknowledgement": Subject(
        Text(en="Acknowledgement", ja="領収書"), "acknowledgement", "acknowledgements"
    ),
    "receivables_monthlystatement": Subject(Text(en="Monthly statement", ja="月締め請求書"), "statement", "statements"),
    "receivables_allocation": Subject(Text(en="Allocation", ja="消込")),
    "receivables_bankfile": Subject(Text(en="Bank file", ja="入金データ"), "bank-file", "bank-files"),
    "receivables_openitem": Subject(Text(en="Receivable", ja="売掛金"), "open-item", "open-items"),
    "receivables_receipt": Subject(Text(en="Receipt", ja="入金"), "receipt", "receipts"),
    "renewals_renewal": Subject(Text(en="Renewal", ja="契約更新"), "renewal", "renewals"),
    "revenue_obligation": Subject(Text(en="Performance obligation", ja="履行義務"), "obligation", "obligations"),
    "webhooks_endpoint": Subject(Text(en="Webhook", ja="Webhook"), "webhook", "webhooks"),
    "runs_schedule": Subject(Text(en="Billing by schedule", ja="自動請求の予定")),
    "runs_run": Subject(Text(en="Run", ja="一括処理"), "run", "runs"),
}
FACT_TABLES = {
    "approvals.concluded": "approvals_approvalrequest",
    "billing.invoice-sent": "billing_invoice",
    "billing.invoice-split": "billing_invoice",
    "billing.held": "billing_hold",
    "billing.released": "billing_hold",
    "contracts.concluded": "contracts_contract",
    "contracts.ended": "contracts_contract",
    "contracts.terminated": "contracts_contract",
    "licenses.end-of-use-confirmed": "contracts_contract",
    "opportunities.handed-over": "opportunities_opportunity",
    "orders.booked": "orders_order",
    "orders.delivery-accepted": "orders_orderline",
    "orders.po-number-noted": "orders_order",
    "quotes.answered": "quotes_quote",
    "quotes.closed": "quotes_quote",
    "renewals.lapsed": "renewals_renewal",
    "runs.executed": "runs_run",
}
"""The table of what a fact happened to."""
_NUMBERED = Text(en="{name} #{key}", ja="{name} #{key}")


def icon_of(table: str) -> str:
    """Return the icon of the rows of a table."""
    known = _SUBJECTS.get(table)
    return ICONS.get(known.list if known else "", "circle-dot")


def by_list(counted: Mapping[str, int]) -> dict[str, int]:
    """Return counts by table as counts by the list that their rows are on."""
    lists: dict[str, int] = {}
    for table, count in counted.items():
        known = _SUBJECTS.get(table)
        if known and known.list:
            lists[known.list] = lists.get(known.list, 0) + count
    return lists


def page_of(table: str, key: int, value: object) -> object:
    """Return *value* leading to the page of the row, or as it is where the row has no page of its own."""
    known = _SUBJECTS.get(table)
    return Link(value, known.page, key) if known and known.page else value


def source_of(table: str, key: int) -> object:
    """Return what a row is called, with its id, leading to its page where it has one."""
    known = _SUBJECTS.get(table)
    return page_of(table, key, _NUMBERED.filled(name=known.name if known else table, key=key))


def source_of_fact(kind: str, key: int) -> object:
    """Return what a fact happened to, leading to its page where it has one."""
    return source_of(FACT_TABLES.get(kind, kind), key)
