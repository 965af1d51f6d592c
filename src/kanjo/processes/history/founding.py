"""The made-up company before its history begins: its people, catalog, customers and matrix, and the play as a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kanjo.domains.approvals import operations as approvals
from kanjo.domains.catalog import operations as catalog
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.domains.catalog.queries import ids_by_external_key as products_of
from kanjo.domains.customers import operations as customers
from kanjo.domains.customers.facts import NewCustomer
from kanjo.domains.customers.queries import ids_by_external_key as customers_of
from kanjo.domains.receivables import operations as receivables
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.ids import CompanyId, CustomerId, PersonId, RunId
from kanjo.foundation.texts import Language
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.operations import admit_person
from kanjo.platform.identity.queries import find_actor, house, list_people
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import open_periods
from kanjo.platform.runs import operations as runs
from kanjo.platform.runs.models import Run
from kanjo.platform.runs.operations import RunPlan
from kanjo.processes.demonstration import HISTORY, SignIn, own_companies, refuse_beside_others, set_tax_rates
from kanjo.processes.found_company import found_company
from kanjo.processes.history.addressing import choose_addressees
from kanjo.processes.history.days import Calendar, books_of
from kanjo.processes.history.matrix import MATRIX_ROWS
from kanjo.processes.history.scenes import scenes_by_day
from kanjo.processes.history.script import Day, ProductInPlay, Script
from kanjo.processes.history.stage import YEN, Cast, Founded

RAISED = Day(-6, 1)
"""When the prices that were raised were."""


def address_of(code: str, key: str) -> str:
    """Return the address that a person of the company signs in with."""
    return f"{key}@{code}.example"


def sign_ins() -> Sequence[SignIn]:
    """Return the people of the made-up companies that are there, with the role of each."""
    made_up = Run.objects.filter(kind=HISTORY).order_by("company__code")
    return [
        SignIn(code, role, email)
        for code in made_up.values_list("company__code", flat=True)
        for email, actor in list_people()
        for role in actor.roles
        if email.endswith(address_of(code, ""))
    ]


def is_played(script: Script) -> bool:
    """Return whether the history was played to its end, or the house has companies of its own and no need."""
    code = script.charter.code
    if SellingCompany.objects.filter(code=code).exists():
        return Run.objects.filter(company__code=code, kind=HISTORY, state=Run.State.EXECUTED).exists()
    return bool(own_companies())


def open_books(script: Script, *, at: datetime) -> bool:
    """Open the books to the end of the fiscal year after the one of *at*; return whether any were missing."""
    company = SellingCompany.objects.filter(code=script.charter.code).first()
    if company is None:
        return False
    with transaction.atomic():
        return _open_missing(script, CompanyId(company.pk), at)


def found(script: Script, *, password: str, at: datetime) -> Founded:
    """Found the company and plan its history up to the day of *at*; what is there stays, with the day it was planned.

    Refuses `HouseInUse`.
    """
    with transaction.atomic():
        refuse_beside_others(script.charter.code)
        today = at.astimezone(ZoneInfo(script.charter.time_zone)).date()
        charter = replace(script.charter, books=books_of(script, today))
        company_id = found_company(charter=charter, by=house(), at=at)
        run = Run.objects.filter(company_id=company_id, kind=HISTORY).first()
        if run is not None:
            return _founded(script, company_id, RunId(run.pk), run.target_on)
        _open_missing(script, company_id, at)
        _admit(script, company_id, password, at)
        set_tax_rates(by=house(), at=at)
        _fill_catalog(script, company_id, Calendar(today, script.months), at)
        _register(script, at)
        for fee in script.bank.fees:
            receivables.note_fee(company_id=company_id, currency=YEN, amount_minor=fee, by=house(), at=at)
        cast = _cast(script)
        first = Calendar(today, script.months).first
        _put_matrix_in_force(company_id, cast, first, at)
        clerk, payers = cast.by_role[Role.RECEIVABLES], customers_of([one.key for one in script.customers])
        choose_addressees(script, company_id, payers, on=first, by=clerk, at=at)
        return _founded(script, company_id, _plan(script, company_id, cast, today, at), today)


def _founded(script: Script, company_id: CompanyId, run_id: RunId, today: date) -> Founded:
    return Founded(
        company_id=company_id,
        run_id=run_id,
        today=today,
        house=house(),
        cast=_cast(script),
        products=products_of(company_id),
        customers=customers_of([one.key for one in script.customers]),
    )


def _open_missing(script: Script, company_id: CompanyId, at: datetime) -> bool:
    today = at.astimezone(ZoneInfo(script.charter.time_zone)).date()
    calendar = FiscalCalendar(first_month=script.charter.fiscal_first_month)
    there = set(Period.objects.filter(company_id=company_id).values_list("start", flat=True))
    months = calendar.months_in(books_of(script, today))
    missing = [(month.start, month.until) for month in months if month.start >= min(there) and month.start not in there]
    if missing:
        open_periods(company_id=company_id, months=missing, by=house(), at=at)
    return bool(missing)


def _admit(script: Script, company_id: CompanyId, password: str, at: datetime) -> None:
    """Admit everybody; the first of each role may sign in."""
    known: dict[str, PersonId] = {}
    first = {one.role: one.key for one in reversed(script.people)}
    for one in script.people:
        known[one.key] = admit_person(
            email=address_of(script.charter.code, one.key),
            name=one.name,
            roles=[one.role],
            companies=[company_id],
            language=Language.JAPANESE,
            password=password if first[one.role] == one.key else None,
            team=one.team,
            manager_id=known.get(one.manager),
            by=house(),
            at=at,
        )


def _cast(script: Script) -> Cast:
    people: dict[str, Actor] = {}
    by_role: dict[Role, Actor] = {}
    for one in script.people:
        actor = find_actor(address_of(script.charter.code, one.key))
        assert actor is not None, "admitted when the company was founded"
        people[one.key] = actor
        by_role.setdefault(one.role, actor)
    return Cast(people, by_role)


def _fill_catalog(script: Script, company_id: CompanyId, calendar: Calendar, at: datetime) -> None:
    for one in script.products:
        product_id = catalog.add_product(
            company_id=company_id,
            code=one.code,
            name=one.name,
            family=one.family,
            charge=ChargeKind(one.charge),
            timing=BillingTiming(one.timing),
            interval_months=one.interval_months,
            recognition=Recognition(one.recognition),
            tax_class=TaxClass.STANDARD,
            license_metric=one.license_metric,
            external_key=one.code,
            by=house(),
            at=at,
        )
        for amount, day in _prices(one, calendar):
            catalog.set_list_price(
                product_id=product_id, currency=YEN, amount_minor=amount, effective_on=day, by=house(), at=at
            )
        if one.code in script.usage_prices:
            catalog.set_usage_price(
                product_id=product_id,
                currency=YEN,
                terms=script.usage_prices[one.code],
                effective_on=calendar.first,
                by=house(),
                at=at,
            )


def _prices(product: ProductInPlay, calendar: Calendar) -> list[tuple[int, date]]:
    raised = [] if product.raised_price is None else [(product.raised_price, calendar.written(RAISED))]
    return [(product.price, calendar.first), *raised]


def _register(script: Script, at: datetime) -> None:
    given = [
        NewCustomer(
            name=one.name,
            name_kana=one.name_kana,
            name_en=one.name_en,
            corporate_number=one.corporate_number,
            country="JP",
            sector=one.sector,
            employees=one.employees,
            address=one.address,
            payment_terms=one.payment_terms,
            external_key=one.key,
        )
        for one in script.customers
    ]
    ids = customers.take_in_customers(customers=given, by=house(), at=at).ids
    for one in script.customers:
        for name in one.departments:
            customers.add_department(customer_id=CustomerId(ids[one.key]), name=name, by=house(), at=at)


def _put_matrix_in_force(company_id: CompanyId, cast: Cast, day: date, at: datetime) -> None:
    """Draft the matrix as the head of Sales and activate it as the CFO."""
    maker, activator = cast.by_role[Role.APPROVER], cast.by_role[Role.CFO]
    matrix_id = approvals.draft_matrix(company_id=company_id, rows=MATRIX_ROWS, by=maker, at=at)
    approvals.activate_matrix(matrix_id=matrix_id, effective_from=day, on=day, by=activator, at=at)


def _plan(script: Script, company_id: CompanyId, cast: Cast, today: date, at: datetime) -> RunId:
    """Plan one shard per day on which something happens."""
    days = sorted(scenes_by_day(script, Calendar(today, script.months)))
    plan = RunPlan(
        kind=HISTORY,
        key=f"{days[0]}/{today}",
        company_id=company_id,
        target_on=today,
        known_at=at,
        shards=tuple({"on": day.isoformat()} for day in days),
        preview={"deals": len(script.deals)},
    )
    run_id = runs.preview_run(plan=plan, by=cast.by_role[Role.RECEIVABLES], at=at)
    runs.approve_run(run_id=run_id, by=cast.by_role[Role.REV_REC], at=at)
    return run_id
