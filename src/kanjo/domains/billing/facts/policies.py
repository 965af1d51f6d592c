"""The choices on which two honest schedules of the same contract differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kanjo.foundation.day_counts import DayCount
from kanjo.foundation.rounding import Rounding
from kanjo.foundation.texts import Text


class ChangeDay(StrEnum):
    """Whose terms the day of a change is billed at."""

    NEW = "new"
    OLD = "old"

    @property
    def shown(self) -> Text:
        """Whose terms, as people read it."""
        return _CHANGE_DAYS[self]


_CHANGE_DAYS = {
    ChangeDay.NEW: Text(en="At the new price", ja="変更後の金額"),
    ChangeDay.OLD: Text(en="At the old price", ja="変更前の金額"),
}


class Restart(StrEnum):
    """Whether the periods after a change of price are counted as before, or anew from the change."""

    KEEP = "keep"
    ANEW = "anew"

    @property
    def shown(self) -> Text:
        """How periods go on, as people read it."""
        return _RESTARTS[self]


_RESTARTS = {
    Restart.KEEP: Text(en="Counted as before", ja="従来どおり数える"),
    Restart.ANEW: Text(en="Counted anew from the change", ja="変更日から数え直す"),
}


class Stub(StrEnum):
    """What a first or last period that is not whole is measured by."""

    ANCHORED = "anchored"
    """The whole period as counted from the anchor."""
    OWN = "own"
    """The period of the same length that begins with a first stub, or ends with a last one."""

    @property
    def shown(self) -> Text:
        """The measure as people read it."""
        return _STUBS[self]


_STUBS = {
    Stub.ANCHORED: Text(en="By the period counted from the anchor", ja="起算日から数えた期間"),
    Stub.OWN: Text(en="By a period of its own", ja="端数期間を起点とする期間"),
}


class Billed(StrEnum):
    """With what a part of a period is billed."""

    AT_ONCE = "at_once"
    WITH_NEXT = "with_next"
    """With the period that follows, so that several changes come on one invoice."""

    @property
    def shown(self) -> Text:
        """When, as people read it."""
        return _BILLED[self]


_BILLED = {
    Billed.AT_ONCE: Text(en="At once", ja="都度"),
    Billed.WITH_NEXT: Text(en="With the next period", ja="次の期間とまとめて"),
}


class Decrease(StrEnum):
    """What a lower price does to days that the higher one was agreed for."""

    NOW = "now"
    """They cost less from that day on."""
    NEXT_PERIOD = "next_period"
    """The period stays at its highest, nothing is ever given back for less; the next costs less."""
    AT_RENEWAL = "at_renewal"
    """The whole term stays at its highest."""

    @property
    def shown(self) -> Text:
        """From when a lower price counts, as people read it."""
        return _DECREASES[self]


_DECREASES = {
    Decrease.NOW: Text(en="From the day of the change", ja="変更日から"),
    Decrease.NEXT_PERIOD: Text(en="From the next period", ja="次の期間から"),
    Decrease.AT_RENEWAL: Text(en="From the renewal", ja="契約更新から"),
}


class Remainder(StrEnum):
    """Which of equal instalments takes what does not divide."""

    FIRST = "first"
    LAST = "last"
    SPREAD = "spread"

    @property
    def shown(self) -> Text:
        """The choice as people read it."""
        return _REMAINDERS[self]


_REMAINDERS = {
    Remainder.FIRST: Text(en="The first", ja="初回で調整"),
    Remainder.LAST: Text(en="The last", ja="最終回で調整"),
    Remainder.SPREAD: Text(en="Spread evenly", ja="均等に配分"),
}


class TaxRounding(StrEnum):
    """How the tax on a document is rounded, once for each rate (Consumption Tax Act Enforcement Order, art. 70-10)."""

    AS_CHOSEN = "as_chosen"
    """As the house chose for the payer, else as it does for everybody."""
    FLOOR = Rounding.FLOOR.value
    CEILING = Rounding.CEILING.value
    HALF_UP = Rounding.HALF_UP.value

    @property
    def agreed(self) -> Rounding | None:
        """The rounding that the policy itself says, whoever pays."""
        return None if self is TaxRounding.AS_CHOSEN else Rounding(self.value)

    @property
    def shown(self) -> Text:
        """The rounding as people read it."""
        return _AS_CHOSEN if self.agreed is None else self.agreed.shown


_AS_CHOSEN = Text(en="As chosen for the payer", ja="請求先ごとの設定に従う")


class Anchor(StrEnum):
    """From which day the periods of a line are counted, both ways."""

    SERVICE_START = "service_start"
    """The first day of its own service."""
    CALENDAR = "calendar"
    """1 January: months, quarters, half-years and years of the calendar."""
    ACCOUNT = "account"
    """The anchor of what the payer was first billed for in the company."""
    CONTRACT = "contract"
    """The first day of the contract's term: the earliest service of its lines."""

    @property
    def shown(self) -> Text:
        """The anchor as people read it."""
        return _ANCHORS[self]


_ANCHORS = {
    Anchor.SERVICE_START: Text(en="Start of the line's service", ja="明細ごとの利用開始日"),
    Anchor.CALENDAR: Text(en="Calendar (1 January)", ja="暦（1月1日）"),
    Anchor.ACCOUNT: Text(en="First plan of the payer", ja="請求先の最初の請求計画"),
    Anchor.CONTRACT: Text(en="First day of the contract", ja="契約の開始日"),
}


@dataclass(frozen=True, slots=True)
class BillingPolicy:
    """The choices on which two honest schedules of the same contract differ; the defaults are version 1.

    `month_days` is what every month is taken to have under FIXED_MONTH; `remainder` is what equal instalments are
    proposed by. Lines of different tax roundings stand on different invoices. Worked tables: docs/algorithms/owed.md.
    """

    day_count: DayCount = DayCount.ACTUAL
    month_days: int = 30
    first_stub: Stub = Stub.ANCHORED
    last_stub: Stub = Stub.ANCHORED
    first_billed: Billed = Billed.AT_ONCE
    changes_billed: Billed = Billed.AT_ONCE
    change_day: ChangeDay = ChangeDay.NEW
    restart: Restart = Restart.KEEP
    decrease: Decrease = Decrease.NOW
    anchor: Anchor = Anchor.SERVICE_START
    tax_rounding: TaxRounding = TaxRounding.AS_CHOSEN
    remainder: Remainder = Remainder.LAST
