"""What billing was told, and what stands in its books, read without the code that wrote it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from kanjo.domains.billing.facts import BillingPolicy
from kanjo.domains.billing.tests.owed_oracle import each
from kanjo.foundation.periods import Period
from tests.harness.office import Office

Row = dict[str, Any]
"""A row by the names of its columns."""

_PLANS = """
    SELECT p.*, a.payer_id, x.accepted_on FROM billing_plan p JOIN billing_account a ON a.id = p.account_id
    LEFT JOIN billing_acceptance x ON x.plan_id = p.id WHERE p.company_id = %s ORDER BY p.id"""
_CHARGES = """
    SELECT plan_id, service_start, service_until, whole_start, whole_until, price_minor, invoice_line_id,
        CASE WHEN credited_line_id IS NOT NULL THEN coalesce(shared_line_id, credited_line_id) END AS gives_back
    FROM billing_charge WHERE NOT beside ORDER BY invoice_line_id"""
_AMOUNTS = """
    SELECT plan_id, coalesce(shared_line_id, credited_line_id, invoice_line_id) AS line, sum(amount_minor)::bigint
    FROM billing_charge GROUP BY 1, 2"""
_EVENTS = """
    SELECT plan_id, used_on, quantity FROM billing_usageevent e
    WHERE NOT EXISTS (SELECT FROM billing_usageevent c WHERE c.corrects_id = e.id)"""
_STANDS = "NOT EXISTS (SELECT FROM contracts_amendment w WHERE w.withdraws_id = t.amendment_id)"


class Stands(NamedTuple):
    """A day that is billed: by which line, at the price of which whole."""

    line: int
    price: int
    whole: Period


Standing = dict[date, Stands]
"""The days of a plan that are billed."""


@dataclass
class Books:
    """What an office was told and what it posted by now: of each plan by its id, what moved by the contract."""

    office: Office
    plans: list[Row] = field(init=False)
    charges: dict[int, list[Row]] = field(init=False)
    """What was charged and given back of each plan, each day once, whoever bears it."""
    twice: list[tuple[int, date, Stands]] = field(default_factory=list)
    """Days that a later charge covers, too: the earlier one may cost nothing on them."""

    def __post_init__(self) -> None:
        self.plans = named_rows(_PLANS, self.office.company_id)
        self.charges = _by("plan_id", named_rows(_CHARGES))

    @cached_property
    def by_id(self) -> dict[int, Row]:
        """Plans by their ids."""
        return {plan["id"]: plan for plan in self.plans}

    @cached_property
    def lines(self) -> dict[int, Row]:
        """The plan of each order line itself; its instalments and its usage are parts of it."""
        return {plan["order_line_id"]: plan for plan in self.plans if plan["part"] == 0}

    @cached_property
    def changes(self) -> dict[int, list[Row]]:
        """What plans cost more or less, as far as it was not withdrawn."""
        return _by("plan_id", named_rows(f"SELECT * FROM billing_change t WHERE {_STANDS} ORDER BY id"))

    @cached_property
    def away(self) -> dict[int, list[Row]]:
        """Days without service, as far as they were not withdrawn."""
        return _by("plan_id", named_rows(f"SELECT * FROM billing_away t WHERE {_STANDS} ORDER BY id"))

    @cached_property
    def moved(self) -> dict[int, dict[date, date]]:
        """Billing days that were moved, and to which day."""
        told = _by("contract_id", named_rows("SELECT contract_id, bill_on, moved_to FROM billing_movedday"))
        return {key: {row["bill_on"]: row["moved_to"] for row in rows_} for key, rows_ in told.items()}

    @cached_property
    def ratings(self) -> dict[int, list[Row]]:
        """How usage is priced, each with its tiers."""
        tiers = _by("rating_id", named_rows("SELECT * FROM billing_usagetier ORDER BY from_units"))
        told = named_rows("SELECT * FROM billing_usagerating ORDER BY effective_on")
        return _by("plan_id", [{**row, "tiers": tiers[row["id"]]} for row in told])

    @cached_property
    def events(self) -> dict[int, list[Row]]:
        """What was used and not corrected."""
        return _by("plan_id", named_rows(_EVENTS))

    @cached_property
    def policies(self) -> dict[int, BillingPolicy]:
        """By what choices plans are billed."""
        kinds = {name: type(getattr(BillingPolicy(), name)) for name in BillingPolicy.__dataclass_fields__}
        return {
            row["id"]: BillingPolicy(**{name: kind(row[name]) for name, kind in kinds.items()})
            for row in named_rows("SELECT * FROM billing_policy")
        }

    @cached_property
    def amounts(self) -> dict[tuple[int, int], int]:
        """What is left of each charge of a plan, of its first line, by all payers together."""
        return {(plan, line): amount for plan, line, amount in rows(_AMOUNTS)}

    def standing(self, plan_id: int) -> Standing:
        """Return each day of a plan that stands billed."""
        told = self.charges.get(plan_id, [])
        back = {(row["gives_back"], day) for row in told if row["gives_back"] for day in _days(row)}
        stands = [
            (day, Stands(row["invoice_line_id"], row["price_minor"], Period(row["whole_start"], row["whole_until"])))
            for row in sorted(told, key=lambda row: row["service_start"])
            if row["gives_back"] is None
            for day in _days(row)
            if (row["invoice_line_id"], day) not in back
        ]
        by_day: Standing = {}
        for day, one in stands:
            if day in by_day:
                self.twice.append((plan_id, day, by_day[day]))
            by_day[day] = one
        return by_day


def rows(query: str, *asked: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())


def named_rows(query: str, *asked: Any) -> list[Row]:
    """Return what a query finds, by the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _days(row: Row) -> list[date]:
    return each(Period(row["service_start"], row["service_until"]))


def _by(key: str, told: list[Row]) -> dict[int, list[Row]]:
    found = defaultdict[int, list[Row]](list)
    for row in told:
        found[row[key]].append(row)
    return found
