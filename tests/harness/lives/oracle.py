"""What should stand, computed from the facts one line and one day at a time; holds are nothing it knows of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from kanjo.domains.billing.facts import Billed, PlanCharge, UsageModel
from kanjo.domains.billing.tests.owed_oracle import DAY, Away, Change, Life, Owed, each, owed
from kanjo.domains.billing.tests.usage_oracle import Meter, Rating, Tier, periods
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.periods import Period
from tests.harness.lives.standing import Books, Row, Standing


class Part(NamedTuple):
    """Days that should be billed together from a day on, at the price of a whole."""

    days: Period
    whole: Period
    price: int
    bill_on: date


class Due(NamedTuple):
    """Days that are still to be billed, or with a negative amount to be given back."""

    days: Period
    net: int


@dataclass
class Oracle:
    """What plans should cost; what did not change since is computed once."""

    known: dict[str, list[Part]] = field(default_factory=dict)

    def due(self, plan: Row, books: Books, on: date) -> list[Due]:
        """Return what of a plan is to be billed and given back by a day, so that its schedule stands."""
        moved = books.moved.get(plan["contract_id"], {})
        schedule = [
            part._replace(bill_on=moved.get(part.bill_on, part.bill_on))
            for part in self._schedule(plan, books)
            if part.price
        ]
        standing = books.standing(plan["id"])
        for _, day, one in (found for found in books.twice if found[0] == plan["id"]):
            cost = _cost(plan, books, Period(day, day + DAY), one.whole, one.price)
            assert cost == 0, f"{day} of plan {plan['id']} stands billed twice"
        charged, back = _to_charge(plan, schedule, standing, books, on), _back(plan, schedule, standing, books, on)
        return [one for one in (*charged, *back) if one.net]

    def misbilled(self, plan: Row, books: Books) -> list[str]:
        """Return the charges of a plan of which another amount is left than the share of their days in their price."""
        left = Counter[int]()
        for row in books.charges[plan["id"]]:
            days = Period(row["service_start"], row["service_until"])
            whole = Period(row["whole_start"], row["whole_until"])
            sign = -1 if row["gives_back"] else 1
            cost = sign * _cost(plan, books, days, whole, sign * row["price_minor"])
            left[row["gives_back"] or row["invoice_line_id"]] += cost
        stands = {line: books.amounts[plan["id"], line] for line in left}
        return [f"line {line}: {stands[line]}, not {cost}" for line, cost in left.items() if stands[line] != cost]

    def _schedule(self, plan: Row, books: Books) -> list[Part]:
        charge = PlanCharge(plan["charge"])
        if charge is PlanCharge.ONE_TIME:
            return list(_once(plan, books))
        line = books.lines[plan["order_line_id"]]
        if charge is PlanCharge.USAGE:
            meter = _meter(line, books)
            return self._known(meter, lambda: _metered(meter)) if meter else []
        life = _life(line, books)
        return self._known(life, lambda: [Part(one.days, one.whole, one.price, one.bill_on) for one in owed(life)])

    def _known(self, told: object, compute: Callable[[], list[Part]]) -> list[Part]:
        key = repr(told)
        if key not in self.known:
            self.known[key] = compute()
        return self.known[key]


def _to_charge(plan: Row, schedule: list[Part], standing: Standing, books: Books, on: date) -> Iterator[Due]:
    for part in schedule:
        if part.bill_on <= on:
            terms = (part.price, part.whole)
            wrong = [day for day in each(part.days) if day not in standing or standing[day][1:] != terms]
            for run in _runs(wrong):
                yield Due(run, _cost(plan, books, run, part.whole, part.price))


def _back(plan: Row, schedule: list[Part], standing: Standing, books: Books, on: date) -> Iterator[Due]:
    """Yield what is given back: from its first day on, with the next period if so agreed, or once its place is billed.

    What is due in the place of any of its days comes never before that is given back.
    """
    should = {day: part for part in schedule for day in each(part.days)}
    wrong = defaultdict[tuple[int, int, Period], list[date]](list)
    for day, stands in standing.items():
        if day not in should or (should[day].price, should[day].whole) != stands[1:]:
            wrong[stands].append(day)
    for (_, price, whole), days in wrong.items():
        for run in _runs(days):
            instead = [should[day].bill_on for day in each(run) if day in should]
            if min([_back_on(plan, books, run, whole), *instead]) <= on:
                yield Due(run, -_cost(plan, books, run, whole, price))


def _back_on(plan: Row, books: Books, run: Period, whole: Period) -> date:
    together = books.policies[plan["policy_id"]].changes_billed is Billed.WITH_NEXT
    inside = run.start > whole.start and plan["service_until"] is not None and whole.until < plan["service_until"]
    return whole.until if together and inside else run.start


def _cost(plan: Row, books: Books, days: Period, whole: Period, price: int) -> int:
    """Return what days cost of a whole; what is charged once and what was used is whole or nothing."""
    if plan["charge"] != PlanCharge.RECURRING:
        return price if days.start == whole.start else 0
    return Owed(days, whole, price, 0, days.start, plan["above_minor"]).cost(books.policies[plan["policy_id"]])


def _runs(days: Iterable[date]) -> list[Period]:
    """Return days that follow each other as one."""
    runs: list[Period] = []
    for day in sorted(days):
        if runs and runs[-1].until == day:
            runs[-1] = Period(runs[-1].start, day + DAY)
        else:
            runs.append(Period(day, day + DAY))
    return runs


def _once(plan: Row, books: Books) -> Iterator[Part]:
    """Yield what is charged once: on its day, or when it is accepted or reached; never where its line ended before."""
    waits = plan["timing"] == BillingTiming.ON_ACCEPTANCE
    served_on = plan["accepted_on"] if waits else plan["due_from"]
    ends = [one["start"] for one in books.away.get(books.lines[plan["order_line_id"]]["id"], []) if one["for_good"]]
    if served_on is None or any(day <= max(served_on, plan["anchor_on"]) for day in ends):
        return
    days = Period(served_on, served_on + DAY)
    price = plan["net_minor"] + sum(one["net_minor"] for one in books.changes.get(plan["id"], []))
    yield Part(days, days, price, max(served_on, plan["due_from"]))


def _life(line: Row, books: Books) -> Life:
    return Life(
        service=Period(line["service_start"], line["service_until"]),
        months=line["interval_months"],
        every_days=line["interval_days"],
        anchor_on=line["anchor_on"],
        net=line["net_minor"],
        timing=BillingTiming(line["timing"]),
        quantity=line["quantity"],
        due_from=line["due_from"],
        policy=books.policies[line["policy_id"]],
        changes=[
            Change(one["effective_on"], one["net_minor"], one["quantity"], one["anchor_on"], one["parted"])
            for one in books.changes.get(line["id"], [])
        ],
        away=[Away(one["start"], one["until"]) for one in books.away.get(line["id"], [])],
        swapped=line["swapped"],
        above=line["above_minor"],
    )


def _meter(line: Row, books: Books) -> Meter | None:
    """Return the usage of a line, up to where that ended for good; None where it ended before it began."""
    away = books.away.get(line["id"], [])
    until = min([line["service_until"], *(one["start"] for one in away if one["for_good"])])
    if until <= line["service_start"]:
        return None
    return Meter(
        service=Period(line["service_start"], until),
        months=line["interval_months"],
        every_days=line["interval_days"],
        anchor_on=line["anchor_on"],
        due_from=line["due_from"],
        policy=books.policies[line["policy_id"]],
        ratings=tuple(_rating(one) for one in books.ratings[line["id"]]),
        used=tuple((one["used_on"], one["quantity"]) for one in books.events.get(line["id"], [])),
        commitment=books.ratings[line["id"]][0]["commitment_minor"],
        prepaid_units=books.ratings[line["id"]][0]["prepaid_units"],
        prepaid_minor=books.ratings[line["id"]][0]["prepaid_minor"],
        away=tuple(Away(one["start"], one["until"]) for one in away if not one["for_good"]),
    )


def _rating(told: Row) -> Rating:
    tiers = tuple(
        Tier(one["from_units"], one["price_minor"], one["per_units"], one["flat_minor"]) for one in told["tiers"]
    )
    return Rating(UsageModel(told["model"]), tiers, told["included_units"], told["minimum_minor"], told["effective_on"])


def _metered(meter: Meter) -> list[Part]:
    return [Part(month.days, month.days, month.cost, month.bill_on) for month in periods(meter)]
