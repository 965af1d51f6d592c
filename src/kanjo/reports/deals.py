"""One deal from the first word to the last yen: its parts in every stage, and all that happened to any of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from django.db import connection

from kanjo.foundation.actors import Actor
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text

QUERIES = Path(__file__).parent
OPPORTUNITY, QUOTE = "opportunities_opportunity", "quotes_quote"
REQUEST, ITEM = "approvals_approvalrequest", "approvals_approvalitem"
CONTRACT, ORDER, INVOICE = "contracts_contract", "orders_order", "billing_invoice"
ROOTS = (OPPORTUNITY, QUOTE, CONTRACT, ORDER, INVOICE)
"""The tables from whose rows a deal is found."""
MOST = 200
"""How many entries the timeline goes back."""


class Phase(StrEnum):
    """A stage of a deal, and the function of the house that carries it."""

    OPPORTUNITY = "opportunity"
    QUOTE = "quote"
    APPROVAL = "approval"
    CONTRACT = "contract"
    ORDER = "order"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REVENUE = "revenue"
    LICENSE = "license"
    RENEWAL = "renewal"

    @property
    def shown(self) -> Text:
        """The stage as people call it."""
        return _PHASES[self]


_PHASES = {
    Phase.OPPORTUNITY: Text(en="Opportunity", ja="商談"),
    Phase.QUOTE: Text(en="Quote", ja="見積"),
    Phase.APPROVAL: Text(en="Approval", ja="承認"),
    Phase.CONTRACT: Text(en="Contract", ja="契約"),
    Phase.ORDER: Text(en="Order", ja="注文"),
    Phase.INVOICE: Text(en="Invoice", ja="請求"),
    Phase.PAYMENT: Text(en="Payment", ja="入金"),
    Phase.REVENUE: Text(en="Revenue", ja="収益"),
    Phase.LICENSE: Text(en="Licenses", ja="ライセンス"),
    Phase.RENEWAL: Text(en="Renewal", ja="契約更新"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A row that belongs to a deal: where it stands since when, and how far it came.

    `done` of `whole`: lines accepted of an order, net invoiced of what was ordered, without usage (its total being
    `whole`), paid of an open item, recognised of an obligation with its usage. `waiting` counts what it waits for:
    decisions and conditions of a request, acceptances of an order.
    """

    phase: Phase
    table: str
    id: int
    number: str
    state: str
    on: date | None
    done: Money | None
    whole: Money | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What was written once and never changes: an invoice, a payment, a month of revenue. `table` and `id` lead there.

    `by_itself` marks what no person did.
    """

    phase: Phase
    verb: str
    at: datetime
    on: date
    who: str
    by_itself: bool
    table: str
    id: int
    number: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity with all that came of it."""

    id: int
    name: str
    parts: tuple[Part, ...]

    def of(self, phase: Phase) -> list[Part]:
        """Return the parts of a stage, oldest first."""
        return [part for part in self.parts if part.phase is phase]


def find_deal(actor: Actor, table: str, key: int) -> Deal | None:
    """Return the deal that a row of one of `ROOTS` belongs to, in one query; None where the actor may not see it."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, {**dict.fromkeys(ROOTS, 0), table: key, "companies": list(actor.companies)})
        rows = cursor.fetchall()
    parts = tuple(
        Part(Phase(phase), table, id_, number, state, on, _money(done, currency), _money(whole, currency), waiting)
        for phase, table, id_, number, state, on, done, whole, currency, waiting in rows
    )
    roots = [part for part in parts if part.phase is Phase.OPPORTUNITY]
    return Deal(roots[0].id, roots[0].number, parts) if roots else None


def subjects_of(deal: Deal, phase: Phase | None = None) -> list[tuple[str, int]]:
    """Return the rows of a deal whose changes the audit trail keeps."""
    return [(part.table, part.id) for part in deal.parts if phase in {None, part.phase}]


def occurrences(deal: Deal, phase: Phase | None = None, *, limit: int = MOST) -> list[Occurrence]:
    """Return what was written once for the deal, the latest first: of one function, or of all."""
    ids = {name: [part.id for part in deal.parts if part.table == table] for name, table in _OF.items()}
    with connection.cursor() as cursor:
        cursor.execute(_OCCURRED, {**ids, "phase": phase, "limit": limit})
        return [
            Occurrence(Phase(of), verb, at, on, who, by_itself, table, key, number, _money(minor, currency))
            for of, verb, at, on, who, by_itself, table, key, number, minor, currency in cursor.fetchall()
        ]


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(int(minor), currency)


_OF = {"orders": ORDER, "contracts": CONTRACT, "invoices": INVOICE, "obligations": "revenue_obligation"}
_PARTS = (QUERIES / "deal_parts.sql").read_text()
_OCCURRED = (QUERIES / "deal_occurrences.sql").read_text()
