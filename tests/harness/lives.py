"""Contracts that live: amended, paused, held, moved, used, shared, split, credited, back-dated, and billed every month.

What should stand is computed from the facts, one line and one day at a time, by the oracle of billing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import (
    BillingPolicy,
    Held,
    HoldCondition,
    PlanCharge,
    ShareOfPayer,
    UsageGiven,
    UsageModel,
    UsageSource,
    UsageTerms,
    UsageTier,
)
from kanjo.domains.billing.models import MovedDay, Plan, UsageEvent
from kanjo.domains.billing.queries import charges_to_come
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.rules.owed import still_due
from kanjo.domains.billing.tests.owed_oracle import DAY, Away, Change, Life, Owed, each, owed
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.queries import list_amendments
from kanjo.domains.orders.queries import lines_now
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId, CustomerId, HoldId, InvoiceId, OrderLineId
from kanjo.foundation.periods import Period, add_months
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.texts import Text
from kanjo.processes import bill
from kanjo.processes.agreed import Agreed, LineMore
from kanjo.processes.amend_contract import amend_contract
from kanjo.processes.draft_offer import LineWanted
from kanjo.reports.identities import IDENTITIES
from kanjo.reports.usage import get_metered
from tests.builders import a_customer, a_product, an_actor
from tests.harness.office import APRIL, Office, morning
from tests.harness.policies import a_policy, chosen

TERM = Period(APRIL, add_months(APRIL, 36))
_UNTOUCHED = """
    SELECT i.id FROM billing_invoice i WHERE i.total_minor > 0 AND i.issued_on <= %s AND NOT EXISTS (
        SELECT FROM billing_invoiceline l JOIN billing_charge c ON c.plan_id = l.plan_id
        WHERE l.invoice_id = i.id AND c.credited_line_id IS NOT NULL
            AND l.id IN (c.invoice_line_id, c.credited_line_id))
    ORDER BY i.id DESC LIMIT 8"""
"""Invoices that gave nothing back and of which nothing was given back."""
_OTHER_POLICY = 2 / 3
"""How often a customer is billed by a policy of its own, with every choice drawn."""
_POLICY = tuple(BillingPolicy.__dataclass_fields__)


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
    contracts: list[Lived] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    holds: list[HoldId] = field(default_factory=list)
    deck: list[Callable[[Lives, Lived, date], None]] = field(default_factory=list)
    metered: list[OrderLineId] = field(default_factory=list)
    events: list[str] = field(default_factory=list)

    def begin(self, number: int) -> None:
        """Conclude so many contracts: monthly seats ahead, and often a yearly, a quarterly and a fortnightly line.

        Most by a policy of their own.
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
            ]
            deal = office.sell(customer_id, wanted, on=starts_on, until=TERM.until)
            self.contracts.append(Lived(deal.contract_id, customer_id))

    def live(self, on: date, acts: int) -> None:
        """Let so many things happen by chance on a day, each kind before any comes again; the rules may refuse one."""
        for _ in range(acts):
            self.deck = self.deck or self.chance.sample(ACTS, len(ACTS))
            lived, act = self.chance.choice(self.contracts), self.deck.pop()
            name = act.__name__
            try:
                with transaction.atomic():
                    act(self, lived, on)
            except Refusal as refusal:
                self.refused[f"{name}: {refusal.rule}"] += 1
            else:
                self.done[name] += 1

    def settle(self, on: date) -> None:
        """Release what is still held."""
        for hold_id in self.holds:
            try:
                with transaction.atomic():
                    self._release(hold_id, on)
            except Refusal:
                continue

    def change(self, lived: Lived, on: date) -> None:
        """More or fewer units of a line, at a price that need not be linear, from a day near or far."""
        line = self._line(lived, on)
        units = self.chance.randint(-3, 6)
        net = units * 1_000 + self.chance.randint(-300, 300)
        self._amend(lived, on, AmendmentKind.CHANGE, more=(LineMore(line, units, net),))

    def swap(self, lived: Lived, on: date) -> None:
        """A line ends and another takes its place on one day."""
        line = self._line(lived, on)
        added = (LineWanted(self.office.cloud, self.chance.randint(1, 9)),)
        self._amend(lived, on, AmendmentKind.SWAP, ends=(line,), added=added)

    def add_on(self, lived: Lived, on: date) -> None:
        """Another line joins to the end of the contract."""
        added = (LineWanted(self.office.cloud, self.chance.randint(1, 9)),)
        self._amend(lived, on, AmendmentKind.ADD_ON, added=added)

    def suspend(self, lived: Lived, on: date) -> None:
        """No service for some days, or until further notice."""
        effective_on = self._day(on)
        until = self.chance.choice([None, effective_on + DAY * self.chance.randint(0, 70)])
        self._amend(lived, on, AmendmentKind.SUSPENSION, effective_on=effective_on, until=until)

    def take_back(self, lived: Lived, on: date) -> None:
        """An amendment that was agreed before is withdrawn, or a suspension gets its end."""
        amendments = list_amendments(self.office.deal_management, lived.contract_id)
        if not amendments:
            return
        earlier = self.chance.choice(amendments)
        kind = AmendmentKind.WITHDRAWAL
        if earlier.kind is AmendmentKind.SUSPENSION and self.chance.random() < 0.8:
            kind = AmendmentKind.RESUMPTION
        self._amend(lived, on, kind, withdraws=earlier.id)

    def other_day(self, lived: Lived, on: date) -> None:
        """Billing on another day of the month from now on."""
        effective_on = self._day(on)
        self._amend(lived, on, AmendmentKind.BILLING_DAY, effective_on=effective_on, anchor_on=effective_on)

    def move(self, lived: Lived, on: date) -> None:
        """One billing day is moved, once."""
        to_come = charges_to_come(Scope(self.office.company_id, contract_id=lived.contract_id))
        if to_come:
            billing.move_billing_day(
                contract_id=lived.contract_id,
                bill_on=self.chance.choice(to_come[:6]).bill_on,
                moved_to=on + DAY * self.chance.randint(0, 60),
                because="顧客の依頼",
                by=self.office.receivables,
                at=morning(on),
            )

    def hold(self, lived: Lived, on: date) -> None:
        """A contract waits for its purchase order, some weeks or until released."""
        hold_id = billing.hold_billing(
            company_id=self.office.company_id,
            held=Held(contract_id=lived.contract_id),
            condition=HoldCondition.PO_NUMBER,
            because="注文番号待ち",
            owner_id=self.office.receivables.id,
            on=on,
            expires_on=self.chance.choice([None, on + timedelta(days=45)]),
            by=self.office.receivables,
            at=morning(on),
        )
        self.holds.append(hold_id)

    def release(self, lived: Lived, on: date) -> None:
        """A hold ends."""
        if self.holds:
            self._release(self.chance.choice(self.holds), on)

    def credit(self, lived: Lived, on: date) -> None:
        """An invoice was wrong and is given back; what it charged is due again."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT i.id FROM billing_invoice i JOIN orders_order o ON o.id = i.order_id"
                " WHERE o.contract_id = %s AND i.total_minor > 0 ORDER BY i.id DESC LIMIT 3",
                [lived.contract_id],
            )
            found = [row[0] for row in cursor.fetchall()]
        if found:
            self.office.credit(InvoiceId(self.chance.choice(found)), on=on)

    def share(self, lived: Lived, on: date) -> None:
        """Up to three payers share a contract, or all of a payer, by whole numbers from a day near; or nobody does."""
        payers = self.chance.sample([one.customer_id for one in self.contracts], self.chance.randint(0, 3))
        agreed: dict[str, Any] = {
            "shares": [ShareOfPayer(payer, self.chance.randint(1, 9)) for payer in payers],
            "on": on + DAY * self.chance.randint(-10, 40),
            "because": "部門ごとに負担",
            "by": self.office.receivables,
            "at": morning(on),
        }
        if self.chance.random() < 0.8:
            billing.share_contract(contract_id=lived.contract_id, **agreed)
        else:
            billing.share_account(company_id=self.office.company_id, payer_id=lived.customer_id, **agreed)

    def split(self, lived: Lived, on: date) -> None:
        """An invoice that gave nothing back is split between two payers, or handed on to one."""
        found = _rows(_UNTOUCHED, on)
        if not found:
            return
        payers = self.chance.sample([one.customer_id for one in self.contracts], self.chance.randint(1, 2))
        bill.split_invoice(
            company_id=self.office.company_id,
            invoice_id=InvoiceId(self.chance.choice(found)[0]),
            shares=[ShareOfPayer(payer, self.chance.randint(1, 9)) for payer in payers],
            on=on,
            because="部門ごとに負担",
            by=self.office.receivables,
            at=morning(on),
        )

    def meter(self, lived: Lived, on: date) -> None:
        """Give the usage of a line a price, or another one from a later day on."""
        line, tiers = self._line(lived, on), (UsageTier(0, self.chance.randint(1, 9), 3), UsageTier(40, 2, 1, 70))
        terms = UsageTerms(
            UsageModel.GRADUATED, Text(en="calls", ja="回"), tiers, 5, self.chance.choice([0, 900]), 4_000
        )
        billing.rate_usage(
            order_line_id=line,
            terms=terms,
            effective_on=self._day(on),
            because="合意",
            by=self.office.deal_management,
            at=morning(on),
        )
        self.metered.append(line)

    def use(self, lived: Lived, on: date) -> None:
        """Tell what was used lately, or long ago."""
        event = f"e-{len(self.events) + 1}"
        line = self.chance.choice(self.metered or [self._line(lived, on)])
        self._tell(UsageGiven("1", line, event, on - DAY * self.chance.randrange(70), self.chance.randint(0, 90)), on)
        self.events.append(event)

    def correct(self, lived: Lived, on: date) -> None:
        """Tell otherwise what was told of usage before."""
        was = UsageEvent.objects.filter(event_id=self.chance.choice(self.events or [""])).select_related("plan").first()
        if was is None:
            return
        event, line = f"e-{len(self.events) + 1}", OrderLineId(was.plan.order_line_id)
        self._tell(UsageGiven("1", line, event, was.used_on, self.chance.randint(0, 90), was.event_id), on)
        self.events.append(event)

    def _tell(self, event: UsageGiven, on: date) -> None:
        billing.record_usage(
            company_id=self.office.company_id,
            events=[event],
            source=UsageSource.API,
            whole=True,
            on=on,
            by=self.office.receivables,
            at=morning(on),
        )

    def _line(self, lived: Lived, on: date) -> Any:
        return self.chance.choice(lines_now(self.office.deal_management, lived.contract_id, on)).line.order_line_id

    def _day(self, on: date) -> date:
        """Return a day up to three months back or ahead."""
        return on + DAY * self.chance.randint(-90, 90)

    def _amend(self, lived: Lived, on: date, kind: AmendmentKind, **agreed: Any) -> None:
        terms = {"effective_on": self._day(on), "concluded_on": on, "because": "お客様のご要望", **agreed}
        amend_contract(
            contract_id=lived.contract_id,
            agreed=Agreed(kind=kind, **terms),
            by=self.office.deal_management,
            at=morning(on),
        )

    def _release(self, hold_id: HoldId, on: date) -> None:
        billing.release_billing(
            hold_id=hold_id, on=on, because="届いたため", by=self.office.receivables, at=morning(on)
        )


ACTS: tuple[Callable[[Lives, Lived, date], None], ...] = (
    Lives.change,
    Lives.change,
    Lives.swap,
    Lives.add_on,
    Lives.suspend,
    Lives.take_back,
    Lives.take_back,
    Lives.other_day,
    Lives.move,
    Lives.hold,
    Lives.release,
    Lives.credit,
    Lives.share,
    Lives.share,
    Lives.split,
    Lives.meter,
    Lives.use,
    Lives.use,
    Lives.correct,
)


def broken(office: Office) -> list[str]:
    """Return the identities of `kanjo verify` that do not hold, each with its first places."""
    checked = [one.check(office.company_id) for one in IDENTITIES if one.name != "audit-chain"]
    return [f"{one.name}: {side.places}" for one in checked if not one.holds for side in one.sides if side.broken]


def unlike_the_oracle(office: Office, on: date, contracts: set[ContractId] | None = None) -> list[str]:
    """Return the days that are not billed at the price they should be by *on*, told by line.

    Lines on hold are left out. Before the end of a plan days may be billed ahead of their day.
    """
    held = _held(office, on)
    return [
        f"line {plan['order_line_id']}: {first} to {last} should cost {should}, stand at {stands}"
        for plan in _plans(office)
        if plan["id"] not in held and (contracts is None or plan["contract_id"] in contracts)
        for first, last, should, stands in _differences(plan, on)
    ]


def unlike_its_usage(office: Office, on: date) -> list[str]:
    """Return the periods of usage that do not stand at what they cost by *on*, told by line."""
    held, found = _held(office, on), []
    for plan in Plan.objects.filter(company_id=office.company_id, charge=PlanCharge.USAGE):
        moved = dict(MovedDay.objects.filter(contract_id=plan.contract_id).values_list("bill_on", "moved_to"))
        standing = _standing(plan.pk)
        for period in get_metered(office.receivables, OrderLineId(plan.order_line_id)).periods:
            stands = {standing.pop(day, 0) for day in each(period.service)}
            due = moved.get(period.bill_on, period.bill_on) <= on and plan.pk not in held
            if due and stands != {period.net.minor}:
                found.append(f"line {plan.order_line_id}: {period.service} costs {period.net}, stands at {stands}")
        if standing and plan.pk not in held:
            found.append(f"line {plan.order_line_id}: {min(standing)} is no more, and stands")
    return found


def left_out(office: Office, on: date) -> list[tuple[Any, ...]]:
    """Return what is due by *on* and not found where plans of which nothing may be due are left out."""
    whole, narrowed = (
        set(still_due(plans, on, known).rows())
        for scope in (Scope(office.company_id), Scope(office.company_id, due_by=on))
        for plans, known in [read_due(scope, known_now())]
    )
    return sorted(whole ^ narrowed, key=str)


def _differences(plan: dict[str, Any], on: date) -> Iterator[tuple[date, date, int, int]]:
    life = _life(plan)
    moved = dict(_rows("SELECT bill_on, moved_to FROM billing_movedday WHERE contract_id = %s", plan["contract_id"]))
    schedule = owed(life)
    standing = _standing(plan["id"])
    due = [part for part in schedule if part.price and moved.get(part.bill_on, part.bill_on) <= on]
    for part in due:
        wrong = [day for day in each(part.days) if standing.get(day, 0) != part.price]
        if wrong and _cost(part, wrong, life.policy):
            yield wrong[0], wrong[-1], part.price, standing.get(wrong[0], 0)
    ever = {day: part.price for part in schedule for day in each(part.days)}
    surplus = [
        day
        for day, price in standing.items()
        if ever.get(day, 0) != price and day < on - 90 * DAY and _costs(plan["id"], day, life.policy)
    ]
    if surplus and on >= TERM.until:
        yield surplus[0], surplus[-1], ever.get(surplus[0], 0), standing[surplus[0]]


def _cost(part: Owed, days: list[date], policy: BillingPolicy) -> int:
    return sum(
        Owed(Period(day, day + DAY), part.whole, part.price, part.quantity, part.bill_on).cost(policy) for day in days
    )


def _costs(plan_id: int, day: date, policy: BillingPolicy) -> int:
    """Return what a day that stands cost of its whole: the thirty-first costs nothing where months have thirty days."""
    (whole_start, whole_until, price), *_ = _rows(
        "SELECT whole_start, whole_until, price_minor FROM billing_charge c WHERE plan_id = %s AND NOT beside"
        " AND credited_line_id IS NULL AND service_start <= %s AND service_until > %s AND NOT EXISTS ("
        " SELECT FROM billing_charge b WHERE b.credited_line_id = coalesce(c.shared_line_id, c.invoice_line_id)"
        " AND b.service_start <= %s AND b.service_until > %s)",
        plan_id,
        *[day] * 4,
    )
    return Owed(Period(day, day + DAY), Period(whole_start, whole_until), price, 0, day).cost(policy)


def _life(plan: dict[str, Any]) -> Life:
    stands = " AND NOT EXISTS (SELECT FROM contracts_amendment w WHERE w.withdraws_id = c.amendment_id)"
    changes = _rows(
        "SELECT effective_on, net_minor, quantity, anchor_on FROM billing_change c WHERE plan_id = %s" + stands,
        plan["id"],
    )
    away = _rows("SELECT start, until FROM billing_away c WHERE plan_id = %s" + stands, plan["id"])
    return Life(
        service=Period(plan["service_start"], plan["service_until"]),
        months=plan["interval_months"],
        every_days=plan["interval_days"],
        anchor_on=plan["anchor_on"],
        net=plan["net_minor"],
        timing=BillingTiming(plan["timing"]),
        quantity=plan["quantity"],
        due_from=plan["due_from"],
        policy=_policy(plan["policy_id"]),
        changes=[Change(*row) for row in changes],
        away=[Away(*row) for row in away],
        swapped=plan["swapped"],
    )


def _policy(policy_id: int) -> BillingPolicy:
    ((row),) = _rows(f"SELECT {', '.join(_POLICY)} FROM billing_policy WHERE id = %s", policy_id)
    kinds = BillingPolicy()
    return BillingPolicy(**{name: type(getattr(kinds, name))(value) for name, value in zip(_POLICY, row, strict=True)})


def _plans(office: Office) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM billing_plan WHERE company_id = %s AND charge = 'recurring'", [office.company_id])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _standing(plan_id: int) -> dict[date, int]:
    """Return the price at which each day of a plan stands billed, whoever bears it."""
    rows = _rows(
        "SELECT service_start, service_until, price_minor, invoice_line_id, CASE WHEN credited_line_id IS NOT NULL"
        " THEN coalesce(shared_line_id, credited_line_id) END"
        " FROM billing_charge WHERE plan_id = %s AND NOT beside ORDER BY invoice_line_id",
        plan_id,
    )
    back = {(line, day) for start, until, _, _, line in rows if line for day in each(Period(start, until))}
    stands = [
        (day, price)
        for start, until, price, line, credited in rows
        if credited is None
        for day in each(Period(start, until))
        if (line, day) not in back
    ]
    standing = dict(stands)
    assert len(standing) == len(stands), f"days of plan {plan_id} stand billed twice"
    return standing


def _held(office: Office, on: date) -> set[int]:
    return {
        row[0]
        for row in _rows(
            "SELECT p.id FROM billing_plan p JOIN billing_hold h ON h.contract_id = p.contract_id"
            " LEFT JOIN billing_release r ON r.hold_id = h.id AND r.effective_on <= %s"
            " WHERE h.company_id = %s AND h.effective_on <= %s AND (h.expires_on IS NULL OR h.expires_on > %s)"
            " AND r.id IS NULL",
            on,
            office.company_id,
            on,
            on,
        )
    }


def _rows(query: str, *asked: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())
