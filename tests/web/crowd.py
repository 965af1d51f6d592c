"""A thousand of everything: copies of what the story left, written past the verbs to be there at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connections

FIRST = 1_000_000
"""Every copy gets this id plus its number, in every table, so that copies point to each other."""

_ID = f"{FIRST} + n"
_DIGEST = "repeat(md5(n::text), 2)"
COPIES: Mapping[str, Mapping[str, str]] = {
    "identity_person": {"name": "'利用者 ' || n", "email": "n || '@example.jp'", "is_system": "false"},
    "customers_customer": {"name": "'顧客 ' || n", "corporate_number": "''"},
    "catalog_product": {"code": "'P' || n"},
    "catalog_price": {"product_id": _ID},
    "opportunities_opportunity": {},
    "quotes_quote": {"number": "'Q-' || n"},
    "quotes_quoteversion": {"quote_id": _ID},
    "approvals_approvalrequest": {"subject_id": _ID, "version_id": _ID},
    "contracts_contract": {"number": "'C-' || n", "quote_id": _ID, "quote_version_id": _ID},
    "orders_order": {"number": "'O-' || n", "contract_id": _ID},
    "orders_orderline": {"order_id": _ID},
    "billing_plan": {"order_id": _ID, "order_line_id": _ID},
    "billing_hold": {"account_id": "NULL", "plan_id": _ID, "expires_on": "NULL"},
    "billing_usagerating": {"plan_id": _ID},
    "billing_usagedelivery": {},
    "billing_invoice": {"number": "'INV-' || n"},
    "receivables_openitem": {"number": "'INV-' || n"},
    "receivables_itembalance": {"open_minor": "1"},
    "receivables_bankfile": {"digest": _DIGEST},
    "receivables_receipt": {"identity": _DIGEST},
    "receivables_receiptbalance": {},
    "receivables_acknowledgement": {"number": "'RCP-' || n", "receipt_id": _ID},
    "receivables_monthlystatement": {
        "number": "'ST-' || n",
        "start": "date '2100-01-01' + n * 31",
        "until": "date '2100-02-01' + n * 31",
    },
    "revenue_obligation": {"order_line_id": _ID},
    "licenses_grant": {"order_line_id": _ID, "quantity": "n"},
    "renewals_renewal": {"contract_id": _ID},
    "runs_run": {"key": "'key ' || n"},
    "runs_shard": {"run_id": _ID},
    "ledger_period": {"start": "date '2100-01-01' + n * 31", "until": "date '2100-02-01' + n * 31"},
    "ledger_entry": {},
    "ledger_posting": {"entry_id": _ID},
    "privacy_look": {"count": "n"},
    "webhooks_endpoint": {},
    "webhooks_sending": {"message": "'msg_' || n", "fact_id": _ID},
    "outbox_delivery": {"state": "'dead'", "reaction": "'reaction ' || n"},
    "notices_notice": {"key": "'key ' || n"},
    "worklist_workitem": {"subject_id": _ID, "state": "'open'"},
}


def crowd(already: int, until: int, copies: Mapping[str, Mapping[str, str]] = COPIES) -> None:
    """Copy the first row of every table as number *already* + 1 to *until*, changed as *copies* says."""
    with connections["owner"].cursor() as cursor:
        for table, changed in copies.items():
            cursor.execute(_WRITTEN, [table])
            written = [name for (name,) in cursor.fetchall()]
            columns, values = ", ".join(written), ", ".join(f"(copy).{name}" for name in written)
            pairs = ", ".join(f"'{name}', {value}" for name, value in {"id": _ID, **changed}.items())
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {values} FROM"
                f" (SELECT jsonb_populate_record(o, jsonb_build_object({pairs})) AS copy FROM {table} o,"
                f" generate_series(%s::int, %s::int) n WHERE o.id = (SELECT min(id) FROM {table})) AS copies",
                [already + 1, until],
            )
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


_WRITTEN = """
SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'
"""
