"""The books of every selling company are checked against their identities."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, transaction

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.reports.identities import IDENTITIES, Checked


def verify_books(
    *, company_code: str | None = None, report: Callable[[int, int, Text], None]
) -> dict[str, list[Checked]]:
    """Return each company's identities as found, by its code; all are read in one snapshot of the database."""
    found: dict[str, list[Checked]] = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        companies = SellingCompany.objects.order_by("code")
        for company in companies.filter(code=company_code) if company_code else companies:
            found[company.code] = []
            for done, identity in enumerate(IDENTITIES):
                report(done, len(IDENTITIES), identity.says)
                found[company.code].append(identity.check(CompanyId(company.pk)))
    return found
