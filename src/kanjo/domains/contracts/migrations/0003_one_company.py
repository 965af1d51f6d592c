"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("contracts", "0002_rights"),
        ("approvals", "0002_rights"),
        ("files", "0002_rights"),
        ("quotes", "0002_rights"),
    ]
    operations: ClassVar = [
        Together("contracts_contract", "approval_request_id", "approvals_approvalrequest"),
        Together("contracts_contract", "quote_id", "quotes_quote", "currency"),
        Together("contracts_contract", "quote_version_id", "quotes_quoteversion"),
        Together("contracts_contract", "signed_file_id", "files_storedfile"),
        Together("contracts_ending", "contract_id", "contracts_contract"),
    ]
