"""What is written stays, and balances follow allocations."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Partitioned, Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receivables", "0001_initial"), ("bulk", "0001_partition")]
    operations: ClassVar = [
        Partitioned("receivables_openitem"),
        Partitioned("receivables_itembalance"),
        Script(__file__, "balances.sql"),
        AppendOnly("receivables_openitem"),
        AppendOnly("receivables_bankfile"),
        AppendOnly("receivables_receipt"),
        AppendOnly("receivables_matching"),
        AppendOnly("receivables_allocation"),
    ]
