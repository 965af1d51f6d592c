"""People and a company for the tests of the platform."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import CompanyId, PersonId
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.models import Assignment, Person, RoleGrant
from kanjo.platform.identity.queries import actor_of
from kanjo.platform.ledger.models import Period
from kanjo.platform.ledger.operations import open_chart

AT = datetime(2026, 4, 10, 9, 0, tzinfo=UTC)


def make_company(code: str = "kanjo-jp", currency: str = "JPY") -> CompanyId:
    """A company with its chart, whose books are open from January 2026 to December 2027."""
    company = SellingCompany.objects.create(code=code, name="勘定株式会社", name_en="Kanjo KK", currency=currency)
    company_id = CompanyId(company.pk)
    open_chart(company_id=company_id)
    for month in range(24):
        start = date(2026 + month // 12, month % 12 + 1, 1)
        after = month + 1
        until = date(2026 + after // 12, after % 12 + 1, 1)
        Period.objects.create(company_id=company_id, start=start, until=until)
    return company_id


def make_actor(company_id: CompanyId, *roles: Role, email: str = "person@example.com") -> Actor:
    """A person with roles, assigned to the company."""
    person = Person.objects.create(email=email, name=email.split("@", maxsplit=1)[0])
    RoleGrant.objects.bulk_create(RoleGrant(person=person, role=role) for role in roles)
    Assignment.objects.create(person=person, company_id=company_id)
    return actor_of(person)


@pytest.fixture
def company_id(db: None) -> CompanyId:
    """A Japanese selling company with open books."""
    return make_company()


@pytest.fixture
def clerk(company_id: CompanyId) -> Actor:
    """Somebody of Rev/Rec and Receivables."""
    return make_actor(company_id, Role.REV_REC, Role.RECEIVABLES)


@pytest.fixture
def stranger(company_id: CompanyId) -> Actor:
    """Somebody assigned to another company only."""
    other = make_company("other")
    return Actor(id=PersonId(0), name="stranger", roles=frozenset(Role), companies=frozenset({other}))
