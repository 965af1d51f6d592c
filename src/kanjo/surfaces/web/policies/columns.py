"""How billing policies are shown."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Any

from kanjo.domains.billing.facts import (
    Anchor,
    Billed,
    BillingPolicy,
    ChangeDay,
    Decrease,
    Remainder,
    Restart,
    Stub,
    TaxRounding,
)
from kanjo.domains.billing.queries import ChoiceRow, PolicyRow
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.texts import Text
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.details import Column
from kanjo.surfaces.web.shown import Link

POLICY = Text(en="Billing policy", ja="請求ポリシー")
ALL_CUSTOMERS = Text(en="All customers", ja="すべての顧客")
MONTH_DAYS = Text(en="Days of a month, where they are fixed", ja="1か月の日数（固定する場合）")
CHOICES: tuple[tuple[str, type[StrEnum], Text], ...] = (
    ("anchor", Anchor, Text(en="Periods counted from", ja="期間の起算日")),
    ("day_count", DayCount, Text(en="Parts of a period measured by", ja="日割りの方法")),
    ("first_stub", Stub, Text(en="A first period that is not whole", ja="最初の端数期間の計算")),
    ("last_stub", Stub, Text(en="A last period that is not whole", ja="最後の端数期間の計算")),
    ("first_billed", Billed, Text(en="The first period that is not whole is billed", ja="最初の端数期間の請求")),
    ("changes_billed", Billed, Text(en="Changes inside a period are billed", ja="期間途中の変更の請求")),
    ("change_day", ChangeDay, Text(en="The day of a change is billed", ja="変更日当日の金額")),
    ("restart", Restart, Text(en="Periods after a change of price", ja="金額変更後の期間")),
    ("decrease", Decrease, Text(en="A lower price counts", ja="減額の適用")),
    ("tax_rounding", TaxRounding, Text(en="Tax is rounded", ja="消費税の端数処理")),
    ("remainder", Remainder, Text(en="What equal instalments leave over is in", ja="均等分割の端数")),
)
"""Each choice of a policy, its values, and what it is called."""

_SHOWN = Text(en="{name}, version {version}", ja="{name} 第{version}版")
_DAYS = Text(en="{counting} ({days})", ja="{counting}（{days}日）")


def policy_shown(row: PolicyRow) -> Text:
    """Return a policy by its name and version."""
    return _SHOWN.filled(name=row.name, version=row.version)


def chosen(choices: BillingPolicy, name: str) -> Text:
    """Return one choice of a policy in words."""
    values: dict[str, Any] = asdict(choices)
    if name == "day_count" and choices.day_count is DayCount.FIXED_MONTH:
        return _DAYS.filled(counting=choices.day_count.shown, days=choices.month_days)
    shown: Text = values[name].shown
    return shown


def _of(name: str, label: Text) -> Column[PolicyRow]:
    return Column(label, lambda row: chosen(row.choices, name))


VERSIONS: tuple[Column[PolicyRow], ...] = (
    Column(labels.NAME, policy_shown),
    Column(labels.CODE, lambda row: row.code),
    *(_of(name, label) for name, _, label in CHOICES),
)
CHOSEN: tuple[Column[ChoiceRow], ...] = (
    Column(labels.STARTS_ON, lambda row: row.effective_on),
    Column(
        labels.CUSTOMER,
        lambda row: (
            Link(row.customer, "customer", row.customer_id) if row.customer and row.customer_id else ALL_CUSTOMERS
        ),
    ),
    Column(POLICY, lambda row: policy_shown(row.policy)),
)
