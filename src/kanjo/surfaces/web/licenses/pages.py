"""Licenses: what customers may use."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.licenses.facts import Runs
from kanjo.domains.licenses.queries import GrantRow, PositionRow, count_grants, list_grants, position
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Column, Detail, Section, Table, amount, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.licenses.columns import GRANTS as COLUMNS
from kanjo.surfaces.web.licenses.columns import METRIC, metric_shown
from kanjo.surfaces.web.lists import Asked, Filter, ListPage
from kanjo.surfaces.web.shown import Link, said

TITLE = Text(en="Licenses", ja="ライセンス")
RUNS = Text(en="Validity", ja="有効期間")
CONTRACT_STATE = Text(en="Contract", ja="契約の状態")
POSITION = Text(en="License position", ja="ライセンス保有状況")

GRANTS = ListPage[GrantRow](
    title=TITLE,
    search=Text(en="Product, customer or contract number", ja="製品・顧客名・契約番号"),
    filters=(Filter("runs", RUNS, tuple(Runs)), Filter("contract", CONTRACT_STATE, tuple(ContractState))),
    columns=(
        Column(labels.CUSTOMER, lambda row: Link(row.customer, "license-position", row.customer_id)),
        *COLUMNS,
    ),
    rows=lambda asked: list_grants(
        asked.desk.actor,
        contract_state=asked.choices["contract"],
        runs=_runs(asked),
        search=asked.text,
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    ),
    count=lambda asked: count_grants(
        asked.desk.actor, contract_state=asked.choices["contract"], runs=_runs(asked), search=asked.text
    ),
)


def _runs(asked: Asked) -> tuple[Runs, date] | None:
    return (asked.choices["runs"], asked.desk.today) if asked.choices["runs"] else None


_POSITION: tuple[Column[PositionRow], ...] = (
    Column(labels.PRODUCT, lambda row: Link(row.product_code, "product", row.product_id)),
    Column(METRIC, lambda row: metric_shown(row.metric)),
    amount(labels.QUANTITY, lambda row: row.quantity),
    amount(Text(en="Grants", ja="付与件数"), lambda row: row.grants),
    Column(Text(en="First end", ja="最初の終了日"), lambda row: row.next_end),
)


@door(SIGNED_IN)
def license_position(request: DeskRequest, key: int) -> HttpResponse:
    """Show how much of each product a customer may use today."""
    actor, customer_id = request.desk.actor, CustomerId(key)
    customer = the_customer(request.desk, key)
    today = AsKnown(request.desk.today)
    detail = Detail(
        kind=POSITION,
        title=said(customer.name),
        back=Link(TITLE, "grants"),
        facts=((labels.CUSTOMER, Link(customer.name, "customer", key)), (labels.ON, request.desk.today)),
        sections=(
            Section(POSITION, Table.of(_POSITION, position(actor, customer_id, today))),
            Section(TITLE, Table.of(COLUMNS, list_grants(actor, customer_id=customer_id))),
        ),
    )
    return show(request, detail)
