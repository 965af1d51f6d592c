"""Acts on customers and on what is sold."""

from __future__ import annotations

from pydantic import Field

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.domains.catalog.operations import add_product, set_list_price, set_tax_rate, withdraw_product
from kanjo.domains.catalog.queries import get_product
from kanjo.domains.customers.facts import NewCustomer
from kanjo.domains.customers.operations import add_department, amend_customer, place_under, register_customer
from kanjo.domains.customers.queries import country_code, get_customer
from kanjo.foundation.ids import CompanyId, CustomerId, ProductId
from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.api.acts import Act, Made
from kanjo.surfaces.api.callers import Caller
from kanjo.surfaces.api.fields import (
    Blank,
    BlankProse,
    BothLanguages,
    Code,
    CustomerKey,
    Day,
    Given,
    Minor,
    Prose,
    Words,
    one_of,
)


class NewCustomerGiven(Given):
    """A customer as it is registered; `country` by code or name."""

    name: Words
    country: Words = "JP"
    language: one_of(Language) = Language.JAPANESE  # type: ignore[valid-type]  # made from the enumeration
    name_kana: Blank = ""
    name_en: Blank = ""
    corporate_number: Blank = ""
    sector: Blank = ""
    address: BlankProse = ""
    payment_terms: Words = "close:31:1:31:none"


class Amended(NewCustomerGiven):
    """The details of a customer written anew, all of them, and why."""

    because: Prose


class Named(Given):
    """A name."""

    name: Words


class Under(Given):
    """The legal entity that a customer belongs to, null for none."""

    parent_id: CustomerKey | None


class ProductGiven(Given):
    """A product as it is put on sale."""

    code: Code
    name: BothLanguages
    family: Blank = ""
    charge: one_of(ChargeKind)  # type: ignore[valid-type]  # made from the enumeration
    timing: one_of(BillingTiming)  # type: ignore[valid-type]  # made from the enumeration
    interval_months: int = Field(0, ge=0, le=120, strict=True)
    interval_days: int = Field(0, ge=0, le=3_660, strict=True)
    recognition: one_of(Recognition)  # type: ignore[valid-type]  # made from the enumeration
    tax_class: one_of(TaxClass)  # type: ignore[valid-type]  # made from the enumeration
    license_metric: Blank = ""


class Priced(Given):
    """What one unit costs from a day on."""

    currency: Code
    amount_minor: Minor
    effective_on: Day


class SoldUntil(Given):
    """The first day on which a product is not sold any more."""

    until: Day


class Taxed(Given):
    """The rate of a tax class from a day on, such as 10%."""

    tax_class: one_of(TaxClass)  # type: ignore[valid-type]  # made from the enumeration
    rate: Code
    effective_on: Day


def _register(caller: Caller, _key: int, given: NewCustomerGiven) -> Made:
    fields = given.model_dump() | {"country": country_code(given.country, at="country")}
    return Made("customers", register_customer(**fields, by=caller.actor, at=caller.now))


def _amend(caller: Caller, key: int, given: Amended) -> Made:
    fields = given.model_dump(exclude={"because"}) | {"country": country_code(given.country, at="country")}
    amend_customer(
        customer_id=CustomerId(key),
        given=NewCustomer(**fields),
        because=given.because,
        by=caller.actor,
        at=caller.now,
    )
    return Made("customers", key)


def _add_department(caller: Caller, key: int, given: Named) -> Made:
    add_department(customer_id=CustomerId(key), name=given.name, by=caller.actor, at=caller.now)
    return Made("customers", key)


def _place_under(caller: Caller, key: int, given: Under) -> Made:
    row = get_customer(CustomerId(key))
    place_under(customer_id=row.id, parent_id=given.parent_id, by=caller.actor, at=caller.now)
    return Made("customers", key)


def _add_product(caller: Caller, key: int, given: ProductGiven) -> Made:
    company = caller.company(key)
    fields = given.model_dump() | {"name": given.name.text}
    return Made("products", add_product(company_id=company.id, **fields, by=caller.actor, at=caller.now))


def _set_price(caller: Caller, key: int, given: Priced) -> Made:
    set_list_price(product_id=ProductId(key), **given.model_dump(), by=caller.actor, at=caller.now)
    return Made("products", key)


def _withdraw_product(caller: Caller, key: int, given: SoldUntil) -> Made:
    row = get_product(ProductId(key), caller.actor, on=caller.today)
    withdraw_product(product_id=row.terms.product_id, until=given.until, by=caller.actor, at=caller.now)
    return Made("products", key)


def _set_tax_rate(caller: Caller, key: int, given: Taxed) -> Made:
    company_id = CompanyId(caller.company(key).id)
    set_tax_rate(**given.model_dump(), by=caller.actor, at=caller.now)
    return Made("companies", company_id)


ACTS = (
    Act(
        path="customers",
        verbs=("customers.register",),
        title=Text(en="Register a customer", ja="顧客を登録"),
        takes=NewCustomerGiven,
        do=_register,
    ),
    Act(
        path="customers/{int:key}/amend",
        verbs=("customers.amend",),
        title=Text(en="Amend a customer", ja="顧客情報を変更"),
        takes=Amended,
        do=_amend,
        of="customers",
    ),
    Act(
        path="customers/{int:key}/departments",
        verbs=("customers.add-department",),
        title=Text(en="Add a department", ja="部門を追加"),
        takes=Named,
        do=_add_department,
        of="customers",
    ),
    Act(
        path="customers/{int:key}/place-under",
        verbs=("customers.place-under",),
        title=Text(en="Place a customer under its parent", ja="親会社を登録"),
        takes=Under,
        do=_place_under,
        of="customers",
    ),
    Act(
        path="companies/{int:key}/products",
        verbs=("catalog.add-product",),
        title=Text(en="Put a product on sale", ja="製品を登録"),
        takes=ProductGiven,
        do=_add_product,
        of="companies",
    ),
    Act(
        path="products/{int:key}/prices",
        verbs=("catalog.set-list-price",),
        title=Text(en="Set a list price", ja="標準価格を設定"),
        takes=Priced,
        do=_set_price,
        of="products",
    ),
    Act(
        path="products/{int:key}/withdraw",
        verbs=("catalog.withdraw-product",),
        title=Text(en="Sell a product no longer", ja="製品の販売を終了"),
        takes=SoldUntil,
        do=_withdraw_product,
        of="products",
    ),
    Act(
        path="companies/{int:key}/tax-rates",
        verbs=("catalog.set-tax-rate",),
        title=Text(en="Set a tax rate (for every company)", ja="税率を設定（全社共通）"),
        takes=Taxed,
        do=_set_tax_rate,
        of="companies",
    ),
)
