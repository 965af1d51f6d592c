"""A selling company comes into being: its chart of accounts, its open books, its approval matrix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.fiscal import FiscalCalendar
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.money import currency as known_currency
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.models import Assignment
from kanjo.platform.ledger import operations as ledger
from kanjo.platform.tables import alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """What a company is founded with. `books` are the days whose accounting periods are opened."""

    code: str
    name: str
    name_en: str
    currency: str
    language: Language
    books: Period
    address: str = ""
    fiscal_first_month: int = 4
    time_zone: str = "Asia/Tokyo"
    registration_number: str = ""
    bank_account: str = ""


@verb("companies.found", Role.ADMINISTRATOR)
def found_company(*, charter: Charter, by: Actor, at: datetime) -> CompanyId:
    """Found a company, open its books and assign its founder; a code that is known returns that company."""
    alone("companies.found", 0)
    known = SellingCompany.objects.filter(code=charter.code).first()
    if known is not None:
        return CompanyId(known.pk)
    company_id = _written(charter)
    ledger.open_chart(company_id=company_id)
    calendar = FiscalCalendar(first_month=charter.fiscal_first_month)
    months = [(month.start, month.until) for month in calendar.months_in(charter.books)]
    ledger.open_periods(company_id=company_id, months=months, by=by, at=at)
    if not by.system:
        Assignment.objects.create(person_id=by.id, company_id=company_id)
    return company_id


def _written(charter: Charter) -> CompanyId:
    company = SellingCompany.objects.create(
        code=charter.code,
        name=charter.name,
        name_en=charter.name_en,
        currency=known_currency(charter.currency).code,
        language=charter.language,
        address=charter.address,
        fiscal_first_month=charter.fiscal_first_month,
        time_zone=charter.time_zone,
        registration_number=charter.registration_number,
        bank_account=charter.bank_account,
    )
    return CompanyId(company.pk)
