"""The choices of a billing policy in words, in the order in which they take effect."""

from __future__ import annotations

from kanjo.domains.billing.facts import Billed, BillingPolicy, ChangeDay, Decrease, Restart, Stub
from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.texts import Text

ANCHORED = Text(en="Periods are counted from", ja="期間の起算日")
COUNTED = Text(en="Days are counted", ja="日数の数え方")
MONTH_DAYS = Text(en="Days of every month", ja="1か月の日数")
FIRST_STUB = Text(en="A first period that is not whole", ja="最初の端数期間")
LAST_STUB = Text(en="A last period that is not whole", ja="最後の端数期間")
FIRST_BILLED = Text(en="Its first part is billed", ja="最初の端数期間の請求")
CHANGES_BILLED = Text(en="Changes inside a period are billed", ja="期間途中の変更の請求")
CHANGE_DAY = Text(en="The day of a change", ja="変更当日の扱い")
RESTART = Text(en="Periods after a change of price", ja="金額変更後の期間")
DECREASE = Text(en="A lower price", ja="減額の扱い")
TAX_ROUNDING = Text(en="Tax is rounded", ja="消費税の端数処理")
REMAINDER = Text(en="What equal instalments leave over is in", ja="均等分割の端数")

_STUBS = {
    Stub.ANCHORED: Text(en="measured by the whole period from the anchor", ja="起算日から数えた1期間に対して日割り"),
    Stub.OWN: Text(en="measured by a period of its own", ja="端数期間を起点とする1期間に対して日割り"),
}
_BILLED = {
    Billed.AT_ONCE: Text(en="at once", ja="その都度請求"),
    Billed.WITH_NEXT: Text(en="with the next period, on one invoice", ja="次の期間とまとめて請求"),
}
_DAYS = {
    ChangeDay.NEW: Text(en="is billed at the new terms", ja="変更後の条件で請求"),
    ChangeDay.OLD: Text(en="is billed at the old terms", ja="変更前の条件で請求"),
}
_RESTARTS = {
    Restart.KEEP: Text(en="are counted as before", ja="従来どおりの区切りを維持"),
    Restart.ANEW: Text(en="are counted anew from the change", ja="変更日から数え直し"),
}
_DECREASES = {
    Decrease.NOW: Text(en="holds from its day on", ja="変更日から適用"),
    Decrease.NEXT_PERIOD: Text(en="holds from the next period on", ja="次の期間から適用"),
    Decrease.AT_RENEWAL: Text(en="holds from the renewal on", ja="契約更新時から適用"),
}


def in_words(policy: BillingPolicy) -> tuple[tuple[Text, Text], ...]:
    """Return every choice as (what is chosen, how); the days of a month only where months are taken as fixed."""
    fixed = policy.day_count is DayCount.FIXED_MONTH
    days = Text(en="{days}", ja="{days}日").filled(days=policy.month_days)
    return (
        (ANCHORED, policy.anchor.shown),
        (COUNTED, policy.day_count.shown),
        *([(MONTH_DAYS, days)] if fixed else []),
        (FIRST_STUB, _STUBS[policy.first_stub]),
        (LAST_STUB, _STUBS[policy.last_stub]),
        (FIRST_BILLED, _BILLED[policy.first_billed]),
        (CHANGES_BILLED, _BILLED[policy.changes_billed]),
        (CHANGE_DAY, _DAYS[policy.change_day]),
        (RESTART, _RESTARTS[policy.restart]),
        (DECREASE, _DECREASES[policy.decrease]),
        (TAX_ROUNDING, policy.tax_rounding.shown),
        (REMAINDER, policy.remainder.shown),
    )
