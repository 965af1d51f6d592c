"""Customers: who they are, and what stands with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpResponse

from kanjo.domains.contracts.queries import list_contracts
from kanjo.domains.customers.facts import CustomerRow
from kanjo.domains.customers.queries import (
    count_customers,
    country_shown,
    get_customer,
    list_customers,
    list_departments,
)
from kanjo.domains.opportunities.queries import list_opportunities
from kanjo.domains.receivables.queries import list_open_items
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CustomerId
from kanjo.foundation.terms import payment_terms
from kanjo.foundation.texts import Language, Text
from kanjo.foundation.times import AsKnown
from kanjo.platform.paging import Page
from kanjo.platform.privacy.queries import list_looks
from kanjo.reports.customer_stage import Stage, ids_in_stage, stage_of, stages_of
from kanjo.surfaces.web import labels
from kanjo.surfaces.web.billing.arranging import GROUP, ROUND_TAX, SHARE
from kanjo.surfaces.web.billing.bill_to import BILL_TO
from kanjo.surfaces.web.contracts.columns import CONTRACTS
from kanjo.surfaces.web.customers.shared import the_customer
from kanjo.surfaces.web.desk import DeskRequest
from kanjo.surfaces.web.details import Act, Column, Detail, Section, Table, show
from kanjo.surfaces.web.doors import SIGNED_IN, door
from kanjo.surfaces.web.lists import Asked, Filter, ListPage
from kanjo.surfaces.web.opportunities.columns import OPPORTUNITIES
from kanjo.surfaces.web.privacy.columns import LOOKS, WATCH
from kanjo.surfaces.web.receivables.columns import OPEN_ITEMS
from kanjo.surfaces.web.shown import Explained, Link, said

R = TypeVar("R")

KIND = Text(en="Customer", ja="顧客")
SEEN_BY = Text(en="Personal data viewed by", ja="個人情報の閲覧者")
SEEN_BY_NOBODY = Text(en="Nobody yet.", ja="閲覧の記録はありません。")
TITLE = Text(en="Customers", ja="顧客")
REGISTER = Text(en="Register a customer", ja="顧客を登録")
READING = Text(en="Reading", ja="フリガナ")
ENGLISH_NAME = Text(en="English name", ja="英文名")
REGISTERED = Text(en="Registered name", ja="登記上の名称")
COUNTRY = Text(en="Country", ja="国")
CORPORATE_NUMBER = Text(en="Corporate number", ja="法人番号")
ADDRESS = Text(en="Address", ja="住所")
SECTOR = Text(en="Sector", ja="業種")
LANGUAGE = Text(en="Language of documents", ja="書類の言語")
LANGUAGES = ((Language.JAPANESE, Text(en="Japanese", ja="日本語")), (Language.ENGLISH, Text(en="English", ja="英語")))
KEY = Text(en="Key in the other system", ja="外部システムのキー")
AMEND = Text(en="Amend the details", ja="顧客情報を変更")
PLACE = Text(en="Place under a parent", ja="親会社を登録")
STATE_MONTH = Text(en="State a month", ja="月締め請求書を発行")
PARENT = Text(en="Parent", ja="親会社")
DEPARTMENT = Text(en="Department", ja="部門")
DEPARTMENTS = Text(en="Departments", ja="部門")
ADD_DEPARTMENT = Text(en="Add a department", ja="部門を追加")
NO_DEPARTMENTS = Text(en="No department was added.", ja="部門は登録されていません。")
NEW_OPPORTUNITY = Text(en="New opportunity", ja="商談を登録")
STAGE = Text(en="Stage", ja="顧客区分")
SINCE = Text(en="In this stage since", ja="区分の開始日")
CUSTOMER_TABLE = "customers_customer"


@dataclass(frozen=True, slots=True)
class Listed:
    """A customer with the stage it is in today."""

    row: CustomerRow
    stage: Stage


def _rows(asked: Asked) -> Page[Listed]:
    actor = asked.desk.actor
    rows = list_customers(
        actor,
        search=asked.text,
        most=asked.most,
        among=_among(asked),
        order=asked.order,
        limit=asked.limit,
        at=asked.at,
    )
    stages = stages_of(actor, [row.id for row in rows], AsKnown(asked.desk.today))
    return rows.of(lambda row: Listed(row, stages[row.id].stage))


def _among(asked: Asked) -> list[CustomerId] | None:
    stage = asked.choices["stage"]
    return None if stage is None else ids_in_stage(asked.desk.actor, stage, AsKnown(asked.desk.today))


CUSTOMERS = ListPage[Listed](
    title=TITLE,
    search=Text(en="Name, reading or corporate number", ja="名称・フリガナ・法人番号"),
    filters=(Filter("stage", STAGE, tuple(Stage)),),
    columns=(
        Column(labels.NAME, lambda one: Link(one.row.name, "customer", one.row.id), order="name", leads=True),
        Column(READING, lambda one: one.row.name_kana, order="kana"),
        Column(STAGE, lambda one: one.stage),
        Column(COUNTRY, lambda one: country_shown(one.row.country), order="country"),
        Column(SECTOR, lambda one: one.row.sector, order="sector"),
        Column(CORPORATE_NUMBER, lambda one: one.row.corporate_number, order="corporate_number"),
        Column(labels.PAYMENT_TERMS, lambda one: payment_terms(one.row.payment_terms).shown),
    ),
    rows=_rows,
    count=lambda asked: count_customers(asked.desk.actor, search=asked.text, among=_among(asked)),
    acts=lambda _desk: (Act(REGISTER, Link("", "register-customer"), "customers.register", main=True),),
)

_DEPARTMENTS: tuple[Column[tuple[int, str]], ...] = (Column(DEPARTMENT, lambda pair: pair[1]),)


def _seen_by(actor: Actor, key: int) -> Iterator[Section]:
    """Return who has seen personal data of the customer, for whoever answers for it."""
    if actor.holds(*WATCH.roles):
        looks = list_looks(actor, subject=("customers_customer", key), limit=20)
        yield Section(SEEN_BY, Table.of(LOOKS, looks), empty=SEEN_BY_NOBODY)


@door(SIGNED_IN)
def customer(request: DeskRequest, key: int) -> HttpResponse:
    """Show a customer with its opportunities, contracts and what it owes."""
    actor, customer_id = request.desk.actor, CustomerId(key)
    row = the_customer(request.desk, key)
    staged = stage_of(actor, customer_id, AsKnown(request.desk.today))
    parent = get_customer(row.parent_id) if row.parent_id else None
    own = [(REGISTERED, str(row.name))] if said(row.name) != row.name else []
    detail = Detail(
        kind=KIND,
        title=said(row.name),
        back=Link(TITLE, "customers"),
        facts=(
            *own,
            (STAGE, Explained(staged.stage, staged.because)),
            (SINCE, staged.since),
            (
                labels.CONTRACT,
                Link(staged.contract_number, "contract", staged.contract_id) if staged.contract_id else None,
            ),
            (READING, row.name_kana),
            *([] if own else [(ENGLISH_NAME, row.name_en)]),
            (COUNTRY, country_shown(row.country)),
            (ADDRESS, row.address),
            (SECTOR, row.sector),
            (CORPORATE_NUMBER, row.corporate_number),
            (PARENT, Link(parent.name, "customer", parent.id) if parent else None),
            (labels.PAYMENT_TERMS, payment_terms(row.payment_terms).shown),
            (LANGUAGE, dict(LANGUAGES)[row.language]),
            (KEY, row.external_key),
        ),
        sections=(
            Section(
                Text(en="Opportunities", ja="商談"),
                Table.of(_own(OPPORTUNITIES), list_opportunities(actor, customer_id=customer_id, limit=20)),
            ),
            Section(
                Text(en="Contracts", ja="契約"),
                Table.of(_own(CONTRACTS), list_contracts(actor, customer_id=customer_id, limit=20)),
            ),
            Section(
                Text(en="Open receivables", ja="未回収の売掛金"),
                Table.of(_own(OPEN_ITEMS), list_open_items(actor, customer_id=customer_id, limit=20)),
            ),
            Section(DEPARTMENTS, Table.of(_DEPARTMENTS, list_departments(customer_id)), empty=NO_DEPARTMENTS),
            *_seen_by(actor, key),
        ),
        acts=(
            Act(AMEND, Link("", "amend-customer", key), "customers.amend"),
            Act(PLACE, Link("", "place-under", key), "customers.place-under"),
            Act(ADD_DEPARTMENT, Link("", "add-department", key), "customers.add-department"),
            Act(GROUP, Link("", "choose-grouping", key), "billing.choose-grouping"),
            Act(SHARE, Link("", "share-account", key), "billing.share-account"),
            Act(BILL_TO, Link("", "bill-to-account", key), "billing.choose-bill-to"),
            Act(ROUND_TAX, Link("", "choose-tax-rounding", key), "customers.choose-tax-rounding"),
            Act(STATE_MONTH, Link("", "state-month", key), "receivables.state-month"),
            Act(NEW_OPPORTUNITY, Link("", "open-opportunity", key), "opportunities.open", main=True),
        ),
        trail=((CUSTOMER_TABLE, key),),
    )
    return show(request, detail)


def _own(columns: Sequence[Column[R]]) -> list[Column[R]]:
    """Leave out whose it is: on the page of the customer everything is."""
    return [column for column in columns if column.label is not labels.CUSTOMER]
