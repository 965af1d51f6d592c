"""How long one period of a recurring charge is."""

from __future__ import annotations

from dataclasses import dataclass

from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text

LONGEST_MONTHS, LONGEST_DAYS = 120, 3_660
WEEK = 7


@dataclass(frozen=True, slots=True)
class Interval:
    """So many months, or so many days; a week is seven days. Neither of both: charged once."""

    months: int = 0
    days: int = 0

    @property
    def recurs(self) -> bool:
        """Whether it is the length of a period: in months or in days, and no longer than is planned for."""
        return (self.days == 0 and 1 <= self.months <= LONGEST_MONTHS) or (
            self.months == 0 and 1 <= self.days <= LONGEST_DAYS
        )

    @property
    def once(self) -> bool:
        """Whether it is that of a charge that does not recur."""
        return self.months == self.days == 0

    @property
    def shown(self) -> Text:
        """How often, as people say it: every month, every two weeks."""
        return self._said(_EVERY, _EVERY_ONE)

    @property
    def length(self) -> Text:
        """How long, after "per": month, two weeks."""
        return self._said(_LENGTH, _LENGTH_OF_ONE)

    def counted_in(self, service: Period) -> tuple[int, int]:
        """Return how many whole intervals *service* has, and how many begin in it."""
        if self.days:
            return service.days // self.days, -(-service.days // self.days)
        months, days = service.months_and_days()
        return months // self.months, -(-(months + (days > 0)) // self.months)

    def _said(self, many: dict[str, Text], one: dict[str, Text]) -> Text:
        if self.days and self.months:
            return many["both"].filled(months=self.months, days=self.days)
        if self.days and self.days % WEEK == 0:
            number, unit = self.days // WEEK, "weeks"
        else:
            number, unit = (self.days, "days") if self.days else (self.months, "months")
        return one[unit] if number == 1 else many[unit].filled(number=number)


_EVERY = {
    "months": Text(en="every {number} months", ja="{number}か月ごと"),
    "weeks": Text(en="every {number} weeks", ja="{number}週間ごと"),
    "days": Text(en="every {number} days", ja="{number}日ごと"),
    "both": Text(en="every {months} months and {days} days", ja="{months}か月と{days}日ごと"),
}
_EVERY_ONE = {
    "months": Text(en="every month", ja="毎月"),
    "weeks": Text(en="every week", ja="毎週"),
    "days": Text(en="every day", ja="毎日"),
}
_LENGTH = {
    "months": Text(en="{number} months", ja="{number}か月"),
    "weeks": Text(en="{number} weeks", ja="{number}週間"),
    "days": Text(en="{number} days", ja="{number}日"),
    "both": Text(en="{months} months and {days} days", ja="{months}か月と{days}日"),
}
_LENGTH_OF_ONE = {
    "months": Text(en="month", ja="月"),
    "weeks": Text(en="week", ja="週"),
    "days": Text(en="day", ja="日"),
}
