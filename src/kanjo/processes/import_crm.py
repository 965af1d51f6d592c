"""What a CRM knows becomes ours: its people, products, customers and deals, in one transaction; nothing is lost.

Rows that cannot be taken wait in quarantine. Everything is found again by its key in the CRM, so that an export taken
in twice, or together with one that overlaps it, doubles nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from kanjo.connectors.crm.faults import Fault
from kanjo.connectors.crm.rows import Entity, Stage
from kanjo.domains.catalog import operations as catalog
from kanjo.domains.catalog.queries import ids_by_external_key as known_products
from kanjo.domains.customers.operations import take_in_customers
from kanjo.domains.customers.queries import external_keys as known_customers
from kanjo.domains.opportunities.operations import take_in_opportunities
from kanjo.domains.opportunities.queries import ids_by_external_key as known_opportunities
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.imports import operations as imports
from kanjo.platform.imports.queries import count_waiting, find_import
from kanjo.platform.imports.rows import ImportId
from kanjo.processes import crm_rows
from kanjo.processes.crm_people import TakenIn, take_in_people
from kanjo.processes.read_crm import CrmExport

SOURCE = "crm"

Progress = Callable[[int, int, Text], None]


class CompanyMissing(Refusal):
    """No selling company that the actor sees takes this export."""

    rule = "imports.company-missing"
    kind = RefusalKind.MISSING
    says = Text(en="There is no selling company “{name}”.", ja="販売会社「{name}」はありません。")
    remedy = Text(
        en="Found it first, or name the one that takes the export: --company CODE ({known}).",
        ja="先に会社を登録するか、取込先を指定してください: --company コード（{known}）",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmImport:
    """What became of an export. Per entity read = taken + quarantined; `new` are those not known before.

    `again` says that exactly this was taken in before, and nothing was done.
    """

    import_id: ImportId
    company: str
    again: bool
    read: Mapping[Entity, int]
    taken: Mapping[Entity, int]
    quarantined: Mapping[Entity, int]
    new: Mapping[Entity, int]
    stages: Mapping[Stage, int]
    mended: int
    waiting: int
    faults: tuple[Fault, ...]


def import_crm(
    *, export: CrmExport, company_code: str | None = None, by: Actor, at: datetime, report: Progress
) -> CrmImport:
    """Take in an export, in the transaction of the caller. Exactly the same export again changes nothing.

    It goes to the selling company of that code or, without one, to the company that the mapping names.
    """
    company = _company(export, company_code, by)
    company_id = CompanyId(company.pk)
    imports.one_at_a_time(company_id, SOURCE)
    known = find_import(company_id, SOURCE, export.digest)
    if known is not None:
        return _result(export, company, known.id, dict.fromkeys(Entity, 0), again=True)
    today = at.astimezone(ZoneInfo(company.time_zone)).date()
    report(0, 5, Text(en="People", ja="担当者"))
    people = take_in_people(export.reading.agents, company=company, by=by, at=at)
    report(1, 5, Text(en="Products", ja="製品"))
    products = _take_in_products(export, company, today=today, by=by, at=at)
    report(2, 5, Text(en="Customers", ja="顧客"))
    customers = take_in_customers(customers=crm_rows.customers(export, company), by=by, at=at)
    report(3, 5, Text(en="Opportunities", ja="商談"))
    deals = crm_rows.opportunities(
        export, company, customer_ids=customers.ids, product_ids=products.ids, person_ids=people.ids
    )
    known_deals = known_opportunities(company_id)
    new_deals = take_in_opportunities(company_id=company_id, opportunities=deals, by=by, at=at)
    report(4, 5, Text(en="Quarantine", ja="保留データ"))
    new = {
        Entity.PRODUCTS: products.new,
        Entity.AGENTS: people.new,
        Entity.ACCOUNTS: customers.new,
        Entity.OPPORTUNITIES: new_deals,
    }
    kept = imports.note_import(
        company_id=company_id,
        source=SOURCE,
        digest=export.digest,
        counts={**_counts(export, new), "won": _won(export, known_deals)},
        held=crm_rows.held_rows(export, known=_known_here(company)),
        taken=crm_rows.taken_keys(export),
        on=today,
        by=by,
        at=at,
    )
    return _result(export, company, kept.import_id, new, mended=kept.mended)


def _company(export: CrmExport, code: str | None, by: Actor) -> SellingCompany:
    seen = SellingCompany.objects.visible_to(by)
    name = code or export.reading.company
    found = seen.filter(code=code) if code else seen.filter(Q(name=name) | Q(name_en=name)).order_by("id")
    company = found.first()
    if company is None:
        known = ", ".join(seen.order_by("code").values_list("code", flat=True))
        raise CompanyMissing(name=quoted(name), known=known or "-")
    return company


def _take_in_products(export: CrmExport, company: SellingCompany, *, today: date, by: Actor, at: datetime) -> TakenIn:
    """Add the products that are new, and set list prices that changed.

    An export gives its prices no day: a new product's counts from the first day of any deal, a changed one from today.
    """
    company_id = CompanyId(company.pk)
    known = known_products(company_id)
    ids = dict(known)
    first_on = min((deal.engaged_on for deal in export.reading.opportunities if deal.engaged_on), default=today)
    for product in export.reading.products:
        if product.name not in known:
            terms = crm_rows.product_terms(product, taxed=bool(company.registration_number))
            ids[product.name] = catalog.add_product(company_id=company_id, **terms, by=by, at=at)
        catalog.set_list_price(
            product_id=ids[product.name],
            currency=product.list_price.currency,
            amount_minor=product.list_price.minor,
            effective_on=today if product.name in known else first_on,
            by=by,
            at=at,
        )
    return TakenIn(ids=ids, new=len(ids) - len(known))


def _known_here(company: SellingCompany) -> set[tuple[str, str]]:
    """Return (entity, key) of what the company already has from its CRM: such a row has nothing to wait for."""
    company_id = CompanyId(company.pk)
    lead = crm_rows.customer_key("", company)
    names = {
        Entity.PRODUCTS: known_products(company_id),
        Entity.ACCOUNTS: [key.removeprefix(lead) for key in known_customers(lead)],
        Entity.OPPORTUNITIES: known_opportunities(company_id),
    }
    return {(str(entity), key) for entity, keys in names.items() for key in keys}


def _counts(export: CrmExport, new: Mapping[Entity, int]) -> dict[str, Any]:
    counts = export.reading.counts
    return {
        "files": dict(export.files),
        "read": dict(counts.read),
        "taken": dict(counts.taken),
        "quarantined": dict(counts.quarantined),
        "new": dict(new),
        "stages": dict(counts.stages),
    }


def _won(export: CrmExport, known: Collection[str]) -> dict[str, Any]:
    """Return how many deals the export counts as won that were not known before, and their value by currency.

    It is what the export says, kept apart from what becomes of the deals here.
    """
    won = [deal for deal in export.reading.opportunities if deal.stage is Stage.WON and deal.key not in known]
    value: Counter[str] = Counter()
    for deal in won:
        if deal.value:
            value[deal.value.currency] += deal.value.minor
    return {"deals": len(won), "value_minor": dict(value)}


def _result(
    export: CrmExport,
    company: SellingCompany,
    import_id: ImportId,
    new: Mapping[Entity, int],
    *,
    mended: int = 0,
    again: bool = False,
) -> CrmImport:
    counts = export.reading.counts
    return CrmImport(
        import_id=import_id,
        company=company.code,
        again=again,
        read=counts.read,
        taken=counts.taken,
        quarantined=counts.quarantined,
        new=new,
        stages=counts.stages,
        mended=mended,
        waiting=count_waiting(CompanyId(company.pk), SOURCE),
        faults=(*export.reading.faults, *crm_rows.country_faults(export)),
    )
