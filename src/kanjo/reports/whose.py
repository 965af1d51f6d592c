"""The customer of what waits, so that whoever reads its queue knows whom each thing is about."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from kanjo.foundation.texts import Name

_CUSTOMERS = {
    "contracts_contract": "SELECT id, customer_id FROM contracts_contract",
    "orders_order": "SELECT id, customer_id FROM orders_order",
    "quotes_quote": "SELECT id, customer_id FROM quotes_quote",
    "renewals_renewal": "SELECT id, customer_id FROM renewals_renewal",
}
"""The rows whose customer is told, by their table."""


def customers_of(subjects: Collection[tuple[str, int]]) -> dict[tuple[str, int], Name]:
    """Return the name of the customer of each subject (table, id) that has one; one question, or none."""
    known = sorted({table for table, _key in subjects} & _CUSTOMERS.keys())
    if not known:
        return {}
    asked = [[key for table, key in subjects if table == one] for one in known]
    parts = " UNION ALL ".join(f"SELECT '{one}', s.* FROM ({_CUSTOMERS[one]}) s WHERE s.id = ANY(%s)" for one in known)  # noqa: S608 - our own tables
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.tbl, t.id, c.name, c.name_en FROM ({parts}) t(tbl, id, customer_id)"  # noqa: S608 - our own tables
            " JOIN customers_customer c ON c.id = t.customer_id",
            asked,
        )
        return {(table, key): Name(name, en) for table, key, name, en in cursor.fetchall()}
