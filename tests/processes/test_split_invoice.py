"""Invoices shared and split between payers, through the whole house: the identities hold, and it happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from kanjo.domains.billing.facts import ShareOfPayer
from kanjo.domains.billing.operations import credit_invoice, share_contract
from kanjo.domains.billing.rules.sharing import AlreadySplit
from kanjo.domains.receivables.operations import reverse_allocation, write_off_fee
from kanjo.domains.receivables.rules.guards import SettledInPart
from kanjo.foundation.ids import CustomerId, InvoiceId
from kanjo.platform.identity.queries import house
from kanjo.processes import bill
from kanjo.reports.identities import IDENTITIES
from tests.builders import NOW, TODAY, a_customer
from tests.harness.office import APRIL, MAY, Office, an_office
from tests.plumbing import FreshDatabase
from tests.processes.end_state import rows
from tests.processes.test_bill import a_house_with_orders, run
from tests.races import at_once, until_somebody_waits

pytestmark = pytest.mark.row("BIL-14")

OPEN = "SELECT customer_id, b.open_minor FROM receivables_itembalance b JOIN receivables_openitem i ON i.id = b.id"


def shares(*of: tuple[CustomerId, int]) -> list[ShareOfPayer]:
    return [ShareOfPayer(payer, weight) for payer, weight in of]


def owing() -> list[tuple[int, ...]]:
    """Who owes what, in order; what is settled is left out."""
    return rows(f"{OPEN} WHERE b.open_minor <> 0 ORDER BY i.id")


def split(office: Office, invoice_id: InvoiceId, *of: tuple[CustomerId, int]) -> tuple[InvoiceId, ...]:
    with transaction.atomic():
        return bill.split_invoice(
            company_id=office.company_id,
            invoice_id=invoice_id,
            shares=shares(*of),
            on=APRIL,
            because="部門ごとに負担",
            by=office.receivables,
            at=NOW,
        )


@pytest.mark.django_db
def test_shared_and_split_invoices_keep_the_books() -> None:
    """One sale is shared by two payers, another split after April; May goes on, and every identity holds."""
    office = an_office()
    north, south = a_customer("株式会社北部"), a_customer("株式会社南部")
    buyer = a_customer("株式会社一括")
    shared = office.sell(a_customer(), [office.users(10, 9_001)])
    office.sell(buyer, [office.users(3, 2_777)])
    with transaction.atomic():
        share_contract(
            contract_id=shared.contract_id,
            shares=shares((north, 1), (south, 2)),
            on=APRIL,
            because="部門ごとに負担",
            by=house(),
            at=NOW,
        )
    office.bill(APRIL)
    (whole,) = rows(f"SELECT id, net_minor FROM billing_invoice WHERE payer_id = {buyer}")
    split(office, InvoiceId(whole[0]), (north, 30), (south, 70))
    office.bill(MAY)
    office.recognise(MAY)
    broken = {one.name for one in IDENTITIES if not one.check(office.company_id).holds}
    assert broken <= {"audit-chain"}, "chained at commit only"
    assert {payer for payer, _ in owing()} == {north, south, buyer}
    assert sum(minor for payer, minor in owing() if payer == buyer) == whole[1] * 110 // 100, "May alone"


@pytest.mark.django_db
def test_what_is_paid_in_part_is_not_split() -> None:
    """A yen of it settled, and it says so and changes nothing; taken back, it is split."""
    office = an_office()
    buyer, north = a_customer(), a_customer("株式会社北部")
    office.sell(buyer, [office.users(10, 9_000)])
    office.bill(APRIL)
    ((invoice_id,),) = rows("SELECT id FROM billing_invoice")
    fee: dict[str, Any] = {"on": APRIL, "because": "振込手数料", "by": office.receivables, "at": NOW}
    with transaction.atomic():
        taken = write_off_fee(item_id=InvoiceId(invoice_id), amount_minor=1, **fee)
    before = rows("SELECT count(*) FROM billing_invoice"), owing()
    with pytest.raises(SettledInPart, match="JPY 1 is settled"):
        split(office, InvoiceId(invoice_id), (north, 1))
    assert (rows("SELECT count(*) FROM billing_invoice"), owing()) == before
    with transaction.atomic():
        reverse_allocation(allocation_id=taken, **fee)
    split(office, InvoiceId(invoice_id), (north, 1))
    assert [payer for payer, _ in owing()] == [north]


def test_one_of_eight_at_once_splits(fresh_database: FreshDatabase) -> None:
    """Eight hands split one invoice: once it is done, seven times it says what it was split into."""
    company, _ = a_house_with_orders()
    with transaction.atomic():
        north = a_customer("株式会社北部")
    ((invoice_id, payer),) = rows("SELECT id, payer_id FROM billing_invoice ORDER BY id LIMIT 1")
    asked: dict[str, Any] = {
        "shares": shares((north, 1), (payer, 1)),
        "on": date(2026, 4, 1),
        "because": "部門",
        "by": house(),
    }
    told = at_once(lambda: bill.split_invoice(company_id=company, invoice_id=invoice_id, at=NOW, **asked))
    assert sum(isinstance(one, AlreadySplit) for one in told) == 7
    assert rows("SELECT count(*) FROM billing_split") == [(1,)]


def test_a_credit_that_waits_for_a_split_gives_back_the_parts_too(fresh_database: FreshDatabase) -> None:
    """A shares with B, B is split while a credit of A waits: nobody keeps money of days that are billed anew."""
    company, (order, *_) = a_house_with_orders(billed=False)
    ((contract,),) = rows(f"SELECT DISTINCT contract_id FROM billing_plan WHERE order_id = {order}")
    with transaction.atomic():
        north, south, east, west = (a_customer(f"株式会社{name}部") for name in "北南東西")
        share_contract(
            contract_id=contract, shares=shares((north, 1), (south, 2)), on=TODAY, because="部門", by=house(), at=NOW
        )
    run(company, TODAY)
    (credited,), (halved,) = rows(f"SELECT id FROM billing_invoice WHERE payer_id IN ({north}, {south}) ORDER BY id")
    asked: dict[str, Any] = {"on": TODAY, "because": "宛先誤り", "by": house(), "at": NOW}

    def credit() -> InvoiceId:
        try:
            with transaction.atomic():
                return credit_invoice(invoice_id=InvoiceId(credited), **asked)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            parts = shares((east, 1), (west, 1))
            bill.split_invoice(company_id=company, invoice_id=InvoiceId(halved), shares=parts, **asked)
            waiting = threads.submit(credit)
            until_somebody_waits()
        waiting.result(timeout=30)
    borne = "SELECT payer_id, sum(total_minor)::bigint FROM billing_invoice GROUP BY 1 HAVING sum(total_minor) <> 0"
    assert {payer for payer, _ in rows(borne)}.isdisjoint({north, south, east, west})
    run(company, TODAY)
    plan = "SELECT id FROM billing_plan WHERE contract_id = {contract}"
    left = f"SELECT sum(amount_minor)::bigint FROM billing_charge WHERE plan_id IN ({plan.format(contract=contract)})"
    prices = f"SELECT sum(net_minor)::bigint FROM billing_invoice WHERE payer_id IN ({north}, {south}, {east}, {west})"
    assert rows(left) == rows(prices)
    assert rows(left)[0][0] == 10_777
