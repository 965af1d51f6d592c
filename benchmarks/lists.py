"""Lists of 200,000 invoices and open items and 20,000 customers: CPU of near and far pages beside their bare SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import a_house
from benchmarks.kit.pages import Seen, an_auditor, seen
from benchmarks.search import records

CUSTOMERS, INVOICES = 20_000, 200_000
ROUNDS = 5
BAR, BAR_MS, MOST_QUERIES = 3, 100, 10
SORTED: Mapping[str, Sequence[str]] = {
    "invoices": ("", "payer", "-due_on", "number", "total"),
    "open-items": ("", "customer", "-issued_on", "total", "-open"),
    "customers": ("", "-kana", "corporate_number"),
}
FILTERED: Mapping[str, Mapping[str, str]] = {
    "invoices": {"q": "北陸精機123"},
    "open-items": {"q": "北陸精機123", "settled": "all"},
    "customers": {"q": "北陸精機12"},
}


def main() -> None:
    """Measure and tell."""
    with a_house():
        from django.urls import reverse

        records(CUSTOMERS, INVOICES)
        client = an_auditor()
        pages = {name: seen(client, reverse(page), asked, ROUNDS) for name, page, asked in _asked()}
    tell(_figures(pages))


def _asked() -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Yield name, list and address of every page: the first, one in the middle and the last, by several columns."""
    for page, orders in SORTED.items():
        for order in orders:
            named = f"list-{page}{'-by-' if order else ''}{order.lstrip('-').replace('_', '-')}"
            yield f"{named}-first", page, {"order": order}
            yield f"{named}-middle", page, {"order": order, "at": _middle(page, order)}
            yield f"{named}-last", page, {"order": order, "at": "last"}
        yield f"list-{page}-filtered", page, FILTERED[page]


def _middle(page: str, order: str) -> str:
    """Return the place in the middle of a list."""
    from kanjo.domains.billing import queries as billing
    from kanjo.domains.billing.models import Invoice
    from kanjo.domains.customers import queries as customers
    from kanjo.domains.customers.models import Customer
    from kanjo.domains.receivables.models import OpenItem
    from kanjo.domains.receivables.queries import items
    from kanjo.platform.ordering import sorted_by
    from kanjo.platform.paging import paged

    lists: Mapping[str, tuple[Any, Any, Sequence[str]]] = {
        "invoices": (Invoice, billing.ORDERS, ("-issued_on", "-id")),
        "open-items": (OpenItem, items.ORDERS, ("due_on", "id")),
        "customers": (Customer, customers.ORDERS, ("name", "id")),
    }
    model, orders, otherwise = lists[page]
    keys = sorted_by(model, order, orders, *otherwise)
    rows = CUSTOMERS if page == "customers" else INVOICES
    return paged(model.objects.all(), keys, "", rows // 2, lambda _: []).after


def _figures(pages: Mapping[str, Seen]) -> Iterator[Figure]:
    for name, one in pages.items():
        yield Figure(name, one.cpu, "CPU ms", one.bare_cpu, one.cpu / one.bare_cpu)
    long = [name for name in pages if "customers" not in name]
    against = max(long, key=lambda name: pages[name].cpu / pages[name].bare_cpu)
    slowest = max(pages, key=lambda name: pages[name].cpu)
    worst, slow = pages[against], pages[slowest]
    most = float(max(one.queries for one in pages.values()))
    yield Figure(
        "lists-against-sql", worst.cpu, "CPU ms", worst.bare_cpu, worst.cpu / worst.bare_cpu, BAR, at_most=True
    )
    yield Figure("lists-slowest", slow.cpu, "CPU ms", BAR_MS, slow.cpu / BAR_MS)
    yield Figure("lists-slowest-wall", slow.wall, "ms", slow.bare_wall, slow.wall / slow.bare_wall)
    yield Figure("lists-queries", most, "queries", MOST_QUERIES, most / MOST_QUERIES, 1, at_most=True)


if __name__ == "__main__":
    main()
