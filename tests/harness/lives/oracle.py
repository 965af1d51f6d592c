"""What should stand, computed from the facts one line and one day at a time by the oracle of billing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from kanjo.domains.billing.facts import BillingPolicy, PlanCharge
from kanjo.domains.billing.models import MovedDay, Plan
from kanjo.domains.billing.queries.due import Scope, known_now, read_due
from kanjo.domains.billing.rules.owed import still_due
from kanjo.domains.billing.tests.owed_oracle import DAY, Away, Change, Life, Owed, each, owed
from kanjo.domains.catalog.facts import BillingTiming
from kanjo.foundation.ids import ContractId, OrderLineId
from kanjo.foundation.periods import Period
from kanjo.reports.identities import IDENTITIES
from kanjo.reports.usage import get_metered
from tests.harness.lives.living import TERM
from tests.harness.lives.standing import recurring_plans, rows, standing_days
from tests.harness.office import Office

_POLICY = tuple(BillingPolicy.__dataclass_fields__)


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
        for plan in recurring_plans(office)
        if plan["id"] not in held and (contracts is None or plan["contract_id"] in contracts)
        for first, last, should, stands in _differences(plan, on)
    ]


def unlike_its_usage(office: Office, on: date) -> list[str]:
    """Return the periods of usage that do not stand at what they cost by *on*, told by line."""
    held, found = _held(office, on), []
    for plan in Plan.objects.filter(company_id=office.company_id, charge=PlanCharge.USAGE):
        moved = dict(MovedDay.objects.filter(contract_id=plan.contract_id).values_list("bill_on", "moved_to"))
        standing = standing_days(plan.pk)
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
    moved = dict(rows("SELECT bill_on, moved_to FROM billing_movedday WHERE contract_id = %s", plan["contract_id"]))
    schedule = owed(life)
    standing = standing_days(plan["id"])
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
    (whole_start, whole_until, price), *_ = rows(
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
    changes = rows(
        "SELECT effective_on, net_minor, quantity, anchor_on FROM billing_change c WHERE plan_id = %s" + stands,
        plan["id"],
    )
    away = rows("SELECT start, until FROM billing_away c WHERE plan_id = %s" + stands, plan["id"])
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
    ((row),) = rows(f"SELECT {', '.join(_POLICY)} FROM billing_policy WHERE id = %s", policy_id)
    kinds = BillingPolicy()
    return BillingPolicy(**{name: type(getattr(kinds, name))(value) for name, value in zip(_POLICY, row, strict=True)})


def _held(office: Office, on: date) -> set[int]:
    return {
        row[0]
        for row in rows(
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
