"""What the scenes of a history stand on: who acts, on which day, and what was made of a deal so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kanjo.domains.contracts.queries import ContractRow, find_contract_of_quote
from kanjo.domains.opportunities.queries import ids_by_external_key
from kanjo.domains.orders.facts import BookedLine
from kanjo.domains.orders.queries import lines_of_contracts, list_orders
from kanjo.domains.quotes.queries import list_quotes
from kanjo.domains.renewals.queries import RenewalRow, list_renewals
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId, OpportunityId, OrderId, ProductId, QuoteId, RunId
from kanjo.platform.outbox.operations import deliver
from kanjo.processes.history.days import Calendar
from kanjo.processes.history.script import CustomerInPlay, DealInPlay, Script

YEN = "JPY"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts: everybody by key, and the first of each role."""

    people: Mapping[str, Actor]
    by_role: Mapping[Role, Actor]


@dataclass(frozen=True, slots=True)
class Founded:
    """The company as the play finds it; `today` is the day on which its history ends."""

    company_id: CompanyId
    run_id: RunId
    today: date
    house: Actor
    cast: Cast
    products: Mapping[str, ProductId]
    customers: Mapping[str, CustomerId]


@dataclass(frozen=True, slots=True)
class Memory:
    """Ids that do not change any more, by the key of their deal: asked for once."""

    opportunities: dict[str, OpportunityId] = field(default_factory=dict)
    quotes: dict[str, QuoteId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """One day of the play. What is asked here was made by scenes before."""

    script: Script
    founded: Founded
    calendar: Calendar
    memory: Memory
    on: date
    at: datetime

    @property
    def company_id(self) -> CompanyId:
        """The company of the play."""
        return self.founded.company_id

    def the(self, role: Role) -> Actor:
        """Return who acts in a role."""
        return self.founded.cast.by_role[role]

    def person(self, key: str) -> Actor:
        """Return the person of that key."""
        return self.founded.cast.people[key]

    def follow(self) -> None:
        """Let what follows by itself from the facts of the day follow now, before the worker of the house does it."""
        deliver(by=self.founded.house, at=self.at, of=self.company_id)

    def customer(self, key: str) -> CustomerInPlay:
        """Return the customer of that key."""
        return next(one for one in self.script.customers if one.key == key)

    def opportunity_id(self, deal: DealInPlay) -> OpportunityId:
        """Return the opportunity a deal was opened as."""
        known = self.memory.opportunities
        if deal.key not in known:
            known.update(ids_by_external_key(self.company_id))
        return known[deal.key]

    def quote_id(self, deal: DealInPlay) -> QuoteId:
        """Return the quote of a deal."""
        known = self.memory.quotes
        if deal.key not in known:
            (quote,) = list_quotes(self.the(Role.AUDITOR), opportunity_id=self.opportunity_id(deal))
            known[deal.key] = quote.id
        return known[deal.key]

    def contract(self, deal: DealInPlay) -> ContractRow:
        """Return the contract a deal was concluded by."""
        contract = find_contract_of_quote(self.the(Role.AUDITOR), self.quote_id(deal))
        assert contract is not None, "the deal was won"
        return contract

    def lines(self, deal: DealInPlay) -> tuple[BookedLine, ...]:
        """Return the lines a deal was booked with."""
        contract_id = self.contract(deal).id
        return lines_of_contracts([contract_id])[contract_id]

    def order_id(self, deal: DealInPlay) -> OrderId:
        """Return the order a deal was booked as."""
        (order,) = list_orders(self.the(Role.AUDITOR), contract_id=self.contract(deal).id)
        return order.id

    def renewal(self, deal: DealInPlay) -> RenewalRow:
        """Return the renewal that asks for what this deal renews."""
        before = next(one for one in self.script.deals if one.key == deal.renews)
        contract = self.contract(before)
        waiting = list_renewals(self.the(Role.AUDITOR), customer_id=contract.customer_id)
        return next(one for one in waiting if one.contract_id == contract.id)


@dataclass(frozen=True, slots=True)
class Scene:
    """An act of a day; of one day the lower rank comes first."""

    on: date
    rank: int
    act: Callable[[Stage], object]
