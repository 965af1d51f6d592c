"""A day of a life looked at: what stands, what is kept back and what the house says of it, beside the oracle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from kanjo.domains.billing.facts import HoldCondition
from kanjo.domains.billing.queries import HoldState, list_holds, money_on_hold
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.rules.owed import still_due
from kanjo.foundation.ids import HoldId
from kanjo.reports.identities import IDENTITIES
from tests.harness.lives.living import Lives
from tests.harness.lives.oracle import Due, Oracle
from tests.harness.lives.standing import Books
from tests.harness.lives.waiting import Wait
from tests.harness.office import Office


@dataclass
class Look:
    """The plans of an office on a day, with what keeps them back."""

    lives: Lives
    oracle: Oracle
    on: date
    books: Books = field(init=False)
    known: dict[int, list[Due]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.books = Books(self.lives.office)

    @cached_property
    def held(self) -> dict[int, list[Wait]]:
        """The holds of plans that are kept back, the earliest first."""
        found = {
            plan["id"]: [wait for wait in self.lives.waits if wait.keeps(plan, self.on)] for plan in self.books.plans
        }
        return {plan_id: waits for plan_id, waits in found.items() if waits}

    def due(self, plan_id: int) -> list[Due]:
        """Return what is still to be billed of a plan by the oracle."""
        if plan_id not in self.known:
            self.known[plan_id] = self.oracle.due(self.books.by_id[plan_id], self.books, self.on)
        return self.known[plan_id]

    def unbilled(self) -> list[str]:
        """Return what is due and not billed though nothing keeps it back."""
        free = [plan for plan in self.books.by_id if plan not in self.held]
        return [f"plan {plan}: {due}" for plan in free if (due := self.due(plan))]

    def misbilled(self) -> list[str]:
        """Return what was ever billed for another amount than its days cost."""
        return [said for plan in self.books.plans for said in self.oracle.misbilled(plan, self.books)]

    def billed_on_hold(self, before: Look) -> list[int]:
        """Return the plans of which anything was charged or given back since, though they were kept back then."""
        return [plan for plan in before.held if len(self.books.charges[plan]) != len(before.books.charges[plan])]

    def unlike_the_house(self) -> list[str]:
        """Return where the house tells other money on hold than is due of what is kept back, in all and by hold."""
        said = {
            row.condition: (row.holds, row.charges, row.net.minor)
            for row in money_on_hold(self.lives.office.company_id, self.on)
        }
        rows = list_holds(self.lives.office.receivables, on=self.on, state=HoldState.OPEN, limit=10_000)
        each = {row.id: sum(money.minor for money in row.held) for row in rows if row.since <= self.on}
        differences = ((said, self._by_condition()), (each, self._by_hold()))
        return [f"the house says {one}, it is {other}" for one, other in differences if one != other]

    def _by_condition(self) -> dict[HoldCondition, tuple[int, int, int]]:
        """What two holds keep back counts for the earlier."""
        kept = [(waits[0], due) for plan, waits in self.held.items() if (due := self.due(plan))]
        return {
            condition: (
                len({wait.id for wait, _ in kept if wait.condition is condition}),
                sum(len(due) for wait, due in kept if wait.condition is condition),
                sum(one.net for wait, due in kept if wait.condition is condition for one in due),
            )
            for condition in {wait.condition for wait, _ in kept}
        }

    def _by_hold(self) -> dict[HoldId, int]:
        amounts = {wait.id: 0 for wait in self.lives.waits if wait.stands(self.on)}
        for plan, waits in self.held.items():
            for wait in waits:
                amounts[wait.id] += sum(one.net for one in self.due(plan))
        return amounts

    def kept_back(self) -> dict[int, set[str]]:
        """Return the plans of which money is kept back, each with the kinds of its holds."""
        return {plan: {wait.kind for wait in waits} for plan, waits in self.held.items() if self.due(plan)}


def broken(office: Office) -> list[str]:
    """Return the identities of `kanjo verify` that do not hold, each with its first places."""
    checked = [one.check(office.company_id) for one in IDENTITIES if one.name != "audit-chain"]
    return [f"{one.name}: {side.places}" for one in checked if not one.holds for side in one.sides if side.broken]


def left_out(office: Office, on: date) -> list[tuple[Any, ...]]:
    """Return what is due by *on* and not found where plans of which nothing may be due are left out."""
    whole, narrowed = (
        set(still_due(plans, on, known).rows())
        for scope in (Scope(office.company_id), Scope(office.company_id, due_by=on))
        for plans, known in [read_due(scope, known_now())]
    )
    return sorted(whole ^ narrowed, key=str)


@dataclass
class Kept:
    """What was kept back in a life and billed by the first run after it: how many plans, by kind of hold."""

    back: dict[int, set[str]] = field(default_factory=dict)
    billed: Counter[str] = field(default_factory=Counter)

    def run(self, before: Look, after: Look) -> None:
        """Note what a run was kept from, and what it billed of what was kept from the one before."""
        for plan, kinds in self.back.items():
            if plan not in after.held and len(after.books.charges[plan]) > len(before.books.charges[plan]):
                self.billed.update(kinds)
        self.back = after.kept_back()
