"""Reads of billing: invoices and what they stand on, what is due, and what comes next."""

from kanjo.domains.billing.queries.changes import preview_changes
from kanjo.domains.billing.queries.invoices import (
    ORDERS,
    InvoiceLineRow,
    InvoiceRow,
    InvoiceTaxRow,
    InvoiceView,
    SendingRow,
    count_invoices,
    find_invoice,
    find_sending,
    get_invoice,
    is_sent_invoice,
    list_invoices,
    list_sendings,
)
from kanjo.domains.billing.queries.schedules import (
    charges_of_order,
    charges_to_come,
    due_and_not_invoiced,
    invoiced,
    next_charges,
    preview_schedule,
    still_to_bill,
)

__all__ = [
    "ORDERS",
    "InvoiceLineRow",
    "InvoiceRow",
    "InvoiceTaxRow",
    "InvoiceView",
    "SendingRow",
    "charges_of_order",
    "charges_to_come",
    "count_invoices",
    "due_and_not_invoiced",
    "find_invoice",
    "find_sending",
    "get_invoice",
    "invoiced",
    "is_sent_invoice",
    "list_invoices",
    "list_sendings",
    "next_charges",
    "preview_changes",
    "preview_schedule",
    "still_to_bill",
]
