"""Values of customers that cross their border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from kanjo.foundation.ids import CustomerId
from kanjo.foundation.money import Money
from kanjo.foundation.personal import Personal
from kanjo.foundation.texts import Language

DepartmentId = NewType("DepartmentId", int)

ANONYMOUS_COUNTRY = "ZZ"
"""The code ISO 3166 leaves to its users: here, a customer whose country nobody has told us yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A customer as it is given. `parent_key` is the external key of the entity it belongs to."""

    name: str
    country: str
    language: Language = Language.JAPANESE
    name_kana: str = ""
    name_en: str = ""
    corporate_number: str = ""
    sector: str = ""
    address: str = ""
    payment_terms: str = "net:30:none"
    external_key: str = ""
    parent_key: str = ""
    established_year: int | None = None
    employees: int | None = None
    annual_revenue: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer as others read it: what documents copy, and its key elsewhere."""

    id: CustomerId
    name: str
    name_kana: str
    name_en: str
    country: str
    language: Language
    honorific: str
    address: Personal
    sector: str
    payment_terms: str
    corporate_number: str
    parent_id: CustomerId | None
    external_key: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of rows handed over by another system: the id of each by its key, and how many were new."""

    ids: Mapping[str, int]
    new: int
