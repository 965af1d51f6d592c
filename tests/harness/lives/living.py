"""Contracts that live: what is known of them all, and how the days of a life pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from django.db import transaction

from kanjo.domains.billing.facts import HoldCondition
from kanjo.domains.billing.tests.owed_oracle import DAY
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.orders.queries import lines_now
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId, CustomerId, OrderLineId, ProductId
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.models import Delivery
from kanjo.platform.outbox.operations import deliver
from kanjo.processes.agreed import Agreed
from kanjo.processes.amend_contract import amend_contract
from kanjo.processes.draft_offer import LineWanted
from tests.builders import a_customer, a_product, an_actor
from tests.harness.lives.waiting import Wait
from tests.harness.office import APRIL, Office, morning
from tests.harness.policies import a_policy, chosen

TERM = Period(APRIL, add_months(APRIL, 36))
_OTHER_POLICY = 2 / 3
"""How often a customer is billed by a policy of its own, with every choice drawn."""


class NothingToDo(Exception):
    """Nothing is there yet to which an act could happen."""


@dataclass(frozen=True)
class Lived:
    """A contract and whose it is."""

    contract_id: ContractId
    customer_id: CustomerId


@dataclass
class Lives:
    """The contracts of an office, and what happens to them by chance: the same seed tells the same story."""

    office: Office
    chance: Random
    acts: tuple[Act, ...]
    contracts: list[Lived] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    once: tuple[ProductId, ...] = ()
    waits: list[Wait] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    deck: list[Act] = field(default_factory=list)
    metered: list[OrderLineId] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def begin(self, number: int) -> None:
        """Conclude so many contracts: monthly seats ahead, and often a yearly, a quarterly and a fortnightly line.

        Half have something charged once beside them, at once or on acceptance. Most by a policy of their own.
        """
        office, code = self.office, "LIVES"
        yearly = a_product(office.company_id, f"{code}-YEAR", interval_months=12, list_minor=12_345)
        behind = a_product(
            office.company_id,
            f"{code}-BEHIND",
            interval_months=3,
            timing=BillingTiming.IN_ARREARS,
            list_minor=2_999,
        )
        fortnightly = a_product(office.company_id, f"{code}-WEEKS", interval_months=0, interval_days=14, list_minor=777)
        setup = a_product(
            office.company_id,
            f"{code}-SETUP",
            charge=ChargeKind.ONE_TIME,
            interval_months=0,
            recognition=Recognition.AT_A_POINT,
            license_metric="",
            list_minor=30_001,
        )
        self.once = (setup, office.box)
        definer = an_actor(Role.ADMINISTRATOR)
        for _ in range(number):
            customer_id = a_customer()
            if self.chance.random() < _OTHER_POLICY:
                chosen(office, a_policy(self.chance), customer_id=customer_id, by=definer)
            starts_on = APRIL + DAY * self.chance.randrange(40)
            service = Period(starts_on, TERM.until)
            others = self.chance.sample([yearly, behind, fortnightly], self.chance.randint(0, 2))
            wanted = [
                office.users(self.chance.randint(1, 30), service=service),
                *(LineWanted(product, self.chance.randint(1, 9), None, service) for product in others),
                *(
                    LineWanted(self.chance.choice(self.once), self.chance.randint(1, 3))
                    for _ in range(self.chance.randint(0, 1))
                ),
            ]
            deal = office.sell(customer_id, wanted, on=starts_on, until=TERM.until)
            self.contracts.append(Lived(deal.contract_id, customer_id))

    def live(self, on: date, acts: int) -> None:
        """Let so many things happen by chance on a day, each kind before any comes again; the rules may refuse one."""
        for _ in range(acts):
            self.deck = self.deck or self.chance.sample(self.acts, len(self.acts))
            lived, act = self.chance.choice(self.contracts), self.deck.pop()
            name = act.__name__
            try:
                with transaction.atomic():
                    act(self, lived, on)
            except Refusal as refusal:
                self.refused[f"{name}: {refusal.rule}"] += 1
            except NothingToDo:
                self.refused[f"{name}: nothing to do"] += 1
            else:
                self.done[name] += 1
                self._answer(on)

    def waiting(self, condition: HoldCondition, on: date) -> tuple[str, int] | None:
        """Return what one of the holds until *condition* that stand is of, if there are any."""
        found = [(wait.scope, wait.key) for wait in self.waits if wait.condition is condition and wait.stands(on)]
        return self.chance.choice(found) if found else None

    def line(self, lived: Lived, on: date) -> Any:
        """Return a line of a contract."""
        return self.chance.choice(lines_now(self.office.deal_management, lived.contract_id, on)).line.order_line_id

    def day(self, on: date) -> date:
        """Return a day up to three months back or ahead."""
        return on + DAY * self.chance.randint(-90, 90)

    def amend(self, lived: Lived, on: date, kind: AmendmentKind, **agreed: Any) -> None:
        """Amend a contract, from any day near unless one is agreed."""
        terms = {"effective_on": self.day(on), "concluded_on": on, "because": "お客様のご要望", **agreed}
        amend_contract(
            contract_id=lived.contract_id,
            agreed=Agreed(kind=kind, **terms),
            by=self.office.deal_management,
            at=morning(on),
        )

    def _answer(self, on: date) -> None:
        """Let the house answer the facts of an act: what waited for one of them waits no longer."""
        while deliver(by=house(), at=morning(on)):
            pass
        assert not Delivery.objects.exclude(error="").exists()


Act = Callable[[Lives, Lived, date], None]
"""What may happen to a contract on a day."""
