"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("renewals", "0002_rights"), ("contracts", "0002_rights"), ("quotes", "0002_rights")]
    operations: ClassVar = [
        Together("renewals_outcome", "renewal_id", "renewals_renewal"),
        Together("renewals_outcome", "renewed_contract_id", "contracts_contract"),
        Together("renewals_renewal", "contract_id", "contracts_contract", "currency"),
        Together("renewals_renewal", "quote_id", "quotes_quote"),
    ]
