"""Who bills locks the accounts first, so that nobody else bills their plans."""

from __future__ import annotations

from django.db import connection

from kanjo.domains.billing.queries.due import Accounts
from kanjo.foundation.ids import CompanyId


def lock_accounts(company_id: CompanyId, accounts: Accounts) -> None:
    """Lock the accounts in the order of their ids: nobody else bills their plans until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT id FROM billing_account WHERE company_id = %s AND id BETWEEN %s AND %s"
            " ORDER BY id FOR NO KEY UPDATE) locked",
            [company_id, *accounts],
        )
