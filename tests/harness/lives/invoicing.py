"""What happens to the invoices of a contract: moved, given back, shared and split."""

from __future__ import annotations

from datetime import date
from typing import Any

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import ShareOfPayer
from kanjo.domains.billing.queries import charges_to_come
from kanjo.domains.billing.queries.due import Scope
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.foundation.ids import InvoiceId
from kanjo.processes import bill
from tests.harness.lives.living import Lived, Lives, NothingToDo
from tests.harness.lives.standing import rows
from tests.harness.office import morning

_UNTOUCHED = """
    SELECT i.id FROM billing_invoice i WHERE i.total_minor > 0 AND i.issued_on <= %s AND NOT EXISTS (
        SELECT FROM billing_invoiceline l JOIN billing_charge c ON c.plan_id = l.plan_id
        WHERE l.invoice_id = i.id AND c.credited_line_id IS NOT NULL
            AND l.id IN (c.invoice_line_id, c.credited_line_id))
    ORDER BY i.id DESC LIMIT 8"""
"""Invoices that gave nothing back and of which nothing was given back."""


def move(lives: Lives, lived: Lived, on: date) -> None:
    """One billing day is moved, once."""
    to_come = charges_to_come(Scope(lives.office.company_id, contract_id=lived.contract_id))
    if not to_come:
        raise NothingToDo
    billing.move_billing_day(
        contract_id=lived.contract_id,
        bill_on=lives.chance.choice(to_come[:6]).bill_on,
        moved_to=on + DAY * lives.chance.randint(0, 60),
        because="顧客の依頼",
        by=lives.office.receivables,
        at=morning(on),
    )


def credit(lives: Lives, lived: Lived, on: date) -> None:
    """An invoice was wrong and is given back; what it charged is due again."""
    found = rows(
        "SELECT i.id FROM billing_invoice i JOIN orders_order o ON o.id = i.order_id"
        " WHERE o.contract_id = %s AND i.total_minor > 0 ORDER BY i.id DESC LIMIT 3",
        lived.contract_id,
    )
    if not found:
        raise NothingToDo
    lives.office.credit(InvoiceId(lives.chance.choice(found)[0]), on=on)


def share(lives: Lives, lived: Lived, on: date) -> None:
    """Up to three payers share a contract, or all of a payer, by whole numbers from a day near; or nobody does."""
    payers = lives.chance.sample([one.customer_id for one in lives.contracts], lives.chance.randint(0, 3))
    agreed: dict[str, Any] = {
        "shares": [ShareOfPayer(payer, lives.chance.randint(1, 9)) for payer in payers],
        "on": on + DAY * lives.chance.randint(-10, 40),
        "because": "部門ごとに負担",
        "by": lives.office.receivables,
        "at": morning(on),
    }
    if lives.chance.random() < 0.8:
        billing.share_contract(contract_id=lived.contract_id, **agreed)
    else:
        billing.share_account(company_id=lives.office.company_id, payer_id=lived.customer_id, **agreed)


def split(lives: Lives, lived: Lived, on: date) -> None:
    """An invoice that gave nothing back is split between two payers, or handed on to one."""
    found = rows(_UNTOUCHED, on)
    if not found:
        raise NothingToDo
    payers = lives.chance.sample([one.customer_id for one in lives.contracts], lives.chance.randint(1, 2))
    bill.split_invoice(
        company_id=lives.office.company_id,
        invoice_id=InvoiceId(lives.chance.choice(found)[0]),
        shares=[ShareOfPayer(payer, lives.chance.randint(1, 9)) for payer in payers],
        on=on,
        because="部門ごとに負担",
        by=lives.office.receivables,
        at=morning(on),
    )
