"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receivables", "0002_balances"), ("files", "0002_rights")]
    operations: ClassVar = [
        Together("receivables_bankfile", "file_id", "files_storedfile"),
        Together("receivables_receipt", "bank_file_id", "receivables_bankfile", "currency"),
        Together("receivables_receiptbalance", "id", "receivables_receipt"),
        Script(__file__, "one_company.sql"),
    ]
