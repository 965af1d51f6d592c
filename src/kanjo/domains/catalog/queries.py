"""Reads of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import polars as pl
from django.db.models import Prefetch, QuerySet

from kanjo.domains.catalog.facts import (
    BillingTiming,
    ChargeKind,
    PriceRow,
    ProductRow,
    ProductTerms,
    Recognition,
    TaxClass,
    UsagePriceRow,
    UsageTerms,
)
from kanjo.domains.catalog.models import Price, Product, TaxRate, UsagePrice
from kanjo.domains.catalog.rules.offering import UNTAXED, NotOnSale, PriceMissing, RateMissing
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, PriceId, ProductId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import any_of, holds
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted

ORDERS: Orders = {
    "code": "code",
    "family": "family",
    "charge": "charge",
}


def get_terms(product_id: ProductId) -> ProductTerms:
    """Return the product as sold today; refuses `NotFound`."""
    found = terms_of([product_id])
    if product_id not in found:
        raise NotFound(what=called(Product), key=product_id)
    return found[product_id]


def terms_of(product_ids: Iterable[ProductId]) -> dict[ProductId, ProductTerms]:
    """Return the terms of those of the products that exist, in one query."""
    return {ProductId(row.pk): _terms(row) for row in Product.objects.filter(pk__in=set(product_ids))}


def terms_on_sale(product_ids: Iterable[ProductId], day: date) -> dict[ProductId, ProductTerms]:
    """Return the terms of those of the products that exist; refuses `NotOnSale` for one withdrawn by that day."""
    rows = list(Product.objects.filter(pk__in=set(product_ids)))
    for row in rows:
        if row.sold_until is not None and row.sold_until <= day:
            raise NotOnSale(code=row.code, day=day)
    return {ProductId(row.pk): _terms(row) for row in rows}


def list_price_on(product_id: ProductId, currency: str, day: date, known_at: datetime | None = None) -> int:
    """Return the list price in minor units in force on *day*, as known at a moment; refuses `PriceMissing`."""
    prices = Price.objects.filter(product_id=product_id, currency=currency, effective_on__lte=day)
    if known_at is not None:
        prices = prices.filter(recorded_at__lte=known_at)
    amount = prices.order_by("-effective_on", "-id").values_list("amount_minor", flat=True).first()
    if amount is None:
        raise PriceMissing(code=get_terms(product_id).code, currency=currency, day=day)
    return amount


def list_prices(product_id: ProductId) -> list[PriceRow]:
    """Return every list price a product was given, the latest day first."""
    return [
        PriceRow(
            price_id=PriceId(row.pk),
            amount=Money(row.amount_minor, row.currency),
            effective_on=row.effective_on,
            recorded_at=row.recorded_at,
        )
        for row in Price.objects.filter(product_id=product_id).order_by("currency", "-effective_on", "-id")
    ]


def usage_terms_on(product_ids: Iterable[ProductId], currency: str, day: date) -> dict[ProductId, UsageTerms]:
    """Return how usage is priced on *day* of those of the products that have a price of usage, in one query."""
    known = UsagePrice.objects.filter(product_id__in=set(product_ids), currency=currency, effective_on__lte=day)
    latest = known.order_by("product_id", "-effective_on", "-id").distinct("product_id")
    return {ProductId(row.product_id): UsageTerms.from_json(row.terms) for row in latest}


def list_usage_prices(product_id: ProductId) -> list[UsagePriceRow]:
    """Return every price of usage a product was given, the latest day first."""
    rows = UsagePrice.objects.filter(product_id=product_id).order_by("currency", "-effective_on", "-id")
    return [
        UsagePriceRow(
            currency=row.currency,
            effective_on=row.effective_on,
            terms=UsageTerms.from_json(row.terms),
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


def tax_rates_on(day: date, known_at: datetime | None = None) -> dict[TaxClass, Fraction]:
    """Return the rate of every class in force on *day*: 0 for those that are not taxed.

    Refuses `RateMissing` before the day the standard rate began (1989-04-01). Before 2019-10-01 there was no reduced
    rate: the class is left out.
    """
    rates = dict.fromkeys(UNTAXED, Fraction(0))
    rows = _rates_known(known_at).filter(effective_on__lte=day).order_by("tax_class", "-effective_on", "-id")
    rates |= {TaxClass(row.tax_class): Fraction(row.rate) for row in rows.distinct("tax_class")}
    if TaxClass.STANDARD not in rates:
        raise RateMissing(tax_class=TaxClass.STANDARD.shown, day=day)
    return rates


def tax_rate_table(known_at: datetime | None = None) -> pl.DataFrame:
    """Return all rates as columns: tax_class, numerator, denominator (Int64), effective_on, until (exclusive, or null).

    The rows of a class follow one another without a gap; the classes that are not taxed stand with 0 from 1989-04-01.
    """
    latest = _rates_known(known_at).order_by("tax_class", "effective_on", "-id").distinct("tax_class", "effective_on")
    rows = [(row.tax_class, Fraction(row.rate), row.effective_on) for row in latest]
    rows += [(untaxed.value, Fraction(0), date(1989, 4, 1)) for untaxed in UNTAXED]
    return pl.DataFrame(
        [(tax_class, rate.numerator, rate.denominator, day) for tax_class, rate, day in rows],
        schema={"tax_class": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "effective_on": pl.Date},
        orient="row",
    ).with_columns(until=pl.col("effective_on").shift(-1).over("tax_class", order_by="effective_on"))


def get_product(product_id: ProductId, actor: Actor, *, on: date) -> ProductRow:
    """Return a product of the actor's companies with its list prices in force on a day; refuses `NotFound`."""
    return _row(_priced(Product.objects.visible_to(actor), on).filter(pk=product_id).first(), product_id)


def list_products(
    actor: Actor,
    *,
    on: date,
    company_id: CompanyId | None = None,
    search: str = "",
    most: int | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[ProductRow]:
    """Return the products of the actor's companies by code, with the list prices in force on a day."""
    keys = sorted_by(Product, order, ORDERS, "company_id", "code", "id")

    def read(page: QuerySet[Product]) -> list[ProductRow]:
        return [_row(product, product.pk) for product in _priced(page, on)]

    return paged(_found(actor, company_id, search, most), keys, at, limit, read)


def count_products(actor: Actor, *, company_id: CompanyId | None = None, search: str = "") -> Tally:
    """Return how many products `list_products` has."""
    return counted(_found(actor, company_id, search))


def products_found(actor: Actor, search: str) -> QuerySet[Product, Any]:
    """Return the ids of the actor's products found by a piece of code, name in either language or family."""
    return _found(actor, None, search).values("pk")


def ids_by_external_key(company_id: CompanyId) -> Mapping[str, ProductId]:
    """Return the company's products that came from another system, by their key there."""
    known = Product.objects.filter(company_id=company_id).exclude(external_key="")
    return {key: ProductId(pk) for key, pk in known.values_list("external_key", "pk")}


def _found(actor: Actor, company_id: CompanyId | None, search: str, most: int | None = None) -> QuerySet[Product]:
    rows = Product.objects.visible_to(actor)
    if company_id is not None:
        rows = rows.filter(company_id=company_id)
    if not search.strip():
        return rows
    return any_of(rows, (holds(search, "code", "name_en", "name_ja", "family"),), most)


def _priced(products: QuerySet[Product], on: date) -> QuerySet[Product]:
    in_force = Price.objects.filter(effective_on__lte=on)
    latest = in_force.order_by("product_id", "currency", "-effective_on", "-id").distinct("product_id", "currency")
    return products.prefetch_related(Prefetch("prices", queryset=latest, to_attr="in_force"))


def _rates_known(known_at: datetime | None) -> QuerySet[TaxRate]:
    return TaxRate.objects.all() if known_at is None else TaxRate.objects.filter(recorded_at__lte=known_at)


def _terms(product: Product) -> ProductTerms:
    return ProductTerms(
        product_id=ProductId(product.pk),
        code=product.code,
        name=Text(en=product.name_en, ja=product.name_ja),
        charge=ChargeKind(product.charge),
        timing=BillingTiming(product.timing),
        interval_months=product.interval_months,
        recognition=Recognition(product.recognition),
        tax_class=TaxClass(product.tax_class),
        license_metric=product.license_metric,
        interval_days=product.interval_days,
    )


def _row(product: Product | None, key: int) -> ProductRow:
    if product is None:
        raise NotFound(what=called(Product), key=key)
    prices: list[Price] = product.in_force  # type: ignore[attr-defined]  # set by the prefetch in `_priced`
    return ProductRow(
        terms=_terms(product),
        company_id=CompanyId(product.company_id),
        family=product.family,
        sold_until=product.sold_until,
        prices=tuple(Money(price.amount_minor, price.currency) for price in prices),
    )
