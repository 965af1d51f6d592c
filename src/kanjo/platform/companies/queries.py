"""Reads of the selling companies."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.ordering import sorted_by
from kanjo.platform.paging import Page, paged


@dataclass(frozen=True, slots=True)
class CompanyView:
    """A selling company as it is shown."""

    id: CompanyId
    code: str
    name: str
    name_en: str
    address: str
    currency: str
    language: str
    time_zone: str
    fiscal_first_month: int
    registration_number: str
    tax_rounding: str
    bank_account: str

    def today(self, at: datetime) -> date:
        """Return the day it is for the company at a moment."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


_COLUMNS = [field.name for field in fields(CompanyView)]


def list_companies(actor: Actor) -> list[CompanyView]:
    """Return the companies that the actor is assigned to, by code."""
    return _rows(SellingCompany.objects.visible_to(actor).order_by("code", "id"))


def page_of_companies(actor: Actor, *, limit: int = 100, at: str = "") -> Page[CompanyView]:
    """Return one page of those companies."""
    return paged(
        SellingCompany.objects.visible_to(actor), sorted_by(SellingCompany, "", {}, "code", "id"), at, limit, _rows
    )


def _rows(companies: QuerySet[SellingCompany]) -> list[CompanyView]:
    return [CompanyView(**row) for row in companies.values(*_COLUMNS)]
