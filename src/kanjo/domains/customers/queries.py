"""Reads of customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Concat

from kanjo.domains.customers.facts import CustomerRow, DepartmentId, NewCustomer
from kanjo.domains.customers.models import Customer, Department, TaxRounding
from kanjo.domains.customers.rules.countries import CountryUnknown, country, country_names
from kanjo.domains.customers.rules.registering import doubts_about_number
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId
from kanjo.foundation.money import Money, Rounding
from kanjo.foundation.names import matching_key
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Language, Name, Text
from kanjo.platform.names import called
from kanjo.platform.ordering import Orders, sorted_by
from kanjo.platform.paging import Page, paged
from kanjo.platform.search.queries import Few, any_of, holds, is_one_of, plain
from kanjo.platform.tables import NotFound
from kanjo.platform.tallies import Tally, counted

_COLUMNS = tuple(field.name for field in fields(CustomerRow))

ORDERS: Orders = {
    "name": "name",
    "kana": "name_kana",
    "corporate_number": "corporate_number",
    "sector": "sector",
    "country": "country",
}


_AND_ENGLISH = "\x1f"


class _Named(CharField):  # type: ignore[type-arg]  # it takes none when it runs
    """Both names of a customer in one column."""

    def from_db_value(self, value: str | None, *_: object) -> Name | None:
        """Return the registered name with the English one."""
        return None if value is None else Name(*value.split(_AND_ENGLISH))


def named(path: str = "customer") -> Concat:
    """Return the column that holds the `Name` of the customer to which *path* leads."""
    return Concat(F(f"{path}__name"), Value(_AND_ENGLISH), F(f"{path}__name_en"), output_field=_Named())


def name_of(row: Customer) -> Name:
    """Return the name of a customer that was read with its row."""
    return Name(row.name, row.name_en)


def get_customer(customer_id: CustomerId) -> CustomerRow:
    """Return the customer; refuses `NotFound`."""
    rows = _rows(Customer.objects.filter(pk=customer_id))
    if not rows:
        raise NotFound(what=called(Customer), key=customer_id)
    return rows[0]


def details_of(customer_id: CustomerId) -> NewCustomer:
    """Return the details of a customer as they would be given anew; refuses `NotFound`."""
    row = Customer.objects.filter(pk=customer_id).first()
    if row is None:
        raise NotFound(what=called(Customer), key=customer_id)
    given = {field.name: getattr(row, field.name) for field in fields(NewCustomer) if hasattr(row, field.name)}
    revenue = row.annual_revenue_minor
    known = None if revenue is None else Money(revenue, row.revenue_currency)
    return NewCustomer(**{**given, "language": Language(row.language), "annual_revenue": known})


def get_customers(customer_ids: Iterable[CustomerId]) -> dict[CustomerId, CustomerRow]:
    """Return those of the customers that exist, in one query."""
    return {row.id: row for row in _rows(Customer.objects.filter(pk__in=set(customer_ids)))}


def list_customers(
    actor: Actor,
    *,
    search: str = "",
    most: int | None = None,
    among: Collection[CustomerId] | None = None,
    order: str = "",
    limit: int = 100,
    at: str = "",
) -> Page[CustomerRow]:
    """Return customers by name, those *among* the given that `customers_found` finds by *search*."""
    keys = sorted_by(Customer, order, ORDERS, "name", "id")
    return paged(_found(actor, search, among, most), keys, at, limit, _rows)


def count_customers(actor: Actor, *, search: str = "", among: Collection[CustomerId] | None = None) -> Tally:
    """Return how many customers `list_customers` has."""
    return counted(_found(actor, search, among))


def customers_found(search: str, most: int | None = None) -> QuerySet[Customer, Any]:
    """Return the ids of the customers found by a piece of name, reading, English name or department, or by number.

    The number is the corporate number in full. With *most* no more of each are looked for; `Few` knows them already.
    """
    if isinstance(most, Few):
        return Customer.objects.filter(pk__in=most.customers).values("pk")
    departments = Department.objects.filter(holds(search, "name"))
    conditions = (
        holds(search, "name", "name_kana", "name_en", "matching_key"),
        Q(corporate_number=plain(search)),
        is_one_of("pk", departments.values("customer_id")[:most]),
    )
    return any_of(Customer.objects.all(), conditions, most).values("pk")


def tax_roundings(
    company_id: CompanyId, on: date, *, known_at: datetime | None = None, customer_id: CustomerId | None = None
) -> dict[CustomerId, Rounding]:
    """Return the customers, or the one, for whom a company rounds tax otherwise than it does on a day, and how."""
    told = TaxRounding.objects.filter(company_id=company_id, effective_on__lte=on)
    told = told.filter(recorded_at__lte=known_at) if known_at else told
    told = told.filter(customer_id=customer_id) if customer_id else told
    latest = told.order_by("customer_id", "-effective_on", "-id").distinct("customer_id")
    rows = latest.values_list("customer_id", "rounding")
    return {CustomerId(key): Rounding(rounding) for key, rounding in rows if rounding}


def tax_rounding_days(company_id: CompanyId) -> list[date]:
    """Return the days from which a company rounds tax otherwise for some customer, or no longer does."""
    told = TaxRounding.objects.filter(company_id=company_id)
    return list(told.order_by("effective_on").values_list("effective_on", flat=True).distinct())


def list_departments(customer_id: CustomerId) -> list[tuple[DepartmentId, str]]:
    """Return the ordering points of a customer (id, name), by name."""
    departments = Department.objects.filter(customer_id=customer_id).order_by("name", "id")
    return [(DepartmentId(pk), name) for pk, name in departments.values_list("id", "name")]


def list_candidates(name: str, *, apart_from: CustomerId | None = None) -> list[CustomerRow]:
    """Return the customers whose name may be another way to write *name*: candidates for a duplicate, no proof."""
    same = Customer.objects.filter(matching_key=matching_key(name))
    others = same if apart_from is None else same.exclude(pk=apart_from)
    return _rows(others.order_by("name", "id"))


def list_doubts(name: str, corporate_number: str = "", *, apart_from: CustomerId | None = None) -> list[Text]:
    """Return what to ask before a customer is registered: who looks like it, and whether its number holds."""
    known = Text(en="{name} may be the same company.", ja="{name} と同じ会社の可能性があります。")
    alike = [known.filled(name=row.name) for row in list_candidates(name, apart_from=apart_from)]
    return [*alike, *doubts_about_number(corporate_number)]


def ids_by_external_key(keys: Iterable[str]) -> Mapping[str, CustomerId]:
    """Return the ids of the customers that carry one of the keys."""
    known = Customer.objects.filter(external_key__in=set(keys) - {""})
    return {key: CustomerId(pk) for key, pk in known.values_list("external_key", "pk")}


def parents_above(customer_id: CustomerId) -> dict[CustomerId, CustomerId]:
    """Return the parent of the customer, the parent of that one, and so on to the top."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE above AS (SELECT id, parent_id FROM customers_customer WHERE id = %s"
            " UNION SELECT c.id, c.parent_id FROM above a JOIN customers_customer c ON c.id = a.parent_id)"
            " SELECT id, parent_id FROM above WHERE parent_id IS NOT NULL",
            [customer_id],
        )
        return dict(cursor.fetchall())


def external_keys(lead: str) -> list[str]:
    """Return the external keys that begin with *lead*, in order."""
    known = Customer.objects.filter(external_key__startswith=lead).order_by("external_key")
    return list(known.exclude(external_key="").values_list("external_key", flat=True))


def find_country(text: str) -> str | None:
    """Return the code of a country given by code or name, English or Japanese, or None when nobody knows it."""
    try:
        return country(text)
    except CountryUnknown:
        return None


def country_code(text: str, *, at: str = "") -> str:
    """Return the code of a country given by code or name, English or Japanese; refuses `CountryUnknown`."""
    return country(text, at=at)


def country_shown(code: str) -> Text:
    """Return the name of a country by its code."""
    return country_names()[code]


def _found(
    actor: Actor, search: str, among: Collection[CustomerId] | None, most: int | None = None
) -> QuerySet[Customer]:
    rows = Customer.objects.visible_to(actor)
    if among is not None:
        rows = rows.filter(pk__in=among)
    return rows.filter(is_one_of("pk", customers_found(search, most))) if search.strip() else rows


def _rows(customers: QuerySet[Customer]) -> list[CustomerRow]:
    return [_row(row) for row in customers.values(*_COLUMNS)]


def _row(row: Mapping[str, Any]) -> CustomerRow:
    address = Personal(row["address"], Customer.PERSONAL["address"], (Customer._meta.db_table, row["id"]))
    name = Name(row["name"], row["name_en"])
    return CustomerRow(**{**row, "name": name, "language": Language(row["language"]), "address": address})
