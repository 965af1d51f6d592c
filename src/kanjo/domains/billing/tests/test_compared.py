"""What a change comes to: due now less due before, whatever was posted."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given

from kanjo.domains.billing.rules.compared import difference_per_line, due_apart
from kanjo.domains.billing.rules.owed import should_be, still_due
from kanjo.domains.billing.tests.owed_oracle import Life
from kanjo.domains.billing.tests.posting import House
from kanjo.domains.billing.tests.test_owed import FAR, days, few, histories, some_lives


class TestDueApart:
    @few
    @given(some_lives, days)
    def test_is_what_each_alone_is(self, plans: list[Life], day: date) -> None:
        """Two states of knowledge computed at once come to the rows that each comes to by itself."""
        house, (first, second) = House(), histories([plans, plans[::-1]])
        house.bill(first, day)
        rows, now, before = house.rows(first), house.known(second), house.known(first)
        due, due_before = due_apart(rows, now, rows, before)
        key = ("plan_id", "service_start", "sequence")
        assert due.sort(key).equals(still_due(rows, FAR, now).sort(key))
        assert due_before.sort(key).equals(still_due(rows, FAR, before).sort(key))


class TestDifference:
    @few
    @given(some_lives, days)
    def test_is_that_of_the_schedules(self, plans: list[Life], day: date) -> None:
        """A line differs by the whole of its schedule less the whole of what it was, whatever was billed meanwhile."""
        house, (first, second) = House(), histories([plans, plans[::-1]])
        house.bill(first, day)
        rows, now, before = house.rows(first), house.known(second), house.known(first)
        told = difference_per_line(rows.with_columns(order_line_id="plan_id"), *due_apart(rows, now, rows, before))
        wholes = [_by_plan(should_be(rows, None, known)) for known in (now, before)]
        differs = {plan: wholes[0].get(plan, 0) - wholes[1].get(plan, 0) for plan in range(len(plans))}
        assert told == {plan: net for plan, net in differs.items() if net}

    def test_leaves_usage_out(self) -> None:
        """Usage of a line is beside what was ordered of it: it changes no order."""
        plans = pl.DataFrame({"plan_id": [0, 1], "order_line_id": [7, 7], "charge": ["recurring", "usage"]})
        due, before = (pl.DataFrame({"plan_id": [0, 1], "net_minor": nets}) for nets in ([100, 500], [40, 900]))
        assert difference_per_line(plans, due, before) == {7: 60}


def _by_plan(charges: pl.DataFrame) -> dict[int, int]:
    return dict(charges.group_by("plan_id").agg(pl.sum("net_minor")).iter_rows())
