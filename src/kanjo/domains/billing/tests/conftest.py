"""What the billing tests stand on: a company, its customer, and orders planned for billing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import LineToBill
from kanjo.domains.billing.models import InvoiceLine
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ContractId, CustomerId, OrderId, OrderLineId, PlanId, RunId
from kanjo.foundation.periods import Period
from kanjo.platform.identity.queries import house
from kanjo.platform.runs import operations as runs
from tests import builders, deals
from tests.builders import NOW, TODAY
from tests.deals import LineToBook


@dataclass(frozen=True)
class Planned:
    """An order whose billing is planned."""

    order_id: OrderId
    contract_id: ContractId
    customer_id: CustomerId
    lines: tuple[OrderLineId, ...]
    plans: tuple[PlanId, ...]


@pytest.fixture
def company(db: None) -> CompanyId:
    return builders.a_company()


@pytest.fixture
def customer(db: None) -> CustomerId:
    return builders.a_customer()


@pytest.fixture
def accountant(company: CompanyId) -> Actor:
    return builders.an_actor(Role.RECEIVABLES, companies=[company])


def an_order(
    company_id: CompanyId,
    customer_id: CustomerId,
    lines: Sequence[LineToBook],
    terms: str = "net:30:none",
    *,
    term: Period = builders.A_YEAR,
    po_number: str = "",
    under: ContractId | None = None,
) -> Planned:
    """Book *lines* as an order and plan their billing, as that of the contract *under* where one is given."""
    deal = deals.a_deal(company_id, customer_id, lines, term=term, po_number=po_number)
    contract_id = under or deal.contract_id
    to_bill = [
        LineToBill(
            order_line_id=line.order_line_id,
            description=line.terms.name,
            charge=line.terms.charge,
            timing=line.terms.timing,
            interval_months=line.terms.interval_months,
            net_minor=line.net_minor,
            tax_class=line.terms.tax_class,
            service=line.service,
            quantity=line.quantity,
            due_from=line.service.start if line.service else TODAY,
        )
        for line in deal.order.lines
    ]
    plans = billing.plan(
        company_id=company_id,
        customer_id=customer_id,
        payer_id=customer_id,
        order_id=deal.order.order_id,
        contract_id=contract_id,
        currency="JPY",
        payment_terms=terms,
        lines=to_bill,
        by=house(),
        at=NOW,
        on=TODAY,
    )
    return Planned(deal.order.order_id, contract_id, customer_id, tuple(line.order_line_id for line in to_bill), plans)


def run_billing(company: CompanyId, on: date, by: Actor | None = None) -> tuple[RunId, dict[str, int]]:
    """Preview, approve and execute a run as the house does by schedule."""
    by = by or house()
    run_id = billing.preview_run(company_id=company, on=on, because="月次請求", by=by, at=NOW)
    runs.approve_run(run_id=run_id, by=house(), at=NOW)
    return run_id, billing.execute(run_id=run_id, by=house(), at=NOW)


def documents() -> list[tuple[object, ...]]:
    """What was issued, without ids and numbers."""
    lines = InvoiceLine.objects.order_by("invoice__number", "position")
    return list(
        lines.values_list("plan_id", "service_start", "net_minor", "invoice__total_minor", "invoice__issued_on")
    )
