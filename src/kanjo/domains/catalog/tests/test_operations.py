from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.domains.catalog.models import Price, Product, TaxRate
from kanjo.domains.catalog.operations import add_product, set_list_price, set_tax_rate, withdraw_product
from kanjo.domains.catalog.queries import (
    count_products,
    get_product,
    get_terms,
    list_price_on,
    list_prices,
    list_products,
    tax_rate_table,
    tax_rates_on,
)
from kanjo.domains.catalog.rules.offering import CodeTaken, IntervalWrong, PriceMissing, PriceNegative, RateMissing
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, ProductId
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.tables import NotFound
from tests.builders import NOW, a_company, an_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> CompanyId:
    return a_company()


@pytest.fixture
def clerk(company: CompanyId) -> Actor:
    return an_actor(Role.SALES_OPERATIONS, companies=[company])


def a_box(company: CompanyId, by: Actor, **terms: Any) -> ProductId:
    everyday: dict[str, Any] = {
        "code": "BOX",
        "name": Text(en="Box", ja="箱"),
        "family": "Boxes",
        "charge": ChargeKind.ONE_TIME,
        "timing": BillingTiming.ON_ACCEPTANCE,
        "interval_months": 0,
        "recognition": Recognition.AT_A_POINT,
        "tax_class": TaxClass.STANDARD,
    }
    return add_product(company_id=company, **{**everyday, **terms}, by=by, at=NOW)


def set_price(product: ProductId, amount: int, on: date, by: Actor) -> int:
    return set_list_price(product_id=product, currency="JPY", amount_minor=amount, effective_on=on, by=by, at=NOW)


class TestAddProduct:
    def test_its_terms_are_what_quotes_copy(self, company: CompanyId, clerk: Actor) -> None:
        """The terms of a product are read back exactly."""
        product = a_box(company, clerk, license_metric="device")
        terms = get_terms(product)
        assert (terms.code, terms.name, terms.license_metric) == ("BOX", Text(en="Box", ja="箱"), "device")
        assert (terms.charge, terms.timing) == (ChargeKind.ONE_TIME, BillingTiming.ON_ACCEPTANCE)
        assert (terms.interval_months, terms.recognition, terms.tax_class) == (
            0,
            Recognition.AT_A_POINT,
            TaxClass.STANDARD,
        )

    def test_the_same_product_again_is_the_same(self, company: CompanyId, clerk: Actor) -> None:
        """Adding a product twice makes one; the same code with other terms is refused."""
        first = a_box(company, clerk)
        assert a_box(company, clerk) == first
        with pytest.raises(CodeTaken):
            a_box(company, clerk, tax_class=TaxClass.REDUCED)
        assert Product.objects.count() == 1

    def test_a_contradiction_stores_nothing(self, company: CompanyId, clerk: Actor) -> None:
        """A one-time charge with an interval is refused whole."""
        with pytest.raises(IntervalWrong):
            a_box(company, clerk, interval_months=3)
        assert not Product.objects.exists()

    def test_a_rep_does_not_change_the_catalog(self, company: CompanyId) -> None:
        """The catalog is kept by Sales Operations."""
        with pytest.raises(NotYourRole):
            a_box(company, an_actor(Role.SALES_REP, companies=[company]))


class TestListPrice:
    def test_a_price_counts_from_its_day_until_the_next(self, company: CompanyId, clerk: Actor) -> None:
        """On each day the latest price not after it is in force."""
        product = a_box(company, clerk)
        set_price(product, 1_000, date(2026, 4, 1), clerk)
        set_price(product, 1_200, date(2026, 10, 1), clerk)
        days = [date(2026, 4, 1), date(2026, 9, 30), date(2026, 10, 1), date(2027, 1, 1)]
        assert [list_price_on(product, "JPY", day) for day in days] == [1_000, 1_000, 1_200, 1_200]

    def test_before_its_first_day_a_product_has_no_price(self, company: CompanyId, clerk: Actor) -> None:
        """A missing price refuses and says for which product, currency and day."""
        product = a_box(company, clerk)
        set_price(product, 1_000, date(2026, 4, 1), clerk)
        with pytest.raises(PriceMissing, match="BOX has no list price in JPY on 2026-03-31"):
            list_price_on(product, "JPY", date(2026, 3, 31))
        with pytest.raises(PriceMissing):
            list_price_on(product, "USD", date(2026, 4, 1))

    def test_a_correction_of_the_same_day_supersedes_and_both_stay(self, company: CompanyId, clerk: Actor) -> None:
        """The later record of a day counts; what was known before can still be asked for."""
        product = a_box(company, clerk)
        set_price(product, 1_000, date(2026, 4, 1), clerk)
        set_price(product, 1_100, date(2026, 4, 1), clerk)
        assert list_price_on(product, "JPY", date(2026, 4, 1)) == 1_100
        assert [row.amount for row in list_prices(product)] == [Money(1_100, "JPY"), Money(1_000, "JPY")]
        known_at = Price.objects.order_by("id").values_list("recorded_at", flat=True)[0]
        with pytest.raises(PriceMissing):
            list_price_on(product, "JPY", date(2026, 4, 1), known_at=known_at.replace(year=2000))

    def test_the_price_in_force_again_adds_nothing(self, company: CompanyId, clerk: Actor) -> None:
        """Setting the same price twice leaves one row."""
        product = a_box(company, clerk)
        first = set_price(product, 1_000, date(2026, 4, 1), clerk)
        assert set_price(product, 1_000, date(2026, 5, 1), clerk) == first
        assert Price.objects.count() == 1

    def test_a_negative_price_changes_nothing(self, company: CompanyId, clerk: Actor) -> None:
        """A refused price leaves the old one in force."""
        product = a_box(company, clerk)
        set_price(product, 1_000, date(2026, 4, 1), clerk)
        with pytest.raises(PriceNegative):
            set_price(product, -1, date(2026, 5, 1), clerk)
        assert list_price_on(product, "JPY", date(2026, 5, 1)) == 1_000

    def test_a_price_is_never_overwritten(self, company: CompanyId, clerk: Actor) -> None:
        """Not even the database's own door changes a price once set."""
        set_price(a_box(company, clerk), 1_000, date(2026, 4, 1), clerk)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_price SET amount_minor = 1")

    def test_another_companys_product_is_not_there(self, company: CompanyId, clerk: Actor) -> None:
        """A clerk prices only what his companies sell."""
        product = a_box(company, clerk)
        stranger = an_actor(Role.SALES_OPERATIONS, companies=[a_company("other")])
        with pytest.raises(NotFound):
            set_price(product, 1, date(2026, 4, 1), stranger)
        with pytest.raises(NotFound):
            get_product(product, stranger, on=date(2026, 4, 1))
        assert list_products(stranger, on=date(2026, 4, 1)) == []


class TestTaxRates:
    @pytest.mark.parametrize(
        ("day", "standard", "reduced"),
        [
            (date(1989, 4, 1), Fraction(3, 100), None),
            (date(1997, 4, 1), Fraction(5, 100), None),
            (date(2014, 3, 31), Fraction(5, 100), None),
            (date(2014, 4, 1), Fraction(8, 100), None),
            (date(2019, 9, 30), Fraction(8, 100), None),
            (date(2019, 10, 1), Fraction(10, 100), Fraction(8, 100)),
            (date(2026, 4, 1), Fraction(10, 100), Fraction(8, 100)),
        ],
    )
    def test_the_statutory_rates_are_known(self, day: date, standard: Fraction, reduced: Fraction | None) -> None:
        """Consumption tax by day, national and local together; what is not taxed stands at zero."""
        rates = tax_rates_on(day)
        assert (rates[TaxClass.STANDARD], rates.get(TaxClass.REDUCED)) == (standard, reduced)
        assert {rates[one] for one in (TaxClass.EXPORT, TaxClass.EXEMPT, TaxClass.OUT_OF_SCOPE)} == {Fraction(0)}

    def test_before_the_tax_there_is_no_rate(self) -> None:
        """There was no consumption tax on 31 March 1989."""
        with pytest.raises(RateMissing):
            tax_rates_on(date(1989, 3, 31))

    def test_a_new_rate_counts_from_its_day(self) -> None:
        """A change of the law is one row; the same row again adds nothing."""
        admin = an_actor(Role.ADMINISTRATOR)
        before = TaxRate.objects.count()
        for _ in range(2):
            set_tax_rate(tax_class=TaxClass.STANDARD, rate="12%", effective_on=date(2030, 10, 1), by=admin, at=NOW)
        assert TaxRate.objects.count() == before + 1
        assert tax_rates_on(date(2030, 9, 30))[TaxClass.STANDARD] == Fraction(1, 10)
        assert tax_rates_on(date(2030, 10, 1))[TaxClass.STANDARD] == Fraction(12, 100)

    def test_the_table_and_the_single_reads_agree_on_every_day_of_change(self) -> None:
        """Columns give a run what a page is shown."""
        table = tax_rate_table()
        for day in table["effective_on"].unique():
            in_force = table.filter(
                (pl.col("effective_on") <= day) & pl.col("until").is_null().or_(pl.col("until") > day)
            )
            shown = {row["tax_class"]: Fraction(row["numerator"], row["denominator"]) for row in in_force.to_dicts()}
            assert shown == tax_rates_on(day)


class TestReads:
    def test_a_withdrawn_product_shows_its_last_day(self, company: CompanyId, clerk: Actor) -> None:
        """What is no longer sold stays in the list with the day it ended."""
        product = a_box(company, clerk)
        set_price(product, 1_000, date(2026, 4, 1), clerk)
        withdraw_product(product_id=product, until=date(2026, 7, 1), by=clerk, at=NOW)
        row = get_product(product, clerk, on=date(2026, 4, 1))
        assert (row.sold_until, row.prices) == (date(2026, 7, 1), (Money(1_000, "JPY"),))
        assert get_product(product, clerk, on=date(2026, 3, 31)).prices == ()

    @pytest.mark.parametrize("count", [10, 200])
    def test_a_list_costs_three_queries_whatever_its_length(
        self, company: CompanyId, clerk: Actor, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Their places, the products, their prices in force: three queries for ten or for two hundred."""
        for number in range(count):
            set_price(a_box(company, clerk, code=f"BOX-{number:03}"), 1_000 + number, date(2026, 4, 1), clerk)
        with django_assert_num_queries(3):
            rows = list_products(clerk, on=date(2026, 4, 1), limit=count)
        assert [row.prices[0].minor for row in rows] == [1_000 + number for number in range(count)]
        assert count_products(clerk, search="box-00") == 10
