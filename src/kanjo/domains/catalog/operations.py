"""Verbs on the catalog: add and withdraw products, set prices and tax rates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, NewProduct, Recognition, TaxClass, UsageTerms
from kanjo.domains.catalog.models import Product, TaxRate
from kanjo.domains.catalog.rules import offering
from kanjo.domains.catalog.rules.usage import NotByPeriod, refuse_terms
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PriceId, ProductId
from kanjo.foundation.money import currency as known_currency
from kanjo.foundation.texts import Text
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany


@verb("catalog.add-product", Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
def add_product(
    *,
    company_id: CompanyId,
    code: str,
    name: Text,
    family: str,
    charge: ChargeKind,
    timing: BillingTiming,
    interval_months: int,
    recognition: Recognition,
    tax_class: TaxClass,
    license_metric: str = "",
    external_key: str = "",
    interval_days: int = 0,
    by: Actor,
    at: datetime,
) -> ProductId:
    """Put a product into a company's catalog; the same product again returns the one that is there.

    Refuses `CodeTaken` when the code belongs to a product with other terms.
    """
    SellingCompany.objects.visible_to(by).get(pk=company_id)
    given = NewProduct(
        code=code,
        name=name,
        family=family,
        charge=charge,
        timing=timing,
        interval_months=interval_months,
        recognition=recognition,
        tax_class=tax_class,
        license_metric=license_metric,
        external_key=external_key,
        interval_days=interval_days,
    )
    columns = _columns(offering.checked(given))
    product, made = Product.objects.get_or_create(company_id=company_id, code=columns["code"], defaults=columns)
    if not made and any(getattr(product, name) != value for name, value in columns.items()):
        raise offering.CodeTaken(at="code", key=product.code)
    return ProductId(product.pk)


@verb("catalog.withdraw-product", Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
def withdraw_product(*, product_id: ProductId, until: date, by: Actor, at: datetime) -> None:
    """Stop selling a product from *until* on; what was sold goes on."""
    product = Product.objects.locked(product_id, by)
    product.sold_until = until
    product.save(update_fields=["sold_until"])


@verb("catalog.set-list-price", Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
def set_list_price(
    *, product_id: ProductId, currency: str, amount_minor: int, effective_on: date, by: Actor, at: datetime
) -> PriceId:
    """Set what one unit costs from a day on; the same price again returns the one in force and adds nothing."""
    product = Product.objects.locked(product_id, by)
    code = offering.checked_price(currency, amount_minor)
    known = product.prices.filter(currency=code, effective_on__lte=effective_on)
    in_force = known.order_by("-effective_on", "-id").first()
    if in_force is None or in_force.amount_minor != amount_minor:
        in_force = product.prices.create(currency=code, amount_minor=amount_minor, effective_on=effective_on)
    return PriceId(in_force.pk)


@verb("catalog.set-usage-price", Role.SALES_OPERATIONS, Role.ADMINISTRATOR)
def set_usage_price(
    *, product_id: ProductId, currency: str, terms: UsageTerms, effective_on: date, by: Actor, at: datetime
) -> None:
    """Set how the usage of a recurring product is priced from a day on; the terms already in force add nothing.

    Quotes of that day or later take them over, line by line; what was quoted or agreed before stays.
    """
    product = Product.objects.locked(product_id, by)
    code = known_currency(currency, at="currency").code
    if product.charge != ChargeKind.RECURRING:
        raise NotByPeriod(description=Text(en=product.name_en, ja=product.name_ja))
    refuse_terms(terms)
    known = product.usage_prices.filter(currency=code, effective_on__lte=effective_on)
    in_force = known.order_by("-effective_on", "-id").first()
    if in_force is None or UsageTerms.from_json(in_force.terms) != terms:
        product.usage_prices.create(currency=code, terms=terms.as_json(), effective_on=effective_on)


@verb("catalog.set-tax-rate", Role.ADMINISTRATOR)
def set_tax_rate(*, tax_class: TaxClass, rate: str, effective_on: date, by: Actor, at: datetime) -> None:
    """Set the rate of a tax class from a day on ("10%"); the rate already in force adds nothing."""
    share = offering.checked_rate(tax_class, rate)
    known = TaxRate.objects.filter(tax_class=tax_class, effective_on__lte=effective_on)
    in_force = known.order_by("-effective_on", "-id").first()
    if in_force is None or in_force.rate != share:
        TaxRate.objects.create(tax_class=tax_class, rate=share, effective_on=effective_on)


def _columns(given: NewProduct) -> dict[str, Any]:
    return {
        "code": given.code,
        "name_en": given.name.en.strip(),
        "name_ja": given.name.ja.strip(),
        "family": given.family,
        "charge": given.charge,
        "timing": given.timing,
        "interval_months": given.interval_months,
        "interval_days": given.interval_days,
        "recognition": given.recognition,
        "tax_class": given.tax_class,
        "license_metric": given.license_metric,
        "external_key": given.external_key,
    }
