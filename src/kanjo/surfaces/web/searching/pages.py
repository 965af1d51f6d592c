"""One field for everything: what holds a text, a number or an amount, by kind; a document's number leads to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render

from kanjo.domains.billing.queries import find_invoice
from kanjo.domains.contracts.queries import find_contract
from kanjo.domains.customers.queries import customers_found
from kanjo.domains.orders.queries import find_order
from kanjo.domains.quotes.queries import find_quote
from kanjo.foundation.actors import Actor
from kanjo.foundation.texts import Text
from kanjo.platform.search.queries import LONGEST, Few, plain
from kanjo.surfaces.pacing import pace_search
from kanjo.surfaces.web.billing.pages import INVOICES
from kanjo.surfaces.web.catalog.pages import PRODUCTS
from kanjo.surfaces.web.contracts.pages import CONTRACTS
from kanjo.surfaces.web.customers.pages import CUSTOMERS
from kanjo.surfaces.web.desk import Desk, DeskRequest
from kanjo.surfaces.web.details import Table
from kanjo.surfaces.web.doors import SIGNED_IN, door, opens
from kanjo.surfaces.web.lists import TEXT, Asked, ListPage
from kanjo.surfaces.web.menu import ICONS
from kanjo.surfaces.web.opportunities.pages import OPPORTUNITIES
from kanjo.surfaces.web.orders.pages import ORDERS
from kanjo.surfaces.web.quotes.pages import QUOTES
from kanjo.surfaces.web.receivables.pages import OPEN_ITEMS, RECEIPTS
from kanjo.surfaces.web.shown import Link

SHOWN = 5
"""Rows of each kind."""

MOST = 50
"""How many of each kind are looked for, so that a word that everything holds is answered as quickly as any."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A list that is searched, with the filters under which it shows everything."""

    page: str
    list: ListPage[Any]
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """The first rows of a kind; `href` leads to all of them."""

    title: Text
    icon: str
    table: Table
    href: str


KINDS = (
    Kind("customers", CUSTOMERS),
    Kind("products", PRODUCTS),
    Kind("opportunities", OPPORTUNITIES),
    Kind("quotes", QUOTES),
    Kind("contracts", CONTRACTS),
    Kind("orders", ORDERS),
    Kind("invoices", INVOICES),
    Kind("open-items", OPEN_ITEMS, {"settled": "all"}),
    Kind("receipts", RECEIPTS),
)
NUMBERED: Sequence[tuple[str, Callable[[Actor, str], int | None]]] = (
    ("quote", find_quote),
    ("contract", find_contract),
    ("order", find_order),
    ("invoice", find_invoice),
)
"""The page of each kind of document, and how one is found by its number in full."""


@door(SIGNED_IN)
def search(request: DeskRequest) -> HttpResponse:
    """Show what was found of each kind that the person may open, or lead to the document of that number."""
    text = plain(request.GET.get(TEXT, ""))
    if text:
        pace_search(request.desk.own.id, request.desk.now)
    document = _document(request.desk.actor, text)
    if document is not None:
        return HttpResponseRedirect(document.url)
    few = Few(MOST, list(customers_found(text, MOST).values_list("pk", flat=True))) if text else MOST
    groups = [found for kind in KINDS if text for found in _found(request.desk, kind, text, few)]
    return render(request, "search.html", {"text": text, "groups": groups, "longest": LONGEST})


def _document(actor: Actor, text: str) -> Link | None:
    """Return the way to the only document that has this number."""
    hits = [Link(text, page, key) for page, find in NUMBERED if text for key in (find(actor, text),) if key is not None]
    return hits[0] if len(hits) == 1 else None


def _found(desk: Desk, kind: Kind, text: str, few: int) -> list[Found]:
    if not opens(kind.page, desk.actor):
        return []
    choices = {one.name: one.read(kind.filters.get(one.name, "")) for one in kind.list.filters}
    table = kind.list.found(Asked(desk, text, choices, order="", limit=SHOWN, most=few))
    if not table.rows:
        return []
    everything = Link("", kind.page, query=urlencode({TEXT: text, **kind.filters}))
    return [Found(kind.list.title, ICONS[kind.page], table, everything.url)]
