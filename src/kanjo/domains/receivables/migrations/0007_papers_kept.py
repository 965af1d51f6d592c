"""Papers about payments are only appended, and are of one company and one currency with what they are about."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receivables", "0006_papers")]
    operations: ClassVar = [
        Together("receivables_acknowledgement", "receipt_id", "receivables_receipt", "currency"),
        Together("receivables_acknowledgement", "first_id", "receivables_acknowledgement", "currency"),
        Together("receivables_acknowledgement", "file_id", "files_storedfile"),
        Together("receivables_monthlystatement", "file_id", "files_storedfile"),
        AppendOnly("receivables_acknowledgement"),
        AppendOnly("receivables_monthlystatement"),
    ]
