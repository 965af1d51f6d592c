"""The menu: what exists and the person may read, in the order the deal flows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import resolve, reverse

from kanjo.foundation.actors import Actor
from kanjo.foundation.texts import Text
from kanjo.surfaces.web.doors import Door, door_of
from kanjo.surfaces.web.shown import said

MENU: tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...] = (
    (
        Text(en="Deals", ja="取引"),
        (
            ("customers", Text(en="Customers", ja="顧客")),
            ("products", Text(en="Products", ja="製品")),
            ("opportunities", Text(en="Opportunities", ja="商談")),
            ("quotes", Text(en="Quotes", ja="見積")),
            ("approvals", Text(en="Approvals", ja="承認")),
            ("contracts", Text(en="Contracts", ja="契約")),
            ("orders", Text(en="Orders", ja="注文")),
        ),
    ),
    (
        Text(en="Billing and payment", ja="請求と入金"),
        (
            ("invoices", Text(en="Invoices", ja="請求書")),
            ("open-items", Text(en="Receivables", ja="売掛金")),
            ("receipts", Text(en="Receipts", ja="入金")),
            ("bank-files", Text(en="Bank files", ja="入金データ")),
            ("ageing", Text(en="Ageing", ja="売掛金年齢表")),
        ),
    ),
    (
        Text(en="Revenue and rights", ja="収益と権利"),
        (
            ("obligations", Text(en="Obligations", ja="履行義務")),
            ("waterfall", Text(en="Revenue waterfall", ja="収益認識の推移")),
            ("grants", Text(en="Licenses", ja="ライセンス")),
            ("renewals", Text(en="Renewals", ja="契約更新")),
        ),
    ),
    (
        Text(en="Books", ja="帳簿"),
        (
            ("runs", Text(en="Runs", ja="一括処理")),
            ("trial-balance", Text(en="Trial balance", ja="残高試算表")),
            ("periods", Text(en="Periods", ja="会計期間")),
            ("company", Text(en="Selling company", ja="販売会社")),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu as it is drawn."""

    href: str
    label: str
    here: bool


def menu_for(actor: Actor, path: str) -> list[tuple[str, list[Entry]]]:
    """Return the headings and entries that *actor* may open; the one that *path* belongs to is marked."""
    groups = []
    for heading, entries in MENU:
        drawn = [
            Entry(href, said(label), here=path.startswith(href))
            for (href, who), label in ((_route(name), label) for name, label in entries)
            if not who.roles or actor.holds(*who.roles)
        ]
        if drawn:
            groups.append((said(heading), drawn))
    return groups


@cache
def _route(name: str) -> tuple[str, Door]:
    """Return the address of a page and who may open it; neither changes while the house runs."""
    href = reverse(name)
    who = door_of(resolve(href))
    assert who is not None, "the menu leads to no closed page"
    return href, who
