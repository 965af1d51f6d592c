"""Which holds stand, and what they keep back: by what the people of the office did, not by what billing kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kanjo.domains.billing.facts import HoldCondition, PlanCharge
from kanjo.domains.catalog.facts import BillingTiming, Recognition
from kanjo.foundation.ids import HoldId
from tests.harness.lives.standing import Row, named_rows

SCOPES = ("payer_id", "contract_id", "order_id", "order_line_id")


@dataclass
class Wait:
    """A hold as it was set: of all that has the *key* at *scope*, or of one kind of *charge*; and when it was ended."""

    id: HoldId
    scope: str
    key: int
    charge: PlanCharge | None
    condition: HoldCondition
    since: date
    expires_on: date | None
    ended_on: date | None = None
    ended_by: str = ""
    """A fact that it waited for, or a hand."""

    @property
    def kind(self) -> str:
        """What it is a hold of."""
        return "charge" if self.charge else self.scope

    def stands(self, on: date) -> bool:
        """Return whether it keeps anything back on a day."""
        ends = [day for day in (self.expires_on, self.ended_on) if day is not None]
        return self.since <= on and all(on < day for day in ends)

    def keeps(self, plan: Row, on: date) -> bool:
        """Return whether it keeps a plan back on a day."""
        return self.stands(on) and plan[self.scope] == self.key and self.charge in {None, plan["charge"]}


def end(waits: Iterable[Wait], on: date, by: str) -> None:
    """Let holds be over from a day on, unless they are already."""
    for wait in waits:
        if wait.ended_on is None:
            wait.ended_on, wait.ended_by = on, by


def ends(waits: Iterable[Wait], on: date) -> Counter[str]:
    """Return how many holds are over on a day, by what ended them."""
    return Counter(wait.ended_by or "day" for wait in waits if wait.since <= on and not wait.stands(on))


def numbered(waits: Iterable[Wait], order_id: int, on: date) -> list[Wait]:
    """Return the holds that end because an order got the customer's number: a contract's once all its orders have."""
    told = named_rows(
        "SELECT o.id, o.contract_id, o.po_number <> '' AS numbered, array_agg(l.id) AS lines FROM orders_order o"
        " JOIN orders_orderline l ON l.order_id = o.id GROUP BY o.id"
    )
    (order,) = (one for one in told if one["id"] == order_id)
    whole = all(one["numbered"] for one in told if one["contract_id"] == order["contract_id"])
    ended = {("order_id", order_id), *(("order_line_id", line) for line in order["lines"])}
    if whole:
        ended.add(("contract_id", order["contract_id"]))
    return _waited(waits, HoldCondition.PO_NUMBER, ended, on)


def accepted(waits: Iterable[Wait], order_line_id: int, on: date) -> list[Wait]:
    """Return the holds that end because a line was accepted: the wider ones once nothing in them waits for that."""
    told = named_rows(
        "SELECT l.id AS order_line_id, l.order_id, o.contract_id, o.payer_id, l.changes_id IS NULL AND a.id IS NULL"
        " AND (l.timing = %s OR l.recognition = %s) AND NOT EXISTS ("
        "  SELECT FROM orders_orderline e JOIN orders_order f ON f.id = e.order_id"
        "  JOIN contracts_amendment m ON m.id = f.amendment_id"
        "  LEFT JOIN contracts_amendment w ON w.withdraws_id = m.id"
        "  WHERE e.id = l.id AND w.id IS NOT NULL OR e.changes_id = l.id AND e.ends AND w.id IS NULL"
        "  AND m.effective_on <= %s) AS waits FROM orders_orderline l"
        " JOIN orders_order o ON o.id = l.order_id LEFT JOIN orders_acceptance a ON a.order_line_id = l.id",
        BillingTiming.ON_ACCEPTANCE,
        Recognition.AT_A_POINT,
        on,
    )
    (line,) = (one for one in told if one["order_line_id"] == order_line_id)
    waiting = {(scope, one[scope]) for one in told if one["waits"] for scope in SCOPES}
    return _waited(waits, HoldCondition.ACCEPTANCE, {(scope, line[scope]) for scope in SCOPES} - waiting, on)


def _waited(waits: Iterable[Wait], condition: HoldCondition, ended: set[tuple[str, int]], on: date) -> list[Wait]:
    return [
        wait
        for wait in waits
        if wait.condition is condition
        and (wait.scope, wait.key) in ended
        and wait.ended_on is None
        and (wait.expires_on is None or wait.expires_on > on)
    ]
