"""The demonstration: a selling company with a person for each role, and a real year of deals.

The made-up company of `processes.history` stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from kanjo.domains.approvals import operations as approvals
from kanjo.domains.approvals.queries import STANDARD_ROWS, list_matrices
from kanjo.domains.catalog import operations as catalog
from kanjo.domains.catalog.facts import TaxClass
from kanjo.domains.receivables import operations as receivables
from kanjo.foundation.actors import ROLE_NAMES, Actor, Role
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.periods import Period
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Language, Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.operations import admit_person
from kanjo.platform.identity.queries import find_actor, house
from kanjo.platform.imports.queries import has_imported
from kanjo.platform.ledger import models as ledger
from kanjo.platform.ledger.operations import open_periods
from kanjo.platform.runs.models import Run
from kanjo.processes.found_company import Charter, found_company
from kanjo.processes.import_crm import SOURCE, CrmImport, import_crm
from kanjo.processes.read_crm import CrmExport, read_crm
from kanjo.processes.replay import Told, cast_of, is_replayed, replay
from kanjo.processes.replay.paying import BANK_FEE_MINOR
from kanjo.processes.replay.story import Progress

MAVEN = Charter(
    code="maven",
    name="Maven Hardware",
    name_en="Maven Hardware",
    currency="USD",
    language=Language.ENGLISH,
    time_zone="America/Chicago",
    fiscal_first_month=1,
    address="233 South Wacker Drive, Chicago, IL 60606",
    bank_account="MAVEN-USD-001",
    books=Period(date(2016, 10, 1), date(2019, 1, 1)),
)

HISTORY = "history"
"""The kind of the run that plays the history of a made-up company: by it such a company is known."""

TAX_RATES: tuple[tuple[TaxClass, str, date], ...] = (
    (TaxClass.STANDARD, "3%", date(1989, 4, 1)),
    (TaxClass.STANDARD, "5%", date(1997, 4, 1)),
    (TaxClass.STANDARD, "8%", date(2014, 4, 1)),
    (TaxClass.STANDARD, "10%", date(2019, 10, 1)),
    (TaxClass.REDUCED, "8%", date(2019, 10, 1)),
)
"""Japan's consumption tax by the day of supply (Consumption Tax Act art. 29 and its amendments)."""


class NotTheDemonstrations(Refusal):
    """An export of another company than the demonstration's."""

    rule = "demonstration.not-its-export"
    says = Text(
        en="The export is of {name}; only the demonstration's company, {ours}, is replayed.",
        ja="このエクスポートは{name}のものです。リプレイできるのはデモ用の会社{ours}だけです。",
    )
    remedy = Text(
        en="Take it into your own company instead: ./kanjo import crm FOLDER --company CODE",
        ja="自社に取り込むには次を実行してください: ./kanjo import crm フォルダー --company コード",
    )


class HouseInUse(Refusal):
    """The house has companies of its own: no demonstration people are let in beside them."""

    rule = "demonstration.house-in-use"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="This house has companies of its own ({codes}), and a replay would let demonstration people in.",
        ja="すでに自社（{codes}）が登録されています。リプレイするとデモ用の利用者が追加されてしまいます。",
    )
    remedy = Text(
        en="Replay in a home of its own: KANJO_HOME=/another/directory ./kanjo up",
        ja="別のホームで実行してください: KANJO_HOME=/別のディレクトリ ./kanjo up",
    )


@dataclass(frozen=True, slots=True)
class SignIn:
    """How one demonstration person signs in, and to which company."""

    company: str
    role: Role
    email: str


def is_played() -> bool:
    """Return whether the demonstration's deals are all replayed, or the house has companies of its own and no need."""
    company = SellingCompany.objects.filter(code=MAVEN.code).first()
    if company is None:
        return bool(own_companies())
    company_id = CompanyId(company.pk)
    return has_imported(company_id, SOURCE) and is_replayed(company_id)


def refuse_elsewhere(export: CrmExport) -> None:
    """Refuse an export of another company, and a house that has companies of its own and not the demonstration's."""
    if export.reading.company not in {MAVEN.name, MAVEN.name_en}:
        raise NotTheDemonstrations(name=quoted(export.reading.company), ours=quoted(MAVEN.name))
    refuse_beside_others(MAVEN.code)


def refuse_beside_others(code: str) -> None:
    """Refuse `HouseInUse` to a demonstration that is not there yet, in a house that has companies of its own."""
    others = own_companies()
    if others and not SellingCompany.objects.filter(code=code).exists():
        raise HouseInUse(codes=", ".join(others))


def own_companies() -> list[str]:
    """Return the codes of the companies that are no demonstration, ascending."""
    made_up = Run.objects.filter(kind=HISTORY).values("company_id")
    others = SellingCompany.objects.exclude(code=MAVEN.code).exclude(pk__in=made_up)
    return list(others.order_by("code").values_list("code", flat=True))


def prepare_company(*, password: str, at: datetime) -> CompanyId:
    """Found the demonstration company with its people, rates and matrix; what is there stays as it is."""
    with transaction.atomic():
        company_id = found_company(charter=replace(MAVEN, books=_books(at)), by=house(), at=at)
        _open_missing(company_id, at)
        acting = house()
        for one in sign_ins():
            if find_actor(one.email) is None:
                admit_person(
                    email=one.email,
                    name=ROLE_NAMES[one.role].en,
                    roles=[one.role],
                    companies=[company_id],
                    language=Language.ENGLISH,
                    password=password,
                    by=acting,
                    at=at,
                )
        set_tax_rates(by=acting, at=at)
        receivables.note_fee(company_id=company_id, currency="USD", amount_minor=BANK_FEE_MINOR, by=acting, at=at)
        _put_matrix_in_force(company_id, at)
        return company_id


def open_books(*, at: datetime) -> bool:
    """Open the demonstration's books to the end of the year of *at*, and return whether any were missing."""
    with transaction.atomic():
        company = SellingCompany.objects.filter(code=MAVEN.code).first()
        return company is not None and _open_missing(CompanyId(company.pk), at)


def read(folder: Path) -> CrmExport:
    """Read the CRM export in *folder*, with the cures that lie beside it."""
    cures = folder / "cures.toml"
    return read_crm(folder, cures=cures if cures.exists() else None)


def take_in(*, export: CrmExport, at: datetime, report: Progress) -> CrmImport:
    """Import the export into the demonstration company."""
    with transaction.atomic():
        return import_crm(export=export, company_code=MAVEN.code, by=house(), at=at, report=report)


def play(*, company_id: CompanyId, at: datetime, report: Progress) -> Told:
    """Replay what the CRM counts as won."""
    return replay(company_id=company_id, cast=cast_of(company_id), at=at, report=report)


def sign_ins() -> Sequence[SignIn]:
    """Return one person per role."""
    return [SignIn(MAVEN.code, role, f"{role.value.replace('_', '-')}@{MAVEN.code}.example") for role in Role]


def _books(at: datetime) -> Period:
    """Return the days from the first deal to the end of the year in which people work with the demonstration."""
    year = at.astimezone(ZoneInfo(MAVEN.time_zone)).year
    return Period(MAVEN.books.start, max(MAVEN.books.until, date(year + 1, 1, 1)))


def _open_missing(company_id: CompanyId, at: datetime) -> bool:
    calendar = FiscalCalendar(first_month=MAVEN.fiscal_first_month)
    there = set(ledger.Period.objects.filter(company_id=company_id).values_list("start", flat=True))
    missing = [(one.start, one.until) for one in calendar.months_in(_books(at)) if one.start not in there]
    if missing:
        open_periods(company_id=company_id, months=missing, by=house(), at=at)
    return bool(missing)


def set_tax_rates(*, by: Actor, at: datetime) -> None:
    """Set Japan's consumption tax, in the transaction of the caller; what is set stays."""
    for tax_class, rate, day in TAX_RATES:
        catalog.set_tax_rate(tax_class=tax_class, rate=rate, effective_on=day, by=by, at=at)


def _put_matrix_in_force(company_id: CompanyId, at: datetime) -> None:
    """Draft the standard matrix as one person and activate it as another."""
    people = {one.role: find_actor(one.email) for one in sign_ins()}
    maker, activator = people[Role.CXO], people[Role.CFO]
    assert maker is not None, "admitted above"
    assert activator is not None, "admitted above"
    if list_matrices(maker):
        return
    matrix_id = approvals.draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=at)
    approvals.activate_matrix(
        matrix_id=matrix_id, effective_from=MAVEN.books.start, on=MAVEN.books.start, by=activator, at=at
    )
