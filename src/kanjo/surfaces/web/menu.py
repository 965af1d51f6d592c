"""The menu: what exists and the person may read, in the order the deal flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kanjo.foundation.actors import Actor
from kanjo.foundation.texts import Text
from kanjo.surfaces.web.doors import opens
from kanjo.surfaces.web.shown import address_of, said

MENU: tuple[tuple[Text, tuple[tuple[str, str, Text], ...]], ...] = (
    (
        Text(en="Deals", ja="取引"),
        (
            ("customers", "building", Text(en="Customers", ja="顧客")),
            ("products", "package", Text(en="Products", ja="製品")),
            ("opportunities", "target-arrow", Text(en="Opportunities", ja="商談")),
            ("quotes", "file-text", Text(en="Quotes", ja="見積")),
            ("approvals", "checklist", Text(en="Approvals", ja="承認")),
            ("contracts", "signature", Text(en="Contracts", ja="契約")),
            ("orders", "shopping-cart", Text(en="Orders", ja="注文")),
        ),
    ),
    (
        Text(en="Billing and payment", ja="請求と入金"),
        (
            ("invoices", "receipt", Text(en="Invoices", ja="請求書")),
            ("usage", "clock", Text(en="Usage", ja="利用実績")),
            ("holds", "hourglass", Text(en="Billing holds", ja="請求保留")),
            ("billing-gaps", "checklist", Text(en="Missing for invoices", ja="請求情報の不足")),
            ("open-items", "cash", Text(en="Receivables", ja="売掛金")),
            ("receipts", "arrows-exchange", Text(en="Receipts", ja="入金")),
            ("bank-files", "building-bank", Text(en="Bank files", ja="入金データ")),
            ("statements", "file-text", Text(en="Monthly statements", ja="月締め請求書")),
            ("acknowledgements", "receipt", Text(en="Acknowledgements", ja="領収書")),
            ("ageing", "calendar-stats", Text(en="Ageing", ja="売掛金年齢表")),
            ("policies", "list-check", Text(en="Billing policies", ja="請求ポリシー")),
        ),
    ),
    (
        Text(en="Revenue and rights", ja="収益と権利"),
        (
            ("obligations", "list-check", Text(en="Obligations", ja="履行義務")),
            ("waterfall", "chart-histogram", Text(en="Revenue waterfall", ja="収益認識の推移")),
            ("grants", "license", Text(en="Licenses", ja="ライセンス")),
            ("renewals", "refresh", Text(en="Renewals", ja="契約更新")),
        ),
    ),
    (
        Text(en="Books", ja="帳簿"),
        (
            ("runs", "stack-2", Text(en="Runs", ja="一括処理")),
            ("trial-balance", "scale", Text(en="Trial balance", ja="残高試算表")),
            ("periods", "calendar", Text(en="Periods", ja="会計期間")),
            ("company", "building", Text(en="Selling company", ja="販売会社")),
            ("process-map", "route", Text(en="Process map", ja="業務プロセス")),
            ("people", "users", Text(en="People", ja="利用者")),
            ("duty-pairs", "checklist", Text(en="Duties kept apart", ja="職務分掌")),
            ("looks", "shield-check", Text(en="Looks at personal data", ja="個人情報の閲覧記録")),
            ("webhooks", "api", Text(en="Webhooks", ja="Webhook")),
        ),
    ),
)


ICONS = {name: icon for _heading, entries in MENU for name, icon, _label in entries}
"""The icon of each list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu as it is drawn."""

    href: str
    icon: str
    label: str
    here: bool
    waiting: int


def menu_for(actor: Actor, path: str, waiting: Mapping[str, int]) -> list[tuple[str, list[Entry]]]:
    """Return the headings and entries that *actor* may open; the one that *path* belongs to is marked.

    *waiting* says per page name how much of it waits for the actor.
    """
    groups = []
    for heading, entries in MENU:
        drawn = [
            Entry(href, icon, said(label), here=path.startswith(href), waiting=waiting.get(name, 0))
            for name, icon, label in entries
            if opens(name, actor)
            for href in (address_of(name),)
        ]
        if drawn:
            groups.append((said(heading), drawn))
    return groups
