"""Rows of a CRM in the words of the house. A translation only: it decides nothing and writes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from kanjo.connectors.crm.faults import Fault, Quarantined, Severity
from kanjo.connectors.crm.rows import Account, Entity, Opportunity, Product
from kanjo.connectors.crm.rows import Stage as CrmStage
from kanjo.domains.catalog.facts import BillingTiming, ChargeKind, Recognition, TaxClass
from kanjo.domains.customers.facts import ANONYMOUS_COUNTRY, NewCustomer
from kanjo.domains.customers.queries import find_country
from kanjo.domains.opportunities.facts import NewOpportunity, Stage
from kanjo.foundation.ids import CustomerId, PersonId, ProductId
from kanjo.foundation.texts import Language, Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.imports.rows import HeldFault, HeldRow
from kanjo.processes.read_crm import CrmExport

COUNTRY_UNKNOWN = "crm.country-unknown"
_NO_COUNTRY = Text(
    en="“{value}” is not the name or code of a country. The account is taken, its country stays unknown.",
    ja="「{value}」は国名・国コードではありません。取引先は取り込み、国は「不明」としました。",
)


def product_terms(product: Product, *, taxed: bool) -> dict[str, Any]:
    """Return a product as the catalog takes it: sold once, billed and recognised when the customer accepts it.

    A CRM does not know how a product is taxed: at the standard rate where the seller is registered for it.
    """
    return {
        "code": re.sub(r"\W+", "-", product.name).strip("-").upper()[:64],
        "name": Text(en=product.name, ja=product.name),
        "family": product.series,
        "charge": ChargeKind.ONE_TIME,
        "timing": BillingTiming.ON_ACCEPTANCE,
        "interval_months": 0,
        "recognition": Recognition.AT_A_POINT,
        "tax_class": TaxClass.STANDARD if taxed else TaxClass.OUT_OF_SCOPE,
        "external_key": product.name,
    }


def customers(export: CrmExport, company: SellingCompany) -> list[NewCustomer]:
    """Return the accounts as customers; they read the language of the seller, for a CRM does not tell theirs."""
    return [_customer(account, company) for account in export.reading.accounts]


def _customer(account: Account, company: SellingCompany) -> NewCustomer:
    country = find_country(account.country)
    return NewCustomer(
        name=account.name,
        name_en=account.name if account.name.isascii() else "",
        country=country or ANONYMOUS_COUNTRY,
        language=Language(company.language),
        sector=account.sector,
        address="" if country else account.country,
        external_key=customer_key(account.name, company),
        parent_key=customer_key(account.parent, company) if account.parent else "",
        established_year=account.established_year,
        employees=account.employees,
        annual_revenue=account.revenue,
    )


def customer_key(account: str, company: SellingCompany) -> str:
    """Return the key of an account: customers are shared by all companies, names in their CRMs are not."""
    return f"{company.code}:{account}"


def opportunities(
    export: CrmExport,
    company: SellingCompany,
    *,
    customer_ids: Mapping[str, int],
    product_ids: Mapping[str, int],
    person_ids: Mapping[str, int],
) -> list[NewOpportunity]:
    """Return the deals. A won one arrives engaging, with the day and value it expects: it is won by its order."""
    return [
        NewOpportunity(
            external_key=deal.key,
            name=f"{deal.account}: {deal.product}",
            customer_id=CustomerId(customer_ids[customer_key(deal.account, company)]),
            product_id=ProductId(product_ids[deal.product]),
            owner_id=PersonId(person_ids[deal.agent]),
            currency=deal.value.currency if deal.value else export.reading.currency,
            engaged_on=deal.engaged_on,
            **_stage(deal),
        )
        for deal in export.reading.opportunities
    ]


def _stage(deal: Opportunity) -> dict[str, Any]:
    match deal.stage:
        case CrmStage.LOST:
            return {"stage": Stage.LOST, "closed_on": deal.closed_on}
        case CrmStage.PROSPECTING:
            stage = Stage.PROSPECTING
        case _:
            stage = Stage.ENGAGING
    expected = None if deal.value is None else deal.value.minor
    known = deal.closed_on is not None and expected is not None
    return {
        "stage": stage,
        "expected_close_on": deal.closed_on,
        "expected_minor": expected,
        "won_elsewhere": deal.stage is CrmStage.WON and known,
    }


def held_rows(export: CrmExport, *, known: Collection[tuple[str, str]]) -> list[HeldRow]:
    """Return the quarantined rows with the keys under which they wait; not those *known* here by (entity, key)."""
    return [
        HeldRow(
            entity=row.entity,
            key=key,
            file=row.file,
            line=row.line,
            cells=row.cells,
            faults=tuple(
                HeldFault(fault.rule, fault.field, fault.value, fault.sentence)
                for fault in row.faults
                if fault.severity is Severity.QUARANTINED
            ),
        )
        for row, key in _keyed(export)
        if (row.entity, key) not in known
    ]


def taken_keys(export: CrmExport) -> set[tuple[str, str]]:
    """Return (entity, key) of every row that was taken; a mended row also goes by the line it stood on."""
    reading = export.reading
    names = {
        Entity.PRODUCTS: [row.name for row in reading.products],
        Entity.AGENTS: [row.name for row in reading.agents],
        Entity.ACCOUNTS: [row.name for row in reading.accounts],
        Entity.OPPORTUNITIES: [row.key for row in reading.opportunities],
    }
    entities = {source.file: entity for entity, source in export.sources.items()}
    held = {(row.file, row.line) for row in reading.quarantined}
    by_line = {(str(entities[file]), f"{file}:{line}") for file, line in export.mended - held}
    return by_line | {(str(entity), name) for entity, keys in names.items() for name in keys}


def country_faults(export: CrmExport) -> list[Fault]:
    """Return a note for every account whose country nobody knows by that name."""
    source = export.sources[Entity.ACCOUNTS]
    column = source.column_of("country")
    unknown = (row for row in export.reading.accounts if row.country and find_country(row.country) is None)
    return [
        Fault(
            source.file,
            account.line,
            column.name if column else "",
            account.country,
            COUNTRY_UNKNOWN,
            Severity.NOTE,
            _NO_COUNTRY.filled(value=account.country),
        )
        for account in unknown
    ]


def _keyed(export: CrmExport) -> Iterator[tuple[Quarantined, str]]:
    """Yield each held row with its own key, or `file:line` where that is blank or not its alone."""
    taken = taken_keys(export)
    own = [(row, _own_key(row, export)) for row in export.reading.quarantined]
    counted: Counter[tuple[str, str]] = Counter((row.entity, key) for row, key in own)
    for row, key in own:
        alone = key and counted[row.entity, key] == 1 and (row.entity, key) not in taken
        yield row, key if alone else f"{row.file}:{row.line}"


def _own_key(row: Quarantined, export: CrmExport) -> str:
    source = export.sources[Entity(row.entity)]
    column = source.column_of(source.key)
    return row.cells.get(column.name, "")[:300] if column else ""


def by_rule(faults: Sequence[Fault]) -> list[tuple[str, list[Fault]]]:
    """Return the faults of each rule in the order of the files; what holds rows back first, then what is frequent."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.rule, []).append(fault)
    order = {Severity.QUARANTINED: 0, Severity.CURED: 1, Severity.NOTE: 2}
    return sorted(found.items(), key=lambda item: (order[item[1][0].severity], -len(item[1]), item[0]))
