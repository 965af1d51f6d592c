"""Subscriptions to measure with: one deal through the real verbs, then as many copies of its rows as are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connections, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.catalog.operations import set_tax_rate
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId
from kanjo.platform.identity.queries import house
from tests.builders import NOW, TODAY, a_company, a_customer, a_line, a_product, an_actor
from tests.deals import a_deal

TERMS = "net:30:none"


@dataclass(frozen=True)
class Book:
    """A company with its subscriptions, two lines each, each with a payer of its own."""

    company_id: CompanyId
    receivables: Actor
    approver: Actor


@transaction.atomic
def a_company_with_people(code: str = "kanjo-jp") -> Book:
    """Found the company and let in who bills and who approves the run."""
    company_id = a_company(code)
    set_tax_rate(tax_class=TaxClass.STANDARD, rate="10%", effective_on=date(2019, 10, 1), by=house(), at=NOW)
    return Book(
        company_id,
        an_actor(Role.RECEIVABLES, companies=[company_id]),
        an_actor(Role.REV_REC, companies=[company_id]),
    )


def subscribe(book: Book, count: int) -> None:
    """Book one subscription of two monthly lines and plan its billing; copy its rows until there are *count*."""
    before = {table: _last(table) for table in _COPIED}
    with transaction.atomic():
        first = a_product(book.company_id, "CLOUD-M")
        second = a_product(book.company_id, "SUPPORT-M", list_minor=3_000)
        customer = a_customer()
        deal = a_deal(book.company_id, customer, [a_line(first), a_line(second)])
        billing.plan(
            company_id=book.company_id,
            customer_id=customer,
            payer_id=customer,
            order_id=deal.order.order_id,
            contract_id=deal.contract_id,
            currency="JPY",
            payment_terms=TERMS,
            lines=[
                LineToBill(
                    order_line_id=line.order_line_id,
                    description=line.terms.name,
                    charge=line.terms.charge,
                    timing=line.terms.timing,
                    interval_months=line.terms.interval_months,
                    net_minor=line.net_minor,
                    tax_class=line.terms.tax_class,
                    service=line.service,
                    quantity=line.quantity,
                    due_from=line.service.start if line.service else TODAY,
                )
                for line in deal.order.lines
            ],
            by=house(),
            at=NOW,
            on=TODAY,
        )
    _copy(count - 1, before)


_APART = 1_000
"""Copy number k of a row has the id of the original and k times this more, and refers to copies number k."""
_COPIED = {
    "customers_customer": {
        "name": "name || k",
        "name_kana": "name_kana || k",
        "matching_key": "matching_key || k",
        "external_key": "''",
        "corporate_number": "''",
    },
    "quotes_quote": {"number": "number || '-' || k"},
    "quotes_quoteversion": {"quote_id": "quote_id + far"},
    "orders_order": {
        "number": "number || '-' || k",
        "quote_version_id": "quote_version_id + far",
        "customer_id": "customer_id + far",
        "payer_id": "payer_id + far",
    },
    "orders_orderline": {"order_id": "order_id + far"},
    "billing_account": {"payer_id": "payer_id + far"},
    "billing_plan": {
        "account_id": "account_id + far",
        "customer_id": "customer_id + far",
        "order_id": "order_id + far",
        "order_line_id": "order_line_id + far",
    },
}


def _last(table: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def _copy(count: int, before: Mapping[str, int]) -> None:
    """Copy what came after *before*."""
    with connections["owner"].cursor() as cursor:
        for table, changed in _COPIED.items():
            cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table])
            columns = [name for (name,) in cursor.fetchall()]
            values = [{"id": "id + far", **changed}.get(name, name) for name in columns]
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE SELECT {', '.join(values)}"
                f" FROM {table}, generate_series(1, {count}) AS k, LATERAL (SELECT k * {_APART} AS far) AS moved"
                f" WHERE id > {before[table]}"
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        cursor.execute("ANALYZE")
