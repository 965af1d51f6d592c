"""Verbs of the selling company: what its papers say of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from kanjo.foundation import corporate_numbers
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.eras import Calendar
from kanjo.foundation.ids import CompanyId
from kanjo.platform.acts import verb
from kanjo.platform.companies.models import SellingCompany


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What the papers of a company say of it, and how they write days."""

    name: str
    name_en: str
    address: str = ""
    registration_number: str = ""
    corporate_number: str = ""
    bank_account: str = ""
    calendar: Calendar = Calendar.WESTERN


@verb("companies.amend", Role.ADMINISTRATOR)
def amend_company(*, company_id: CompanyId, given: Letterhead, because: str, by: Actor, at: datetime) -> None:
    """Write the letterhead of a company anew; papers already issued keep what they say.

    Refuses `NotARegistrationNumber` and `NotACorporateNumber`.
    """
    row = SellingCompany.objects.locked(company_id, by)
    details = asdict(given)
    for name, read in (
        ("registration_number", corporate_numbers.registration_number),
        ("corporate_number", corporate_numbers.corporate_number),
    ):
        details[name] = read(details[name], at=name) if details[name].strip() else ""
    for name, value in details.items():
        setattr(row, name, value)
    row.save(update_fields=list(details))
