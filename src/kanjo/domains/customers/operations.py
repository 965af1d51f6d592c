"""Verbs on customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from kanjo.domains.customers.facts import DepartmentId, NewCustomer, TakenIn
from kanjo.domains.customers.models import Customer, Department, TaxRounding
from kanjo.domains.customers.queries import get_customer, ids_by_external_key, parents_above
from kanjo.domains.customers.rules import registering
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, CustomerId
from kanjo.foundation.money import Rounding
from kanjo.foundation.names import matching_key
from kanjo.foundation.texts import Language
from kanjo.platform.acts import verb
from kanjo.platform.tables import alone, refuse_unseen

SALES = (Role.SALES_REP, Role.RENEWAL_REP, Role.SALES_MANAGER, Role.SALES_OPERATIONS, Role.DEAL_MANAGEMENT)


@verb("customers.register", *SALES, Role.ADMINISTRATOR)
def register_customer(
    *,
    name: str,
    country: str,
    language: Language = Language.JAPANESE,
    name_kana: str = "",
    name_en: str = "",
    corporate_number: str = "",
    sector: str = "",
    address: str = "",
    payment_terms: str = "net:30:none",
    external_key: str = "",
    by: Actor,
    at: datetime,
) -> CustomerId:
    """Register a legal entity that buys. The same name under the same external key again returns the same customer.

    Refuses `AlreadyKnown` when another customer carries the corporate number or the key. A like name does not refuse:
    `queries.list_candidates` shows it.
    """
    given = registering.checked(
        NewCustomer(
            name=name,
            country=country,
            language=language,
            name_kana=name_kana,
            name_en=name_en,
            corporate_number=corporate_number,
            sector=sector,
            address=address,
            payment_terms=payment_terms,
            external_key=external_key,
        )
    )
    known = _known(given)
    if known is None:
        known = _row(given)
        known.save()
    return CustomerId(known.pk)


@verb("customers.take-in", *SALES, Role.ADMINISTRATOR)
def take_in_customers(*, customers: Sequence[NewCustomer], by: Actor, at: datetime) -> TakenIn:
    """Register those customers of another system whose external key is new, with the parents they name.

    Customers already known stay as they are. Refuses `ParentCircle` and whatever `register_customer` refuses.
    """
    parents = {given.external_key: given.parent_key for given in customers if given.parent_key}
    for key in parents:
        registering.refuse_circle(parents, start=key)
    known = ids_by_external_key([*(given.external_key for given in customers), *parents.values()])
    new = [registering.checked(given, at=given.name) for given in customers if given.external_key not in known]
    rows = Customer.objects.bulk_create(map(_row, new))
    ids = {**known, **{row.external_key: CustomerId(row.pk) for row in rows}}
    placed = [row for row in rows if row.external_key in parents]
    for row in placed:
        row.parent_id = ids.get(parents[row.external_key])
        if row.parent_id is None:
            raise registering.ParentUnknown(at=row.name, key=parents[row.external_key])
    if placed:
        Customer.objects.bulk_update(placed, ["parent"])
    return TakenIn(ids=ids, new=len(rows))


@verb("customers.amend", *SALES, Role.RECEIVABLES, Role.ADMINISTRATOR)
def amend_customer(*, customer_id: CustomerId, given: NewCustomer, because: str, by: Actor, at: datetime) -> None:
    """Write the details of a customer anew; its keys in other systems and its parent stay.

    Documents already issued keep what they say. Refuses `AlreadyKnown` for a corporate number of another customer.
    """
    row = Customer.objects.locked(customer_id, by)
    details = _details(registering.checked(replace(given, external_key=row.external_key)))
    number = details["corporate_number"]
    other = Customer.objects.filter(corporate_number=number).exclude(pk=row.pk).first() if number else None
    if other is not None:
        raise registering.AlreadyKnown(at="corporate_number", name=other.name, key=number)
    for name, value in details.items():
        setattr(row, name, value)
    row.save(update_fields=list(details))


@verb("customers.place-under", *SALES, Role.ADMINISTRATOR)
def place_under(*, customer_id: CustomerId, parent_id: CustomerId | None, by: Actor, at: datetime) -> None:
    """Say which legal entity a customer belongs to; refuses `ParentCircle`."""
    alone("customers.place-under", 0)  # A circle may close over customers that nobody here holds.
    row = Customer.objects.locked(customer_id, by)
    if parent_id is not None:
        Customer.objects.seen(parent_id, by)
        parents = {str(child): str(parent) for child, parent in parents_above(parent_id).items()}
        registering.refuse_circle({**parents, str(row.pk): str(parent_id)}, start=str(row.pk), name=row.name)
    row.parent_id = parent_id
    row.save(update_fields=["parent"])


@verb("customers.add-department", *SALES, Role.ADMINISTRATOR)
def add_department(*, customer_id: CustomerId, name: str, by: Actor, at: datetime) -> DepartmentId:
    """Add an ordering point to a customer; one of that name that is there is returned."""
    customer = Customer.objects.seen(customer_id, by)
    department, _ = Department.objects.get_or_create(customer=customer, name=registering.department_name(name))
    return DepartmentId(department.pk)


@verb("customers.choose-tax-rounding", Role.RECEIVABLES, Role.SALES_OPERATIONS)
def choose_tax_rounding(
    *, company_id: CompanyId, customer_id: CustomerId, rounding: Rounding | None, on: date, by: Actor, at: datetime
) -> None:
    """Let a company round the tax of what it issues to a payer in another way from a day on; None is its own again.

    What is issued stays, and what is given back of it is rounded as it was.
    """
    refuse_unseen(company_id, by)
    get_customer(customer_id)
    TaxRounding.objects.create(company_id=company_id, customer_id=customer_id, rounding=rounding or "", effective_on=on)


def _known(given: NewCustomer) -> Customer | None:
    """Return the customer that was registered with the same meaning; refuses one that only shares a key."""
    for field in ("external_key", "corporate_number"):
        key = getattr(given, field)
        row = Customer.objects.filter(**{field: key}).first() if key else None
        if row is not None:
            if row.name != given.name or row.external_key != given.external_key:
                raise registering.AlreadyKnown(at=field, name=row.name, key=key)
            return row
    return None


def _row(given: NewCustomer) -> Customer:
    return Customer(**_details(given))


def _details(given: NewCustomer) -> dict[str, Any]:
    """Return the columns of a customer; the parent comes by its own verb."""
    details = asdict(given)
    del details["parent_key"], details["annual_revenue"]
    revenue = given.annual_revenue
    return {
        **details,
        "matching_key": matching_key(given.name),
        "annual_revenue_minor": None if revenue is None else revenue.minor,
        "revenue_currency": "" if revenue is None else revenue.currency,
    }
