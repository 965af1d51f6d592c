"""The search over everything at 200,000 records: CPU of page and database, beside the bare SQL that the page runs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import a_house
from benchmarks.kit.pages import an_auditor, seen

CUSTOMERS, INVOICES = 20_000, 40_000
"""As many quotes, contracts, orders, opportunities and receipts as customers; as many open items as invoices."""
BAR_MS = 100
TYPED = {
    "name": "北陸精機1234",
    "kana": "ホクリク1234",
    "two-characters": "精機",
    "one-character": "森",
    "legal-form": "株式会社",
    "number": "INV-2026-0123",
    "amount": "1,234,500",
    "payer": "ﾎｸﾘｸ12345",
    "nothing": "見当たらない会社",
}
_WORDS = "(ARRAY['北陸精機', '青山製作所', '森電子', '東京通商', '若葉運輸', '南海化学', '銀河印刷'])[1 + mod(n, 7)]"
_READINGS = (
    "(ARRAY['ホクリクセイキ', 'アオヤマ', 'モリデンシ', 'トウキョウ', 'ワカバ', 'ナンカイ', 'ギンガ'])[1 + mod(n, 7)]"
)


def main() -> None:
    """Measure and tell."""
    with a_house():
        records(CUSTOMERS, INVOICES)
        client = an_auditor()
        page = {kind: seen(client, "/search", {"q": typed}) for kind, typed in TYPED.items()}
        building = _building()
    worst = max(page, key=lambda kind: page[kind].cpu)
    tell(
        [
            *(
                Figure(f"search-{kind}", one.cpu, "CPU ms", one.bare_cpu, one.cpu / one.bare_cpu)
                for kind, one in page.items()
            ),
            Figure("search-slowest", page[worst].cpu, "CPU ms", BAR_MS, page[worst].cpu / BAR_MS, bar=1, at_most=True),
            Figure("search-indexes-of-billing", building, "ms/100,000 invoices"),
        ]
    )


def records(customers: int, invoices: int) -> None:
    """Tell one deal through the pages, then copy its rows under many names, numbers and amounts."""
    from django.conf import settings
    from django.db import connections, transaction
    from django.test.utils import setup_test_environment

    from tests.web.crowd import COPIES, FIRST, crowd
    from tests.web.office import an_office, paid

    setup_test_environment()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with transaction.atomic():
        office = an_office()
    paid(office)
    whose = f"{FIRST} + 1 + mod(n, {customers})"
    changed: Mapping[str, Mapping[str, str]] = {
        "customers_customer": {
            "name": f"'株式会社' || {_WORDS} || n",
            "name_kana": f"{_READINGS} || n",
            "matching_key": f"{_WORDS} || n",
        },
        "opportunities_opportunity": {"name": f"{_WORDS} || '導入' || n", "customer_id": whose},
        "quotes_quote": {"number": "'Q-' || n", "customer_id": whose},
        "quotes_quoteversion": COPIES["quotes_quoteversion"],
        "contracts_contract": {**COPIES["contracts_contract"], "customer_id": whose},
        "orders_order": {**COPIES["orders_order"], "customer_id": whose, "payer_id": whose},
        "billing_invoice": {
            "number": "'INV-2026-' || lpad(n::text, 6, '0')",
            "payer_id": whose,
            "customer_id": whose,
            "net_minor": "n * 100",
            "tax_minor": "0",
            "total_minor": "n * 100",
        },
        "receivables_openitem": {
            "number": "'INV-2026-' || lpad(n::text, 6, '0')",
            "customer_id": whose,
            "amount_minor": "n * 100",
        },
        "receivables_itembalance": {"amount_minor": "n * 100", "open_minor": "n * 100"},
        "receivables_receipt": {
            **COPIES["receivables_receipt"],
            "payer_name": f"{_READINGS} || n",
            "amount_minor": "n * 100",
        },
        "receivables_receiptbalance": {"amount_minor": "n * 100", "left_minor": "0"},
    }
    crowd(0, customers, changed)
    more = ("billing_invoice", "receivables_openitem", "receivables_itembalance")
    crowd(customers, invoices, {table: changed[table] for table in more})
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _building() -> float:
    """Return the milliseconds that the indexes for the search add to settling 100,000 invoices and their items."""
    from django.db import connections

    columns: Sequence[tuple[str, str]] = (
        ("billing_invoice_hand", "total_minor"),
        ("receivables_openitem_hand", "amount_minor"),
        ("receivables_openitem_hand", "number"),
    )
    with connections["owner"].cursor() as cursor:
        began = time.perf_counter()
        for table, column in columns:
            cursor.execute(f"CREATE INDEX ON {table} ({column})")
        return (time.perf_counter() - began) * 1000 * 100_000 / INVOICES


if __name__ == "__main__":
    main()
