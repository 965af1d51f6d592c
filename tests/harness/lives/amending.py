"""What is agreed of a contract anew: more or less of it, pauses, another billing day, and taking all that back."""

from __future__ import annotations

from datetime import date

from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.queries import list_amendments
from kanjo.domains.orders.queries import lines_now
from kanjo.processes.agreed import LineMore, PartWanted
from kanjo.processes.draft_offer import LineWanted
from tests.harness.lives.living import Lived, Lives, NothingToDo


def change(lives: Lives, lived: Lived, on: date) -> None:
    """More or fewer units of a line, at a price that need not be linear, from a day near or far."""
    line = lives.line(lived, on)
    units = lives.chance.randint(-3, 6)
    net = units * 1_000 + lives.chance.randint(-300, 300)
    lives.amend(lived, on, AmendmentKind.CHANGE, more=(LineMore(line, units, net),))


def swap(lives: Lives, lived: Lived, on: date) -> None:
    """A line ends and another takes its place on one day."""
    line = lives.line(lived, on)
    added = (LineWanted(lives.office.cloud, lives.chance.randint(1, 9)),)
    lives.amend(lived, on, AmendmentKind.SWAP, ends=(line,), added=added)


def part(lives: Lives, lived: Lived, on: date) -> None:
    """Some units of a line become a line of their own."""
    effective_on = lives.day(on)
    lines = [
        now for now in lines_now(lives.office.deal_management, lived.contract_id, effective_on) if now.quantity > 1
    ]
    if not lines:
        raise NothingToDo
    now = lives.chance.choice(lines)
    wanted = PartWanted(now.line.order_line_id, lives.chance.randint(1, now.quantity - 1))
    lives.amend(lived, on, AmendmentKind.SPLIT, effective_on=effective_on, parts=(wanted,))


def add_on(lives: Lives, lived: Lived, on: date) -> None:
    """Another line joins to the end of the contract, or something that is charged once."""
    added = (LineWanted(lives.chance.choice([lives.office.cloud, *lives.once]), lives.chance.randint(1, 9)),)
    lives.amend(lived, on, AmendmentKind.ADD_ON, added=added)


def suspend(lives: Lives, lived: Lived, on: date) -> None:
    """No service for some days, or until further notice."""
    effective_on = lives.day(on)
    until = lives.chance.choice([None, effective_on + DAY * lives.chance.randint(0, 70)])
    lives.amend(lived, on, AmendmentKind.SUSPENSION, effective_on=effective_on, until=until)


def take_back(lives: Lives, lived: Lived, on: date) -> None:
    """An amendment that was agreed before is withdrawn, or a suspension gets its end."""
    amendments = list_amendments(lives.office.deal_management, lived.contract_id)
    if not amendments:
        raise NothingToDo
    earlier = lives.chance.choice(amendments)
    kind = AmendmentKind.WITHDRAWAL
    if earlier.kind is AmendmentKind.SUSPENSION and lives.chance.random() < 0.8:
        kind = AmendmentKind.RESUMPTION
    lives.amend(lived, on, kind, withdraws=earlier.id)


def other_day(lives: Lives, lived: Lived, on: date) -> None:
    """Billing on another day of the month from now on."""
    effective_on = lives.day(on)
    lives.amend(lived, on, AmendmentKind.BILLING_DAY, effective_on=effective_on, anchor_on=effective_on)
