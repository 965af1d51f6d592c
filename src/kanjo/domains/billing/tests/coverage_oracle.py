"""The difference one day at a time: what the columns must equal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from kanjo.foundation.money import Rounding, divide
from kanjo.foundation.periods import Period

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Days of a whole period at its price, under terms."""

    terms: int
    days: Period
    whole: Period
    price: int

    def cost(self, days: Period) -> int:
        """Return what some of the days cost."""
        return self._through(days.until) - self._through(days.start)

    def _through(self, day: date) -> int:
        return divide(self.price * (day - self.whole.start).days, self.whole.days, Rounding.HALF_UP)


@dataclass(slots=True)
class Posted:
    """What was posted of one line: charges by number, and of each the days given back."""

    charges: list[Part] = field(default_factory=list)
    given_back: list[tuple[int, Period]] = field(default_factory=list)

    def standing(self) -> dict[date, int]:
        """Return per day the charge that stands."""
        back = {(charge, day) for charge, days in self.given_back for day in each(days)}
        charged = [(number, day) for number, part in enumerate(self.charges) for day in each(part.days)]
        return {day: number for number, day in charged if (number, day) not in back}

    def net(self) -> int:
        """Return what was charged less what was given back."""
        return sum(part.cost(part.days) for part in self.charges) - sum(
            self.charges[charge].cost(days) for charge, days in self.given_back
        )


def each(days: Period) -> list[date]:
    """Return every day."""
    return [days.start + DAY * place for place in range(days.days)]


def missing_and_surplus(due: list[Part], posted: Posted) -> tuple[list[tuple[int, Period]], list[tuple[int, Period]]]:
    """Return the days to charge, each stretch by its row of *due*, and those to give back, by their charge."""
    should = {day: number for number, part in enumerate(due) for day in each(part.days)}
    stands = posted.standing()
    wrong = [
        day
        for day in sorted({*should, *stands})
        if (due[should[day]].terms if day in should else None)
        != (posted.charges[stands[day]].terms if day in stands else None)
    ]
    return (
        _stretches([(should[day], day) for day in wrong if day in should]),
        _stretches([(stands[day], day) for day in wrong if day in stands]),
    )


def _stretches(days: list[tuple[int, date]]) -> list[tuple[int, Period]]:
    placed = enumerate(sorted(days))
    found = []
    for (row, _), group in groupby(placed, key=lambda one: (one[1][0], one[1][1] - DAY * one[0])):
        run = [day for _, (_, day) in group]
        found.append((row, Period(run[0], run[-1] + DAY)))
    return found
