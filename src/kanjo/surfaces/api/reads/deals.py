"""Customers, products, opportunities, quotes, approvals, contracts and orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kanjo.domains.approvals.facts import RequestState
from kanjo.domains.approvals.queries import (
    MatrixRowView,
    MatrixView,
    RequestDetail,
    RequestRow,
    get_matrix,
    get_request,
    list_matrices,
    list_requests,
)
from kanjo.domains.billing.queries import InstalmentRow, OfferedInvoices, list_instalments
from kanjo.domains.catalog.facts import PriceRow, ProductRow, ProductTerms, UsagePriceRow
from kanjo.domains.catalog.queries import get_product, list_prices, list_products, list_usage_prices
from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.queries import AmendmentRow, ContractRow, get_contract, list_amendments, list_contracts
from kanjo.domains.customers.facts import CustomerRow, DepartmentId
from kanjo.domains.customers.queries import get_customer, list_customers, list_departments
from kanjo.domains.opportunities.facts import OpportunityRow, Stage
from kanjo.domains.opportunities.queries import get_opportunity, list_opportunities
from kanjo.domains.orders.facts import LineNow
from kanjo.domains.orders.queries import OrderLineRow, OrderRow, get_order, lines_now, list_lines, list_orders
from kanjo.domains.quotes.facts import QuoteState
from kanjo.domains.quotes.queries import QuoteDetail, QuoteRow, get_quote, list_quotes
from kanjo.foundation.ids import (
    ApprovalRequestId,
    CompanyId,
    ContractId,
    CustomerId,
    MatrixId,
    OpportunityId,
    OrderId,
    ProductId,
    QuoteId,
)
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.foundation.times import AsKnown
from kanjo.platform.names import ROW_NAMES
from kanjo.platform.paging import Page
from kanjo.platform.tables import NotFound
from kanjo.processes.preview_offer import planned_invoices
from kanjo.reports.customer_stage import CustomerStage, stage_of
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import Asked, Blank, one_of
from kanjo.surfaces.api.resources import Report, Resource


@dataclass(frozen=True, slots=True)
class Department:
    """An ordering point of a customer."""

    id: DepartmentId
    name: str


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with its ordering points and where it stands today."""

    row: CustomerRow
    departments: tuple[Department, ...]
    stage: CustomerStage


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is sold, with its list prices in force."""

    id: ProductId
    company_id: CompanyId
    family: str
    sold_until: date | None
    terms: ProductTerms
    prices: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class PricedProduct:
    """A product with every list price and every usage price it was given, the latest day first."""

    row: Product
    price_list: tuple[PriceRow, ...]
    usage_prices: tuple[UsagePriceRow, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract with its amendments, and its lines as they stand today."""

    row: ContractRow
    amendments: tuple[AmendmentRow, ...]
    lines: tuple[LineNow, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its lines, and the instalments that lines of it are billed in."""

    row: OrderRow
    lines: tuple[OrderLineRow, ...]
    instalments: tuple[InstalmentRow, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A version of the approval matrix with its rows."""

    row: MatrixView
    rows: tuple[MatrixRowView, ...]


def _product(row: ProductRow) -> Product:
    return Product(row.terms.product_id, row.company_id, row.family, row.sold_until, row.terms, row.prices)


def _products(caller: Caller, **asked: Any) -> Page[Product]:
    return list_products(caller.actor, on=caller.today, **asked).of(_product)


def _priced(caller: Caller, key: int) -> PricedProduct:
    row = get_product(ProductId(key), caller.actor, on=caller.today)
    return PricedProduct(_product(row), tuple(list_prices(ProductId(key))), tuple(list_usage_prices(ProductId(key))))


def shared_customer(caller: Caller, key: int) -> CustomerRow:
    """Return a customer, which all companies share; refuses `NotFound` to whoever belongs to none of them."""
    if not caller.actor.companies:
        raise NotFound(what=ROW_NAMES["customers_customer"], key=key)
    return get_customer(CustomerId(key))


def _customer(caller: Caller, key: int) -> Customer:
    row = shared_customer(caller, key)
    departments = tuple(Department(*one) for one in list_departments(row.id))
    return Customer(row, departments, stage_of(caller.actor, row.id, AsKnown(caller.today)))


def _contract(caller: Caller, key: int) -> Contract:
    row = get_contract(caller.actor, ContractId(key))
    lines = lines_now(caller.actor, row.id, caller.today)
    return Contract(row, tuple(list_amendments(caller.actor, row.id)), tuple(lines))


def _order(caller: Caller, key: int) -> Order:
    order_id = OrderId(key)
    return Order(
        get_order(caller.actor, order_id),
        tuple(list_lines(caller.actor, order_id)),
        tuple(list_instalments(caller.actor, order_id)),
    )


def _matrix(caller: Caller, key: int) -> Matrix:
    row, rows = get_matrix(caller.actor, MatrixId(key))
    return Matrix(row, tuple(rows))


def _to_come(caller: Caller, key: int) -> OfferedInvoices:
    found = get_quote(caller.actor, QuoteId(key))
    return planned_invoices(found.offer, company_id=found.row.company_id)


RESOURCES = (
    Resource(
        name="customers",
        title=Text(en="Customers", ja="顧客"),
        row=CustomerRow,
        rows=lambda caller, **asked: list_customers(caller.actor, **asked),
        filters={"search": Blank},
        whole=Customer,
        one=_customer,
        table="customers_customer",
        shared=True,
    ),
    Resource(
        name="products",
        title=Text(en="Products and their list prices", ja="製品と標準価格"),
        row=Product,
        rows=_products,
        filters={"search": Blank},
        whole=PricedProduct,
        one=_priced,
        table="catalog_product",
    ),
    Resource(
        name="opportunities",
        title=Text(en="Opportunities", ja="商談"),
        row=OpportunityRow,
        rows=lambda caller, **asked: list_opportunities(caller.actor, **asked),
        filters={"search": Blank, "stage": one_of(Stage), "customer_id": Asked, "owner_id": Asked},
        whole=OpportunityRow,
        one=lambda caller, key: get_opportunity(OpportunityId(key), caller.actor),
        table="opportunities_opportunity",
    ),
    Resource(
        name="quotes",
        title=Text(en="Quotes with their versions", ja="見積と版"),
        row=QuoteRow,
        rows=lambda caller, **asked: list_quotes(caller.actor, **asked),
        filters={"search": Blank, "state": one_of(QuoteState), "customer_id": Asked, "opportunity_id": Asked},
        whole=QuoteDetail,
        one=lambda caller, key: get_quote(caller.actor, QuoteId(key)),
        table="quotes_quote",
    ),
    Resource(
        name="approvals",
        title=Text(en="Approval requests", ja="承認申請"),
        row=RequestRow,
        rows=lambda caller, **asked: list_requests(caller.actor, **asked),
        filters={"state": one_of(RequestState)},
        whole=RequestDetail,
        one=lambda caller, key: get_request(caller.actor, ApprovalRequestId(key)),
        table="approvals_approvalrequest",
    ),
    Resource(
        name="matrices",
        title=Text(en="Approval matrices", ja="承認マトリックス"),
        row=MatrixView,
        rows=lambda caller, **asked: list_matrices(caller.actor, **asked),
        whole=Matrix,
        one=_matrix,
        table="approvals_matrix",
    ),
    Resource(
        name="contracts",
        title=Text(en="Contracts", ja="契約"),
        row=ContractRow,
        rows=lambda caller, **asked: list_contracts(caller.actor, **asked),
        filters={"state": one_of(ContractState), "customer_id": Asked},
        whole=Contract,
        one=_contract,
        table="contracts_contract",
    ),
    Resource(
        name="orders",
        title=Text(en="Orders with their lines", ja="注文と明細"),
        row=OrderRow,
        rows=lambda caller, **asked: list_orders(caller.actor, **asked),
        filters={"customer_id": Asked, "contract_id": Asked},
        whole=Order,
        one=_order,
    ),
)
REPORTS = (
    Report(
        name="invoices-to-come",
        title=Text(en="The invoices that a quote would lead to", ja="見積の請求予定（税込）"),
        whole=OfferedInvoices,
        make=_to_come,
        of="quotes",
    ),
)
