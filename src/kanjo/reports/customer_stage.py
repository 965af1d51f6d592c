"""The stage of every customer in the conversion circle: new, existing or renewing (新規顧客・既存顧客・更新顧客).

Derived from contracts and never typed in, so it is right on every day, past or present, as it was known at any moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown


class Stage(StrEnum):
    """Where a customer stands."""

    NEW = "new"
    """No contract is active or was."""
    EXISTING = "existing"
    """A contract is active or was."""
    RENEWING = "renewing"
    """An active contract is inside its notice window, and what becomes of it is not settled."""

    @property
    def shown(self) -> Text:
        """The stage as people call it."""
        return _STAGES[self]


_STAGES = {
    Stage.NEW: Text(en="New customer", ja="新規顧客"),
    Stage.EXISTING: Text(en="Existing customer", ja="既存顧客"),
    Stage.RENEWING: Text(en="Renewing customer", ja="更新顧客"),
}
_CAUSES = {
    Stage.NEW: Text(en="No contract is or was active.", ja="有効な契約も過去の契約もありません。"),
    Stage.EXISTING: Text(
        en="Contract {number} became active on {since}.",
        ja="契約{number}が{since}に有効になりました。",
    ),
    Stage.RENEWING: Text(
        en="The notice window of contract {number} opened on {since}.",
        ja="契約{number}が{since}に更新時期に入りました。",
    ),
}


@dataclass(frozen=True, slots=True)
class CustomerStage:
    """A customer's stage on a day, with the day it got there and the contract that caused it (None while new)."""

    customer_id: CustomerId
    customer: str
    stage: Stage
    since: date | None
    contract_id: ContractId | None
    contract_number: str

    @property
    def because(self) -> Text:
        """Why the customer is in this stage."""
        return _CAUSES[self.stage].filled(number=self.contract_number, since=self.since)


class NoSuchCustomer(Refusal):
    """Nobody with that id buys here."""

    rule = "customer-stage.customer-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no customer {key}.", ja="顧客 {key} は見つかりません。")
    remedy = Text(en="Check the number.", ja="番号を確認してください。")


def stage_of(
    actor: Actor, customer_id: CustomerId, known: AsKnown, *, company_id: CompanyId | None = None
) -> CustomerStage:
    """Return the stage of one customer. Refuses `NoSuchCustomer`."""
    found = stages_of(actor, [customer_id], known, company_id=company_id)
    if customer_id not in found:
        raise NoSuchCustomer(key=customer_id)
    return found[customer_id]


def stages_of(
    actor: Actor, customer_ids: Iterable[CustomerId], known: AsKnown, *, company_id: CompanyId | None = None
) -> dict[CustomerId, CustomerStage]:
    """Return the stages of those of the customers that exist, in one query."""
    asked = {**_asked(actor, known, company_id), "customers": list(customer_ids)}
    return {row.customer_id: row for row in _read(_STAGED + _THESE, asked)}


def ids_in_stage(
    actor: Actor, stage: Stage, known: AsKnown, *, company_id: CompanyId | None = None
) -> list[CustomerId]:
    """Return the ids of all customers that are in the stage."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGED + _IDS, {**_asked(actor, known, company_id), "stage": stage})
        return [CustomerId(key) for (key,) in cursor.fetchall()]


def list_stages(
    actor: Actor,
    known: AsKnown,
    *,
    limit: int = 200,
    offset: int = 0,
    stage: Stage | None = None,
    company_id: CompanyId | None = None,
) -> list[CustomerStage]:
    """Return the stages of all customers in order of name, from the contracts of the companies the actor may see."""
    page = {"stage": stage, "limit": limit, "offset": offset}
    return _read(_STAGED + _PAGE, {**_asked(actor, known, company_id), **page})


def count_stages(actor: Actor, known: AsKnown, *, company_id: CompanyId | None = None) -> dict[Stage, int]:
    """Return how many customers are in each stage."""
    counts = dict.fromkeys(Stage, 0)
    with connection.cursor() as cursor:
        cursor.execute(_STAGED + _COUNTS, _asked(actor, known, company_id))
        counts.update({Stage(stage): count for stage, count in cursor.fetchall()})
    return counts


# Contracts count from the first day of their term. The two rows a contract may get later, its ending and the outcome
# of its renewal, count only when they were recorded by the moment asked for.
_STAGED = """
WITH begun AS (
    SELECT c.id, c.number, c.customer_id, c.starts_on, c.until, c.notice_opens_on,
           least(c.until, e.effective_on) AS stops_on
    FROM contracts_contract c
    LEFT JOIN contracts_ending e
        ON e.contract_id = c.id AND (%(known_at)s::timestamptz IS NULL OR e.recorded_at <= %(known_at)s)
    WHERE c.company_id = ANY(%(companies)s) AND c.starts_on <= %(day)s
        AND (%(known_at)s::timestamptz IS NULL OR c.recorded_at <= %(known_at)s)
        AND (%(customers)s::bigint[] IS NULL OR c.customer_id = ANY(%(customers)s::bigint[]))
), first_active AS (
    SELECT DISTINCT ON (customer_id) * FROM begun ORDER BY customer_id, starts_on, id
), in_notice AS (
    SELECT DISTINCT ON (b.customer_id) b.* FROM begun b
    WHERE b.notice_opens_on <= %(day)s AND b.stops_on > %(day)s AND NOT EXISTS (
        SELECT FROM renewals_renewal r JOIN renewals_outcome o ON o.renewal_id = r.id
        WHERE r.contract_id = b.id AND r.term_until = b.until AND o.effective_on <= %(day)s
            AND (%(known_at)s::timestamptz IS NULL OR o.recorded_at <= %(known_at)s))
    ORDER BY b.customer_id, b.notice_opens_on, b.id
), staged AS (
    SELECT k.id, k.name,
           CASE WHEN n.id IS NOT NULL THEN 'renewing' WHEN f.id IS NOT NULL THEN 'existing' ELSE 'new' END AS stage,
           CASE WHEN n.id IS NOT NULL THEN greatest(n.notice_opens_on, n.starts_on) ELSE f.starts_on END AS since,
           coalesce(n.id, f.id) AS contract_id,
           coalesce(n.number, f.number, '') AS contract_number
    FROM customers_customer k
    LEFT JOIN first_active f ON f.customer_id = k.id
    LEFT JOIN in_notice n ON n.customer_id = k.id
)
"""


_THESE = "SELECT * FROM staged WHERE id = ANY(%(customers)s::bigint[])"
_IDS = "SELECT id FROM staged WHERE stage = %(stage)s ORDER BY id"
_PAGE = """
SELECT * FROM staged WHERE %(stage)s::text IS NULL OR stage = %(stage)s
ORDER BY name, id LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNTS = "SELECT stage, count(*) FROM staged GROUP BY stage"


def _asked(actor: Actor, known: AsKnown, company_id: CompanyId | None) -> dict[str, Any]:
    companies = [company for company in actor.companies if company_id in {None, company}]
    return {"companies": companies, "day": known.effective_on, "known_at": known.known_at, "customers": None}


def _read(query: str, asked: dict[str, Any]) -> list[CustomerStage]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return [
            CustomerStage(customer, name, Stage(stage), since, contract, number)
            for customer, name, stage, since, contract, number in cursor.fetchall()
        ]
